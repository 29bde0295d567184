import { createHash } from 'node:crypto';
import { sameOctets } from '../../device/safe-mobile/index.ts';
import { type Authentication, requireAuthentication } from '../authentications/authentication.ts';
import type { RelyingParty } from '../parties/relying-parties.ts';
import type { Row } from '../store/row.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import type { Ref } from '../vocabulary/ids.ts';

/** How long a client waits between two questions at the token endpoint, seconds (CIBA Core 1.0, 7.3). */
export const INTERVAL_SECONDS = 5;

/** By how much it waits longer after each `slow_down`, seconds (11). */
const SLOWER_SECONDS = 5;

/** A question may come earlier by this, ms: the network is not always equally fast. */
const EARLY_MS = 500;

/** How long after the person's time is over the tokens can be fetched, seconds. */
const FETCH_SECONDS = 60;

/** How long an auth_req_id lives, seconds. @param ttl seconds the person has */
export function lifeOf(ttl: number): number {
  return ttl + FETCH_SECONDS;
}

/** What a question at the token endpoint comes to, as long as the client and its auth_req_id are right (11). */
export type Polled =
  | { readonly said: 'authorization_pending' | 'slow_down' | 'access_denied' | 'expired_token' | 'invalid_grant' }
  | { readonly said: 'tokens' };

/** What of a request is kept: of its auth_req_id, and of the access token that it brought, a SHA-256 only. */
interface CibaRequest {
  readonly authenticationId: string;
  readonly intervalSeconds: number;
  /** When the client may ask next was counted from here, ms since 1970. */
  readonly polledAt: number;
  /** Of the access token that was given for it; `undefined`: none yet. */
  readonly tokenHash: Uint8Array | undefined;
}

export function sha256(text: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(text).digest());
}

/** A ping that a request has: sealed, and when it is due at the latest, ms since 1970. */
interface SealedPing {
  readonly sealed: Uint8Array;
  readonly due: number;
}

/** Writes down by which auth_req_id a client will ask for an authentication. A second time changes nothing. @param at ms since 1970 */
export async function insertCibaRequest(
  tx: Tx,
  authReqId: string,
  authentication: Ref,
  at: number,
  ping: SealedPing | undefined,
): Promise<void> {
  await tx.run(
    `INSERT INTO ciba_request (id_hash, authentication_id, interval_seconds, polled_at, created_at, ping, due)
     VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    ...[sha256(authReqId), authentication, INTERVAL_SECONDS, at, at, ping?.sealed ?? null, ping?.due ?? null],
  );
}

/** The authentication whose tokens a client could have now, or `undefined`: what it hears then is for {@link poll} to say. @param now ms since 1970 */
export async function fetchable(
  tx: ReadTx,
  { id: party }: RelyingParty,
  authReqId: string,
  now: number,
): Promise<Authentication | undefined> {
  const request = await tx.get('SELECT * FROM ciba_request WHERE id_hash = ?', readRequest, sha256(authReqId));
  if (request === undefined || request.tokenHash !== undefined) return undefined;
  const one = await requireAuthentication(tx, request.authenticationId);
  const isThere = one.partyId === party && one.state === 'confirmed' && now < one.createdAt + lifeOf(one.ttl) * 1000;
  return isThere ? one : undefined;
}

/**
 * A client asks for its tokens. Once it gets them its auth_req_id brings nothing any more.
 * @param tokenHash of the access token that it would get; by it a transaction finds what an earlier run of its own has done; `undefined`: its tokens are not
 * signed yet, so it asks again
 * @param now ms since 1970
 */
export async function poll(
  tx: Tx,
  { id: party }: RelyingParty,
  authReqId: string,
  tokenHash: Uint8Array | undefined,
  now: number,
): Promise<Polled> {
  const id = sha256(authReqId);
  const request = await lockRequest(tx, id);
  if (request === undefined) return { said: 'invalid_grant' };
  const one = await requireAuthentication(tx, request.authenticationId);
  if (one.partyId !== party) return { said: 'invalid_grant' };
  const used = request.tokenHash;
  if (used !== undefined && (tokenHash === undefined || !sameOctets(used, tokenHash))) return { said: 'invalid_grant' };
  if (now >= one.createdAt + lifeOf(one.ttl) * 1000) return { said: 'expired_token' };
  switch (one.state) {
    case 'asked':
      return { said: await pending(tx, id, request, now) };
    case 'confirmed':
      if (tokenHash === undefined) return { said: await pending(tx, id, request, now) };
      await tx.run('UPDATE ciba_request SET token_hash = ? WHERE id_hash = ?', tokenHash, id);
      return { said: 'tokens' };
    case 'expired':
      return { said: 'expired_token' };
    default:
      return { said: 'access_denied' };
  }
}

async function pending(
  tx: Tx,
  id: Uint8Array,
  { intervalSeconds, polledAt }: CibaRequest,
  now: number,
): Promise<'authorization_pending' | 'slow_down'> {
  // At the same moment: an earlier run of this transaction was committed.
  const isEarly = now !== polledAt && now < polledAt + intervalSeconds * 1000 - EARLY_MS;
  const next = isEarly ? intervalSeconds + SLOWER_SECONDS : intervalSeconds;
  await tx.run('UPDATE ciba_request SET polled_at = ?, interval_seconds = ? WHERE id_hash = ?', now, next, id);
  return isEarly ? 'slow_down' : 'authorization_pending';
}

function lockRequest(tx: Tx, id: Uint8Array): Promise<CibaRequest | undefined> {
  return tx.get('SELECT * FROM ciba_request WHERE id_hash = ? FOR UPDATE', readRequest, id);
}

function readRequest(row: Row): CibaRequest {
  return {
    authenticationId: row.text('authentication_id'),
    intervalSeconds: row.integer('interval_seconds'),
    polledAt: row.integer('polled_at'),
    tokenHash: row.optional('token_hash', (found, column) => found.octets(column)),
  };
}
