import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { lockFile } from '../../../server/store/lock.ts';
import { readDatabase } from '../../../server/store/read-database.ts';
import type { ReadTx } from '../../../server/store/store.ts';
import { moveDatabase } from '../../../server/upkeep/move.ts';
import { newDatabase, temporaryFolder } from '../database.ts';
import { PIN } from '../world.ts';
import {
  barePostgres,
  change,
  emptyPostgres,
  movedFile,
  movedShop,
  type Rows,
  rowsOfFile,
  rowsOfPostgres,
  whileHeld,
} from './moved-shop.ts';

const newFile = () => join(temporaryFolder(), 'service.db');

/** Tables whose rows belong to one database. */
const OWN: readonly string[] = ['process', 'sequence', 'sqlite_sequence'];

/** What is to be there after a move: a frame that the bearer had waits again, and the next start checks the ledger from the beginning. */
function expected(rows: Rows): Rows {
  return {
    ...without(rows, OWN),
    ledger_checkpoint: ['[["transfer_end",0]]'],
    outbox: (rows['outbox'] ?? [])
      .map((row) =>
        row.replace('["state","handed"]', '["state","waiting"]').replace(/\["holder",\d+\]/, '["holder",null]'),
      )
      .toSorted(),
  };
}

const without = (rows: Rows, names: readonly string[]): Rows =>
  Object.fromEntries(Object.entries(rows).filter(([name]) => !names.includes(name)));

/** Numbers that tables and approvals have reached in a file. */
const numbers = ({ sequence, sqlite_sequence: tables }: Rows) => ({
  sequence,
  tables: tables?.filter((row) => !row.includes('"process"')),
});

describe('moved from a file to PostgreSQL', () => {
  it('and back: every row is there, and numbers go on', async () => {
    const file = await movedFile();
    const before = rowsOfFile(file);
    expect(before['outbox']?.some((row) => row.includes('"handed"'))).toBe(true);
    for (const [table, rows] of Object.entries(before)) {
      const unused = ['difference', 'reconciled', 'folded', 'merchant_receipt', 'balance_answer', 'deposited_alone'];
      const isUsed = !unused.includes(table);
      expect([table, rows.length > 0]).toEqual([table, isUsed]);
    }
    const url = await barePostgres();
    const told: [string, number][] = [];
    await moveDatabase(file, url, 0, (table, rows) => told.push([table, rows]));
    const moved = await rowsOfPostgres(url);
    expect(without(moved, OWN)).toEqual(expected(before));
    expect(moved['process']).toEqual([]);
    expect(Object.fromEntries(told)).toMatchObject({ person: 2, payment: 5 });
    const back = newFile();
    await moveDatabase(url, back, 0, () => {});
    const after = rowsOfFile(back);
    expect(without(after, OWN)).toEqual(expected(before));
    expect(numbers(after)).toEqual(numbers(before));
    expect(statSync(back).mode & 0o777).toBe(0o600);
    expect(rowsOfFile(file)).toEqual(before);
  });

  it('a service goes on there, and after the way back', async () => {
    const { world, file, rail, customer, merchant, paid, refused, unknown, asked, handed } = await movedShop();
    const first = (await readPayment(file, paid.txn)).approval_code;
    const url = await newDatabase();
    await moveDatabase(file, url, 0, () => {});
    rail.inquiries.push({ kind: 'done', approvalCode: 7 });
    await world.open(url, { rails: [rail] });
    const { phone } = customer;
    const question = phone.asked.at(-1);
    phone.approve(PIN, question);
    await world.clock.advance(60_000);
    expect(await world.service.payment(asked.txn)).toMatchObject({
      state: 'CAPTURED',
      approvalCode: Number(first) + 1,
    });
    expect(await world.service.payment(unknown.txn)).toMatchObject({ state: 'CAPTURED', approvalCode: 7 });
    expect(phone.asked.at(-1)).not.toBe(question);
    const person = await world.service.addPerson({ number: '+393400000010', name: 'Ugo', language: 'it' });
    expect(person.id).toBe(3);
    await world.service.close();

    const back = newFile();
    await moveDatabase(url, back, world.clock.now(), () => {});
    await world.open(back);
    phone.approve(PIN);
    await world.clock.advance(3_000);
    expect(await world.service.payment(handed.txn)).toMatchObject({
      state: 'CAPTURED',
      approvalCode: Number(first) + 2,
    });
    const { txn } = await world.request(merchant);
    await world.clock.advance(2_000);
    phone.approve(PIN);
    await world.clock.advance(3_000);
    expect((await world.service.payment(txn)).approvalCode).toBe(Number(first) + 3);
    expect((await world.service.addPerson({ number: '+393400000011', name: 'Eva', language: 'it' })).id).toBe(4);
    await world.service.close();
    const database = new DatabaseSync(back);
    const rowids = database.prepare('SELECT txn FROM payment ORDER BY rowid').all();
    database.close();
    expect(rowids.map((row) => row['txn'])).toEqual(
      [paid, refused, unknown, asked, handed, { txn }].map((payment) => payment.txn),
    );
  });
});

