import { existsSync, rmSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { breachText, checkLedger } from '../ledger/invariants.ts';
import { Connection } from '../store/connection.ts';
import { copyDatabase, mustBeNew } from '../store/copy.ts';
import { copyRows } from '../store/copy-rows.ts';
import { MIGRATIONS } from '../store/migrations.ts';
import { isPostgres } from '../store/open-store.ts';
import { readDatabase } from '../store/read-database.ts';
import { APPLICATION_ID, numberOf } from '../store/sqlite-file.ts';
import { fillFile } from '../store/sqlite-filling.ts';
import { StoreError } from '../store/store.ts';

/** A copy of the database that was opened and checked. */
export interface Backup {
  readonly octets: number;
  /** The version of its tables. */
  readonly version: number;
  /** What is wrong with the money in it; a sentence each. `undefined`: written by another version, so that nobody looked. */
  readonly breaches: readonly string[] | undefined;
}

/**
 * Copies the database to a new file of SQLite, beside services that run, and opens the copy to check it.
 * @param from a file, or an address of PostgreSQL
 * @throws StoreError when there is no database or it is not ours, when `to` is there already, and when the copy is damaged: then
 * it is deleted
 */
export async function backUp(from: string, to: string): Promise<Backup> {
  if (isPostgres(from))
    await fillFile(to, (file) => readDatabase(from, (snapshot) => copyRows(snapshot, file, () => {})));
  else backUpFile(from, to);
  return check(to);
}

function backUpFile(from: string, to: string): void {
  if (!existsSync(from))
    throw new StoreError(`there is no database ${from}: give the folder that cash-server init made`);
  mustBeNew(to);
  const database = new DatabaseSync(from);
  try {
    if (numberOf(database, 'PRAGMA application_id') !== APPLICATION_ID) {
      throw new StoreError(`${from} is no database of cash-server`);
    }
    copyDatabase(database, to);
  } finally {
    database.close();
  }
}

/** While the vault key is being changed, the next one lies in the database sealed under the one before: the copy needs the next one. */
function forgetNextVaultKey(path: string): void {
  const copy = new DatabaseSync(path);
  try {
    if (numberOf(copy, 'PRAGMA user_version') === MIGRATIONS.length)
      copy.exec('PRAGMA secure_delete = ON; UPDATE vault SET key_present = NULL WHERE key_present IS NOT NULL');
  } catch {
    // A damaged copy: the check says so.
  } finally {
    copy.close();
  }
}

async function check(path: string): Promise<Backup> {
  forgetNextVaultKey(path);
  const database = new DatabaseSync(path, { readOnly: true });
  const copy = new Connection(database, () => {});
  try {
    const damage = await copy.all('PRAGMA integrity_check', (row) => row.text('integrity_check'));
    if (damage.join() !== 'ok') {
      rmSync(path);
      throw new StoreError(`the database is damaged, and was not backed up: ${damage[0]}`);
    }
    const version = numberOf(database, 'PRAGMA user_version');
    const breaches = version === MIGRATIONS.length ? (await checkLedger(copy)).map(breachText) : undefined;
    return { octets: statSync(path).size, version, breaches };
  } finally {
    copy.close();
  }
}
