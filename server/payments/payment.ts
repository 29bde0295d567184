import type { Amount, RailName } from '../../device/safe-mobile/index.ts';
import { readAmount } from '../store/amount.ts';
import { type Row, RowError } from '../store/row.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import {
  type DeviceId,
  deviceId,
  type MerchantId,
  merchantId,
  type PersonId,
  personId,
  type Ref,
  ref,
} from '../vocabulary/ids.ts';
import { isPaymentState, type PaymentState } from '../vocabulary/payment-states.ts';

/** The PAY_INIT that started a payment from a merchant's phone. */
export interface PaymentInit {
  readonly deviceId: DeviceId;
  /** The merchant's key of the payment as the phone knows it. */
  readonly mref: Ref;
  /** The padded plaintext, 79 octets: what the merchant's receipt answers. */
  readonly plaintext: Uint8Array;
}

/** A row of the table `payment`. */
export interface Payment {
  readonly txn: Ref;
  readonly merchantId: MerchantId;
  /** The merchant's key: the API's text, or `sms:` and the 8 octets of its phone. */
  readonly mref: string;
  /** Digest of the request, to recognise a second request with the same mref and another content. */
  readonly fingerprint: string;
  readonly init: PaymentInit | undefined;
  /** The customer. */
  readonly personId: PersonId;
  /** The phone that was asked; `undefined` where none was. */
  readonly deviceId: DeviceId | undefined;
  readonly amount: Amount;
  /** Minor units that refunds give back or have given back. */
  readonly refunded: number;
  /** What moves the money: fixed when the payment is asked for. */
  readonly rail: RailName;
  readonly reference: string;
  /** Seconds. */
  readonly ttl: number;
  /** 0 to 9999, on the screens of merchant and customer. */
  readonly matchCode: number;
  readonly state: PaymentState;
  /** Why it is in this state, where the state alone does not say. */
  readonly reason: string | undefined;
  /** 0 until the rail gave one. */
  readonly approvalCode: number;
  /** Of the card that paid, where the rail knew them when it had moved the money. */
  readonly lastDigits: string | undefined;
  /** ms since 1970. */
  readonly createdAt: number;
  /** ms since 1970. */
  readonly changedAt: number;
}

/** The payment. @throws ServiceError `not-found` */
export async function requirePayment(tx: ReadTx, txn: string): Promise<Payment> {
  return found(txn, await tx.get('SELECT * FROM payment WHERE txn = ?', readPayment, txn));
}

/** The payment, locked with what becomes of its money: its attempts and refunds. @throws ServiceError `not-found` */
export async function lockPayment(tx: Tx, txn: string): Promise<Payment> {
  return found(txn, await tx.get('SELECT * FROM payment WHERE txn = ? FOR UPDATE', readPayment, txn));
}

function found(txn: string, payment: Payment | undefined): Payment {
  if (payment === undefined) throw new ServiceError('not-found', `there is no payment ${txn}`);
  return payment;
}

/** Writes a new payment down. @returns false when its merchant has a payment of this mref */
export async function insertPayment(tx: Tx, payment: Payment): Promise<boolean> {
  const inserted = await tx.run(
    `INSERT INTO payment (txn, merchant_id, mref, fingerprint, init, init_device_id, person_id, device_id, rail, minor,
       currency, reference, ttl, match_code, state, reason, created_at, changed_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (merchant_id, mref) DO NOTHING`,
    payment.txn,
    payment.merchantId,
    payment.mref,
    payment.fingerprint,
    payment.init?.plaintext ?? null,
    payment.init?.deviceId ?? null,
    payment.personId,
    payment.deviceId ?? null,
    payment.rail,
    payment.amount.minor,
    payment.amount.currency,
    payment.reference,
    payment.ttl,
    payment.matchCode,
    payment.state,
    payment.reason ?? null,
    payment.createdAt,
    payment.changedAt,
  );
  return inserted > 0;
}

/** The payment that this merchant started under this key, or `undefined`. */
export async function paymentByMref(tx: ReadTx, merchant: MerchantId, mref: string): Promise<Payment | undefined> {
  return tx.get('SELECT * FROM payment WHERE merchant_id = ? AND mref = ?', readPayment, merchant, mref);
}

/** Conditions of a search for payments; an absent condition matches every payment. */
export interface PaymentQuery {
  readonly merchantId?: MerchantId | undefined;
  /** The customer. */
  readonly personId?: PersonId | undefined;
  readonly mref?: string | undefined;
  readonly state?: PaymentState | undefined;
  /** Only those that wait for an operator: in review, or with a refund in review. */
  readonly inReview?: true | undefined;
  /** The txn of a payment: only those are wanted that come after it in the list. */
  readonly after?: Ref | undefined;
  readonly limit: number;
}

