import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { cashServer } from '../../../server/cli/cash-server-program.ts';
import { inProcess } from '../../in-process.ts';
import { newDatabase, rows, temporaryFolder } from '../database.ts';

afterEach(() => void vi.unstubAllEnvs());

const init = (data: string, ...more: readonly string[]) => inProcess(cashServer, 'init', '--data', data, ...more);

describe('cash-server init on PostgreSQL', () => {
  it('in a second folder says whose keys to take, and writes nothing', async () => {
    const database = await newDatabase();
    vi.stubEnv('CASH_SERVER_DATABASE', database);
    const above = temporaryFolder();
    const failed = await init(join(above, 'first'), '--root', join(above, 'stick', 'root'));
    expect(failed.err).toContain('root cannot be written: ENOENT');
    expect(readdirSync(above)).toEqual([]);
    expect((await init(join(above, 'first'))).code).toBe(0);
    mkdirSync(join(above, 'second'));
    const refused = {
      code: 1,
      out: '',
      err: 'cash-server: the database in CASH_SERVER_DATABASE has a service already: take the keys.json that its first "cash-server init" made (or set CASH_SERVER_KEYS to what is in it), and start "cash-server serve"\n',
    };
    for (const folder of ['second', 'third']) expect(await init(join(above, folder))).toEqual(refused);
    expect(readdirSync(above).toSorted()).toEqual(['first', 'second']);
    expect(readdirSync(join(above, 'second'))).toEqual([]);
    expect(await rows(database, 'SELECT name FROM operator')).toEqual([{ name: 'admin' }]);
  });
});
