import { createHash } from 'node:crypto';
import { hexOf, sameOctets } from '../../device/safe-mobile/index.ts';
import type { Clock } from '../../modem/index.ts';
import { KeyFileError, type ServiceKeys } from '../keys/key-file.ts';
import type { Vault } from '../keys/vault.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { openVault } from './vault-rotation.ts';

/**
 * Opens the vault of a database for the keys that it was begun with, and for no others: phones would not understand the service. A
 * database that was never started takes the keys that it is started with.
 * @throws KeyFileError when the keys are others; VaultError when only the vault key is another one
 */
export async function openWithKeys(tx: Tx, keys: ServiceKeys, vault: Vault, clock: Clock): Promise<void> {
  const digest = digestOf(keys);
  await requireSame(tx, digest);
  await openVault(tx, vault, clock);
  await tx.run('UPDATE vault SET keys_digest = ? WHERE id = 1 AND keys_digest IS NULL', digest);
  // Another process may have begun with other keys meanwhile.
  await requireSame(tx, digest);
}

/** Of the public halves that phones know, 8 octets; not of the vault key, which may change, or of `suite`, which may be added. */
function digestOf({ sealing, signing, root }: ServiceKeys): Uint8Array {
  const hash = createHash('sha256').update(Uint8Array.of(sealing.kid));
  for (const key of [sealing.publicKey, signing.publicKey, root]) hash.update(key);
  return new Uint8Array(hash.digest().subarray(0, 8));
}

async function requireSame(tx: ReadTx, digest: Uint8Array): Promise<void> {
  const begun = await tx.get('SELECT keys_digest FROM vault WHERE id = 1', (row) => row.optionalOctets('keys_digest'));
  if (begun === undefined || sameOctets(begun, digest)) return;
  throw new KeyFileError(
    `the keys are not those of the database: the digest of the given ones is ${hexOf(digest)}, that of its own ${hexOf(begun)}: take the keys.json (or CASH_SERVER_KEYS) that it was begun with`,
  );
}
