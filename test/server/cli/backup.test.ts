import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { cashServer } from '../../../server/cli/cash-server-program.ts';
import { MIGRATIONS } from '../../../server/store/migrations.ts';
import { inProcess } from '../../in-process.ts';
import { temporaryFolder } from '../database.ts';
import { shop } from '../world.ts';

/** A service that has ended, its file changed by these statements, and `cash-server backup` of it. */
async function backed(...statements: readonly string[]) {
  const { world } = await shop('backup');
  await world.service.close();
  const database = new DatabaseSync(world.database);
  for (const sql of statements) database.exec(sql);
  database.close();
  const data = dirname(world.database);
  const to = join(temporaryFolder(), 'copy.db');
  const run = (...args: readonly string[]) => inProcess(cashServer, 'backup', '--data', data, '--to', to, ...args);
  return { run, to, keys: join(data, 'keys.json') };
}

/** A gift to the customer breaks two rules; what is set aside for nobody breaks one. */
const GIFT = "UPDATE account SET credits_posted = credits_posted + 1 WHERE owner = 'person:1'";
const SET_ASIDE = "UPDATE account SET debits_pending = 1 WHERE owner = 'person:1'";

describe('cash-server backup', () => {
  it('says what it made, and what is not in it', async () => {
    const { run, to, keys } = await backed();
    const { code, out, err } = await run();
    const octets = statSync(to).size;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(
      `Backup: ${to}, ${octets} octets, undamaged, its ledger is right. The keys are not in it: keep ${keys} apart.\n`,
    );
  });

  it('is a JSON line for programs', async () => {
    const { run, to } = await backed();
    const { out } = await run('--json');
    const octets = statSync(to).size;
    const version = MIGRATIONS.length;
    expect(JSON.parse(out)).toEqual({ event: 'backup', file: to, octets, version, ledger: 'right', keys: false });
  });

  it.each([
    ['one rule', [SET_ASIDE], 'person:1 breaks: an account has set aside what its pending transfers may take: see '],
    ['two rules', [GIFT], 'EUR breaks: the accounts of each currency sum to zero (and 1 more): see '],
  ])('fails, and keeps the copy, when %s of the ledger is broken', async (_, statements, words) => {
    const { run, to } = await backed(...statements);
    const { code, out, err } = await run();
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(`${to} is a good copy of a ledger that is not right: ${words}"cash-server ledger check"`);
    expect(readFileSync(to).subarray(0, 15).toString()).toBe('SQLite format 3');
  });

  it('says that the ledger of another version was not checked', async () => {
    const { run } = await backed('PRAGMA user_version = 99');
    expect((await run()).out).toContain('its tables are of version 99, its ledger was not checked');
    const { run: again } = await backed('PRAGMA user_version = 99');
    expect(JSON.parse((await again('--json')).out)).toMatchObject({ version: 99, ledger: 'not-checked' });
  });

  it('writes over nothing', async () => {
    const { run, to } = await backed();
    await run();
    expect(await run()).toEqual({
      code: 1,
      out: '',
      err: `cash-server: ${to} is there already: choose another file\n`,
    });
  });
});
