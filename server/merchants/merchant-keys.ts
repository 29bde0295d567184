import { sameOctets } from '../../device/safe-mobile/index.ts';
import type { Tx } from '../store/store.ts';
import { DAY_MS } from '../time/days.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { type Merchant, merchantById } from './merchants.ts';

/** How long the key before goes on working at most, ms: a week, time enough to bring a new key to every till. */
export const LONGEST_KEPT_MS: number = 7 * DAY_MS;

/**
 * Gives a merchant another API key, also one whose key was revoked.
 * @param keyHash of the new key; by it a transaction finds what an earlier run of its own has done
 * @param keepMs how long the key before goes on working, ms, at most {@link LONGEST_KEPT_MS}; 0: not at all, as a revoked one in any case
 * @param at ms since 1970. @throws ServiceError `not-found`, `invalid-request`
 */
export async function rotateMerchantKey(
  tx: Tx,
  id: number,
  keyHash: Uint8Array,
  keepMs: number,
  at: number,
): Promise<Merchant> {
  if (keepMs > LONGEST_KEPT_MS)
    throw new ServiceError(
      'invalid-request',
      `the key before works for ${LONGEST_KEPT_MS} ms more at most, not ${keepMs}`,
    );
  const { hash, isRevoked } = await lockKey(tx, id);
  if (!sameOctets(hash, keyHash)) {
    await tx.run(
      'UPDATE merchant SET api_key_hash = ?, old_key_hash = ?, old_key_until = ?, key_revoked_at = NULL WHERE id = ?',
      keyHash,
      keepMs > 0 && !isRevoked ? hash : null,
      at + keepMs,
      id,
    );
  }
  return merchantById(tx, id);
}

/**
 * From now on the merchant's keys open nothing, and it may ask nobody, by its phone neither. The way back is another key, and
 * `resumeMerchant`. @param at ms since 1970. @throws ServiceError `not-found`
 */
export async function revokeMerchant(tx: Tx, id: number, at: number): Promise<Merchant> {
  await lockKey(tx, id);
  await tx.run(
    `UPDATE merchant SET old_key_hash = NULL, key_revoked_at = coalesce(key_revoked_at, ?), suspended_at = coalesce(suspended_at, ?)
     WHERE id = ?`,
    at,
    at,
    id,
  );
  return merchantById(tx, id);
}

async function lockKey(tx: Tx, id: number): Promise<{ readonly hash: Uint8Array; readonly isRevoked: boolean }> {
  const found = await tx.get(
    'SELECT api_key_hash, key_revoked_at FROM merchant WHERE id = ? FOR UPDATE',
    (row) => ({
      hash: row.octets('api_key_hash'),
      isRevoked: row.optionalInteger('key_revoked_at') !== undefined,
    }),
    id,
  );
  if (found === undefined) throw new ServiceError('not-found', `there is no merchant ${id}`);
  return found;
}
