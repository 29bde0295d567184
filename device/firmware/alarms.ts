import { z } from 'zod';
import type { Cancel, Clock } from '../../modem/index.ts';
import { type Flash, FlashError } from '../hal/index.ts';
import type { HostFailure } from '../midp/index.ts';
import type { MidletEntry } from '../suite/index.ts';
import { readSection } from './section.ts';
import type { Suite } from './suites.ts';

const SECTION = 'alarms';
/** The applications of a suite are started for their alarms once in this time at most, ms: those that set alarms to the past at each start leave the phone its keys. */
const INTERVAL_MS = 10_000;
const stored = z.record(z.string(), z.number());

/** The name of an application's alarm: that of the first one of a suite is the suite's id, as in the first version of the flash. */
export function alarmOf({
  suite,
  midlet,
}: {
  readonly suite: Suite;
  readonly midlet: Pick<MidletEntry, 'className'>;
}): string {
  const [first] = suite.descriptor.midlets;
  return midlet.className === first.className ? suite.id : `${suite.id}/${midlet.className}`;
}

function suiteOf(application: string): string {
  return application.split('/')[0] ?? '';
}

/**
 * The alarms of applications (JSR-118, `PushRegistry.registerAlarm`): one time each, kept in the flash until the
 * application is started for the alarm. An alarm that rings while its application runs is kept until the run has ended:
 * after a power cut in the middle of the run the phone starts the application again.
 */
export class Alarms {
  readonly #flash: Flash;
  readonly #clock: Clock;
  readonly #ring: () => void;
  #times: Readonly<Record<string, number>>;
  #cancel: Cancel = () => {};
  #isOn = false;
  /** When applications of each suite were last started for their alarms. */
  readonly #served = new Map<string, number>();
  /** The application that was started last, as long as it has not set a new alarm. */
  #starting: string | undefined;

  /** @param ring called when the alarm of an application is due. @throws FlashError `damaged` */
  constructor(flash: Flash, clock: Clock, ring: () => void) {
    this.#flash = flash;
    this.#clock = clock;
    this.#ring = ring;
    this.#times = readSection(flash, SECTION, stored) ?? {};
  }

  /** The applications whose alarm is due. */
  get due(): readonly string[] {
    const now = this.#clock.now();
    return this.#rings.filter(([, at]) => at <= now).map(([application]) => application);
  }

  /** Starts the timer of the next alarm; alarms whose time passed while the phone was off are {@link due} at once. */
  start(): void {
    this.#isOn = true;
    this.#schedule();
  }

  #schedule(): void {
    this.#cancel();
    const now = this.#clock.now();
    const next = Math.min(...this.#rings.map(([, at]) => at).filter((at) => at > now));
    if (!this.#isOn || !Number.isFinite(next)) return;
    this.#cancel = this.#clock.after(next - now, () => {
      this.#schedule();
      this.#ring();
    });
  }

  /**
   * Starts an application, then removes its due alarm, unless the application has set a new one during the start.
   * @param start calls `started` when the application has started, or has failed to
   */
  serve(application: string, start: (started: () => void) => void): void {
    const isDue = this.due.includes(application);
    this.#starting = application;
    start(() => {
      if (isDue) this.#served.set(suiteOf(application), this.#clock.now());
      if (isDue && this.#starting === application) this.#forget(application);
      this.#starting = undefined;
      this.#schedule();
    });
  }

  // When the flash fails, the alarm rings once more after the next start of the phone.
  #forget(application: string): void {
    try {
      this.set(application, undefined);
    } catch (error) {
      if (!(error instanceof FlashError)) throw error;
      const { [application]: _forgotten, ...others } = this.#times;
      this.#times = others;
    }
  }

  /** When the alarm of each application rings. A clock that was set back does not hold an alarm up. */
  get #rings(): readonly (readonly [application: string, at: number])[] {
    const now = this.#clock.now();
    return Object.entries(this.#times).map(([application, at]) => {
      const served = this.#served.get(suiteOf(application)) ?? Number.NEGATIVE_INFINITY;
      return [application, served > now ? at : Math.max(at, served + INTERVAL_MS)];
    });
  }

  /** Forgets the alarms of suites that the phone has no longer. @throws FlashError */
  retain(has: (suite: string) => boolean): void {
    const kept = Object.entries(this.#times).filter(([application]) => has(suiteOf(application)));
    if (kept.length === Object.keys(this.#times).length) return;
    const times = Object.fromEntries(kept);
    this.#flash.write(SECTION, times);
    this.#times = times;
    this.#schedule();
  }

  /** Stops the timer; the alarms stay in the flash. */
  stop(): void {
    this.#isOn = false;
    this.#cancel();
  }

  /** The same as {@link set}, for an application: a flash that is full is no error of the phone. */
  request(application: string, at: number | undefined): number | HostFailure | undefined {
    try {
      return this.set(application, at);
    } catch (error) {
      if (!(error instanceof FlashError)) throw error;
      return { code: 'io', reason: `The alarm is not set: ${error.message}` };
    }
  }

  /** Sets or takes back an application's alarm and returns the one before, ms since 1970. @throws FlashError */
  set(application: string, at: number | undefined): number | undefined {
    if (application === this.#starting) this.#starting = undefined;
    const { [application]: before, ...others } = this.#times;
    if (before === at) return before;
    const times = at === undefined ? others : { ...others, [application]: at };
    this.#flash.write(SECTION, times);
    this.#times = times;
    this.#schedule();
    return before;
  }
}
