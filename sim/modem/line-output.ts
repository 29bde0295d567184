import type { Cancel, Clock, FarEnd } from '../../modem/index.ts';
import type { LineFaultAction } from '../network/fault-kinds.ts';
import type { SeededRandom } from '../random.ts';
import { strike } from './line-faults.ts';

/** Octets that may wait to be sent; further ones are lost, as on a serial line whose host does not read. */
const WAITING_OCTETS = 256 * 1024;

/** The output of a modem on one line, in order: at once, or as faults delay, cut or spoil it. */
export class LineOutput {
  readonly #line: FarEnd;
  readonly #clock: Clock;
  readonly #random: SeededRandom;
  /** The time at which the last octets of earlier output are sent. */
  #busyUntil = 0;
  #waiting = 0;
  #merging: Uint8Array[] = [];
  #timers = new Set<Cancel>();

  constructor(line: FarEnd, clock: Clock, random: SeededRandom) {
    this.#line = line;
    this.#clock = clock;
    this.#random = random;
  }

  /** Sends `octets` after these faults. */
  say(octets: Uint8Array, faults: readonly LineFaultAction[] = []): void {
    if (faults.length === 0 && this.#merging.length === 0) {
      this.#emit(octets, 0);
      return;
    }
    const struck = strike(octets, faults, this.#random);
    if (struck.mergeMs > 0 || this.#merging.length > 0) {
      this.#merge(struck.octets, struck.mergeMs + struck.delayMs);
      return;
    }
    if (struck.pieces === undefined) this.#emit(struck.octets, struck.delayMs);
    else this.#emitInPieces(struck.octets, struck.delayMs, struck.pieces);
  }

  /** Sends nothing for `ms`, then all octets that waited. */
  stall(ms: number): void {
    this.#busyUntil = Math.max(this.#busyUntil, this.#clock.now()) + ms;
  }

  /** The host has closed the line: waiting octets are dropped. */
  reset(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#merging = [];
    this.#waiting = 0;
    this.#busyUntil = 0;
  }

  #merge(octets: Uint8Array, ms: number): void {
    this.#merging.push(octets);
    if (this.#merging.length > 1) return;
    this.#after(ms, () => {
      const together = new Uint8Array(Buffer.concat(this.#merging));
      this.#merging = [];
      this.#emit(together, 0);
    });
  }

  #emitInPieces(octets: Uint8Array, delayMs: number, { atMost, gapMs }: { atMost: number; gapMs: number }): void {
    for (let at = 0; at < octets.length; ) {
      const length = 1 + Math.floor(this.#random.fraction() * atMost);
      this.#emit(octets.subarray(at, at + length), at === 0 ? delayMs : gapMs);
      at += length;
    }
  }

  #emit(octets: Uint8Array, delayMs: number): void {
    if (octets.length === 0) return;
    const now = this.#clock.now();
    const at = Math.max(this.#busyUntil, now) + delayMs;
    if (at <= now && this.#waiting === 0) {
      this.#line.write(octets);
      return;
    }
    if (this.#waiting + octets.length > WAITING_OCTETS) return;
    this.#busyUntil = at;
    this.#waiting += octets.length;
    this.#after(at - now, () => {
      this.#waiting -= octets.length;
      this.#line.write(octets);
    });
  }

  #after(ms: number, act: () => void): void {
    const cancel = this.#clock.after(ms, () => {
      this.#timers.delete(cancel);
      act();
    });
    this.#timers.add(cancel);
  }
}
