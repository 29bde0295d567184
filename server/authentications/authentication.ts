import type { Amount } from '../../device/safe-mobile/index.ts';
import type { PurposeName } from '../approvals/challenge.ts';
import { readAmount } from '../store/amount.ts';
import type { Row } from '../store/row.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import {
  AUTHENTICATION_KINDS,
  AUTHENTICATION_STATES,
  type AuthenticationState,
} from '../vocabulary/authentication-states.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import {
  type DeviceId,
  deviceId,
  type PartyId,
  type PersonId,
  partyId,
  personId,
  type Ref,
  ref,
} from '../vocabulary/ids.ts';

/** What a relying party asks a person for: to log in, to sign a document, or to confirm a payment that the party makes. */
export type Wanted =
  | { readonly kind: 'login' }
  | { readonly kind: 'sign'; readonly document: Document }
  | { readonly kind: 'payment'; readonly payment: PartyPayment };

/** What a relying party asked a person for. */
export type Authentication = Wanted & {
  /** The challenge of the AUTH_REQUEST. */
  readonly id: Ref;
  readonly partyId: PartyId;
  /** The party's key of this authentication. */
  readonly key: string;
  /** SHA-256 of what was asked under this key. */
  readonly fingerprint: Uint8Array;
  /** Who has the number; `undefined`: nobody. */
  readonly personId: PersonId | undefined;
  /** The phone that is asked; `undefined`: none, and the authentication expires like any other. */
  readonly deviceId: DeviceId | undefined;
  /** As phones show it. */
  readonly title: string;
  /** 0 to 9999, for the other screen. */
  readonly matchCode: number;
  /** Seconds the person has. */
  readonly ttl: number;
  readonly state: AuthenticationState;
  /** Why it ended so, or why nobody is asked: the last is for the operator alone. */
  readonly reason: string | undefined;
  /** ms since 1970. */
  readonly createdAt: number;
  readonly changedAt: number;
  /** What was signed for the relying party (JWS), the same octets for ever; `undefined`: it has not asked for it. */
  readonly evidence: string | undefined;
};

/** What is signed, beside the full name of the relying party. */
export interface Document {
  readonly fullTitle: string;
  /** SHA-256, 32 octets. */
  readonly hash: Uint8Array;
}

/** A payment that the relying party makes when it is confirmed: no rail of the service moves money. */
export interface PartyPayment {
  /** As the phone shows it. */
  readonly payee: string;
  readonly amount: Amount;
}

/** The purpose of the question to the phone: a payment is shown and signed as the payments of merchants are. */
export function purposeOf({ kind }: Wanted): PurposeName {
  return kind === 'payment' ? 'party-payment' : 'authentication';
}

/** Which part of the authentications of a relying party is wanted, latest first. */
export interface AuthenticationQuery {
  /** Those after this one in the list. */
  readonly after?: Ref | undefined;
  readonly limit: number;
}

/** Writes a new authentication down. @param due when one that nobody is asked expires, ms since 1970. @returns false when the party used its key before */
export async function insertAuthentication(tx: Tx, one: Authentication, due: number | undefined): Promise<boolean> {
  const document = one.kind === 'sign' ? one.document : undefined;
  const payment = one.kind === 'payment' ? one.payment : undefined;
  const inserted = await tx.run(
    `INSERT INTO authentication (id, party_id, request_key, fingerprint, person_id, device_id, kind, title, full_title, document_hash,
       payee, currency, minor, match_code, ttl, state, reason, created_at, changed_at, due)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (party_id, request_key) DO NOTHING`,
    ...[one.id, one.partyId, one.key, one.fingerprint, one.personId ?? null, one.deviceId ?? null],
    ...[one.kind, one.title, document?.fullTitle ?? null, document?.hash ?? null],
    ...[
      payment?.payee ?? null,
      payment?.amount.currency ?? null,
      payment?.amount.minor ?? null,
      one.matchCode,
      one.ttl,
    ],
    ...[one.state, one.reason ?? null, one.createdAt, one.changedAt, due ?? null],
  );
  return inserted > 0;
}