/** The payments that a query names, latest first. */
export async function findPayments(tx: ReadTx, query: PaymentQuery): Promise<Payment[]> {
  const conditions: readonly (readonly [sql: string, ...values: (string | number | undefined)[]])[] = [
    ['merchant_id = ?', query.merchantId],
    ['person_id = ?', query.personId],
    ['mref = ?', query.mref],
    // The same again: PostgreSQL would look for the one payment along all of its merchant's, in the order of the answer.
    ['txn = (SELECT txn FROM payment WHERE merchant_id = ? AND mref = ?)', query.merchantId, query.mref],
    ['state = ?', query.state],
    ['(created_at, rowid) < (SELECT created_at, rowid FROM payment WHERE txn = ?)', query.after],
  ];
  const sql: string[] = [query.inReview === true ? IN_REVIEW : 'TRUE'];
  const known: (string | number)[] = [];
  for (const [condition, ...values] of conditions) {
    const given = values.filter((value) => value !== undefined);
    if (given.length < values.length) continue;
    sql.push(condition);
    known.push(...given);
  }
  return tx.all(
    `SELECT * FROM payment WHERE ${sql.join(' AND ')} ORDER BY created_at DESC, rowid DESC LIMIT ?`,
    readPayment,
    ...known,
    query.limit,
  );
}

const IN_REVIEW = `txn IN (SELECT txn FROM payment WHERE state = 'REVIEW'
  UNION ALL SELECT txn FROM attempt WHERE state = 'given-up' AND kind = 'refund')`;

/** The merchants of the requests that wait for an answer of this person, once a request. */
export async function merchantsThatWait(tx: ReadTx, person: PersonId): Promise<MerchantId[]> {
  return tx.all(
    "SELECT merchant_id FROM payment WHERE person_id = ? AND state = 'REQUESTED' ORDER BY txn",
    (row) => merchantId(row.integer('merchant_id')),
    person,
  );
}

/**
 * What a person has paid by a rail, or is asked for and may still pay, less what was given back; minor units of all currencies together.
 * @param since of payments that were asked for later, ms since 1970
 */
export async function spentSince(tx: ReadTx, person: PersonId, rail: RailName, since: number): Promise<number> {
  const spent = await tx.get(
    `SELECT coalesce(sum(minor - refunded), 0) AS spent FROM payment WHERE person_id = ? AND created_at > ? AND rail = ?
     AND state NOT IN ('REFUSED', 'CANCELLED', 'EXPIRED', 'DECLINED', 'REVERSED', 'REJECTED')`,
    (row) => row.integer('spent'),
    ...[person, since, rail],
  );
  return spent ?? 0;
}

function readPayment(row: Row): Payment {
  const state = row.text('state');
  if (!isPaymentState(state)) throw new RowError(`a payment cannot be ${state}`);
  return {
    txn: ref(row.text('txn')),
    merchantId: merchantId(row.integer('merchant_id')),
    mref: row.text('mref'),
    fingerprint: row.text('fingerprint'),
    init: row.optional('init', readInit),
    personId: personId(row.integer('person_id')),
    deviceId: row.optional('device_id', (found, column) => deviceId(found.integer(column))),
    amount: readAmount(row),
    refunded: row.integer('refunded'),
    rail: row.oneOf('rail', RAIL_NAMES),
    reference: row.text('reference'),
    ttl: row.integer('ttl'),
    matchCode: row.integer('match_code'),
    state,
    reason: row.optionalText('reason'),
    approvalCode: row.integer('approval_code'),
    lastDigits: row.optionalText('last_digits'),
    createdAt: row.integer('created_at'),
    changedAt: row.integer('changed_at'),
  };
}

/** What may move the money of a payment. */
export const RAIL_NAMES: readonly RailName[] = ['ledger', 'card', 'bank', 'paypal'];

const PHONE_PREFIX = 'sms:';

/** The key of a payment that a merchant's phone starts, apart from all keys of the API. */
export function mrefOfPhone(mref: Ref): string {
  return `${PHONE_PREFIX}${mref}`;
}

function readInit(row: Row, column: string): PaymentInit {
  return {
    deviceId: deviceId(row.integer('init_device_id')),
    mref: ref(row.text('mref').slice(PHONE_PREFIX.length)),
    plaintext: row.octets(column),
  };
}
