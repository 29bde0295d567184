import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Connection } from './connection.ts';
import { beginFile, completeFile, mustBeNew } from './copy.ts';
import { MIGRATIONS } from './migrations.ts';
import { type MovedTable, movedTables } from './moved-tables.ts';
import type { Filling, LastNumbers, RowValues } from './snapshot.ts';
import { APPLICATION_ID } from './sqlite-file.ts';
import { SQLITE_TABLES } from './sqlite-tables.ts';

/** The file is not safe from a power cut before it is complete; nobody knows it by its name until then. */
const IN_A_HURRY = 'PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536';

/**
 * Makes a new file, which has its name when `work` has filled it and everything is on disk. When anything fails there is no file.
 * @throws StoreError when there is a file, or none can be written
 */
export async function fillFile<T>(path: string, work: (filling: Filling) => Promise<T>): Promise<T> {
  mustBeNew(path);
  const partial = beginFile(path);
  try {
    const database = new DatabaseSync(partial);
    const filling = new SqliteFilling(database, () => {});
    let result: T;
    try {
      database.exec(`${IN_A_HURRY}; BEGIN; ${SQLITE_TABLES}
        PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}`);
      result = await work(filling);
      database.exec('COMMIT');
    } finally {
      database.close();
    }
    completeFile(partial, path);
    return result;
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

class SqliteFilling extends Connection implements Filling {
  async add({ name, columns }: MovedTable, rows: readonly RowValues[]): Promise<void> {
    const names = columns.map((column) => column.name).join(', ');
    const places = columns.map(() => '?').join(', ');
    for (const row of rows) await this.run(`INSERT INTO ${name} (${names}) VALUES (${places})`, ...row);
  }

  async finish({ approval, tables }: LastNumbers): Promise<void> {
    await this.run("UPDATE sequence SET value = ? WHERE name = 'approval'", approval);
    for (const { name } of movedTables().filter(({ neverAgain }) => neverAgain)) {
      const last = tables.get(name) ?? 0;
      await this.run('DELETE FROM sqlite_sequence WHERE name = ?', name);
      if (last > 0) await this.run('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)', name, last);
    }
  }
}
