import type { Amount, Currency, RailName } from '../../device/safe-mobile/index.ts';
import { readAmount, readCurrency } from '../store/amount.ts';
import type { Row } from '../store/row.ts';
import { OvertakenError, type ReadTx, type Tx } from '../store/store.ts';
import type { Ref } from '../vocabulary/ids.ts';

/**
 * The owner of an account. `cash` is the outside world: its balance is minus the money paid in and not paid out. `clearing`
 * is what a rail outside owes the service until its settlement, `fees` what it kept of that, below zero, and `losses` what it took back for
 * its customers' banks. These may be negative; nobody else's account may.
 */
export type Account = `person:${number}` | `merchant:${number}` | `${OfRail}:${RailName}` | 'cash';

type OfRail = 'clearing' | 'fees' | 'losses';

/** Whether the text names an account. */
export function isAccount(text: string): text is Account {
  return /^((person|merchant):[1-9][0-9]{0,9}|(clearing|fees|losses):(ledger|card|bank|paypal|pos)|cash)$/.test(text);
}

/** A movement of money from one account to another, as it was asked for. */
export interface Transfer {
  /** Derives from a txn or from the reference of a deposit, so the same movement cannot be made twice. */
  readonly id: string;
  readonly txn?: Ref;
  /** The account that gives. */
  readonly debit: Account;
  /** The account that gets. */
  readonly credit: Account;
  readonly amount: Amount;
}

const TRANSFER_OUTCOMES = ['posted', 'voided'] as const;

/** How a pending transfer ended. */
export type TransferOutcome = (typeof TRANSFER_OUTCOMES)[number];

/** What became of a transfer that was to be held. Only `held` has changed anything. */
export type HoldOutcome =
  | 'held'
  /** The same transfer is pending already. */
  | 'held-before'
  /** The same transfer was posted or voided already. */
  | 'closed'
  /** The account that gives has not enough. */
  | 'insufficient'
  /** A sum of one of the accounts would pass {@link LARGEST_SUM}. */
  | 'too-large'
  /** The id belongs to another movement. */
  | 'other-movement';

/** Minor units of an account: what it has, and what pending transfers may take of that. */
export interface Balance {
  readonly posted: number;
  readonly pending: number;
}

/** A transfer was to be ended that is not there or ended in the other way. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';
}

/** The largest sum of an account, minor units: 2⁵³ - 1, up to which a number counts exactly. */
export const LARGEST_SUM: number = Number.MAX_SAFE_INTEGER;

/**
 * Writes a pending transfer: the money is set aside in the account that gives, which never gives what it has not.
 * @param at ms since 1970
 */
export async function hold(tx: Tx, transfer: Transfer, at: number): Promise<HoldOutcome> {
  return (await begin(tx, transfer, 'debits_pending', at)) ? 'held' : whyNotHeld(tx, transfer);
}

/**
 * {@link hold} and {@link post} in one: the money is set aside and moves at once, or nothing changes.
 * @param at ms since 1970
 */
export async function move(tx: Tx, transfer: Transfer, at: number): Promise<Exclude<HoldOutcome, 'held'> | 'moved'> {
  await lockBefore(tx, transfer);
  if (!(await begin(tx, transfer, 'debits_posted', at))) return whyNotHeld(tx, transfer);
  const otherwise = () => new LedgerError(`transfer ${transfer.id} ended before it began`);
  tx.mustChange(otherwise, END_NEW_TRANSFER, transfer.id, 'posted', at);
  // There was room when the transfer began: another one has taken it since, and the next run is told so.
  enter(tx, transfer, (reason) => new OvertakenError(reason));
  return 'moved';
}

/**
 * The money of a pending transfer moves. @returns whether it moved now, and not before.
 * @throws LedgerError when the transfer is not there or was voided, or others have filled the account up while it was pending
 */
export async function post(tx: Tx, transfer: Transfer, at: number): Promise<boolean> {
  const { id, debit, amount } = transfer;
  if (!(await end(tx, id, 'posted', at))) return false;
  await lockBefore(tx, transfer);
  tx.later(
    `UPDATE account SET debits_pending = debits_pending - ?1, debits_posted = debits_posted + ?1
     WHERE owner = ?2 AND currency = ?3`,
    amount.minor,
    debit,
    amount.currency,
  );
  enter(tx, transfer, (reason) => new LedgerError(reason));
  return true;
}

/**
 * The money of a pending transfer stays. @returns whether it was pending until now.
 * @throws LedgerError when the transfer is not there or was posted
 */
