import type { Fault } from '../network/fault-kinds.ts';
import { SPEEDS } from '../pace.ts';
import type { WorldClock } from '../world-clock.ts';

/** What the keys of the view are, for its last lines. */
export const LEGEND: readonly string[] = [
  '↑↓ phone · m message · c coverage · o power · b reboot · u unplug · f fault',
  '1-9 fault on/off · space stop/go · . +10 s · < > pace · t fast · ? help · q quit',
];

/** What each key does, in 80 columns. */
export const HELP: readonly string[] = [
  '↑ ↓    choose a phone: m, c, o, b, u and f are for the phone with ▶',
  'm      type a message to it: Enter sends, Esc does not',
  'c      it loses its coverage, or has it again',
  'o      it is switched off, or on',
  'b      its modem starts anew',
  'u      its modem is unplugged, or plugged in',
  'f      choose a fault of the network for it: a key each, Esc for none',
  '1-9    the fault with this number is switched off, or on',
  'space  time stops, or goes on',
  '.      time goes on by 10 s',
  '< >    time goes slower, or faster: 10 times each',
  't      time goes as fast as it can, or as the clock on the wall',
  '?      this help, and back; Esc: back',
  'q      quit',
];

/** How far `.` steps, ms. */
const STEP_MS = 10_000;
const FACTOR = 10;

/** What a key does to the clock. Says whether it was one of the clock's. */
export function pressClockKey(clock: WorldClock, key: string): boolean {
  const { pace } = clock;
  const factor = pace.kind === 'speed' ? pace.factor : 1;
  switch (key) {
    case ' ':
      clock.pace = pace.kind === 'stopped' ? { kind: 'speed', factor: 1 } : { kind: 'stopped' };
      return true;
    case '.':
      void clock.step(STEP_MS);
      return true;
    case '>':
      clock.pace = { kind: 'speed', factor: Math.min(SPEEDS.to, factor * FACTOR) };
      return true;
    case '<':
      clock.pace = { kind: 'speed', factor: Math.max(1, factor / FACTOR) };
      return true;
    case 't':
      clock.pace = pace.kind === 'fast' ? { kind: 'speed', factor: 1 } : { kind: 'fast' };
      return true;
    default:
      return false;
  }
}

/** A fault that the view offers for the chosen phone. */
export interface OfferedFault {
  readonly key: string;
  readonly text: string;
  /** The fault, for the phone of this number. */
  of(number: string): Fault;
}

/** As often as it can. */
const ALWAYS = 1_000_000;

/** Faults of one key each; those that last are switched off by their number. */
export const OFFERED_FAULTS: readonly OfferedFault[] = [
  { key: 'x', text: 'lose next to it', of: (to) => ({ action: { kind: 'drop' }, to }) },
  { key: 'd', text: 'double next', of: (to) => ({ action: { kind: 'duplicate' }, to }) },
  {
    key: 'l',
    text: 'delay next 1 min',
    of: (to) => ({ action: { kind: 'delay', ms: 60_000 }, to }),
  },
  { key: 'X', text: 'lose all to it', of: (to) => ({ action: { kind: 'drop' }, to, times: ALWAYS }) },
  { key: 'a', text: 'lose answer to its next +CMGS', of: (from) => ({ action: { kind: 'lose-answer' }, from }) },
  { key: 'r', text: 'refuse its next', of: (from) => ({ action: { kind: 'refuse', cause: 38 }, from }) },
  {
    key: 'R',
    text: 'refuse all it sends',
    of: (from) => ({ action: { kind: 'refuse', cause: 38 }, from, times: ALWAYS }),
  },
];
