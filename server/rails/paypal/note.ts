import { z } from 'zod';
import type { ReadTx } from '../../store/store.ts';
import { isRailKey, type Outcome, type RailKey, type RailOrder } from '../rail.ts';
import type { Found } from './answers.ts';

/** What the rail keeps with an attempt. */
export interface Note {
  /** From when on the order may be on its way, ms since 1970; missing when a webhook was faster than the answer. */
  readonly from?: number | undefined;
  /** Of a charge: the payment token of the payer in the vault; missing: the payer has none. */
  readonly vaultId?: string | undefined;
  /** Of a refund: the capture that it gives back from. */
  readonly captureId?: string | undefined;
  /** PayPal's id of the capture or refund, once it is known. */
  readonly id?: string | undefined;
  /** Of a charge that is done: what PayPal keeps of it, minor units. */
  readonly fee?: number | undefined;
  /** When the last answer was lost, ms since 1970: until soon after that time the order may still come to PayPal. */
  readonly lostAt?: number | undefined;
}

const Note: z.ZodType<Note> = z.object({
  from: z.int().optional(),
  vaultId: z.string().optional(),
  captureId: z.string().optional(),
  id: z.string().optional(),
  fee: z.int().optional(),
  lostAt: z.int().optional(),
});

/** @throws Error when the note is not of this rail */
export function readNote({ note }: Pick<RailOrder, 'note'>): Note {
  return Note.parse(JSON.parse(note));
}

/**
 * The note of a new order, in the transaction that writes the attempt.
 * @param vaultIdOf the payment token of a customer by phone number
 */
export async function newNote(
  tx: ReadTx,
  { txn, kind }: RailOrder,
  from: number,
  vaultIdOf: (number: string) => string | undefined,
): Promise<Note> {
  if (kind === 'refund') {
    const charge = await tx.get(
      "SELECT note FROM attempt WHERE rail_key = ? AND rail = 'paypal'",
      (row) => row.text('note'),
      `${txn}:charge`,
    );
    return { from, captureId: charge === undefined ? undefined : readNote({ note: charge }).id };
  }
  const number = await tx.get(
    'SELECT e.number FROM payment p JOIN person e ON e.id = p.person_id WHERE p.txn = ?',
    (row) => row.text('number'),
    txn,
  );
  return { from, vaultId: number === undefined ? undefined : vaultIdOf(number) };
}

/** What is found of an order, with PayPal's id and fee in the note. */
export function noted(note: Note, { id, fee, ...outcome }: Found): Outcome {
  return id === undefined ? outcome : { ...outcome, note: JSON.stringify({ ...note, id, fee }) };
}

/** The key of an order as PayPal gets it, in PayPal-Request-Id and `custom_id`: a refund's `custom_id` may have no colon. */
export function customIdOf(key: RailKey): string {
  return key.replace(':', '.');
}

/** The key that a `custom_id` names, or `undefined`: it is not from here. */
export function keyOf(customId: string | undefined): RailKey | undefined {
  const key = customId?.replace('.', ':') ?? '';
  return isRailKey(key) ? key : undefined;
}
