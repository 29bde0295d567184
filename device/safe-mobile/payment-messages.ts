import { type Amount, readAmount, writeAmount } from './amount.ts';
import {
  nameOf,
  QUERY_CODES,
  type QueryKind,
  RAIL_CODES,
  type RailName,
  REFUSAL_CODES,
  type Refusal,
  STATUS_CODES,
  type Status,
} from './codes.ts';
import { type CustomerAddress, decodeCustomer, encodeCustomer } from './customer.ts';
import { SafeMobileError } from './errors.ts';
import type { Reader, Writer } from './octets.ts';
import { readText, writeTexts } from './text.ts';

/** Octets of UTF-8 that payee and reference share in a PAY_REQUEST. */
export const REQUEST_TEXT_OCTETS = 53;
/** Octets of UTF-8 of the reference in a PAY_INIT. */
export const INIT_TEXT_OCTETS = 48;

/** The service asks the customer for a payment. */
export interface PayRequest {
  readonly type: 'PAY_REQUEST';
  /** Unix seconds. */
  readonly time: number;
  /** 8 octets; names the payment on the air. */
  readonly txn: Uint8Array;
  /** Seconds from `time`, a multiple of 10. */
  readonly ttl: number;
  readonly flags: number;
  readonly amount: Amount;
  readonly merchantId: number;
  /** 0 to 9999; the merchant's screen shows the same. */
  readonly matchCode: number;
  readonly payee: string;
  readonly reference: string;
}

/** The customer's signature under a PAY_REQUEST or an AUTH_REQUEST. */
export interface Approve {
  readonly type: 'APPROVE';
  readonly ctr: number;
  /** The txn of the payment or the challenge of the authentication, 8 octets. */
  readonly txn: Uint8Array;
  /** Which of the customer's instruments pays; 0 is the usual one. */
  readonly instrument: number;
  /** 64 octets. */
  readonly signature: Uint8Array;
}

export interface Refuse {
  readonly type: 'REFUSE';
  readonly ctr: number;
  readonly txn: Uint8Array;
  readonly reason: Refusal;
}

/** How a payment stands, signed by the service. */
export interface Receipt {
  readonly type: 'RECEIPT';
  readonly time: number;
  /** The txn to the customer, the mref to the merchant, 8 octets. */
  readonly ref: Uint8Array;
  readonly status: Status;
  /** PIN tries left, 0 to 15. */
  readonly triesLeft: number;
  /** 0 is none. In a `declined` receipt: why, as `declineCode` has it. */
  readonly approvalCode: number;
  readonly rail: RailName;
  readonly signature: Uint8Array;
}

/** A merchant's phone asks for a payment. */
export interface PayInit {
  readonly type: 'PAY_INIT';
  readonly ctr: number;
  /** 8 octets, the merchant's own key of this payment. */
  readonly mref: Uint8Array;
  readonly customer: CustomerAddress;
  readonly amount: Amount;
  readonly ttl: number;
  readonly flags: number;
  readonly reference: string;
}

export interface PayCancel {
  readonly type: 'PAY_CANCEL';
  readonly ctr: number;
  readonly mref: Uint8Array;
  readonly reason: number;
}

export interface StatusQuery {
  readonly type: 'STATUS_QUERY';
  readonly ctr: number;
  readonly ref: Uint8Array;
  readonly kind: QueryKind;
}

const TTL_UNIT_SECONDS = 10;

/** A time to live in tens of seconds, 1 octet. @throws SafeMobileError `field` unless a multiple of 10 up to 2550 */
export function writeTtl(writer: Writer, seconds: number): Writer {
  return writer.uint(seconds / TTL_UNIT_SECONDS, 1);
}

/** Seconds to live. */
export function readTtl(reader: Reader): number {
  return reader.uint(1) * TTL_UNIT_SECONDS;
}

export function writePayRequest(writer: Writer, message: PayRequest): Writer {
  writer.bytes(message.txn, 8);
  writeTtl(writer, message.ttl);
  writer.uint(message.flags, 1);
  writeAmount(writer, message.amount);
  writer.uint(message.merchantId, 4).uint(checkMatchCode(message.matchCode), 2);
  return writeTexts(writer, REQUEST_TEXT_OCTETS, message.payee, message.reference);
}

