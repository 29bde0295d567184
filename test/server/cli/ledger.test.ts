import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { cashServer } from '../../../server/cli/cash-server-program.ts';
import { inProcess } from '../../in-process.ts';
import { temporaryFolder } from '../database.ts';
import { PIN, shop } from '../world.ts';

const ends: (() => unknown)[] = [];
afterAll(async () => {
  for (const end of ends) await end();
});

/** A running shop with a paid and refunded payment and one that waits, and the command line on its data folder. */
async function books() {
  const base = await shop();
  const { world, customer, merchant } = base;
  ends.push(() => world.service.close());
  const started = world.clock.now();
  const { txn } = await world.request(merchant);
  await world.clock.advance(2_000);
  customer.phone.approve(PIN);
  await world.clock.advance(2_000);
  await world.service.deposit(customer.person.id, { minor: 7, currency: 'JPY' }, 'yen');
  await world.service.refund(txn, { key: 'a', amount: { minor: 250, currency: 'EUR' } });
  const run = (command: string, ...args: readonly string[]) =>
    inProcess(cashServer, 'ledger', command, '--data', dirname(world.database), ...args);
  const day = (offset: number) => new Date(started + offset * 24 * 3_600_000).toISOString().slice(0, 10);
  return { ...base, txn, run, day };
}

let known: ReturnType<typeof books> | undefined;

/** One shop for all tests that only read. */
function sameBooks(): ReturnType<typeof books> {
  known ??= books();
  return known;
}

const jsonLines = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

/** Columns of a line, without the time. */
const columns = (line: string) =>
  line
    .replace(/^\d{4}-\S+Z/, '')
    .trim()
    .split(/ {2,}| (?=-?\d+\.\d\d EUR)/);

describe('cash-server ledger check', () => {
  it('beside a running service: 0 and one line when all is well', async () => {
    const { run } = await sameBooks();
    expect(await run('check')).toEqual({ code: 0, out: 'The ledger keeps all of its rules.\n', err: '' });
    expect(await run('check', '--json')).toEqual({ code: 0, out: '{"event":"checked"}\n', err: '' });
  });

  it('1 and a line for each breach', async () => {
    const { run, world } = await books();
    const database = new DatabaseSync(world.database);
    database.exec("UPDATE account SET credits_posted = credits_posted + 1 WHERE owner = 'merchant:1'");
    database.close();
    const line = 'merchant:1 breaks: an account says what its entries say';
    const zero = 'EUR breaks: the accounts of each currency sum to zero';
    expect(await run('check')).toEqual({ code: 1, out: `${zero}\n${line}\n`, err: '' });
    const { code, out } = await run('check', '--json');
    expect(code).toBe(1);
    expect(jsonLines(out)).toContainEqual({
      event: 'breach',
      culprit: 'merchant:1',
      invariant: 'an account says what its entries say',
    });
  });

  it('1 also for a single breach', async () => {
    const { run, world } = await books();
    const database = new DatabaseSync(world.database);
    database.exec("UPDATE account SET debits_pending = 1 WHERE owner = 'merchant:1'");
    database.close();
    const out = 'merchant:1 breaks: an account has set aside what its pending transfers may take\n';
    expect(await run('check')).toEqual({ code: 1, out, err: '' });
  });
});

