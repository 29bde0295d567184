import { Command } from 'commander';
import { outputOf } from '../../modem/cli/program.ts';
import { backUp } from '../upkeep/backup.ts';
import { dataFolder } from './data-folder.ts';

/** `cash-server backup`: a checked copy of the database, beside a running service. */
export function backupCommand(): Command {
  return new Command('backup')
    .requiredOption('--data <folder>', 'what "cash-server init" made')
    .requiredOption('--to <file>', 'the copy; must not be there')
    .addHelpText('after', '\nThe keys are not in it: keep keys.json apart.')
    .action(async ({ data, to }: { data: string; to: string }, command: Command) => {
      const files = dataFolder(data);
      const { octets, version, breaches } = await backUp(files.database, to);
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
        `Backup: ${to}, ${octets} octets, undamaged, ${ledger}. The keys are not in it: keep ${files.keys} apart.`,
      );
    });
}
