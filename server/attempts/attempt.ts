import { type Account, isAccount } from '../ledger/ledger.ts';
import { ATTEMPT_KINDS, isRailKey, type RailKey, type RailOrder } from '../rails/rail.ts';
import { readAmount } from '../store/amount.ts';
import { type Row, RowError } from '../store/row.ts';
import type { ReadTx, SqlValue, Tx } from '../store/store.ts';
import { ref } from '../vocabulary/ids.ts';

/**
 * The states of an attempt at a rail. `asked`: the rail has the order, or gets it now. `pending`: the rail took it and has not
 * decided. `unknown`: the answer was lost. `given-up`: a person must find out unless
 * the rail says it by itself, or a reversal has taken its place.
 */
export const ATTEMPT_STATES = ['asked', 'pending', 'unknown', 'done', 'declined', 'given-up'] as const;
export type AttemptState = (typeof ATTEMPT_STATES)[number];

/** States in which the rail is not asked any more. */
const ENDED: readonly AttemptState[] = ['done', 'declined', 'given-up'];

/** An order to a rail and what became of it: a row of the table `attempt`, on disk before the rail hears of the order. */
export interface Attempt {
  readonly order: RailOrder;
  readonly rail: string;
  readonly state: AttemptState;
  /** How often the rail was asked, the first time included. Fences answers: one to an earlier question may be out of date. */
  readonly tries: number;
  /** Questions that got no answer since the last one that did. */
  readonly unanswered: number;
  /** Why it is in this state. */
  readonly reason: string | undefined;
  readonly approvalCode: number;
  /** ms since 1970. */
  readonly createdAt: number;
}

/** What changes with an answer. */
export type AttemptChange = Pick<Attempt, 'state'> & {
  readonly reason?: string;
  readonly approvalCode?: number;
  /** Default: 0. */
  readonly unanswered?: number;
  readonly note?: string | undefined;
};

/** Whether nothing more happens to the attempt by itself. */
export function hasEnded(attempt: Pick<Attempt, 'state'>): boolean {
  return ENDED.includes(attempt.state);
}

/** Writes a new attempt. A second call with the same key changes nothing. @returns whether it is new */
export async function insertAttempt(tx: Tx, attempt: Attempt): Promise<boolean> {
  return (await tx.run(INSERT_ATTEMPT, ...valuesOf(attempt))) > 0;
}

/** Writes an attempt that is the first one of its key. @throws Error, at the latest with the commit, when it is not */
export function insertFirstAttempt(tx: Tx, attempt: Attempt): void {
  const otherwise = () => new Error(`${attempt.order.key} was asked for before`);
  tx.mustChange(otherwise, INSERT_ATTEMPT, ...valuesOf(attempt));
}

const INSERT_ATTEMPT = `
  INSERT INTO attempt (rail_key, txn, kind, rail, state, tries, minor, currency, payer, merchant, note, reason,
    approval_code, created_at, changed_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (rail_key) DO NOTHING`;

function valuesOf({ order, rail, state, tries, reason, approvalCode, createdAt }: Attempt): SqlValue[] {
  return [
    order.key,
    order.txn,
    order.kind,
    rail,
    state,
    tries,
    order.amount.minor,
    order.amount.currency,
    order.payer,
    order.merchant,
    order.note,
    reason ?? null,
    approvalCode,
    createdAt,
    createdAt,
  ];
}

/** Changes an attempt that still is as it was read. @returns the attempt after the change, or `undefined` when somebody was faster */
export async function changeAttempt(
  tx: Tx,
  attempt: Attempt,
  change: AttemptChange,
  at: number,
): Promise<Attempt | undefined> {
  const note = change.note ?? attempt.order.note;
  const approvalCode = change.approvalCode ?? attempt.approvalCode;
  const unanswered = change.unanswered ?? 0;
  const changed = await tx.run(
    `UPDATE attempt SET state = ?, reason = ?, approval_code = ?, unanswered = ?, note = ?, changed_at = ?
     WHERE rail_key = ? AND state = ? AND tries = ?`,
    change.state,
    change.reason ?? null,
    approvalCode,
    unanswered,
    note,
    at,
    attempt.order.key,
    attempt.state,
    attempt.tries,
  );
  if (changed === 0) return undefined;
  const { state, reason } = change;
  return { ...attempt, state, reason, approvalCode, unanswered, order: { ...attempt.order, note } };
}

/** One more question to the rail: the attempt is `asked` again. @returns the attempt after the change */
export async function countTry(tx: Tx, attempt: Attempt, at: number): Promise<Attempt> {
  await tx.run(
    "UPDATE attempt SET state = 'asked', tries = tries + 1, changed_at = ? WHERE rail_key = ?",
    at,
    attempt.order.key,
  );
  return { ...attempt, state: 'asked', tries: attempt.tries + 1 };
}

/**
 * The attempt of this key, locked together with its payment, which is locked first; or `undefined`. The txn, with which the key begins, is given
 * too: from the key alone PostgreSQL may plan to read the payments one after another.
 */
export function lockAttempt(tx: Tx, key: string): Promise<Attempt | undefined> {
  return tx.get(
    'SELECT a.* FROM payment p JOIN attempt a ON a.txn = p.txn WHERE a.rail_key = ?1 AND p.txn = substr(?1, 1, 16) FOR UPDATE',
    readAttempt,
    key,
  );
}

/** The attempt of this key, or `undefined`. */
export function attemptByKey(tx: ReadTx, key: string): Promise<Attempt | undefined> {
  return tx.get('SELECT * FROM attempt WHERE rail_key = ?', readAttempt, key);
}

function readAttempt(row: Row): Attempt {
  return {
    order: {
      key: readKey(row),
      txn: ref(row.text('txn')),
      kind: row.oneOf('kind', ATTEMPT_KINDS),
      amount: readAmount(row),
      payer: readAccount(row, 'payer'),
      merchant: readAccount(row, 'merchant'),
      note: row.text('note'),
    },
    rail: row.text('rail'),
    state: row.oneOf('state', ATTEMPT_STATES),
    tries: row.integer('tries'),
    unanswered: row.integer('unanswered'),
    reason: row.optionalText('reason'),
    approvalCode: row.integer('approval_code'),
    createdAt: row.integer('created_at'),
  };
}

function readKey(row: Row): RailKey {
  const key = row.text('rail_key');
  if (!isRailKey(key)) throw new RowError(`${key} is not the key of an attempt`);
  return key;
}

function readAccount(row: Row, column: string): Account {
  const account = row.text(column);
  if (!isAccount(account)) throw new RowError(`column ${column} holds no account`);
  return account;
}