describe('cash-server ledger balance', () => {
  it.each([[['person:1']], [['--person', '1']]])('%j: every currency of one account', async (args) => {
    const { run } = await sameBooks();
    const { code, out } = await run('balance', ...args);
    expect(code).toBe(0);
    expect(out.trimEnd().split('\n').map(columns)).toEqual([
      ['person:1', '990.00 EUR'],
      ['person:1', '7 JPY'],
    ]);
  });

  it('what is set aside is said', async () => {
    const { run, world } = await books();
    const database = new DatabaseSync(world.database);
    database.exec("UPDATE account SET debits_pending = 5 WHERE owner = 'merchant:1'");
    database.close();
    expect((await run('balance', '--merchant', '1')).out).toMatch(/^merchant:1 +10\.00 EUR, 0\.05 EUR set aside\n$/);
    const [line] = jsonLines((await run('balance', '--merchant', '1', '--json')).out);
    expect(line).toEqual({
      event: 'balance',
      account: 'merchant:1',
      posted: { minor: 1_000, currency: 'EUR' },
      pending: { minor: 5, currency: 'EUR' },
    });
  });

  it('without an account: all of them, also more than are read at a time', async () => {
    const { run, world } = await books();
    const database = new DatabaseSync(world.database);
    database.exec('BEGIN');
    for (let id = 2; id < 1_100; id += 1)
      database.exec(`INSERT INTO account VALUES ('merchant:${id}', 'EUR', 0, 0, 0)`);
    database.exec('COMMIT');
    database.close();
    const accounts = jsonLines((await run('balance', '--json')).out).map(
      ({ account, posted }) => `${account} ${posted.currency}`,
    );
    expect(accounts).toHaveLength(5 + 1_098);
    expect(new Set(accounts).size).toBe(accounts.length);
    expect(accounts).toContain('person:1 JPY');
    expect((await run('balance')).out).toMatch(/^cash +-1000\.00 EUR\ncash +-7 JPY\n/);
  });

  it.each([
    [['person:77'], 1, 'the ledger has no account person:77'],
    [['person:1', '--merchant', '1'], 2, 'name one account: as an argument, with --person or with --merchant'],
    [['--person', '1', '--merchant', '1'], 2, 'name one account'],
    [['anna'], 2, 'Give an account: person:1, merchant:1, clearing:card, cash.'],
    [['person:0'], 2, 'Give an account'],
    [['--person', 'x'], 2, 'Give a whole number above zero.'],
  ])('%j: exit code %i', async (args, code, words) => {
    const { run } = await sameBooks();
    const ended = await run('balance', ...args);
    expect({ code: ended.code, out: ended.out }).toEqual({ code, out: '' });
    expect(ended.err).toContain(words);
  });
});

