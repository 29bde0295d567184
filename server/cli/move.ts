import { statSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { outputOf, UsageError } from '../../modem/cli/program.ts';
import { systemClock } from '../../modem/index.ts';
import { isPostgres } from '../store/open-store.ts';
import { moveDatabase } from '../upkeep/move.ts';
import { databaseAddress } from './data-folder.ts';
import { DATABASE_VARIABLE } from './environment.ts';

/** The word for the database whose address is in the environment. */
const POSTGRES = 'postgres';

interface MoveOptions {
  /** A file, or {@link POSTGRES}. */
  readonly from: string;
  readonly to: string;
}

/** `cash-server move`: all rows from a file to an empty database of PostgreSQL, or from there to a new file. */
export function moveCommand(): Command {
  return new Command('move')
    .requiredOption('--from <place>', `a file, as data/service.db, or "${POSTGRES}"`, placeOption)
    .requiredOption(
      '--to <place>',
      `"${POSTGRES}", or a file; an empty database, or a file that is not there`,
      placeOption,
    )
    .addHelpText(
      'after',
      [
        '',
        `"${POSTGRES}" is the database whose address is in ${DATABASE_VARIABLE} (postgres://user@host/database; the password`,
        'comes from PGPASSWORD or ~/.pgpass). No service may run on either. The ledger is checked on both sides; when anything',
        'fails, nothing was moved. What is moved from stays as it is. The keys stay too: the same keys.json goes with both.',
      ].join('\n'),
    )
    .action(async (options: MoveOptions, command: Command) => {
      const { from, to } = databasesOf(options);
      const output = outputOf(command);
      let total = 0;
      await moveDatabase(from, to, systemClock.now(), (table, rows) => {
        total += rows;
        const line = `${table.padEnd(17)} ${String(rows).padStart(10)} rows`;
        output.print({ event: 'table', table, rows }, rows > 0 ? line : undefined);
      });
      output.print({ event: 'moved', from: options.from, to: options.to, rows: total }, movedText(options, total));
    });
}

/** @throws UsageError when not exactly one of both is a file, or the environment has no address */
function databasesOf({ from, to }: MoveOptions): MoveOptions {
  if ((from === POSTGRES) === (to === POSTGRES)) {
    throw new UsageError(`one of --from and --to is a file, the other one is "${POSTGRES}"`);
  }
  const address = databaseAddress();
  if (address === undefined) {
    throw new UsageError(
      `"${POSTGRES}" is the address in ${DATABASE_VARIABLE}: set it to postgres://user@host:port/database`,
    );
  }
  return from === POSTGRES ? { from: address, to } : { from, to: address };
}

function movedText({ from, to }: MoveOptions, rows: number): string {
  const next =
    to === POSTGRES
      ? `"cash-server serve" goes on there as long as ${DATABASE_VARIABLE} is set`
      : `"cash-server serve" goes on there without ${DATABASE_VARIABLE}, when the file is service.db in its --data`;
  return `Moved: ${rows} rows from ${from} to ${to}, the ledger is right on both sides. ${next}; do not start it on ${from} again.`;
}

function placeOption(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError(`Give a file, or "${POSTGRES}".`);
  if (isPostgres(text)) {
    // Not as an invalid argument, which would be printed with its password.
    throw new UsageError(
      `an address on the command line is read by every user: set ${DATABASE_VARIABLE} and say "${POSTGRES}"`,
    );
  }
  if (statSync(text, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new InvalidArgumentError(`It is a folder: give a file, as ${text}/service.db.`);
  }
  return text;
}
