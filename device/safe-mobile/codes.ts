import { SafeMobileError } from './errors.ts';

/** Why a phone refuses (REFUSE). `no` and `not-me`: its owner says so. `wrong-digits`: for a login they typed wrong digits of the match code twice. */
export type Refusal = 'no' | 'not-me' | 'expired' | 'unreadable' | 'muted' | 'wrong-digits';
export const REFUSAL_CODES: Readonly<Record<Refusal, number>> = {
  no: 1,
  'not-me': 2,
  expired: 3,
  unreadable: 4,
  muted: 5,
  'wrong-digits': 6,
};

/** Where a payment or an authentication stands (RECEIPT, 4 bits). */
export type Status =
  | 'paid'
  | 'refused'
  | 'expired'
  | 'cancelled'
  | 'declined'
  | 'wrong-pin'
  | 'blocked'
  | 'in-progress'
  | 'active'
  | 'rejected'
  | 'reversed'
  | 'refunded'
  | 'confirmed';
export const STATUS_CODES: Readonly<Record<Status, number>> = {
  paid: 0,
  refused: 1,
  expired: 2,
  cancelled: 3,
  declined: 4,
  'wrong-pin': 5,
  blocked: 6,
  'in-progress': 7,
  active: 8,
  rejected: 9,
  reversed: 10,
  refunded: 11,
  confirmed: 12,
};

/** What moved the money (RECEIPT). 5 was a cash register, and is not used again. */
export type RailName = 'none' | 'ledger' | 'card' | 'bank' | 'paypal';
export const RAIL_CODES: Readonly<Record<RailName, number>> = {
  none: 0,
  ledger: 1,
  card: 2,
  bank: 3,
  paypal: 4,
};

/** What an AUTH_REQUEST asks the customer to confirm. */
export type AuthKind = 'login' | 'sign' | 'confirm-enrolment' | 'refund' | 'unlock' | 'instrument';
export const AUTH_CODES: Readonly<Record<AuthKind, number>> = {
  login: 1,
  sign: 2,
  'confirm-enrolment': 4,
  refund: 5,
  unlock: 6,
  instrument: 7,
};

/** Why the service did not do what a phone asked (NAK). */
export type NakCode =
  | 'unknown-reference'
  | 'wrong-code'
  | 'activation-expired'
  | 'bad-key'
  | 'not-a-merchant'
  | 'limit'
  | 'customer-unreachable'
  | 'bad-amount'
  | 'blocked'
  | 'malformed'
  /** `argument` is the highest number that the service has seen. */
  | 'old-counter';
export const NAK_CODES: Readonly<Record<NakCode, number>> = {
  'unknown-reference': 1,
  'wrong-code': 2,
  'activation-expired': 3,
  'bad-key': 4,
  'not-a-merchant': 5,
  limit: 6,
  'customer-unreachable': 7,
  'bad-amount': 8,
  blocked: 9,
  malformed: 10,
  'old-counter': 11,
};

/** What ADMIN orders a phone to do. */
export type AdminCommand = 'lock' | 'unlock' | 'wipe';
export const COMMAND_CODES: Readonly<Record<AdminCommand, number>> = { lock: 1, unlock: 2, wipe: 3 };

/** What STATUS_QUERY asks about. */
export type QueryKind = 'payment' | 'authentication' | 'request' | 'balance';
export const QUERY_CODES: Readonly<Record<QueryKind, number>> = {
  payment: 1,
  authentication: 2,
  request: 3,
  balance: 4,
};

/** The name behind a number. @throws SafeMobileError `field` when the table has no such number */
export function nameOf<Name extends string>(table: Readonly<Record<Name, number>>, code: number, field: string): Name {
  for (const name in table) if (table[name] === code) return name;
  throw new SafeMobileError('field', `${field} ${code} is not known`);
}
