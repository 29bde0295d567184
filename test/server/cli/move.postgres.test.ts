import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { cashServer } from '../../../server/cli/cash-server-program.ts';
import { inProcess } from '../../in-process.ts';
import { temporaryFolder } from '../database.ts';
import { change, emptyPostgres, movedFile, rowsOfFile } from '../upkeep/moved-shop.ts';
import { PIN, shop } from '../world.ts';

const ADDRESS = 'CASH_SERVER_DATABASE';

afterEach(() => void vi.unstubAllEnvs());

const newFile = () => join(temporaryFolder(), 'service.db');

const NO_TABLES =
  'the database has no tables: "cash-server init" makes them, or "cash-server move" brings those of a service';

/** A database of the same server that nobody makes tables in. */
const withoutTables = (url: string) => url.replace(/\/test_\w+/, '/postgres');

/** The command line with a database of PostgreSQL in its environment. */
async function onPostgres(url: string) {
  vi.stubEnv(ADDRESS, url);
  return (...args: readonly string[]) => inProcess(cashServer, ...args);
}

/** A service that runs on PostgreSQL, with a paid payment. */
async function running() {
  const { world, customer, merchant } = await shop('on postgres');
  const { txn } = await world.request(merchant);
  await world.clock.advance(2_000);
  customer.phone.approve(PIN);
  await world.clock.advance(3_000);
  return { world, txn, run: await onPostgres(world.database) };
}

describe('cash-server move', () => {
  it('says each table that has rows, what comes next, and nothing of the address', async () => {
    const file = await movedFile();
    const run = await onPostgres(await emptyPostgres());
    const there = await run('move', '--from', file, '--to', 'postgres');
    expect(there).toMatchObject({ code: 0, err: '' });
    const lines = there.out.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^person +2 rows$/);
    expect(lines.filter((line) => / 0 rows/.test(line))).toEqual([]);
    const rows = lines.slice(0, -1).reduce((sum, line) => sum + Number(/ (\d+) rows/.exec(line)?.[1]), 0);
    expect(lines.at(-1)).toBe(
      `Moved: ${rows} rows from ${file} to postgres, the ledger is right on both sides. "cash-server serve" goes on there as long as CASH_SERVER_DATABASE is set; do not start it on ${file} again.`,
    );
    const to = newFile();
    const back = await run('move', '--from', 'postgres', '--to', to, '--json');
    expect(back).toMatchObject({ code: 0, err: '' });
    const events = back.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events[0]).toEqual({ event: 'table', table: 'person', rows: 2 });
    expect(events.at(-1)).toEqual({ event: 'moved', from: 'postgres', to, rows });
  });

  it('fails with one line and 1', async () => {
    const file = await movedFile();
    const run = await onPostgres(await emptyPostgres());
    expect(await run('move', '--from', 'postgres', '--to', file)).toEqual({
      code: 1,
      out: '',
      err: `cash-server: ${file} is there already: choose another file\n`,
    });
  });
});

describe('cash-server ledger on PostgreSQL, beside a running service', () => {
  it('check', async () => {
    const { run, world } = await running();
    expect(await run('ledger', 'check')).toEqual({ code: 0, out: 'The ledger keeps all of its rules.\n', err: '' });
    await change(world.database, "UPDATE account SET debits_pending = 1 WHERE owner = 'merchant:1'");
    const out = 'merchant:1 breaks: an account has set aside what its pending transfers may take\n';
    expect(await run('ledger', 'check')).toEqual({ code: 1, out, err: '' });
  });

  it('balance and statement; a data folder is not looked at', async () => {
    const { run, txn } = await running();
    expect((await run('ledger', 'balance', '--person', '1', '--data', '/nowhere')).out).toMatch(
      /^person:1 +987\.50 EUR\n$/,
    );
    expect((await run('ledger', 'statement', 'merchant:1')).out).toContain(`${txn}:charge`);
  });
});

describe('cash-server backup of PostgreSQL', () => {
  it('is a file made beside a running service, from which a service goes on', async () => {
    const { run, world, txn } = await running();
    const to = newFile();
    const { code, out, err } = await run('backup', '--to', to);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(
      `Backup: ${to}, ${statSync(to).size} octets, undamaged, its ledger is right. The keys are not in it: keep keys.json apart. The way back, into an empty database: cash-server move --from ${to} --to postgres\n`,
    );
    expect(rowsOfFile(to)['process']).toEqual([]);
    await world.service.close();
    await world.open(to);
    expect((await world.service.payment(txn)).state).toBe('CAPTURED');
    await world.service.close();
  });

  it('with a broken rule fails, and keeps the copy', async () => {
    const { run, world } = await running();
    await change(world.database, "UPDATE account SET debits_pending = 1 WHERE owner = 'person:1'");
    const to = newFile();
    const { code, err } = await run('backup', '--to', to, '--data', 'data');
    expect(code).toBe(1);
    expect(err).toContain(`${to} is a good copy of a ledger that is not right: person:1 breaks`);
    expect(existsSync(to)).toBe(true);
  });

  it('writes over nothing', async () => {
    const file = await movedFile();
    const before = rowsOfFile(file);
    const run = await onPostgres(await emptyPostgres());
    const err = `cash-server: ${file} is there already: choose another file\n`;
    expect(await run('backup', '--to', file)).toEqual({ code: 1, out: '', err });
    expect(rowsOfFile(file)).toEqual(before);
  });
});

describe.each<[string, (to: string) => readonly string[]]>([
  ['ledger check', () => ['ledger', 'check']],
  ['backup', (to) => ['backup', '--to', to]],
  ['move', (to) => ['move', '--from', 'postgres', '--to', to]],
])('cash-server %s without a database', (_, args) => {
  it.each<[string, (url: string) => string, string]>([
    [
      'no server',
      (url) => url.replace(/host=.*/, 'host=%2Fnowhere'),
      'the database cannot be reached: connect ENOENT /nowhere/.s.PGSQL.5432',
    ],
    [
      'no such database',
      (url) => url.replace(/\/test_\w+/, '/missing'),
      'the database cannot be opened: database "missing" does not exist',
    ],
    ['no tables', (url) => url.replace(/\/test_\w+/, '/postgres'), NO_TABLES],
  ])('%s: one line, 1, and no file', async (_case, address, words) => {
    const run = await onPostgres(address(await emptyPostgres()));
    const to = newFile();
    expect(await run(...args(to))).toEqual({ code: 1, out: '', err: `cash-server: ${words}\n` });
    expect([to, `${to}.partial`].filter(existsSync)).toEqual([]);
  });
});

describe('cash-server serve on an empty database', () => {
  it('makes no tables: it is another one than that of "init"', async () => {
    const data = temporaryFolder();
    const address = await emptyPostgres();
    const begun = await onPostgres(address);
    expect((await begun('init', '--data', data)).code).toBe(0);
    const run = await onPostgres(withoutTables(address));
    const serve = () => run('serve', '--data', data, '--no-modem', '--no-http', '--number', '+393400000000');
    const refused = { code: 1, out: '', err: `cash-server: ${NO_TABLES}\n` };
    expect(await serve()).toEqual(refused);
    expect(await serve()).toEqual(refused);
  }, 20_000);
});