export async function voidTransfer(tx: Tx, transfer: Transfer, at: number): Promise<boolean> {
  if (!(await end(tx, transfer.id, 'voided', at))) return false;
  putBack(tx, transfer, 'debits_pending');
  return true;
}

/** Whether the transfer is there, and how it ended. */
export async function transferOutcome(tx: ReadTx, id: string): Promise<TransferOutcome | 'pending' | 'absent'> {
  const found = await tx.get(
    'SELECT outcome FROM transfer LEFT JOIN transfer_end USING (id) WHERE id = ?',
    (row) => row.optional('outcome', (ended, column) => ended.oneOf(column, TRANSFER_OUTCOMES)) ?? 'pending',
    id,
  );
  return found ?? 'absent';
}

/** What an account has in one currency. */
export async function balanceOf(tx: ReadTx, account: Account, currency: Currency): Promise<Balance> {
  const found = await tx.get('SELECT * FROM account WHERE owner = ? AND currency = ?', readBalance, account, currency);
  return found ?? { posted: 0, pending: 0 };
}

/** What an account has in every currency that it ever had. */
export function holdingsOf(tx: ReadTx, account: Account): Promise<Amount[]> {
  return tx.all(
    `SELECT credits_posted - debits_posted AS minor, currency FROM account
     WHERE owner = ? AND credits_posted + debits_posted > 0 ORDER BY currency`,
    readAmount,
    account,
  );
}

/** What an account may spend in every currency that it ever had: what it has, less what pending transfers may take. */
export function availableOf(tx: ReadTx, account: Account): Promise<Amount[]> {
  return tx.all(
    `SELECT CASE WHEN credits_posted > debits_posted + debits_pending THEN credits_posted - debits_posted - debits_pending
       ELSE 0 END AS minor, currency FROM account WHERE owner = ? AND credits_posted + debits_posted > 0 ORDER BY currency`,
    readAmount,
    account,
  );
}

/** Whether the account may have less than nothing. */
export function isUnlimited(account: Account): boolean {
  return account === 'cash' || /^(clearing|fees|losses):/.test(account);
}

/** Whether the account that gets can count the amount ?1 of currency ?3 as well; ?4 is its owner. */
const HAS_ROOM = `coalesce((SELECT credits_posted FROM account WHERE owner = ?4 AND currency = ?3), 0) + ?1 <= ${LARGEST_SUM}`;

/** Adds an amount to an account, which may be new. */
const GIVE = `INSERT INTO account (owner, currency, credits_posted) VALUES (?, ?, ?)
  ON CONFLICT (owner, currency) DO UPDATE SET credits_posted = account.credits_posted + excluded.credits_posted
  WHERE account.credits_posted + excluded.credits_posted <= ${LARGEST_SUM}`;

/** The sum of the account that gives in which a transfer is counted: while it is pending, and once it was posted. */
type Debits = 'debits_pending' | 'debits_posted';

// The texts are made once: a store knows a statement by its text.
const TAKE_LIMITED = forEachSum(
  (counted) => `UPDATE account SET ${counted} = ${counted} + ?1
    WHERE owner = ?2 AND currency = ?3 AND debits_pending + debits_posted + ?1 <= credits_posted AND ${HAS_ROOM}`,
);
const TAKE_UNLIMITED = forEachSum(
  (counted) => `INSERT INTO account (owner, currency, ${counted}) SELECT ?2, ?3, CAST(?1 AS BIGINT) WHERE ${HAS_ROOM}
    ON CONFLICT (owner, currency) DO UPDATE SET ${counted} = account.${counted} + ?1
    WHERE account.debits_pending + account.debits_posted + ?1 <= ${LARGEST_SUM}`,
);

function forEachSum(sqlOf: (counted: Debits) => string): Readonly<Record<Debits, string>> {
  return { debits_pending: sqlOf('debits_pending'), debits_posted: sqlOf('debits_posted') };
}

/**
 * Before a merchant gives: locks the account that gets. In all movements a merchant's account is locked last, because many
 * customers pay one merchant at the same time, and because two movements between the same accounts must not wait for each other.
 */
async function lockBefore(tx: Tx, { debit, credit, amount }: Transfer): Promise<void> {
  if (debit.startsWith('merchant:')) await lockAccount(tx, credit, amount.currency);
}

/** Locks an account, if it is there, before others that the transaction moves. */
export async function lockAccount(tx: Tx, account: Account, currency: Currency): Promise<void> {
  await tx.get(
    'SELECT 1 AS one FROM account WHERE owner = ? AND currency = ? FOR UPDATE',
    (row) => row.integer('one'),
    account,
    currency,
  );
}

