import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../../../server/store/migrations.ts';
import { backUp } from '../../../server/upkeep/backup.ts';
import { temporaryFolder } from '../database.ts';
import { PIN, shop } from '../world.ts';

const target = () => join(temporaryFolder(), 'backup.db');

/** A service that runs and has a paid payment. */
async function running() {
  const { world, customer, merchant } = await shop('backup');
  const payment = await world.request(merchant);
  await world.clock.advance(2_000);
  customer.phone.approve(PIN);
  await world.clock.advance(3_000);
  return { world, payment };
}

describe('a backup', () => {
  it('is made beside a running service, and a service goes on from it', async () => {
    const { world, payment } = await running();
    const to = target();
    const backup = await backUp(world.database, to);
    expect(backup).toEqual({ octets: statSync(to).size, version: MIGRATIONS.length, breaches: [] });
    expect(statSync(to).mode & 0o777).toBe(0o600);
    expect([`${to}.partial`, `${to}-wal`, `${to}-shm`].filter(existsSync)).toEqual([]);
    world.kill();
    await world.open(to);
    expect((await world.service.payment(payment.txn)).state).toBe('CAPTURED');
  });

  it('writes over nothing', async () => {
    const { world } = await running();
    const to = target();
    writeFileSync(to, 'mine');
    await expect(backUp(world.database, to)).rejects.toThrow(`${to} is there already: choose another file`);
    expect(readFileSync(to, 'utf8')).toBe('mine');
  });

  it('is not made of what is missing, and makes no file there', async () => {
    const from = target();
    await expect(backUp(from, target())).rejects.toThrow('there is no database');
    expect(existsSync(from)).toBe(false);
  });

  it.each([
    'CREATE TABLE theirs (a)',
    'CREATE TABLE theirs (a); PRAGMA user_version = 5',
    'CREATE TABLE theirs (a); PRAGMA application_id = 7',
  ])('is not made of the database of another program: %s', async (sql) => {
    const from = target();
    const other = new DatabaseSync(from);
    other.exec(sql);
    other.close();
    const to = target();
    await expect(backUp(from, to)).rejects.toThrow('no database of cash-server');
    expect(existsSync(to)).toBe(false);
  });

  it('says what is wrong with the ledger in it', async () => {
    const { world } = await running();
    await world.service.close();
    const database = new DatabaseSync(world.database);
    database.exec("UPDATE account SET credits_posted = credits_posted + 1 WHERE owner = 'merchant:1'");
    database.close();
    const { breaches } = await backUp(world.database, target());
    expect(breaches).toContain('merchant:1 breaks: an account says what its entries say');
  });

  it('is deleted when it is damaged', async () => {
    const { world } = await running();
    await world.service.close();
    const change = (...statements: readonly string[]) => {
      const database = new DatabaseSync(world.database, { defensive: false });
      for (const sql of statements) database.exec(sql);
      database.close();
    };
    const column = (from: string, to: string) =>
      `PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, '${from}', '${to}') WHERE name = 'person'`;
    change(column('language TEXT NOT NULL', 'language TEXT'));
    change('UPDATE person SET language = NULL', column('language TEXT', 'language TEXT NOT NULL'));
    const to = target();
    await expect(backUp(world.database, to)).rejects.toThrow(
      'the database is damaged, and was not backed up: NULL value in person.language',
    );
    expect(existsSync(to)).toBe(false);
  });

  it('of another version is undamaged, and its ledger is not looked at', async () => {
    const { world } = await running();
    await world.service.close();
    const database = new DatabaseSync(world.database);
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(await backUp(world.database, target())).toMatchObject({ version: 99, breaches: undefined });
  });
});
