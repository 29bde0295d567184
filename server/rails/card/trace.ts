import { z } from 'zod';
import type { ReadTx, Tx } from '../../store/store.ts';
import type { RailOrder } from '../rail.ts';

/** A customer's card, as the acquirer has it. */
export interface Card {
  /** DE 2, 1 to 19 digits: a token, never the number of the card itself. */
  readonly token: string;
  /** The last four digits of the number that is printed on the card, which receipts show. */
  readonly lastDigits?: string | undefined;
}

/** The numbers of an order at the card host, kept with the attempt. A reversal has those of its charge. */
export interface Trace {
  /** DE 41, 8 characters. */
  readonly terminal: string;
  /** DE 11, six digits. */
  readonly trace: string;
  /** DE 37, 12 characters. */
  readonly reference: string;
  /** Of DE 7, 12 and 13, ms since 1970. */
  readonly at: number;
  /** DE 2; missing: the customer has none. */
  readonly card?: string | undefined;
  /** What receipts show of the card. */
  readonly lastDigits?: string | undefined;
  /** It has left before, so that the next one is a repeat. */
  readonly sent?: true | undefined;
  /** Of a reversal: the host did not have what it reverses. */
  readonly unknownThere?: true | undefined;
  /** DE 15 of the answer, `MMDD`: on which day it is settled. */
  readonly settled?: string | undefined;
}

const Note: z.ZodType<Trace> = z.object({
  terminal: z.string(),
  trace: z.string(),
  reference: z.string(),
  at: z.int(),
  card: z.string().optional(),
  lastDigits: z.string().optional(),
  sent: z.literal(true).optional(),
  unknownThere: z.literal(true).optional(),
  settled: z.string().optional(),
});

/** A trace number has six digits, and is not zero. */
const TRACES = 999_999;

/** @throws Error when the note is not of this rail */
export function readTrace({ note }: Pick<RailOrder, 'note'>): Trace {
  return Note.parse(JSON.parse(note));
}

/**
 * Numbers for an order, in the transaction that writes the attempt. One running count of the database goes through the terminals by
 * turns: a terminal has each trace number again after 999,999 of its orders, whatever the host's business day is.
 * @param terminals DE 41. @param cardOf the card of a customer by phone number
 */
export async function newTrace(
  tx: Pick<Tx, 'sequence' | 'get'>,
  { txn, kind, note }: RailOrder,
  at: number,
  terminals: readonly [string, ...string[]],
  cardOf: (number: string) => Card | undefined,
): Promise<Trace> {
  if (kind === 'reversal') {
    const { sent: _, ...ofCharge } = readTrace({ note });
    return ofCharge;
  }
  const count = await tx.sequence('approval');
  const terminal = terminals[count % terminals.length] ?? terminals[0];
  const trace = (Math.floor(count / terminals.length) % TRACES) + 1;
  const number = await tx.get(
    'SELECT e.number FROM payment p JOIN person e ON e.id = p.person_id WHERE p.txn = ?',
    (row) => row.text('number'),
    txn,
  );
  const card = number === undefined ? undefined : cardOf(number);
  return {
    terminal: terminal.padEnd(8),
    trace: `${trace}`.padStart(6, '0'),
    reference: referenceOf(txn),
    at,
    ...(card !== undefined && { card: card.token, lastDigits: card.lastDigits }),
  };
}

/** DE 37 has 12 characters, and a txn 16: a charge, its reversal and its refunds have the first 12 of them. */
function referenceOf(txn: string): string {
  return txn.slice(0, 12).toUpperCase();
}

/** The key of the charge or refund with these numbers, or `undefined`. */
export async function keyOfTrace(
  tx: ReadTx,
  { terminal, trace, reference }: Pick<Trace, 'terminal' | 'trace' | 'reference'>,
): Promise<string | undefined> {
  const from = reference.toLowerCase();
  const found = await tx.all(
    "SELECT rail_key, note FROM attempt WHERE txn >= ? AND txn < ? AND rail = 'card' AND kind <> 'reversal' ORDER BY rail_key",
    (row) => ({ key: row.text('rail_key'), note: row.text('note') }),
    from,
    // Behind each txn that begins so: they have hexadecimal digits.
    `${from}g`,
  );
  return found.find((attempt) => {
    const own = readTrace(attempt);
    return own.terminal === terminal && own.trace === trace;
  })?.key;
}