/** Takes the money from what the account has and writes the transfer down. @returns false, without a change, when either cannot be */
async function begin(tx: Tx, transfer: Transfer, counted: Debits, at: number): Promise<boolean> {
  if (!(await take(tx, transfer, counted))) return false;
  if (await insertTransfer(tx, transfer, at)) return true;
  putBack(tx, transfer, counted);
  return false;
}

/** The two entries of a posted transfer, and what the account that gets has more. @param isFull when that account has no room */
function enter(tx: Tx, { id, debit, credit, amount }: Transfer, isFull: (reason: string) => Error): void {
  tx.later(
    'INSERT INTO entry (transfer_id, account, minor, currency) VALUES (?, ?, ?, ?), (?, ?, ?, ?)',
    ...[id, debit, -amount.minor, amount.currency],
    ...[id, credit, amount.minor, amount.currency],
  );
  tx.mustChange(
    () => isFull(`${credit} would have more than ${LARGEST_SUM} minor units`),
    GIVE,
    credit,
    amount.currency,
    amount.minor,
  );
}

/** @returns false when the account has not enough, or a sum would be too large */
async function take(tx: Tx, { debit, credit, amount }: Transfer, counted: Debits): Promise<boolean> {
  const sql = (isUnlimited(debit) ? TAKE_UNLIMITED : TAKE_LIMITED)[counted];
  return (await tx.run(sql, amount.minor, debit, amount.currency, credit)) > 0;
}

async function whyNotHeld(tx: ReadTx, transfer: Transfer): Promise<Exclude<HoldOutcome, 'held'>> {
  const known = await knownAs(tx, transfer);
  if (known !== 'absent') return known;
  const { debit, amount } = transfer;
  if (isUnlimited(debit)) return 'too-large';
  const { posted, pending } = await balanceOf(tx, debit, amount.currency);
  return posted - pending < amount.minor ? 'insufficient' : 'too-large';
}

function putBack(tx: Tx, { debit, amount }: Transfer, counted: Debits): void {
  tx.later(
    `UPDATE account SET ${counted} = ${counted} - ? WHERE owner = ? AND currency = ?`,
    amount.minor,
    debit,
    amount.currency,
  );
}

/** @returns false when there is a transfer of this id */
async function insertTransfer(tx: Tx, { id, txn, debit, credit, amount }: Transfer, at: number): Promise<boolean> {
  const inserted = await tx.run(
    `INSERT INTO transfer (id, txn, debit, credit, minor, currency, at) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO NOTHING`,
    id,
    txn ?? null,
    debit,
    credit,
    amount.minor,
    amount.currency,
    at,
  );
  return inserted > 0;
}

async function knownAs(
  tx: ReadTx,
  transfer: Transfer,
): Promise<'held-before' | 'closed' | 'other-movement' | 'absent'> {
  const known = await tx.get(
    `SELECT debit = ? AND credit = ? AND minor = ? AND currency = ? AS same, outcome
     FROM transfer LEFT JOIN transfer_end USING (id) WHERE id = ?`,
    (row) => ({ same: row.integer('same') === 1, outcome: row.optionalText('outcome') }),
    transfer.debit,
    transfer.credit,
    transfer.amount.minor,
    transfer.amount.currency,
    transfer.id,
  );
  if (known === undefined) return 'absent';
  if (!known.same) return 'other-movement';
  return known.outcome === undefined ? 'held-before' : 'closed';
}

const END_NEW_TRANSFER = 'INSERT INTO transfer_end (id, outcome, at) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING';

const END_TRANSFER = `INSERT INTO transfer_end (id, outcome, at) SELECT id, ?, CAST(? AS BIGINT) FROM transfer WHERE id = ?
  ON CONFLICT (id) DO NOTHING`;

/** @returns whether the transfer was pending until now */
async function end(tx: Tx, id: string, outcome: TransferOutcome, at: number): Promise<boolean> {
  const ended = await tx.run(END_TRANSFER, outcome, at, id);
  if (ended > 0) return true;
  const known = await transferOutcome(tx, id);
  if (known !== outcome) throw new LedgerError(`transfer ${id} is ${known}, so it cannot be ${outcome}`);
  return false;
}

function readBalance(row: Row): Balance {
  readCurrency(row);
  return {
    posted: row.integer('credits_posted') - row.integer('debits_posted'),
    pending: row.integer('debits_pending'),
  };
}
