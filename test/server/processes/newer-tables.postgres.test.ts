import { join } from 'node:path';
import pg from 'pg';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../../modem/index.ts';
import { cashServer } from '../../../server/cli/cash-server-program.ts';
import { openService } from '../../../server/index.ts';
import { Journal } from '../../../server/journal/journal.ts';
import { Processes } from '../../../server/processes/processes.ts';
import { MIGRATIONS } from '../../../server/store/migrations.ts';
import { openPostgres } from '../../../server/store/postgres-open.ts';
import { migrate } from '../../../server/store/postgres-schema.ts';
import { NewerTablesError } from '../../../server/store/store.ts';
import { inProcess } from '../../in-process.ts';
import { eventually, Program } from '../cli/program.ts';
import { newDatabase, rows, temporaryFolder, write } from '../database.ts';
import { SERVICE_NUMBER, shop } from '../world.ts';

/** How long a program may take to start on a busy machine, ms. */
const START_MS = 120_000;

const NEWER = MIGRATIONS.length + 1;
const TO_NEWER = `UPDATE cash_mobile SET version = ${NEWER}`;
const LINE = `a newer version of cash-server has changed the tables of the database (${NEWER}): this process ends, start that version`;

afterEach(() => void vi.unstubAllEnvs());

describe('a process whose tables a newer version has changed', () => {
  it('waits with its lease while they are being changed, and then finds it', async () => {
    const database = await newDatabase();
    const store = await openPostgres({ url: database, clock: systemClock, processName: 'old' });
    onTestFinished(() => store.close());
    // As if the newest version came now.
    await write(database, 'DROP TABLE alias', 'UPDATE cash_mobile SET version = version - 1');
    const client = new pg.Client(database);
    await client.connect();
    await client.query('BEGIN');
    expect(await migrate(client)).toBe(true);
    const modems = { readyHere: 0, readyElsewhere: () => {} };
    const old = new Processes(store, systemClock, new Journal(systemClock), 'old', modems);
    const renewing = old.renew().catch((error: unknown) => error);
    await eventually('a lease that waits', async () => {
      const waiting = await rows(database, 'SELECT 1 AS one FROM pg_locks WHERE NOT granted');
      return waiting.length > 0 ? true : undefined;
    });
    await client.query(TO_NEWER);
    await client.query('COMMIT');
    await client.end();
    expect(await renewing).toEqual(new NewerTablesError(LINE));
    expect(await rows(database, 'SELECT name FROM process')).toEqual([]);
  });

  it('refuses what it is asked for, as when the database is gone, and can be closed', async () => {
    const { world, merchant, customer } = await shop('newer', { alone: false });
    const told: NewerTablesError[] = [];
    const second = await openService({
      ...{ database: world.database, keys: world.keys, clock: world.clock, number: SERVICE_NUMBER },
      ...{ processName: 'old', random: world.random.fork('old'), onNewerTables: (error) => told.push(error) },
      hold: (work) => void world.clock.hold(work),
    });
    await write(world.database, TO_NEWER);
    await world.clock.advance(4_000);
    expect(told).toEqual([new NewerTablesError(LINE)]);
    const order = { mref: 'a', customer: customer.person.number, amount: { minor: 100, currency: 'EUR' as const } };
    await expect(second.requestPayment(merchant, order)).rejects.toThrow(NewerTablesError);
    await expect(second.devices(customer.person.id)).rejects.toThrow(NewerTablesError);
    await second.close();
    expect(await rows(world.database, 'SELECT mref FROM payment')).toEqual([]);
    expect(await rows(world.database, "SELECT name FROM process WHERE name = 'old'")).toHaveLength(1);
  });

  it(
    'ends, with the reason in one line and exit code 1',
    async () => {
      const database = await newDatabase();
      const data = join(temporaryFolder(), 'data');
      vi.stubEnv('CASH_SERVER_DATABASE', database);
      expect((await inProcess(cashServer, 'init', '--data', data)).code).toBe(0);
      const args = ['serve', '--data', data, '--no-modem', '--no-http', '--number', SERVICE_NUMBER];
      const program = new Program('dist/server/cli/cash-server.js', args, { CASH_SERVER_DATABASE: database });
      onTestFinished(async () => {
        await program.end('SIGKILL');
      });
      await program.line('ready', START_MS);
      await write(database, TO_NEWER);
      expect(await program.ended()).toBe(1);
      expect(program.errors).toBe(`${JSON.stringify({ event: 'error', message: LINE })}\n`);
    },
    2 * START_MS,
  );
});
