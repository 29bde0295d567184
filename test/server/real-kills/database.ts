import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { systemClock, systemRandom } from '../../../modem/index.ts';
import { cashServer } from '../../../server/cli/cash-server-program.ts';
import { breachText, checkLedger } from '../../../server/ledger/invariants.ts';
import { openPostgres } from '../../../server/store/postgres-open.ts';
import { inProcess } from '../../in-process.ts';
import type { PostgresServer } from '../postgres-server.ts';
import type { Evidence } from './judge.ts';

/** The database of a service, as the judge sees it. */
export interface JudgedDatabase extends Pick<Evidence, 'select' | 'ledgerCheck'> {
  /** A file of SQLite, or an address of PostgreSQL. */
  readonly database: string;
}

/** @param folder made by nobody else */
export function fileIn(folder: string): JudgedDatabase {
  const database = join(folder, 'service.db');
  return {
    database,
    async select(sql) {
      const file = new DatabaseSync(database, { readOnly: true, timeout: 2_000 });
      try {
        return file.prepare(sql).all();
      } finally {
        file.close();
      }
    },
    async ledgerCheck() {
      const { code, out, err } = await inProcess(cashServer, 'ledger', 'check', '--data', dirname(database));
      return code === 0 ? '' : out + err;
    },
  };
}

/** The database of a server of PostgreSQL that the test has for itself. */
export class PostgresDatabase implements JudgedDatabase {
  readonly database: string;

  constructor({ folder }: Pick<PostgresServer, 'folder'>) {
    this.database = `postgres://cash@/postgres?host=${encodeURIComponent(folder)}`;
  }

  async select(sql: string): Promise<Readonly<Record<string, unknown>>[]> {
    const client = new pg.Client(this.database);
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }

  async ledgerCheck(): Promise<string> {
    const processName = `judge ${systemRandom.bytes(4).join('')}`;
    const store = await openPostgres({ url: this.database, processName, clock: systemClock });
    try {
      return (await store.read(checkLedger)).map(breachText).join('\n');
    } finally {
      await store.close();
    }
  }

  /** Ends all connections of one process. @param chance of 0 to 1: which one */
  async cut(chance: number): Promise<void> {
    const ofProcesses = "FROM pg_stat_activity WHERE application_name LIKE 'cash-server %'";
    const names = await this.select(`SELECT DISTINCT application_name AS name ${ofProcesses} ORDER BY name`);
    const name = names[Math.floor(chance * names.length)]?.['name'];
    await this.select(`SELECT pg_terminate_backend(pid) ${ofProcesses} AND application_name = '${String(name)}'`);
  }
}
