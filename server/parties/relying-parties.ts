import { clientByApiKey } from '../api-keys/client-keys.ts';
import { hashApiKey } from '../keys/api-key.ts';
import type { Row } from '../store/row.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { AUTHENTICATION_KINDS, type AuthenticationKind } from '../vocabulary/authentication-states.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { type PartyId, partyId } from '../vocabulary/ids.ts';
import { checkName, checkNameOnPhones } from '../vocabulary/names.ts';
import { type ClientJwks, storedClientJwks } from './client-jwks.ts';

/** Octets of UTF-8 that the full name may have. */
const NAME_OCTETS = 64;

/** Octets of UTF-8 that a name on phones may have: with a signature the hash of the document takes room in the SMS. */
export const SHORT_NAME_OCTETS: Readonly<Record<AuthenticationKind, number>> = { login: 24, sign: 14, payment: 24 };

/** Somebody who asks people to log in or to sign: a bank, a town hall, a call centre. */
export interface RelyingParty {
  readonly id: PartyId;
  /** In full: people sign under it. */
  readonly name: string;
  /** As phones show it. */
  readonly shortName: string;
  /** What it may ask for. */
  readonly kinds: readonly AuthenticationKind[];
  /** Its budget: so many requests at once, and as many more over a day. */
  readonly requestsADay: number;
  /** ms since 1970. */
  readonly createdAt: number;
  /** Since when it may ask nobody, ms since 1970: until the operator has looked. */
  readonly suspendedAt: number | undefined;
  /** Where it hears that a login by CIBA has ended (ping mode); `undefined`: it polls. */
  readonly notificationEndpoint: string | undefined;
  /** The public keys by which CIBA knows it (`private_key_jwt`); `undefined`: its API key does (`client_secret_basic`). */
  readonly jwks: ClientJwks | undefined;
}

/** A relying party as an operator registers it. */
export type NewRelyingParty = Pick<RelyingParty, 'name' | 'shortName' | 'kinds' | 'requestsADay'>;

/**
 * Registers a relying party. Both of its names are nobody else's.
 * @param apiKey of `newApiKey`. @param at ms since 1970
 * @throws ServiceError `invalid-request`; `conflict` for a name that another one has
 */
export async function addRelyingParty(
  tx: Tx,
  wanted: NewRelyingParty,
  apiKey: string,
  at: number,
): Promise<RelyingParty> {
  const { name, shortName, requestsADay } = wanted;
  const kinds = AUTHENTICATION_KINDS.filter((kind) => wanted.kinds.includes(kind));
  checkName(name, NAME_OCTETS);
  checkNameOnPhones(shortName, Math.min(...kinds.map((kind) => SHORT_NAME_OCTETS[kind])));
  const id = await tx.get(
    `INSERT INTO relying_party (name, short_name, kinds, requests_a_day, api_key_hash, created_at)
     VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id`,
    (row) => partyId(row.integer('id')),
    ...[name, shortName, kinds.join(' '), requestsADay, hashApiKey(apiKey), at],
  );
  if (id !== undefined)
    return {
      name,
      shortName,
      kinds,
      requestsADay,
      id,
      createdAt: at,
      suspendedAt: undefined,
      notificationEndpoint: undefined,
      jwks: undefined,
    };
  // Nobody else has this API key: an earlier run of this transaction was committed.
  const own = await partyByApiKey(tx, apiKey, at);
  if (own !== undefined) return own;
  throw new ServiceError(
    'conflict',
    `another relying party is called ${name} or ${shortName}: cash-server party list; for another API key of it: party rotate-key`,
  );
}

/** All relying parties, in the order of their registration. */
export function relyingParties(tx: ReadTx): Promise<RelyingParty[]> {
  return tx.all('SELECT * FROM relying_party ORDER BY id', readParty);
}

/** @throws ServiceError `not-found` */
export async function partyById(tx: ReadTx, id: number): Promise<RelyingParty> {
  const party = await tx.get('SELECT * FROM relying_party WHERE id = ?', readParty, id);
  if (party === undefined) throw new ServiceError('not-found', `there is no relying party ${id}`);
  return party;
}

/** The relying party whom this API key opens, or `undefined`. @param now ms since 1970 */
export async function partyByApiKey(tx: ReadTx, apiKey: string, now: number): Promise<RelyingParty | undefined> {
  return clientByApiKey(tx, 'relying_party', readParty, apiKey, now);
}

/** From now on the party hears there that a login has ended; `undefined`: it polls. @throws ServiceError `not-found` */
export async function setNotificationEndpoint(tx: Tx, id: number, endpoint: string | undefined): Promise<RelyingParty> {
  await tx.run('UPDATE relying_party SET notification_endpoint = ? WHERE id = ?', endpoint ?? null, id);
  return partyById(tx, id);
}

/** The relying party whose keys have not been revoked, or `undefined`. @param id perhaps of nobody */
export function trustedParty(tx: ReadTx, id: number): Promise<RelyingParty | undefined> {
  return tx.get('SELECT * FROM relying_party WHERE id = ? AND key_revoked_at IS NULL', readParty, id);
}

/** From now on CIBA knows the party by these keys alone; `undefined`: by its API key. @throws ServiceError `not-found` */
export async function setJwks(tx: Tx, id: number, jwks: ClientJwks | undefined): Promise<RelyingParty> {
  await tx.run('UPDATE relying_party SET jwks = ? WHERE id = ?', jwks === undefined ? null : JSON.stringify(jwks), id);
  return partyById(tx, id);
}

/** Of its allowance of requests a day the moment that is kept, locked: see `take`. */
export async function lockRequestsFullAt(tx: Tx, party: PartyId): Promise<number> {
  const fullAt = await tx.get(
    'SELECT requests_full_at FROM relying_party WHERE id = ? FOR UPDATE',
    (row) => row.integer('requests_full_at'),
    party,
  );
  return fullAt ?? 0;
}

/** A request was taken of the allowance. */
export async function takeRequest(tx: Tx, party: PartyId, fullAt: number): Promise<void> {
  await tx.run('UPDATE relying_party SET requests_full_at = ? WHERE id = ?', fullAt, party);
}

function readParty(row: Row): RelyingParty {
  const kinds = row.text('kinds').split(' ');
  return {
    id: partyId(row.integer('id')),
    name: row.text('name'),
    shortName: row.text('short_name'),
    kinds: AUTHENTICATION_KINDS.filter((kind) => kinds.includes(kind)),
    requestsADay: row.integer('requests_a_day'),
    createdAt: row.integer('created_at'),
    suspendedAt: row.optionalInteger('suspended_at'),
    notificationEndpoint: row.optionalText('notification_endpoint'),
    jwks: row.optional('jwks', (found, column) => storedClientJwks(found.text(column))),
  };
}
