import { type Amount, formatAmount } from '../../device/safe-mobile/index.ts';
import { isSameAmount, readAmount } from '../store/amount.ts';
import type { Row } from '../store/row.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { type PersonId, personId } from '../vocabulary/ids.ts';
import { type Alone, countAlone } from './alone.ts';
import { deposit, depositedBefore, usedBefore } from './deposit.ts';

/** An operator, and who may act under their name: see `handsOf`. */
export interface Eyes {
  readonly name: string;
  readonly hands: readonly string[];
}

/** A deposit above what one operator may deposit alone: nothing is booked until another operator confirms it. */
export interface PendingDeposit {
  readonly id: number;
  readonly personId: PersonId;
  readonly amount: Amount;
  readonly reference: string;
  /** The name of the operator who asked for it. */
  readonly askedBy: string;
  /** In whose hand that operator was: the last of their {@link Eyes.hands}. */
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
  asked: Eyes,
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
    asked.name,
    asked.hands.at(-1) ?? asked.name,
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

/** Books a deposit. @param by an operator who did not ask for it, and is in another hand. @param at ms since 1970. @throws ServiceError */
export async function confirmDeposit(
  tx: Tx,
  id: number,
  by: Eyes,
  at: number,
): Promise<{ readonly pending: PendingDeposit; readonly repeated: boolean }> {
  const pending = await lockPending(tx, id);
  if (pending.askedBy === by.name) {
    const amount = formatAmount(pending.amount);
    throw new ServiceError('forbidden', `${by.name} asked for this deposit of ${amount}: another operator confirms it`);
  }
  const shared = by.hands.find((hand) => hand === pending.askedHand || hand === pending.askedBy);
  if (shared !== undefined) {
    const why = `${shared} may have the keys of both, until another operator confirms them (cash-server operator confirm)`;
    throw new ServiceError('forbidden', `${by.name} and ${pending.askedBy} do not count as two: ${why}`);
  }
  if (pending.confirmedBy !== undefined) return { pending, repeated: true };
  await deposit(tx, { id: pending.personId }, pending.amount, pending.reference, at);
  await tx.run('UPDATE pending_deposit SET confirmed_by = ? WHERE id = ?', by.name, id);
  return { pending: { ...pending, confirmedBy: by.name }, repeated: false };
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

async function lockPending(tx: Tx, id: number): Promise<PendingDeposit> {
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
