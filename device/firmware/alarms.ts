import { z } from 'zod';
import type { Cancel, Clock } from '../../modem/index.ts';
import type { Flash } from '../hal/index.ts';
import { readSection } from './section.ts';
import type { SuiteMidlet } from './suites.ts';

const SECTION = 'alarms';
const stored = z.record(z.string(), z.number());

/** The name of an application's alarm: that of the first one of a suite is the suite's id, as in the first version of the flash. */
export function alarmOf({ suite, midlet }: SuiteMidlet): string {
  const [first] = suite.descriptor.midlets;
  return midlet.className === first.className ? suite.id : `${suite.id}/${midlet.className}`;
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
    return Object.keys(this.#times).filter((application) => (this.#times[application] ?? now + 1) <= now);
  }

  /** Starts the timer of the next alarm; alarms whose time passed while the phone was off are {@link due} at once. */
  start(): void {
    this.#cancel();
    const now = this.#clock.now();
    const next = Math.min(...Object.values(this.#times).filter((at) => at > now));
    if (!Number.isFinite(next)) return;
    this.#cancel = this.#clock.after(next - now, () => {
      this.start();
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
      if (isDue && this.#starting === application) this.set(application, undefined);
      this.#starting = undefined;
    });
  }

  /** Stops the timer; the alarms stay in the flash. */
  stop(): void {
    this.#cancel();
  }

  /** Sets or takes back an application's alarm and returns the one before, ms since 1970. */
  set(application: string, at: number | undefined): number | undefined {
    if (application === this.#starting) this.#starting = undefined;
    const { [application]: before, ...others } = this.#times;
    if (before === at) return before;
    const times = at === undefined ? others : { ...others, [application]: at };
    this.#flash.write(SECTION, times);
    this.#times = times;
    this.start();
    return before;
  }
}
