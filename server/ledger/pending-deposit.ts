import { type Amount, formatAmount } from '../../device/safe-mobile/index.ts';
import { readAmount } from '../store/amount.ts';
import type { Row } from '../store/row.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { dayOf } from '../time/days.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { type PersonId, personId } from '../vocabulary/ids.ts';
import { deposit, depositedBefore, depositsOfOperatorSince, operatorDepositsSince, usedBefore } from './deposit.ts';

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
  if (pending?.amount.minor === amount.minor && pending.amount.currency === amount.currency) return pending;
  throw usedBefore(reference);
}

/**
 * As {@link deposit}, which needs no confirmation.
 * @param alone the operator, who has a limit; `undefined`: a program, without a limit
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
  if (alone !== undefined && overLimit(await sumsWith(tx, person, amount, reference, alone.operator, at), alone.limit))
    throw new ServiceError('conflict', 'another deposit came at the same time: send this one again');
  return deposit(tx, person, amount, reference, at);
}

/** An operator who deposits alone, and what one may give one person within a day, minor units. */
interface Alone {
  readonly operator: string;
  readonly limit: number;
}

/** What would have been deposited within a day by one pair of eyes, minor units of one currency. */
interface DaySums {
  /** For the person, by all operators. */
  readonly ofPerson: number;
  /** By the operator, for all people. */
  readonly ofOperator: number;
}

/** A limit of what is deposited within a day without a second operator, and of whom it is, in words. */
export interface OverLimit {
  /** Minor units. */
  readonly limit: number;
  readonly of: string;
}

/** One operator alone gives all people of a day as much as so many people: whoever splits a sum over many people does not get far. */
const PEOPLE_A_DAY = 10;

/** Why a deposit needs a second operator, in the words of a sentence; or `undefined`. @param limit of one person, minor units */
export function overLimit({ ofPerson, ofOperator }: DaySums, limit: number): OverLimit | undefined {
  if (ofPerson > limit) return { limit, of: 'for a person within a day' };
  if (ofOperator > limit * PEOPLE_A_DAY) return { limit: limit * PEOPLE_A_DAY, of: 'by one operator within a day' };
  return undefined;
}

/** The sums of the day of `at`, with this deposit; 0 for one that was booked before. @throws ServiceError as {@link sumWith} */
export async function sumsWith(
  tx: ReadTx,
  person: { readonly id: PersonId },
  amount: Amount,
  reference: string,
  operator: string,
  at: number,
): Promise<DaySums> {
  const ofPerson = await sumWith(tx, person, amount, reference, at);
  if (ofPerson === 0) return { ofPerson, ofOperator: 0 };
  const before = await depositsOfOperatorSince(tx, operator, amount.currency, dayOf(at));
  return { ofPerson, ofOperator: before + amount.minor };
}

/**
 * What a person would have been given by single operators within the day of `at`, with this deposit: minor units of its currency. 0 for a
 * deposit that was booked before. What two operators know of does not count, nor what a program deposits.
 * @throws ServiceError `conflict` when the reference was used for another amount
 */
async function sumWith(
  tx: ReadTx,
  person: { readonly id: PersonId },
  amount: Amount,
  reference: string,
  at: number,
): Promise<number> {
  if (await depositedBefore(tx, person, amount, reference)) return 0;
  const deposits = await operatorDepositsSince(tx, person, amount.currency, dayOf(at));
  const confirmed = new Set(await confirmedReferences(tx, person));
  const alone = deposits.filter((one) => !confirmed.has(one.reference));
  return alone.reduce((sum, { minor }) => sum + minor, amount.minor);
}

async function confirmedReferences(tx: ReadTx, { id }: { readonly id: PersonId }): Promise<string[]> {
  const sql = 'SELECT reference FROM pending_deposit WHERE person_id = ? AND confirmed_by IS NOT NULL';
  return tx.all(sql, (row) => row.text('reference'), id);
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
