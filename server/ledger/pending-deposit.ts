import type { Amount } from '../../device/safe-mobile/index.ts';
import { isSameAmount, readAmount } from '../store/amount.ts';
import type { Row } from '../store/row.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { type PersonId, personId } from '../vocabulary/ids.ts';
import { type Alone, countAlone } from './alone.ts';
import { deposit, depositedBefore, usedBefore } from './deposit.ts';

/** A deposit above what one operator may deposit alone: nothing is booked until another operator confirms it. */
export interface PendingDeposit {
  readonly id: number;
  readonly personId: PersonId;
  readonly amount: Amount;
  readonly reference: string;
  /** The name of the operator who asked for it. */
  readonly askedBy: string;
  /** In whose hand that operator was: see `lastHandOf`. */
  readonly askedHand: string;
  /** ms since 1970. */
  readonly askedAt: number;
  /** The name of the other operator, once it is booked. */
  readonly confirmedBy: string | undefined;
}

/**
 * Writes down a deposit that another operator is to confirm, once a reference.
 * @param at ms since 1970
 * @returns the deposit that waits, or `booked` when this reference was booked before
 * @throws ServiceError `conflict` when the reference was used for another deposit
 */
export async function askForDeposit(
  tx: Tx,
  person: { readonly id: PersonId },
  amount: Amount,
  reference: string,
  asked: Pick<PendingDeposit, 'askedBy' | 'askedHand'>,
  at: number,
): Promise<PendingDeposit | 'booked'> {
  if (await depositedBefore(tx, person, amount, reference)) return 'booked';
  await tx.run(
    `INSERT INTO pending_deposit (person_id, reference, minor, currency, asked_by, asked_hand, asked_at)
     VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (person_id, reference) DO NOTHING`,
    person.id,
    reference,
    amount.minor,
    amount.currency,
    asked.askedBy,
    asked.askedHand,
    at,
  );
  const pending = await pendingOf(tx, person, reference);
  if (pending !== undefined && isSameAmount(pending.amount, amount)) return pending;
  throw usedBefore(reference);
}

/**
 * As {@link deposit}, which needs no confirmation. The caller has locked the person when there is a limit.
 * @param alone who deposits, and the limit; `undefined`: a program, without a limit
 * @throws ServiceError `conflict` also when the reference waits for a confirmation, or when it needs one by now
 */
export async function depositAlone(
  tx: Tx,
  person: { readonly id: PersonId },
  amount: Amount,
  reference: string,
  at: number,
  alone: Alone | undefined,
): Promise<boolean> {
  const pending = await pendingOf(tx, person, reference);
  if (pending !== undefined && pending.confirmedBy === undefined)
    throw new ServiceError('conflict', `reference ${reference} waits for a confirmation: use a new one`);
  if (alone !== undefined && !(await depositedBefore(tx, person, amount, reference)))
    await countAlone(tx, person, amount, alone, at);
  return deposit(tx, person, amount, reference, at);
}

/** Books a deposit, once. @param by another operator than the one who asked for it: see `requireSecond`. @param at ms since 1970 */
export async function confirmDeposit(
  tx: Tx,
  pending: PendingDeposit,
  by: string,
  at: number,
): Promise<{ readonly pending: PendingDeposit; readonly repeated: boolean }> {
  if (pending.confirmedBy !== undefined) return { pending, repeated: true };
  await deposit(tx, { id: pending.personId }, pending.amount, pending.reference, at);
  await tx.run('UPDATE pending_deposit SET confirmed_by = ? WHERE id = ?', by, pending.id);
  return { pending: { ...pending, confirmedBy: by }, repeated: false };
}

/** Takes a deposit off the list of those that wait. @throws ServiceError `not-found`; `conflict` when it was confirmed */
export async function rejectDeposit(tx: Tx, id: number): Promise<PendingDeposit> {
  const pending = await lockPending(tx, id);
  if (pending.confirmedBy !== undefined) {
    throw new ServiceError('conflict', `deposit ${id} was confirmed by ${pending.confirmedBy}`);
  }
  await tx.run('DELETE FROM pending_deposit WHERE id = ?', id);
  return pending;
}

/** Deposits that wait for a confirmation, oldest first. */
export async function pendingDeposits(tx: ReadTx): Promise<PendingDeposit[]> {
  return tx.all('SELECT * FROM pending_deposit WHERE confirmed_by IS NULL ORDER BY id', readPending);
}

async function pendingOf(tx: ReadTx, { id }: { readonly id: PersonId }, reference: string) {
  const sql = 'SELECT * FROM pending_deposit WHERE person_id = ? AND reference = ?';
  return tx.get(sql, readPending, id, reference);
}

/** A deposit that waits, or has been confirmed, for the rest of the transaction. @throws ServiceError `not-found` */
export async function lockPending(tx: Tx, id: number): Promise<PendingDeposit> {
  const pending = await tx.get('SELECT * FROM pending_deposit WHERE id = ? FOR UPDATE', readPending, id);
  if (pending === undefined) throw new ServiceError('not-found', `no deposit ${id} waits for a confirmation`);
  return pending;
}

function readPending(row: Row): PendingDeposit {
  return {
    id: row.integer('id'),
    personId: personId(row.integer('person_id')),
    amount: readAmount(row),
    reference: row.text('reference'),
    askedBy: row.text('asked_by'),
    askedHand: row.optionalText('asked_hand') ?? row.text('asked_by'),
    askedAt: row.integer('asked_at'),
    confirmedBy: row.optionalText('confirmed_by'),
  };
}
