import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { cashServer } from '../../../server/cli/cash-server-program.ts';
import { inProcess } from '../../in-process.ts';
import { temporaryFolder } from '../database.ts';

/** The name of the file of which a full disk takes only the beginning. */
const disk = vi.hoisted(() => ({ isFullAt: '' }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  return {
    ...fs,
    writeFileSync(path: string, text: string, options: object) {
      const isFull = disk.isFullAt !== '' && path.endsWith(disk.isFullAt);
      fs.writeFileSync(path, isFull ? text.slice(0, 20) : text, options);
      if (isFull) throw new Error('ENOSPC: no space left on device, write');
    },
  };
});

const ends: (() => void)[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  for (const end of ends.splice(0)) end();
});

const init = (data: string, ...more: readonly string[]) => inProcess(cashServer, 'init', '--data', data, ...more);

/** Messages of a server of PostgreSQL (its manual, "Message Formats"): type, length, content. */
function message(type: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + content.length);
  return Buffer.concat([Buffer.from(type), length, content]);
}
const number = (value: number) => Buffer.from([0, 0, 0, value]);
const SASL = message('R', Buffer.concat([number(10), Buffer.from('SCRAM-SHA-256\0\0')]));
const SASL_CONTINUE = message('R', Buffer.concat([number(11), Buffer.from('r=x,s=eA==,i=4096')]));
const CLEAR_TEXT = message('R', number(3));
const REFUSED = (text: string) => message('E', Buffer.from(`SFATAL\0C28P01\0M${text}\0\0`));

/** A server that answers one message of the client after another. @returns its address */
async function saying(...answers: readonly Buffer[]): Promise<string> {
  const server = createServer((socket) => {
    const left = [...answers];
    socket.on('error', () => {});
    socket.on('data', () => {
      const answer = left.shift();
      if (answer !== undefined) socket.write(answer);
    });
  });
  ends.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `postgres://cash@127.0.0.1:${port}/cash`;
}

const CANNOT = 'the database cannot be opened: ';
const NO_PASSWORD = `${CANNOT}it wants a password: set PGPASSWORD, or write it into ~/.pgpass (mode 0600)`;
const FAILED = 'password authentication failed for user "cash"';

describe('init, when the database does not open', () => {
  it.each<[string, string, readonly Buffer[], string]>([
    ['no password, SCRAM', '', [SASL, SASL_CONTINUE], NO_PASSWORD],
    ['no password, clear text', '', [CLEAR_TEXT, REFUSED('empty password returned by client')], NO_PASSWORD],
    [
      'a wrong password',
      'wrong',
      [CLEAR_TEXT, REFUSED(FAILED)],
      `${CANNOT}${FAILED}: look at PGPASSWORD, or ~/.pgpass`,
    ],
  ])('%s: one line, and no file and no folder', async (_, password, answers, words) => {
    vi.stubEnv('CASH_SERVER_DATABASE', await saying(...answers));
    vi.stubEnv('PGPASSWORD', password);
    vi.stubEnv('PGPASSFILE', '/nonexistent');
    const above = temporaryFolder();
    const data = join(above, 'new', 'data');
    expect(await init(data)).toEqual({ code: 1, out: '', err: `cash-server: ${words}\n` });
    expect(readdirSync(above)).toEqual([]);
    vi.unstubAllEnvs();
    expect((await init(data)).code).toBe(0);
  });
});

describe('init, when something cannot be written', () => {
  it.each<[string, (above: string) => readonly string[], RegExp]>([
    [
      'the medium of the root key is not there',
      (above) => ['--root', join(above, 'stick', 'root')],
      /root cannot be written: ENOENT/,
    ],
    [
      'the name of the root file is too long',
      (above) => ['--root', join(above, 'r'.repeat(300))],
      /cannot be written: ENAMETOOLONG/,
    ],
  ])('%s: nothing is made, and the next init makes all', async (_, more, words) => {
    const above = temporaryFolder();
    const data = join(above, 'data');
    const failed = await init(data, ...more(above));
    expect(failed).toMatchObject({ code: 1, out: '' });
    expect(failed.err).toMatch(words);
    expect(readdirSync(above)).toEqual([]);
    expect((await init(data)).code).toBe(0);
  });

  it.each(['keys.json', 'root-seed.txt'])(
    'the disk is full at %s: nothing is made, and the next init makes all',
    async (name) => {
      const above = temporaryFolder();
      const data = join(above, 'data');
      disk.isFullAt = name;
      const failed = await init(data);
      disk.isFullAt = '';
      const words = `${data}/${name} cannot be written: ENOSPC: no space left on device, write`;
      expect(failed).toEqual({ code: 1, out: '', err: `cash-server: ${words}\n` });
      expect(readdirSync(above)).toEqual([]);
      expect((await init(data)).code).toBe(0);
    },
  );

  it('a folder that was there stays, with what is in it', async () => {
    const above = temporaryFolder();
    const data = join(above, 'data');
    mkdirSync(data);
    expect((await init(data, '--root', join(above, 'stick', 'root'))).code).toBe(1);
    expect(readdirSync(above)).toEqual(['data']);
    expect(readdirSync(data)).toEqual([]);
  });
});

describe('init beside a database that is there', () => {
  it('says whose key file it needs, and writes nothing', async () => {
    const data = join(temporaryFolder(), 'data');
    expect((await init(data)).code).toBe(0);
    for (const name of ['keys.json', 'root-seed.txt']) rmSync(join(data, name));
    expect(await init(data)).toEqual({
      code: 1,
      out: '',
      err: `cash-server: ${data}/service.db is the database of a service already: put its keys.json beside it, and start "cash-server serve"\n`,
    });
    expect(readdirSync(data)).toEqual(['service.db']);
  });

  it.each(['keys.json', 'root-seed.txt'])('does not touch a %s that is there', async (name) => {
    const data = join(temporaryFolder(), 'data');
    await init(data);
    const other = name === 'keys.json' ? 'root-seed.txt' : 'keys.json';
    for (const gone of [other, 'service.db']) rmSync(join(data, gone));
    expect(await init(data)).toMatchObject({
      code: 1,
      err: `cash-server: ${data}/${name} is there already and is never written over\n`,
    });
    expect(readdirSync(data)).toEqual([name]);
  });
});