async function readPayment(file: string, txn: string) {
  const database = new DatabaseSync(file, { readOnly: true });
  const row = database.prepare('SELECT approval_code FROM payment WHERE txn = ?').get(txn);
  database.close();
  return { approval_code: row?.['approval_code'] };
}

const GIFT = "UPDATE account SET credits_posted = credits_posted + 1 WHERE owner = 'person:1'";

describe('a text with a NUL, which PostgreSQL does not take', () => {
  it('is moved with a mark in its place', async () => {
    const [file, url] = [await movedFile(), await emptyPostgres()];
    const database = new DatabaseSync(file);
    database.exec("UPDATE person SET name = 'An' || char(0) || 'na' WHERE id = 1");
    database.close();
    await moveDatabase(file, url, 0, () => {});
    expect((await rowsOfPostgres(url))['person']?.join()).toContain('["name","An\ufffdna"]');
  });
});

describe('a database that was used and emptied', () => {
  it('is as good as a new one', async () => {
    const file = await movedFile();
    const url = await emptyPostgres();
    await change(
      url,
      'UPDATE ledger_checkpoint SET transfer_end = 5',
      'DELETE FROM deletion',
      "INSERT INTO process (name, began_at, alive_until) VALUES ('killed', 0, 1000)",
      "SELECT setval('approval', 555555), setval('person_id_seq', 77), setval('payment_rowid_seq', 77)",
    );
    await moveDatabase(file, url, 1_000, () => {});
    const { process, ...rows } = await rowsOfPostgres(url);
    expect(rows).toEqual(expected(rowsOfFile(file)));
    expect(process).toEqual([]);
    const back = newFile();
    await moveDatabase(url, back, 0, () => {});
    expect(numbers(rowsOfFile(back))).toEqual(numbers(rowsOfFile(file)));
  });
});

describe('a database that somebody uses at this moment', () => {
  const isStarting = [`SELECT pg_advisory_lock(${0x43614d6f})`];
  const isWriting = ['BEGIN', "INSERT INTO person (number, name, language, created_at) VALUES ('+39', 'a', 'it', 0)"];

  it.each([
    ['starts on it', isStarting, 'another cash-server starts, or moves, on the database: wait until it has'],
    ['writes to it', isWriting, 'another program uses the database: stop it first'],
  ])('is not moved to while a service %s', async (_, held, words) => {
    const [file, url] = [await movedFile(), await emptyPostgres()];
    await whileHeld(url, held, async () => {
      await expect(moveDatabase(file, url, 0, () => {})).rejects.toThrow(words);
    });
  });

  it('is not moved from while a service starts on it', async () => {
    const url = await emptyPostgres();
    await whileHeld(url, isStarting, async () => {
      await expect(moveDatabase(url, newFile(), 0, () => {})).rejects.toThrow('another cash-server starts');
    });
  });
});

describe('reading a database', () => {
  it('sees all of it as it is at one moment, and writes nothing', async () => {
    const url = await emptyPostgres();
    const add = "INSERT INTO person (number, name, language, created_at) VALUES ('+39', 'a', 'it', 0)";
    const count = (tx: ReadTx) => tx.get('SELECT count(*) AS people FROM person', (row) => row.integer('people'));
    const read = readDatabase(url, async (tx) => {
      const before = await count(tx);
      await change(url, add);
      return [before, await count(tx)];
    });
    expect(await read).toEqual([0, 0]);
    expect(await readDatabase(url, count)).toBe(1);
    const writing = readDatabase(url, (tx) => tx.all(`${add} RETURNING id`, () => 0));
    await expect(writing).rejects.toThrow('read-only transaction');
  });
});

