import { hexOf } from '../../device/safe-mobile/index.ts';
import type { Clock, Random } from '../../modem/index.ts';
import { openPostgres } from './postgres-open.ts';
import type { Migrated } from './sqlite-file.ts';
import { SqliteStore } from './sqlite-store.ts';
import type { Store, StoreProbe } from './store.ts';

/** How {@link openStore} opens a database. */
export interface StoreOptions {
  /** A file, `:memory:`, or the address of a database of PostgreSQL: `postgres://user@host:port/database`. */
  readonly database: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly alone?: boolean | undefined;
  /** An empty database of PostgreSQL is refused. Default: it gets its tables. */
  readonly mustHaveTables?: boolean | undefined;
  readonly hold?: ((work: Promise<unknown>) => void) | undefined;
  readonly probe?: StoreProbe | undefined;
  readonly onRoom?: ((hasRoom: boolean) => void) | undefined;
  readonly onTrouble?: ((reason: string | undefined) => void) | undefined;
}

/** Whether a database is an address of PostgreSQL; otherwise it is a file of SQLite. */
export function isPostgres(database: string): boolean {
  return /^postgres(ql)?:\/\//.test(database);
}

/** Opens the database of a service. @throws StoreError when it cannot be used */
export async function openStore(
  options: StoreOptions,
): Promise<{ readonly store: Store; readonly migrated: Migrated | undefined }> {
  const { database, random } = options;
  if (isPostgres(database)) {
    const processName = hexOf(random.bytes(8));
    return { store: await openPostgres({ ...options, url: database, processName }), migrated: undefined };
  }
  const store = new SqliteStore(database, options);
  return { store, migrated: store.migrated };
}
