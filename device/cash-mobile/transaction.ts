import { DataInputStream, DataOutputStream } from '../midp/index.ts';
import {
  type AuthRequest,
  decodeDown,
  decodePayInit,
  nameOf,
  type PayInit,
  type PayRequest,
  type Refusal,
  SafeMobileError,
  STATUS_CODES,
  type Status,
} from '../safe-mobile/index.ts';

/** The last answer of this phone about a transaction. */
export type Said = 'approved' | Refusal | 'asked' | 'cancelled';

/** The sealed frame of the last answer, as it was sent, for repeats. Its plaintext is not kept. */
interface SentFrame {
  readonly said: Said;
  readonly frame: Uint8Array;
  /** ms since 1970. */
  readonly at: number;
  /** How often it went out again because the request came again, and when it did last, ms since 1970. */
  readonly repeated?: { readonly times: number; readonly at: number };
}

/** How a transaction stands by the last receipt that was accepted. */
export interface Standing {
  readonly status: Status;
  readonly triesLeft: number;
  readonly approvalCode: number;
  /** The service's time on the receipt, unix seconds. */
  readonly time: number;
}

/**
 * A payment or an authentication, which ends with a receipt: as `customer` this phone was asked to pay or to confirm, as
 * `merchant` it asked somebody else to pay.
 */
export interface Transaction {
  readonly role: 'customer' | 'merchant';
  /** txn or challenge, or the merchant's mref: 8 octets. */
  readonly ref: Uint8Array;
  /** The padded plaintext of the request: what is signed, and what a receipt refers to. */
  readonly plaintext: Uint8Array;
  /** When it began on this phone, ms since 1970. */
  readonly at: number;
  /** A login for which the customer has typed wrong digits of the match code once. */
  readonly mistyped?: true;
  readonly sent?: SentFrame;
  readonly standing?: Standing;
}

/** The request inside a transaction. */
export type Request = PayRequest | AuthRequest | PayInit;

/** Reads the request of a transaction. @throws SafeMobileError when the record is damaged */
export function requestOf({ role, plaintext }: Pick<Transaction, 'role' | 'plaintext'>): Request {
  if (role === 'merchant') return decodePayInit(plaintext);
  const message = decodeDown(plaintext);
  if (message.type === 'PAY_REQUEST' || message.type === 'AUTH_REQUEST') return message;
  throw new SafeMobileError('type', `${message.type} begins no transaction`);
}

/** When a request from the service can no longer be answered, by the service's clock, ms since 1970. */
export function deadlineOf({ time, ttl }: { readonly time: number; readonly ttl: number }): number {
  return (time + ttl) * 1000;
}

/** Whether no final receipt has come yet. */
export function isOpen({ standing }: Transaction): boolean {
  return (
    standing === undefined ||
    standing.status === 'in-progress' ||
    (standing.status === 'wrong-pin' && standing.triesLeft > 0)
  );
}

/** Whether the customer has to answer: there is no answer yet, or the PIN was wrong. */
export function awaitsCustomer(transaction: Transaction): boolean {
  const { role, sent, standing } = transaction;
  if (role !== 'customer' || !isOpen(transaction)) return false;
  return sent === undefined || (sent.said === 'approved' && standing?.status === 'wrong-pin');
}

/** Whether an answer was given and no final receipt has come. */
export function awaitsReceipt(transaction: Transaction): boolean {
  return isOpen(transaction) && transaction.sent !== undefined && !awaitsCustomer(transaction);
}

/** A record has the place in this list: what is new comes last. */
const SAID: readonly Said[] = [
  'approved',
  'no',
  'not-me',
  'expired',
  'unreadable',
  'muted',
  'asked',
  'cancelled',
  'wrong-digits',
];

/** The bits of the first octet of a record. */
const MERCHANT = 1;
const MISTYPED = 2;

/** What a record has of a sent frame. */
const NOTHING_SENT = 0;
const SENT = 1;
const SENT_AGAIN = 2;

/** A transaction as a record. */
export function encodeTransaction({ role, ref, plaintext, at, mistyped, sent, standing }: Transaction): Uint8Array {
  const record = new DataOutputStream()
    .writeByte((role === 'merchant' ? MERCHANT : 0) | (mistyped === true ? MISTYPED : 0))
    .writeLong(at)
    .writeBytes(ref)
    .writeBytes(plaintext)
    .writeByte(sent === undefined ? NOTHING_SENT : sent.repeated === undefined ? SENT : SENT_AGAIN);
  if (sent !== undefined) record.writeByte(SAID.indexOf(sent.said)).writeLong(sent.at).writeBytes(sent.frame);
  if (sent?.repeated !== undefined) record.writeByte(sent.repeated.times).writeLong(sent.repeated.at);
  record.writeByte(standing === undefined ? 0 : 1);
  if (standing !== undefined) {
    const { status, triesLeft, approvalCode, time } = standing;
    record.writeByte(STATUS_CODES[status]).writeByte(triesLeft).writeInt(approvalCode).writeInt(time);
  }
  return record.toByteArray();
}

/** @throws IOException, SafeMobileError when the record is not of {@link encodeTransaction} */
export function decodeTransaction(octets: Uint8Array): Transaction {
  const record = new DataInputStream(octets);
  const bits = record.readByte();
  const at = record.readLong();
  const ref = record.readBytes();
  const plaintext = record.readBytes();
  const sent = readSent(record);
  const standing = record.readByte() === 1 ? readStanding(record) : undefined;
  return {
    role: bits & MERCHANT ? 'merchant' : 'customer',
    ref,
    plaintext,
    at,
    ...(bits & MISTYPED ? { mistyped: true } : {}),
    ...(sent === undefined ? {} : { sent }),
    ...(standing === undefined ? {} : { standing }),
  };
}

function readSent(record: DataInputStream): SentFrame | undefined {
  const kind = record.readByte();
  if (kind !== SENT && kind !== SENT_AGAIN) return undefined;
  const said = SAID[record.readByte()];
  if (said === undefined) throw new SafeMobileError('field', 'the record of a transaction is damaged');
  const sent = { said, at: record.readLong(), frame: record.readBytes() };
  return kind === SENT ? sent : { ...sent, repeated: { times: record.readUnsignedByte(), at: record.readLong() } };
}

function readStanding(record: DataInputStream): Standing {
  const status = nameOf(STATUS_CODES, record.readByte(), 'status');
  return {
    status,
    triesLeft: record.readUnsignedByte(),
    approvalCode: record.readInt() >>> 0,
    time: record.readInt() >>> 0,
  };
}
