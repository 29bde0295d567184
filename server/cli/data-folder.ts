import { join } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../../modem/cli/program.ts';
import { isPostgres } from '../store/open-store.ts';
import { DATABASE_VARIABLE } from './environment.ts';

/** The files of a service's data folder. */
export interface DataFolder {
  readonly keys: string;
  /** Seed of the root key, to be taken offline. */
  readonly rootSeed: string;
  readonly database: string;
  readonly lock: string;
}

/** Where everything is in a data folder. */
export function dataFolder(path: string): DataFolder {
  return {
    keys: join(path, 'keys.json'),
    rootSeed: join(path, 'root-seed.txt'),
    database: join(path, 'service.db'),
    lock: join(path, 'service.lock'),
  };
}

/** The address of a database on a server of PostgreSQL that the environment gives. @throws UsageError when it is none */
export function databaseAddress(): string | undefined {
  const address = process.env[DATABASE_VARIABLE] ?? '';
  if (address === '') return undefined;
  if (isPostgres(address)) return address;
  throw new UsageError(`${DATABASE_VARIABLE} is not an address: give postgres://user@host:port/database`);
}

/**
 * The service's database: an address of PostgreSQL, when the environment gives one, or the file in the data folder.
 * @throws UsageError when neither is given
 */
export function serviceDatabase(data: string | undefined): string {
  const address = databaseAddress();
  if (address !== undefined) return address;
  if (data !== undefined) return dataFolder(data).database;
  throw new UsageError(`give --data, the folder that "cash-server init" made, or set ${DATABASE_VARIABLE}`);
}

/** Gives a command that only reads the option that says where the service's file is. */
export function withData(command: Command): Command {
  return command
    .option('--data <folder>', 'what "cash-server init" made; the service may run on it')
    .addHelpText(
      'after',
      `\nWith ${DATABASE_VARIABLE} the database at this address is read, and --data is not needed.`,
    );
}