export function readPayRequest(reader: Reader, time: number): PayRequest {
  return {
    type: 'PAY_REQUEST',
    time,
    txn: reader.bytes(8),
    ttl: readTtl(reader),
    flags: reader.uint(1),
    amount: readAmount(reader),
    merchantId: reader.uint(4),
    matchCode: checkMatchCode(reader.uint(2)),
    payee: readText(reader),
    reference: readText(reader),
  };
}

/** A match code is what four digits can show. @throws SafeMobileError `field` */
export function checkMatchCode(code: number): number {
  if (code > 9999) throw new SafeMobileError('field', `match code ${code} has more than four digits`);
  return code;
}

export function writeApprove(writer: Writer, message: Approve): Writer {
  return writer.bytes(message.txn, 8).uint(message.instrument, 1).bytes(message.signature, 64);
}

export function readApprove(reader: Reader, ctr: number): Approve {
  return { type: 'APPROVE', ctr, txn: reader.bytes(8), instrument: reader.uint(1), signature: reader.bytes(64) };
}

export function writeRefuse(writer: Writer, message: Refuse): Writer {
  return writer.bytes(message.txn, 8).uint(REFUSAL_CODES[message.reason], 1);
}

export function readRefuse(reader: Reader, ctr: number): Refuse {
  return { type: 'REFUSE', ctr, txn: reader.bytes(8), reason: nameOf(REFUSAL_CODES, reader.uint(1), 'refusal') };
}

export function writeReceipt(writer: Writer, message: Receipt): Writer {
  if (message.triesLeft > 15) throw new SafeMobileError('field', `${message.triesLeft} tries do not fit 4 bits`);
  return writer
    .bytes(message.ref, 8)
    .uint((STATUS_CODES[message.status] << 4) | message.triesLeft, 1)
    .uint(message.approvalCode, 4)
    .uint(RAIL_CODES[message.rail], 1)
    .bytes(message.signature, 64);
}

export function readReceipt(reader: Reader, time: number): Receipt {
  const ref = reader.bytes(8);
  const standing = reader.uint(1);
  return {
    type: 'RECEIPT',
    time,
    ref,
    status: nameOf(STATUS_CODES, standing >> 4, 'status'),
    triesLeft: standing & 0xf,
    approvalCode: reader.uint(4),
    rail: nameOf(RAIL_CODES, reader.uint(1), 'rail'),
    signature: reader.bytes(64),
  };
}

export function writePayInit(writer: Writer, message: PayInit): Writer {
  writer.bytes(message.mref, 8).bytes(encodeCustomer(message.customer), 8);
  writeAmount(writer, message.amount);
  writeTtl(writer, message.ttl);
  writer.uint(message.flags, 1);
  return writeTexts(writer, INIT_TEXT_OCTETS, message.reference);
}

export function readPayInit(reader: Reader, ctr: number): PayInit {
  return {
    type: 'PAY_INIT',
    ctr,
    mref: reader.bytes(8),
    customer: decodeCustomer(reader.bytes(8)),
    amount: readAmount(reader),
    ttl: readTtl(reader),
    flags: reader.uint(1),
    reference: readText(reader),
  };
}

export function writePayCancel(writer: Writer, message: PayCancel): Writer {
  return writer.bytes(message.mref, 8).uint(message.reason, 1);
}

export function readPayCancel(reader: Reader, ctr: number): PayCancel {
  return { type: 'PAY_CANCEL', ctr, mref: reader.bytes(8), reason: reader.uint(1) };
}

export function writeStatusQuery(writer: Writer, message: StatusQuery): Writer {
  return writer.bytes(message.ref, 8).uint(QUERY_CODES[message.kind], 1);
}

export function readStatusQuery(reader: Reader, ctr: number): StatusQuery {
  return { type: 'STATUS_QUERY', ctr, ref: reader.bytes(8), kind: nameOf(QUERY_CODES, reader.uint(1), 'query') };
}
