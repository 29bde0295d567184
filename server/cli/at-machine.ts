import { existsSync } from 'node:fs';
import { systemClock, systemRandom } from '../../modem/index.ts';
import { openWithKeys } from '../keyring/same-keys.ts';
import { readKeyFile } from '../keys/key-file.ts';
import { servicePrimitives } from '../keys/primitives.ts';
import { Vault } from '../keys/vault.ts';
import type { Operator } from '../operators/operator.ts';
import { AT_MACHINE, Operators } from '../operators/operators.ts';
import { lockFile } from '../store/lock.ts';
import { isPostgres, openStore } from '../store/open-store.ts';
import { dataFolder, serviceDatabase } from './data-folder.ts';
import { vaultKeyElsewhere } from './vault-key.ts';

/** The data folder and the vault key of a service: what is at hand on its machine. */
export interface AtMachine {
  /** The data folder. */
  readonly data: string;
  /** For the shell: prints the vault key; absent: it is in the environment or in the key file. */
  readonly vaultKeyCommand: string | undefined;
}

/**
 * Confirms an operator as whoever has the machine: without a service, with the key file of the database. A file of SQLite must have no
 * service that runs on it. @param fingerprint of the operator's own key
 * @throws ServiceError, KeyFileError, StoreError, VaultError, UsageError
 */
export async function confirmAtMachine(
  { data, vaultKeyCommand }: AtMachine,
  name: string,
  fingerprint: string,
): Promise<Operator> {
  const files = dataFolder(data);
  const keys = readKeyFile(files.keys, servicePrimitives(), vaultKeyElsewhere(vaultKeyCommand));
  const database = serviceDatabase(data);
  if (!isPostgres(database) && !existsSync(database)) throw new Error(`${database} is missing: is --data right?`);
  const unlock = isPostgres(database) ? () => {} : lockFile(files.lock);
  try {
    const context = { clock: systemClock, random: systemRandom };
    const { store } = await openStore({ ...context, database, mustHaveTables: true });
    try {
      // The key file is that of this database.
      await store.transaction('vault', (tx) =>
        openWithKeys(tx, keys, new Vault(keys.vault, servicePrimitives(), systemRandom), systemClock),
      );
      const operators = new Operators({ ...context, store, keys });
      const route = 'cash-server operator confirm --data';
      return await operators.confirm(
        name,
        fingerprint,
        operators.actOf({ by: AT_MACHINE, route, bodyDigest: undefined }),
      );
    } finally {
      await store.close();
    }
  } finally {
    unlock();
  }
}
