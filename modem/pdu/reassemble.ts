import type { Address } from './address.ts';
import type { DataCodingScheme } from './data-coding-scheme.ts';
import type { MessageContent } from './segment.ts';
import type { UserData } from './user-data.ts';

/** What reassembly needs of an SMS. A `Deliver` is one. */
export interface ReassemblyPart {
  readonly originator: Address;
  readonly dcs: DataCodingScheme;
  readonly userData: UserData;
}

/** What incomplete messages may cost. */
export interface ReassemblyLimits {
  /** Incomplete messages kept. Default 64. */
  readonly messages?: number;
  /** Ms from the first part received until the message is given up. Default three days. */
  readonly ageMs?: number;
  /** Octets of text and data kept, all messages together. Default 256 KiB. */
  readonly octets?: number;
}

/** An incomplete message that is no longer waited for, with what there is of it: the caller decides what to keep. */
export interface DroppedMessage<Part> {
  /** Too old, too many, too much memory, or another message from the same sender took its reference. */
  readonly reason: 'age' | 'number' | 'memory' | 'superseded';
  readonly originator: Address;
  readonly reference: number;
  readonly total: number;
  /** The parts received, by sequence. */
  readonly parts: readonly Part[];
}

/** What one SMS did. */
export type ReassemblyOutcome<Part> =
  /** The message is whole; `parts` are all of it, in order (one, when it was never cut). */
  | { readonly kind: 'complete'; readonly content: MessageContent; readonly parts: readonly Part[] }
  /** Kept; the sequence numbers that are missing. */
  | { readonly kind: 'waiting'; readonly missing: readonly number[] }
  /** The same part is here already, as `original`; this one was not kept. */
  | { readonly kind: 'duplicate'; readonly original: Part };

/** One SMS added: its outcome, and what had to go for it. */
export type ReassemblyResult<Part> = ReassemblyOutcome<Part> & { readonly dropped: readonly DroppedMessage<Part>[] };

/**
 * Puts the parts of long messages together. `Part` is the caller's own: a DELIVER with, for example, its index in the
 * SIM. Time is the caller's, in ms, and never goes backwards.
 */
export interface Reassembly<Part extends ReassemblyPart> {
  add(part: Part, now: number): ReassemblyResult<Part>;
  /** Gives up the messages that are too old at `now`. */
  expire(now: number): readonly DroppedMessage<Part>[];
  /** When the oldest incomplete message will be too old; undefined while there is none. */
  nextExpiry(): number | undefined;
}

/** An empty {@link Reassembly}. */
export function createReassembly<Part extends ReassemblyPart>(limits: ReassemblyLimits = {}): Reassembly<Part> {
  throw new Error(`not implemented: ${limits.messages}`);
}