describe('a move to PostgreSQL that fails leaves the database as it was', () => {
  const changeFile = (sql: string) => (file: string) => {
    const database = new DatabaseSync(file);
    database.exec(sql);
    database.close();
    return undefined;
  };
  const nothing = () => undefined;

  it.each<[string, (file: string) => (() => void) | undefined, readonly string[], string]>([
    [
      'a service runs on the file',
      (file) => lockFile(join(dirname(file), 'service.lock')),
      [],
      'a cash-server runs in the folder',
    ],
    [
      'a rule is broken',
      changeFile(GIFT),
      [],
      'the ledger of the source is not right: EUR breaks: the accounts of each currency sum to zero (and 1 more)',
    ],
    [
      'an older version',
      changeFile('PRAGMA user_version = 3'),
      [],
      'was written by an older version of cash-server (3): start the service once',
    ],
    [
      'a row in the target',
      nothing,
      ["INSERT INTO person (number, name, language, created_at) VALUES ('+39', 'a', 'it', 0)"],
      'the database is not empty, it has rows in person',
    ],
    [
      'a process in the target',
      nothing,
      ["INSERT INTO process (name, began_at, alive_until) VALUES ('shop pid 7', 0, 1001)"],
      'a cash-server runs on the database (shop pid 7): stop it first',
    ],
    [
      'a row that gets lost',
      nothing,
      [
        'CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$',
        'CREATE TRIGGER lose BEFORE INSERT ON pin_failure FOR EACH ROW EXECUTE FUNCTION lose()',
      ],
      'the copy is not the same: pin_failure has rows 0, not 1',
    ],
    [
      'an account that changes',
      nothing,
      [
        'CREATE FUNCTION gift() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.credits_posted = NEW.credits_posted + 1; RETURN NEW; END $$',
        "CREATE TRIGGER gift BEFORE INSERT ON account FOR EACH ROW WHEN (NEW.owner = 'merchant:1') EXECUTE FUNCTION gift()",
      ],
      'the copy is not the same: merchant:1 EUR has credits_posted',
    ],
    [
      'a payment that changes',
      nothing,
      [
        "CREATE FUNCTION undo() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.state = 'DECLINED'; RETURN NEW; END $$",
        "CREATE TRIGGER undo BEFORE INSERT ON payment FOR EACH ROW WHEN (NEW.state = 'CAPTURED') EXECUTE FUNCTION undo()",
      ],
      'nothing was moved, the ledger of the copy is not right',
    ],
  ])('%s', async (_, spoil, statements, words) => {
    const file = await movedFile();
    // What frees the lock is kept: without it the lock goes with the next collection of garbage.
    const end = spoil(file);
    const url = await emptyPostgres();
    await change(url, ...statements);
    const before = await rowsOfPostgres(url);
    try {
      await expect(moveDatabase(file, url, 1_000, () => {})).rejects.toThrow(words);
      expect(await rowsOfPostgres(url)).toEqual(before);
    } finally {
      end?.();
      await change(url, 'DROP FUNCTION IF EXISTS lose, gift, undo CASCADE');
    }
  });
});

describe('a move to a file that fails leaves no file', () => {
  it.each<[string, readonly string[], string]>([
    [
      'a process lives',
      ["INSERT INTO process (name, began_at, alive_until) VALUES ('shop pid 7', 0, 1001)"],
      'a cash-server runs on the database (shop pid 7)',
    ],
    ['a rule is broken', [GIFT], 'the ledger of the source is not right'],
    [
      'an older version',
      ['UPDATE cash_mobile SET version = 9'],
      'the database was written by an older version of cash-server (9): start the service once',
    ],
    [
      'a newer version',
      ['UPDATE cash_mobile SET version = 99'],
      'the database was written by a newer version of cash-server (99): use that version',
    ],
  ])('%s', async (_, statements, words) => {
    const file = await movedFile();
    const url = await newDatabase();
    await moveDatabase(file, url, 0, () => {});
    await change(url, ...statements);
    const to = newFile();
    try {
      await expect(moveDatabase(url, to, 1_000, () => {})).rejects.toThrow(words);
      expect([to, `${to}.partial`, `${to}.partial-journal`].filter(existsSync)).toEqual([]);
    } finally {
      await change(url, 'UPDATE cash_mobile SET version = 10');
    }
  });

  it('a file that is there stays', async () => {
    const file = await movedFile();
    const before = rowsOfFile(file);
    await expect(moveDatabase(await newDatabase(), file, 0, () => {})).rejects.toThrow(`${file} is there already`);
    expect(rowsOfFile(file)).toEqual(before);
  });
});
