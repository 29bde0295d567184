import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { cashServer } from '../../../server/cli/cash-server-program.ts';
import { narrow } from '../../../server/cli/narrow.ts';
import { lockFile } from '../../../server/store/lock.ts';
import { openSqliteFile } from '../../../server/store/sqlite-file.ts';
import { inProcess } from '../../in-process.ts';
import { temporaryFolder } from '../database.ts';

const ends: (() => void)[] = [];
const before = process.umask(0o022);
afterEach(() => {
  for (const end of ends.splice(0)) end();
  process.umask(before);
});

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
const modesIn = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, modeOf(join(folder, name))]));

/** A new service, by a process whose files everybody may read. */
async function initialised() {
  process.umask(0);
  const data = join(temporaryFolder(), 'data');
  expect((await inProcess(cashServer, 'init', '--data', data)).code).toBe(0);
  return data;
}

describe('what the service keeps is for its user only', () => {
  it('from init on', async () => {
    const data = await initialised();
    expect(modeOf(data)).toBe('700');
    expect(modesIn(data)).toEqual({ 'keys.json': '600', 'root-seed.txt': '600', 'service.db': '600' });
  });

  it('while the database is open, with its journal and its lock', async () => {
    process.umask(0);
    const folder = temporaryFolder();
    const { database } = openSqliteFile(join(folder, 'service.db'));
    const unlock = lockFile(join(folder, 'service.lock'));
    ends.push(() => database.close(), unlock);
    expect(modesIn(folder)).toEqual({
      'service.db': '600',
      'service.db-shm': '600',
      'service.db-wal': '600',
      'service.lock': '600',
      'service.lock-journal': '600',
    });
  });

  it('in a backup', async () => {
    const data = await initialised();
    const copy = join(data, 'copy.db');
    expect((await inProcess(cashServer, 'backup', '--data', data, '--to', copy)).code).toBe(0);
    expect(modeOf(copy)).toBe('600');
  });

  it('in a folder that was there, and was empty', async () => {
    process.umask(0);
    const data = temporaryFolder();
    chmodSync(data, 0o755);
    expect((await inProcess(cashServer, 'init', '--data', data)).code).toBe(0);
    expect(modeOf(data)).toBe('700');
  });
});

describe('what is open to others', () => {
  it('is closed to them, and told', () => {
    const folder = temporaryFolder();
    for (const [name, mode] of Object.entries({
      'keys.json': 0o644,
      'service.db': 0o660,
      'service.db-wal': 0o604,
      mine: 0o600,
    })) {
      writeFileSync(join(folder, name), '');
      chmodSync(join(folder, name), mode);
    }
    mkdirSync(join(folder, 'inner'));
    chmodSync(join(folder, 'inner'), 0o755);
    chmodSync(folder, 0o755);
    expect(narrow(folder)).toEqual([
      `${folder} was open to others (mode 0755), and has mode 0700 now`,
      `${folder}/keys.json was open to others (mode 0644), and has mode 0600 now`,
      `${folder}/service.db was open to others (mode 0660), and has mode 0600 now`,
      `${folder}/service.db-wal was open to others (mode 0604), and has mode 0600 now`,
    ]);
    expect(modesIn(folder)).toMatchObject({
      'keys.json': '600',
      'service.db': '600',
      'service.db-wal': '600',
      mine: '600',
    });
    expect(narrow(folder)).toEqual([]);
  });

  it('is refused where everybody has files', () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o1777);
    expect(() => narrow(folder)).toThrow(
      `${folder} is open to every user of the machine: give a folder of the service's own as --data`,
    );
    expect(statSync(folder).mode & 0o7777).toBe(0o1777);
  });

  it('is told by serve, which does not begin with an empty database', async () => {
    const data = await initialised();
    rmSync(join(data, 'service.db'));
    const serve = await inProcess(
      cashServer,
      'serve',
      '--data',
      data,
      '--port',
      '/dev/null',
      '--number',
      '+393400000000',
    );
    expect(serve).toEqual({
      code: 1,
      out: '',
      err: `cash-server: ${data}/service.db is missing: put a backup of it there; a new service begins in another folder, with "cash-server init"\n`,
    });
    expect(readdirSync(data)).toEqual(['keys.json', 'root-seed.txt']);
  });
});
