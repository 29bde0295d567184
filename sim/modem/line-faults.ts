import type { LineFaultAction } from '../network/fault-kinds.ts';
import type { SeededRandom } from '../random.ts';

/** The octets of an output after the faults, and how they are sent. */
export interface Struck {
  readonly octets: Uint8Array;
  /** How much later the octets are sent, ms; later output waits. */
  readonly delayMs: number;
  /** Output within this time is sent together, ms. */
  readonly mergeMs: number;
  /** The longest piece, octets, and the pause between two. */
  readonly pieces: { readonly atMost: number; readonly gapMs: number } | undefined;
}

/** The octets after the faults `actions`. Faults of the modem itself (reboot, unplug) leave no octets. */
export function strike(octets: Uint8Array, actions: readonly LineFaultAction[], random: SeededRandom): Struck {
  let struck: Struck = { octets, delayMs: 0, mergeMs: 0, pieces: undefined };
  for (const action of actions) struck = { ...struck, ...effectOf(action, struck, random) };
  return struck;
}

function effectOf(action: LineFaultAction, struck: Struck, random: SeededRandom): Partial<Struck> {
  const { octets } = struck;
  switch (action.kind) {
    case 'split':
      return { pieces: { atMost: action.atMost, gapMs: action.gapMs } };
    case 'merge':
      return { mergeMs: action.ms };
    case 'late':
    case 'stall':
      return { delayMs: struck.delayMs + action.ms };
    case 'lose-octets':
      return { octets: octets.filter(() => random.fraction() >= action.share) };
    case 'garbage':
      return { octets: joined(random.bytes(action.octets), octets) };
    case 'noise':
      return { octets: interrupted(octets, codeOf(action.code)) };
    case 'repeat':
      return { octets: joined(octets, octets) };
    case 'orphan':
      return { octets: joined(octets, codeOf(action.text)) };
    case 'swallow':
    case 'reboot':
    case 'unplug':
      return { octets: new Uint8Array() };
  }
}

/** A code as a line of its own. */
export function codeOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(`\r\n${text}\r\n`, 'latin1'));
}

/** Inserts a code at a line end inside an output; before the output when that is only one line. */
function interrupted(octets: Uint8Array, code: Uint8Array): Uint8Array {
  const LF = 0x0a;
  const ends = [...octets.keys()].filter((at) => octets[at] === LF && at > 1 && at < octets.length - 1);
  const at = (ends[Math.floor((ends.length - 1) / 2)] ?? -1) + 1;
  return joined(octets.subarray(0, at), code, octets.subarray(at));
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
