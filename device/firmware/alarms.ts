import { z } from 'zod';
import type { Cancel, Clock } from '../../modem/index.ts';
import type { Flash } from '../hal/index.ts';
import { readSection } from './section.ts';

const SECTION = 'alarms';
const stored = z.record(z.string(), z.number());

/** When applications want to be started (JSR-118, `PushRegistry.registerAlarm`): one time each, kept in the flash. */
export class Alarms {
  readonly #flash: Flash;
  readonly #clock: Clock;
  readonly #ring: (application: string) => void;
  #times: Readonly<Record<string, number>>;
  #cancel: Cancel = () => {};

  /** @param ring starts an application; its alarm is gone by then. @throws FlashError `damaged` */
  constructor(flash: Flash, clock: Clock, ring: (application: string) => void) {
    this.#flash = flash;
    this.#clock = clock;
    this.#ring = ring;
    this.#times = readSection(flash, SECTION, stored) ?? {};
  }

  /** Begins to wait; alarms whose time went by while the phone was off ring at once. */
  start(): void {
    this.#cancel();
    const next = Math.min(...Object.values(this.#times));
    if (!Number.isFinite(next)) return;
    this.#cancel = this.#clock.after(Math.max(0, next - this.#clock.now()), () => this.#due());
  }

  /** Stops waiting; the times stay. */
  stop(): void {
    this.#cancel();
  }

  /** Sets or takes back an application's alarm and returns the one before, ms since 1970. */
  set(application: string, at: number | undefined): number | undefined {
    const { [application]: before, ...others } = this.#times;
    if (before === at) return before;
    this.#save(at === undefined ? others : { ...others, [application]: at });
    this.start();
    return before;
  }

  #due(): void {
    const now = this.#clock.now();
    const due = Object.entries(this.#times).filter(([, at]) => at <= now);
    this.#save(Object.fromEntries(Object.entries(this.#times).filter(([, at]) => at > now)));
    this.start();
    for (const [application] of due) this.#ring(application);
  }

  #save(times: Readonly<Record<string, number>>): void {
    this.#flash.write(SECTION, times);
    this.#times = times;
  }
}
