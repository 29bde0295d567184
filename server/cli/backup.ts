import { Command } from 'commander';
import { outputOf } from '../../modem/cli/program.ts';
import { isPostgres } from '../store/open-store.ts';
import { backUp } from '../upkeep/backup.ts';
import { dataFolder, serviceDatabase } from './data-folder.ts';
import { DATABASE_VARIABLE } from './environment.ts';

/** `cash-server backup`: a checked copy of the database, beside a running service. */
export function backupCommand(): Command {
  return new Command('backup')
    .option('--data <folder>', 'what "cash-server init" made')
    .requiredOption('--to <file>', 'the copy; must not be there')
    .addHelpText(
      'after',
      [
        '',
        'The keys are not in it: keep keys.json apart.',
        `With ${DATABASE_VARIABLE} the database at this address is copied into a file, and --data is not needed. The way back, into`,
        'an empty database: cash-server move --from FILE --to postgres',
      ].join('\n'),
    )
    .action(async ({ data, to }: { data?: string; to: string }, command: Command) => {
      const database = serviceDatabase(data);
      const { octets, version, breaches } = await backUp(database, to);
      const [first, ...others] = breaches ?? [];
      if (first !== undefined) {
        const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
        throw new Error(
          `${to} is a good copy of a ledger that is not right: ${first}${more}: see "cash-server ledger check"`,
        );
      }
      const ledger =
        breaches === undefined
          ? `its tables are of version ${version}, its ledger was not checked`
          : 'its ledger is right';
      outputOf(command).print(
        {
          event: 'backup',
          file: to,
          octets,
          version,
          ledger: breaches === undefined ? 'not-checked' : 'right',
          keys: false,
        },
        [
          `Backup: ${to}, ${octets} octets, undamaged, ${ledger}.`,
          `The keys are not in it: keep ${data === undefined ? 'keys.json' : dataFolder(data).keys} apart.`,
          ...(isPostgres(database)
            ? [`The way back, into an empty database: cash-server move --from ${to} --to postgres`]
            : []),
        ].join(' '),
      );
    });
}
