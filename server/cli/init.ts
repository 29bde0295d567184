import { existsSync, mkdirSync } from 'node:fs';
import { Command } from 'commander';
import { hexOf } from '../../device/safe-mobile/index.ts';
import { outputOf } from '../../modem/cli/program.ts';
import { systemClock, systemRandom } from '../../modem/index.ts';
import { hashApiKey } from '../keys/api-key.ts';
import { createServiceKeys, KeyFileError, writeKeyFile, writeSecretFile } from '../keys/key-file.ts';
import { servicePrimitives } from '../keys/primitives.ts';
import { addOperator } from '../operators/operator.ts';
import { openStore } from '../store/open-store.ts';
import { databaseAddress, dataFolder } from './data-folder.ts';
import { DATABASE_VARIABLE } from './environment.ts';
import { narrow } from './narrow.ts';

/** `cash-server init`: a new service's keys and database. */
export function initCommand(): Command {
  return new Command('init')
    .requiredOption('--data <folder>', 'where to put them; made when it is missing')
    .option(
      '--root <file>',
      'where to put the seed of the root key, as on a stick (default: root-seed.txt in the folder)',
    )
    .action(async (options: { data: string; root?: string }, command: Command) => {
      const { rootSeed: inFolder, ...files } = dataFolder(options.data);
      const rootFile = options.root ?? inFolder;
      mkdirSync(options.data, { recursive: true, mode: 0o700 });
      narrow(options.data);
      const { keys, rootSeed, adminKey } = createServiceKeys(servicePrimitives(), systemRandom);
      const { adminKeyHash = hashApiKey(adminKey), ...inFile } = keys;
      if (existsSync(files.keys)) throw new KeyFileError(`${files.keys} is there already and is never written over`);
      // First the root key: when its medium is not there nothing else is made.
      writeSecretFile(rootFile, rootSeedText(rootSeed));
      writeKeyFile(files.keys, inFile);
      rootSeed.fill(0);
      const address = databaseAddress();
      const database = address ?? files.database;
      const { store } = await openStore({ database, clock: systemClock, random: systemRandom });
      try {
        const first = { name: 'admin', role: 'admin' } as const;
        await store.transaction('first operator', (tx) => addOperator(tx, first, adminKeyHash, systemClock.now()));
      } finally {
        await store.close();
      }
      outputOf(command).print(
        { event: 'initialised', data: options.data, keys: files.keys, rootSeed: rootFile, adminKey },
        [
          `Service keys:  ${files.keys} (secret; back it up apart from the database)`,
          `Root seed:     ${rootFile} (${options.root === undefined ? 'take it offline now' : 'keep it offline'}: it is needed only to announce new service keys)`,
          `Database:      ${address === undefined ? files.database : `at the address in ${DATABASE_VARIABLE}`}`,
          `Admin's key:   ${adminKey} (shown this once; the first operator)`,
        ].join('\n'),
      );
    });
}

function rootSeedText(rootSeed: Uint8Array): string {
  return [
    'Seed of the root key (Ed25519, hexadecimal). Phones pin its public half and accept new service keys only with its',
    'signature. It does not belong on this machine: print it or copy it to a medium that stays offline, then delete this file.',
    hexOf(rootSeed),
    '',
  ].join('\n');
}