/** @throws ServiceError `not-found` */
export async function requireAuthentication(tx: ReadTx, id: string): Promise<Authentication> {
  const found = await tx.get('SELECT * FROM authentication WHERE id = ?', readAuthentication, id);
  if (found === undefined) throw new ServiceError('not-found', `there is no authentication ${id}`);
  return found;
}

/** The authentication, locked: whoever has it may end it. @throws ServiceError `not-found` */
export async function lockAuthentication(tx: Tx, id: string): Promise<Authentication> {
  const found = await tx.get('SELECT * FROM authentication WHERE id = ? FOR UPDATE', readAuthentication, id);
  if (found === undefined) throw new ServiceError('not-found', `there is no authentication ${id}`);
  return found;
}

/** The authentication that a party asked for under this key, or `undefined`. */
export async function authenticationByKey(
  tx: ReadTx,
  party: PartyId,
  key: string,
): Promise<Authentication | undefined> {
  return tx.get('SELECT * FROM authentication WHERE party_id = ? AND request_key = ?', readAuthentication, party, key);
}

/** The authentications of a party, latest first: an id begins with its second. */
export async function findAuthentications(
  tx: ReadTx,
  party: PartyId,
  { after, limit }: AuthenticationQuery,
): Promise<Authentication[]> {
  return tx.all(
    'SELECT * FROM authentication WHERE party_id = ? AND id < ? ORDER BY id DESC LIMIT ?',
    readAuthentication,
    party,
    after ?? AFTER_ALL,
    limit,
  );
}

/** Later than every id, which are hexadecimal digits. */
const AFTER_ALL = 'g';

/** What a party has asked a person for, or wants to, and has not ended, oldest first. */
export async function openBetween(tx: ReadTx, party: PartyId, person: PersonId): Promise<Authentication[]> {
  return tx.all(
    "SELECT * FROM authentication WHERE party_id = ? AND state = 'asked' AND party_id > 0 AND person_id = ? ORDER BY id",
    readAuthentication,
    party,
    person,
  );
}

/** The person of an authentication that nobody was asked is asked now, by this phone. */
export async function askedNow(tx: Tx, id: Ref, device: DeviceId): Promise<void> {
  await tx.run('UPDATE authentication SET device_id = ?, reason = NULL, due = NULL WHERE id = ?', device, id);
}

/** The person is not asked any more, and it waits for its end. @param reason for the operator. @param due when it expires, ms since 1970 */
export async function askedNoMore(tx: Tx, id: Ref, reason: string, due: number): Promise<void> {
  await tx.run('UPDATE authentication SET device_id = NULL, reason = ?, due = ? WHERE id = ?', reason, due, id);
}

function readAuthentication(row: Row): Authentication {
  return {
    ...readWanted(row),
    id: ref(row.text('id')),
    partyId: partyId(row.integer('party_id')),
    key: row.text('request_key'),
    fingerprint: row.octets('fingerprint'),
    personId: row.optional('person_id', (found, column) => personId(found.integer(column))),
    deviceId: row.optional('device_id', (found, column) => deviceId(found.integer(column))),
    title: row.text('title'),
    matchCode: row.integer('match_code'),
    ttl: row.integer('ttl'),
    state: row.oneOf('state', AUTHENTICATION_STATES),
    reason: row.optionalText('reason'),
    createdAt: row.integer('created_at'),
    changedAt: row.integer('changed_at'),
    evidence: row.optionalText('evidence'),
  };
}

function readWanted(row: Row): Wanted {
  const kind = row.oneOf('kind', AUTHENTICATION_KINDS);
  if (kind === 'login') return { kind };
  if (kind === 'payment') return { kind, payment: readPayment(row) };
  return { kind, document: { fullTitle: row.text('full_title'), hash: row.octets('document_hash') } };
}

function readPayment(row: Row): PartyPayment {
  return { payee: row.text('payee'), amount: readAmount(row) };
}
