import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { lockFile } from '../../../server/store/lock.ts';
import { MIGRATIONS } from '../../../server/store/migrations.ts';
import { RowError } from '../../../server/store/row.ts';
import { Store, StoreError } from '../../../server/store/store.ts';
import { temporaryFolder } from '../world.ts';

const file = () => join(temporaryFolder(), 'service.db');
const timers = (store: Store) => store.all('SELECT * FROM timer', (row) => row.text('subject'));
const add = (store: Store, subject: string) =>
  store.run("INSERT INTO timer (kind, subject, due) VALUES ('payment-expiry', ?, 0)", subject);

describe('the store', () => {
  it('keeps what was committed, in WAL mode with full synchronisation', () => {
    const path = file();
    const store = new Store(path);
    store.transaction(() => add(store, 'kept'));
    expect(store.get('PRAGMA journal_mode', (row) => row.text('journal_mode'))).toBe('wal');
    expect(store.get('PRAGMA synchronous', (row) => row.integer('synchronous'))).toBe(2);
    store.close();
    const again = new Store(path);
    expect(timers(again)).toEqual(['kept']);
    again.close();
  });

  it('undoes all of a transaction that throws, inner ones included', () => {
    const store = new Store(':memory:');
    const broken = () =>
      store.transaction(() => {
        add(store, 'outer');
        store.transaction(() => add(store, 'inner'));
        throw new Error('no');
      });
    expect(broken).toThrow('no');
    expect(timers(store)).toEqual([]);
    store.transaction(() => add(store, 'after'));
    expect(timers(store)).toEqual(['after']);
  });

  it('writes inside a transaction only', () => {
    const store = new Store(':memory:');
    expect(() => add(store, 'loose')).toThrow('inside a transaction only');
  });

  it('tells listeners of commits once for each turn, and never after closing', async () => {
    const store = new Store(':memory:');
    let told = 0;
    store.onCommit(() => {
      told += 1;
    });
    store.transaction(() => add(store, 'a'));
    store.transaction(() => add(store, 'b'));
    await Promise.resolve();
    expect(told).toBe(1);
    store.transaction(() => add(store, 'c'));
    store.close();
    await Promise.resolve();
    expect(told).toBe(1);
  });

  it('refuses the database of another program', () => {
    const path = file();
    const other = new DatabaseSync(path);
    other.exec('CREATE TABLE theirs (a)');
    other.close();
    expect(() => new Store(path)).toThrow('a database of another program');
  });

  it('refuses a database of a newer version', () => {
    const path = file();
    new Store(path).close();
    const newer = new DatabaseSync(path);
    newer.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    newer.close();
    expect(() => new Store(path)).toThrow('a newer version of cash-server');
  });

  it.each([
    ['a folder that is not there', () => '/nowhere/service.db'],
    ['a folder', () => temporaryFolder()],
  ])('says in one line that it cannot open %s', (_, path) => {
    expect(() => new Store(path())).toThrow(StoreError);
  });

  it('names the column that does not hold what it should', () => {
    const store = new Store(':memory:');
    const read = (sql: string) => () => store.get(sql, (row) => row.integer('a'));
    expect(read("SELECT 'x' AS a")).toThrow('column a should hold a whole number, not string');
    expect(read('SELECT 1.5 AS a')).toThrow(RowError);
    expect(read('SELECT NULL AS a')).toThrow('not NULL');
    expect(read('SELECT 1 AS b')).toThrow('no column a');
    expect(() => store.get("SELECT 'x' AS a", (row) => row.oneOf('a', ['y', 'z']))).toThrow('none of y, z');
  });
});

describe('the lock of a data folder', () => {
  it('is held by one at a time', () => {
    const path = join(temporaryFolder(), 'service.lock');
    const unlock = lockFile(path);
    expect(() => lockFile(path)).toThrow('held by another process');
    unlock();
    lockFile(path)();
  });
});
