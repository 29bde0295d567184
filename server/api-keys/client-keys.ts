import { hexOf, sameOctets } from '../../device/safe-mobile/index.ts';
import type { Random } from '../../modem/index.ts';
import { hashApiKey } from '../keys/api-key.ts';
import type { Vault } from '../keys/vault.ts';
import type { Row } from '../store/row.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { DAY_MS } from '../time/days.ts';
import { ServiceError } from '../vocabulary/errors.ts';

/**
 * Programs of others that call the service with an API key of their own: the table of each kind, with the word for it. All have the same columns for their keys:
 * `api_key_hash`, `old_key_hash`, `old_key_until`, `key_revoked_at`, `suspended_at`.
 */
export const CLIENTS = { merchant: 'merchant', relying_party: 'relying party' } as const;
export type ClientTable = keyof typeof CLIENTS;

/** How long the key before goes on working at most, ms: a week, time enough to bring a new key to every till. */
export const LONGEST_KEPT_MS: number = 7 * DAY_MS;

const API_KEY_OCTETS = 16;

/** No header has it, so nobody can write the scope of somebody else in a key. */
const SCOPE_END = '\n';

/** What an API key is made of: the vault makes the one that belongs to an idempotency key. */
interface RegistrationContext {
  readonly random: Random;
  readonly vault: Vault;
}

/** An idempotency key of an operator: the same text of another operator is another key, because the answer has an API key. */
export function scopedKey(operator: string, idempotencyKey: string): string {
  return `${operator}${SCOPE_END}${idempotencyKey}`;
}

/** The idempotency key as the operator wrote it. */
export function unscopedKey(key: string): string {
  return key.split(SCOPE_END).at(-1) ?? key;
}

/**
 * The API key of a client who is to be registered. It is drawn before the transaction, which by it finds what an earlier run
 * of its own has done.
 * @param idempotencyKey the administrator's key of the request, for a merchant: the API key is made from it and the vault key, so that
 * the answer can be given again though it is not stored
 */
export function newApiKey({ random, vault }: RegistrationContext, idempotencyKey?: string): string {
  if (idempotencyKey === undefined) return `cm_${hexOf(random.bytes(API_KEY_OCTETS))}`;
  const value = new TextEncoder().encode(idempotencyKey);
  return `cm_${hexOf(vault.mac('API key', 'merchant', value).subarray(0, API_KEY_OCTETS))}`;
}

/** The client whom this API key opens, or `undefined`: by the latest one, or the one before as long as it is kept. @param now ms since 1970 */
export async function clientByApiKey<Client>(
  tx: ReadTx,
  table: ClientTable,
  read: (row: Row) => Client,
  apiKey: string,
  now: number,
): Promise<Client | undefined> {
  const hash = hashApiKey(apiKey);
  const latest = `SELECT * FROM ${table} WHERE api_key_hash = ? AND key_revoked_at IS NULL`;
  const before = `SELECT * FROM ${table} WHERE old_key_hash = ? AND old_key_until > ?`;
  return (await tx.get(latest, read, hash)) ?? (await tx.get(before, read, hash, now));
}

/**
 * Gives a client another API key, also one whose key was revoked.
 * @param keyHash of the new key; by it a transaction finds what an earlier run of its own has done
 * @param keepMs how long the key before goes on working, ms, at most {@link LONGEST_KEPT_MS}; 0: not at all, as a revoked one in any case
 * @param at ms since 1970. @throws ServiceError `not-found`, `invalid-request`
 */
export async function rotateKey(
  tx: Tx,
  table: ClientTable,
  id: number,
  keyHash: Uint8Array,
  keepMs: number,
  at: number,
): Promise<void> {
  if (keepMs > LONGEST_KEPT_MS)
    throw new ServiceError(
      'invalid-request',
      `the key before works for ${LONGEST_KEPT_MS} ms more at most, not ${keepMs}`,
    );
  const { hash, isRevoked } = await lockKey(tx, table, id);
  if (sameOctets(hash, keyHash)) return;
  await tx.run(
    `UPDATE ${table} SET api_key_hash = ?, old_key_hash = ?, old_key_until = ?, key_revoked_at = NULL WHERE id = ?`,
    keyHash,
    keepMs > 0 && !isRevoked ? hash : null,
    at + keepMs,
    id,
  );
}

/**
 * From now on the client's keys open nothing, and it may ask nobody, by the phone of a merchant neither. The way back is another key, and
 * `resume`. @param at ms since 1970. @throws ServiceError `not-found`
 */
export async function revokeClient(tx: Tx, table: ClientTable, id: number, at: number): Promise<void> {
  await lockKey(tx, table, id);
  await tx.run(
    `UPDATE ${table} SET old_key_hash = NULL, key_revoked_at = coalesce(key_revoked_at, ?), suspended_at = coalesce(suspended_at, ?)
     WHERE id = ?`,
    at,
    at,
    id,
  );
}

async function lockKey(
  tx: Tx,
  table: ClientTable,
  id: number,
): Promise<{ readonly hash: Uint8Array; readonly isRevoked: boolean }> {
  const found = await tx.get(
    `SELECT api_key_hash, key_revoked_at FROM ${table} WHERE id = ? FOR UPDATE`,
    (row) => ({
      hash: row.octets('api_key_hash'),
      isRevoked: row.optionalInteger('key_revoked_at') !== undefined,
    }),
    id,
  );
  if (found === undefined) throw new ServiceError('not-found', `there is no ${CLIENTS[table]} ${id}`);
  return found;
}
