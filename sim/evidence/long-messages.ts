import type { LogEntry } from '../log.ts';
import { viewMessage } from './message-view.ts';

/** The parts of one long message, by their numbers. */
interface Parts {
  readonly total: number;
  readonly sequences: Set<number>;
  readonly use: number;
}

const REMEMBERED = 1_000_000;

/**
 * Tells long messages apart that have the same reference, sender and recipient, as happens after 256 of them or when parts
 * are sent again: an analyser that joins parts would mix them up.
 */
export class LongMessages {
  readonly #latest = new Map<string, Parts>();
  /** Of messages that are parts, the latest {@link REMEMBERED}. */
  readonly #uses = new Map<number, number>();

  /** A message begins: the others that belong to it have been seen, or come next. */
  begin({ sms, from, to, tpdu }: Extract<LogEntry, { kind: 'submit' }>): void {
    const part = viewMessage(tpdu, 'mobile-originated')?.part;
    if (part === undefined) return;
    const { total } = part;
    const key = `${from} ${to} ${part.reference}`;
    const latest = this.#latest.get(key);
    const goesOn = latest !== undefined && latest.total === total && !latest.sequences.has(part.sequence);
    const parts = goesOn ? latest : { total, sequences: new Set<number>(), use: (latest?.use ?? -1) + 1 };
    parts.sequences.add(part.sequence);
    this.#latest.set(key, parts);
    this.#remember(sms, parts.use);
  }

  /** `copy` is of the same message as `original`. */
  duplicate(copy: number, original: number): void {
    this.#remember(copy, this.use(original));
  }

  #remember(sms: number, use: number): void {
    this.#uses.set(sms, use);
    const [oldest] = this.#uses.keys();
    if (this.#uses.size > REMEMBERED && oldest !== undefined) this.#uses.delete(oldest);
  }

  /** Which use of its reference a message belongs to, from 0. */
  use(sms: number): number {
    return this.#uses.get(sms) ?? 0;
  }
}
