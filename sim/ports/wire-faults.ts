import type { Clock, FarEnd } from '../../modem/index.ts';
import type { SeededRandom } from '../random.ts';

/** What a bad line does to what the modem says. The host's octets arrive whole. */
export type WireFault =
  /** Each write goes out in pieces of 1 to `atMost` octets, `gapMs` apart. */
  | { readonly kind: 'split'; readonly atMost: number; readonly gapMs: number }
  /** Everything comes `ms` later, and what was written meanwhile comes as one. */
  | { readonly kind: 'late'; readonly ms: number }
  /** Each octet is lost with this probability. */
  | { readonly kind: 'lose'; readonly probability: number }
  /** Before a write, with this probability, come `octets` of any value. */
  | { readonly kind: 'garbage'; readonly probability: number; readonly octets: number }
  /** A write is said twice with this probability. */
  | { readonly kind: 'repeat'; readonly probability: number }
  /** A write is swallowed whole with this probability: an answer that never comes. */
  | { readonly kind: 'swallow'; readonly probability: number };

/**
 * A line with faults, to be put between a modem and its far end: `modem.attach(withWireFaults(pty, ...))`. Order is kept.
 * @param faults looked at with each write, so that they may change while the line is open; applied in their order.
 */
export function withWireFaults(
  line: FarEnd,
  faults: () => readonly WireFault[],
  clock: Clock,
  random: SeededRandom,
): FarEnd {
  /** When the last octets of what was written before are on the line. */
  let busyUntil = 0;
  let late: Uint8Array[] = [];

  const say = (octets: Uint8Array, gapMs: number) => {
    const at = Math.max(busyUntil, clock.now()) + gapMs;
    busyUntil = at;
    if (at <= clock.now()) line.write(octets);
    else clock.after(at - clock.now(), () => line.write(octets));
  };

  const sayLate = (octets: Uint8Array, ms: number) => {
    late.push(octets);
    if (late.length > 1) return;
    clock.after(ms, () => {
      const together = Buffer.concat(late);
      late = [];
      say(new Uint8Array(together), 0);
    });
  };

  return {
    listen: (events) => line.listen(events),
    hangUp: () => line.hangUp(),
    write(octets) {
      const present = faults();
      let changed: Uint8Array = octets.slice();
      for (const fault of present) changed = distort(changed, fault, random);
      const split = present.find((fault) => fault.kind === 'split');
      const lateness = present.find((fault) => fault.kind === 'late');
      if (lateness !== undefined) sayLate(changed, lateness.ms);
      else if (split === undefined) say(changed, 0);
      else sayInPieces(changed, split.atMost, (piece, first) => say(piece, first ? 0 : split.gapMs), random);
    },
  };
}

function sayInPieces(
  octets: Uint8Array,
  atMost: number,
  say: (piece: Uint8Array, first: boolean) => void,
  random: SeededRandom,
): void {
  for (let at = 0; at < octets.length; ) {
    const length = 1 + Math.floor(random.fraction() * atMost);
    say(octets.subarray(at, at + length), at === 0);
    at += length;
  }
}

function distort(octets: Uint8Array, fault: WireFault, random: SeededRandom): Uint8Array {
  switch (fault.kind) {
    case 'lose':
      return octets.filter(() => random.fraction() >= fault.probability);
    case 'garbage':
      return random.fraction() < fault.probability ? joined(random.bytes(fault.octets), octets) : octets;
    case 'repeat':
      return random.fraction() < fault.probability ? joined(octets, octets) : octets;
    case 'swallow':
      return random.fraction() < fault.probability ? new Uint8Array() : octets;
    case 'split':
    case 'late':
      return octets;
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