describe('cash-server ledger statement', () => {
  it('prints each movement with its counterpart and the balance after it', async () => {
    const { run, txn } = await sameBooks();
    const { code, out } = await run('statement', 'person:1');
    expect(code).toBe(0);
    expect(out.trimEnd().split('\n').map(columns)).toEqual([
      ['opening balance', '0.00 EUR'],
      ['deposit:1:first', 'cash', '1000.00 EUR', '1000.00 EUR'],
      [`${txn}:charge`, 'merchant:1', '-12.50 EUR', '987.50 EUR'],
      [`${txn}:refund-1`, 'merchant:1', '2.50 EUR', '990.00 EUR'],
      ['closing balance', '990.00 EUR'],
    ]);
    expect(jsonLines((await run('statement', 'merchant:1', '--currency', 'EUR', '--json')).out)).toEqual([
      { event: 'opening', account: 'merchant:1', balance: { minor: 0, currency: 'EUR' } },
      {
        event: 'movement',
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        transfer: `${txn}:charge`,
        txn,
        counterpart: 'person:1',
        amount: { minor: 1_250, currency: 'EUR' },
        balance: { minor: 1_250, currency: 'EUR' },
      },
      expect.objectContaining({ amount: { minor: -250, currency: 'EUR' }, balance: { minor: 1_000, currency: 'EUR' } }),
      { event: 'closing', account: 'merchant:1', balance: { minor: 1_000, currency: 'EUR' } },
    ]);
  });

  it('a deposit belongs to no payment', async () => {
    const { run } = await sameBooks();
    const [, movement] = jsonLines((await run('statement', 'person:1', '--currency', 'JPY', '--json')).out);
    expect(movement).toMatchObject({ transfer: 'deposit:1:yen', amount: { minor: 7, currency: 'JPY' } });
    expect(movement).not.toHaveProperty('txn');
  });

  it.each([
    [0, 0, 3, 0],
    [-1, 1, 3, 0],
    [1, undefined, 0, 99_000],
    [undefined, -1, 0, 0],
    [undefined, 0, 3, 0],
    [0, undefined, 3, 0],
  ])('from day %j to day %j: %i movements after %i', async (from, to, count, opening) => {
    const { run, day } = await sameBooks();
    const period = [
      ...(from === undefined ? [] : ['--from', day(from)]),
      ...(to === undefined ? [] : ['--to', day(to)]),
    ];
    const lines = jsonLines((await run('statement', 'person:1', ...period, '--json')).out);
    expect(lines.filter(({ event }) => event === 'movement')).toHaveLength(count);
    expect(lines.at(0).balance.minor).toBe(opening);
    expect(lines.at(-1).balance.minor).toBe(opening + (count === 0 ? 0 : 99_000));
  });

  it('the first and the last moment of a day belong to it', async () => {
    const { run, world } = await books();
    const database = new DatabaseSync(world.database);
    const midnight = Date.parse('2031-03-01T00:00:00Z');
    for (const [id, at] of [
      ['a', midnight - 1],
      ['b', midnight],
      ['c', midnight + 86_399_999],
      ['d', midnight + 86_400_000],
    ] as const) {
      database.exec(
        `INSERT INTO transfer VALUES ('${id}', NULL, 'cash', 'person:1', 5, 'EUR', ${at}); INSERT INTO transfer_end VALUES ('${id}', 'posted', ${at}); INSERT INTO entry VALUES ('${id}', 'cash', -5, 'EUR'), ('${id}', 'person:1', 5, 'EUR')`,
      );
    }
    database.close();
    const { out } = await run('statement', 'person:1', '--from', '2031-03-01', '--to', '2031-03-01', '--json');
    expect(jsonLines(out).flatMap(({ transfer }) => transfer ?? [])).toEqual(['b', 'c']);
  });

  it('what moved at the same moment is in the order in which it moved', async () => {
    const { run, world } = await books();
    const database = new DatabaseSync(world.database);
    const at = Date.parse('2031-03-01T00:00:00Z');
    for (const id of ['z', 'a', 'm']) {
      database.exec(
        `INSERT INTO transfer VALUES ('${id}', NULL, 'cash', 'person:1', 5, 'EUR', ${at}); INSERT INTO transfer_end VALUES ('${id}', 'posted', ${at}); INSERT INTO entry VALUES ('${id}', 'cash', -5, 'EUR'), ('${id}', 'person:1', 5, 'EUR')`,
      );
    }
    database.close();
    const { out } = await run('statement', 'person:1', '--from', '2031-03-01', '--json');
    expect(jsonLines(out).flatMap(({ transfer }) => transfer ?? [])).toEqual(['z', 'a', 'm']);
  });

  it.each([
    [['person:77'], 1, 'the ledger has no account person:77 in EUR'],
    [['merchant:1', '--currency', 'JPY'], 1, 'the ledger has no account merchant:1 in JPY'],
    [['person:1', '--from', '2026-11-02', '--to', '2026-11-01'], 2, '--from is a later day than --to'],
    [['person:1', '--from', '2026-02-30'], 2, 'Give a day as 2026-11-30.'],
    [['person:1', '--to', '26-11-30'], 2, 'Give a day as 2026-11-30.'],
    [['person:1', '--to', 'today'], 2, 'Give a day as 2026-11-30.'],
    [[], 2, "missing required argument 'account'"],
  ])('%j: exit code %i', async (args, code, words) => {
    const { run } = await sameBooks();
    const ended = await run('statement', ...args);
    expect({ code: ended.code, out: ended.out }).toEqual({ code, out: '' });
    expect(ended.err).toContain(words);
  });
});

describe('a data folder that cannot be read', () => {
  const check = (folder: string) => inProcess(cashServer, 'ledger', 'check', '--data', folder);

  it('has no service', async () => {
    const folder = temporaryFolder();
    const { code, err } = await check(folder);
    expect({ code, err }).toEqual({
      code: 1,
      err: `cash-server: there is no ${join(folder, 'service.db')}: "cash-server init" makes one\n`,
    });
  });

  it.each([
    ['PRAGMA user_version = 4', 'an older version of cash-server (4): start the service once'],
    ['PRAGMA user_version = 999', 'a newer version of cash-server (999): use that version'],
    ['PRAGMA application_id = 7', 'is a database of another program'],
  ])('%s', async (statement, words) => {
    const { world } = await shop();
    await world.service.close();
    const database = new DatabaseSync(world.database);
    database.exec(statement);
    database.close();
    const { code, err } = await check(dirname(world.database));
    expect(code).toBe(1);
    expect(err).toContain(words);
  });
});
