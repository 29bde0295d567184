import { Command } from 'commander';
import { outputOf } from '../../modem/cli/program.ts';
import { systemRandom } from '../../modem/index.ts';
import { createServiceKeys } from '../keys/key-file.ts';
import { servicePrimitives } from '../keys/primitives.ts';
import { databaseAddress, dataFolder } from './data-folder.ts';
import { DATABASE_VARIABLE } from './environment.ts';
import { makeService } from './new-service.ts';

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
      const address = databaseAddress();
      const made = createServiceKeys(servicePrimitives(), systemRandom);
      await makeService({ ...files, folder: options.data, rootSeed: rootFile, address }, made);
      const { adminKey } = made;
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
