import type { Row } from '../store/row.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import type { RsaPublicKey } from './rsa-key.ts';

/** How long answers with the key set may be kept, s. */
export const KEY_SET_KEPT_SECONDS = 300;

/** A new key signs from so long after it was made on, ms: by then nobody has a key set without it. */
const BEGINS_AFTER_MS = (KEY_SET_KEPT_SECONDS + 60) * 1_000;

/** For so long after the next key has begun something may still be signed that was begun before, ms. */
const LAST_SIGNATURES_MS = 60_000;

/** A key that signs what anybody can check. */
export interface JwsKey extends RsaPublicKey {
  /** PKCS #8, under the vault key. */
  readonly sealedSecret: Uint8Array;
  /** ms since 1970. */
  readonly createdAt: number;
  /** From when on it signs, ms since 1970; 0: it is the first one. */
  readonly beginsAt: number;
  /** What names a later time it has not signed, ms since 1970; `undefined`: none has followed. */
  readonly endsAt: number | undefined;
}

/** For which place the private half is sealed under the vault key. */
export function placeOf(kid: string): readonly [purpose: string, subject: string] {
  return ['JWS key', kid];
}

/** All keys, the latest first. */
export function storedKeys(tx: ReadTx): Promise<JwsKey[]> {
  return tx.all('SELECT * FROM jws_key ORDER BY begins_at DESC, kid', readKey);
}

/** The one that signs, or `undefined` before the first. @param now ms since 1970 */
export async function presentKey(tx: ReadTx, now: number): Promise<JwsKey | undefined> {
  const keys = await storedKeys(tx);
  return keys.find(({ beginsAt, endsAt }) => beginsAt <= now && (endsAt === undefined || endsAt > now));
}

/**
 * A key follows those before, which get their end. Nothing else changes keys meanwhile: the caller has `lockKeys`.
 * @param now ms since 1970
 */
export async function followKey(
  tx: Tx,
  { kid, modulus, sealedSecret }: Pick<JwsKey, 'kid' | 'modulus' | 'sealedSecret'>,
  now: number,
): Promise<JwsKey> {
  const before = await storedKeys(tx);
  // An earlier run of this transaction was committed.
  const known = before.find((one) => one.kid === kid);
  if (known !== undefined) return known;
  const beginsAt = before.length === 0 ? 0 : now + BEGINS_AFTER_MS;
  const endsAt = beginsAt + LAST_SIGNATURES_MS;
  await tx.run('UPDATE jws_key SET ends_at = ? WHERE ends_at IS NULL OR ends_at > ?', endsAt, endsAt);
  await tx.run(
    'INSERT INTO jws_key (kid, modulus, sealed_secret, created_at, begins_at) VALUES (?, ?, ?, ?, ?)',
    ...[kid, modulus, sealedSecret, now, beginsAt],
  );
  return { kid, modulus, sealedSecret, createdAt: now, beginsAt, endsAt: undefined };
}

function readKey(row: Row): JwsKey {
  return {
    kid: row.text('kid'),
    modulus: row.octets('modulus'),
    sealedSecret: row.octets('sealed_secret'),
    createdAt: row.integer('created_at'),
    beginsAt: row.integer('begins_at'),
    endsAt: row.optionalInteger('ends_at'),
  };
}
