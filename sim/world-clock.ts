import { type Cancel, type Clock, systemClock } from '../modem/index.ts';
import { VirtualClock } from './clock.ts';
import type { Pace } from './pace.ts';

/** How a {@link WorldClock} is made. */
export interface WorldClockOptions {
  /** ms since 1970; default: the machine's time. */
  readonly start?: number;
  /** Default: real time. */
  readonly pace?: Pace;
  /** What real time is measured with. */
  readonly real?: Clock;
}

/** With pace `fast`, how long no octet passed on any line before time moves, real ms: a host may be about to answer. */
const QUIET_MS = 50;
/** The machine's timers take 2^31 ms at most. */
const LONGEST_NAP_MS = 3_600_000;

/**
 * The one clock of a world that hosts in real time are connected to: real, faster, stopped and stepped, or as fast as it
 * goes, and switched while it runs. Timers fire in the order of their times, each at its instant, at any pace.
 */
export class WorldClock implements Clock {
  readonly #virtual: VirtualClock;
  readonly #real: Clock;
  #pace: Pace;
  /** A moment in both times, from which a speed counts. */
  #base: { readonly world: number; readonly real: number };
  /** Time is on its way to this moment, whatever the pace. */
  #stepTo = Number.NEGATIVE_INFINITY;
  #busyUntil = Number.NEGATIVE_INFINITY;
  #nap: { readonly until: number; readonly cancel: Cancel } | undefined;
  #driving: Promise<void> | undefined;
  #closed = false;

  constructor({ real = systemClock, start = real.now(), pace = { kind: 'speed', factor: 1 } }: WorldClockOptions = {}) {
    this.#virtual = new VirtualClock(start);
    this.#real = real;
    this.#pace = pace;
    this.#base = { world: start, real: real.now() };
  }

  get pace(): Pace {
    return this.#pace;
  }

  /** Goes on at another pace from now on. */
  set pace(pace: Pace) {
    this.#rebase();
    this.#pace = pace;
    this.#arm();
  }

  now(): number {
    if (this.#driving === undefined && this.#pace.kind === 'speed') this.#virtual.passTo(this.#paced());
    return this.#virtual.now();
  }

  after(delayMs: number, task: () => void): Cancel {
    this.now();
    const cancel = this.#virtual.after(delayMs, task);
    this.#arm();
    return cancel;
  }

  /** Moves on by `ms` at once, at whatever pace it goes; resolves when it is there. */
  async step(ms: number): Promise<void> {
    this.#stepTo = Math.max(this.now(), this.#stepTo) + ms;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#virtual.after(this.#stepTo - this.#virtual.now(), resolve);
    this.#arm();
    await promise;
    this.#rebase();
  }

  /** With pace `fast`, keeps time still until `promise` settles: for work that waits on something real, as a socket. */
  hold<T>(promise: Promise<T>): Promise<T> {
    return this.#pace.kind === 'fast' ? this.#virtual.hold(promise) : promise;
  }

  /** A host said or heard something: with pace `fast`, time waits a little for what it says next. */
  touch(): void {
    this.#busyUntil = this.#real.now() + QUIET_MS;
  }

  /** Time stands still for good. */
  close(): void {
    this.#closed = true;
    this.#nap?.cancel();
  }

  #rebase(): void {
    this.#base = { world: this.now(), real: this.#real.now() };
  }

  /** The moment of the world until which timers may fire now. */
  #due(): number {
    return Math.max(this.#stepTo, this.#paced());
  }

  #paced(): number {
    if (this.#pace.kind === 'stopped') return Number.NEGATIVE_INFINITY;
    const now = this.#real.now();
    if (this.#pace.kind === 'speed') return this.#base.world + (now - this.#base.real) * this.#pace.factor;
    return now >= this.#busyUntil ? (this.#virtual.next ?? Number.NEGATIVE_INFINITY) : Number.NEGATIVE_INFINITY;
  }

  /** Sees to it that the next timer fires when it is due. */
  #arm(): void {
    if (this.#closed || this.#driving !== undefined) return;
    const wakeAt = this.#wakeAt();
    if (wakeAt === undefined || (this.#nap !== undefined && this.#nap.until <= wakeAt)) return;
    this.#nap?.cancel();
    const delayMs = Math.min(LONGEST_NAP_MS, Math.max(0, Math.ceil(wakeAt - this.#real.now())));
    this.#nap = { until: wakeAt, cancel: this.#real.after(delayMs, () => this.#wake()) };
  }

  /** When, in real time, there is something to do. */
  #wakeAt(): number | undefined {
    const { next } = this.#virtual;
    if (next === undefined) return undefined;
    if (next <= this.#due()) return this.#real.now();
    if (this.#pace.kind === 'stopped') return undefined;
    if (this.#pace.kind === 'fast') return this.#busyUntil;
    return this.#base.real + (next - this.#base.world) / this.#pace.factor;
  }

  #wake(): void {
    this.#nap = undefined;
    this.#driving ??= this.#virtual
      .runDue(() => (this.#closed ? undefined : this.#due()))
      .then(() => {
        this.#driving = undefined;
        this.#arm();
      });
  }
}
