import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { cashServer } from '../../../server/cli/cash-server-program.ts';
import { inProcess } from '../../in-process.ts';
import { temporaryFolder } from '../database.ts';

describe('cash-server used wrongly', () => {
  it.each([
    [['person', 'add', '--name', 'Anna'], "required option '--number <number>' not specified"],
    [['merchant', 'add', '--name', 'x', '--bogus'], "unknown option '--bogus'"],
    [['deposit', '--person', '1'], "required option '--minor <units>' not specified"],
    [
      ['serve', '--data', 'd', '--port', '/dev/ttyUSB0', '--port', '/dev/ttyUSB0'],
      "option '--port <name>' argument '/dev/ttyUSB0' is invalid. Name each modem once.",
    ],
    [
      ['serve', '--data', 'd', '--port', ''],
      "option '--port <name>' argument '' is invalid. Give a device path or tcp://host:port.",
    ],
    [['serve'], 'give --data, the folder that "cash-server init" made (or CASH_SERVER_DATABASE and CASH_SERVER_KEYS)'],
    [
      ['backup', '--to', 'copy.db'],
      'give --data, the folder that "cash-server init" made, or set CASH_SERVER_DATABASE',
    ],
    [['ledger', 'check'], 'give --data, the folder that "cash-server init" made, or set CASH_SERVER_DATABASE'],
    [['move', '--from', 'a.db', '--to', 'b.db'], 'one of --from and --to is a file, the other one is "postgres"'],
    [
      ['move', '--from', 'postgres', '--to', 'postgres'],
      'one of --from and --to is a file, the other one is "postgres"',
    ],
    [
      ['move', '--from', 'a.db', '--to', 'postgres'],
      '"postgres" is the address in CASH_SERVER_DATABASE: set it to postgres://user@host:port/database',
    ],
    [
      ['move', '--from', 'a.db', '--to', 'postgres://me:secret@host/x'],
      'an address on the command line is read by every user: set CASH_SERVER_DATABASE and say "postgres"',
    ],
    [
      ['move', '--from', '', '--to', 'postgres'],
      "option '--from <place>' argument '' is invalid. Give a file, or \"postgres\".",
    ],
    [
      ['move', '--from', 'postgres', '--to', 'server'],
      "option '--to <place>' argument 'server' is invalid. It is a folder: give a file, as server/service.db.",
    ],
    [
      ['person', 'add', '--name', 'Anna', '--number', '333'],
      "option '--number <number>' argument '333' is invalid. Give an international number: + and 7 to 15 digits.",
    ],
    [
      ['party', 'notify', '--party', '1', '--at', 'nonsense'],
      "option '--at <url>' argument 'nonsense' is invalid. Give an https URL, or http on 127.0.0.1.",
    ],
    [['bogus'], "unknown command 'bogus'"],
  ])('%j: one line, and 2', async (args, words) => {
    const run = await inProcess(cashServer, ...args);
    expect(run).toEqual({ code: 2, out: '', err: `cash-server: ${words}\n` });
  });

  it.each([
    [['--no-modem'], {}, '--no-modem is for several processes on one database: set CASH_SERVER_DATABASE'],
    [['--no-modem'], { CASH_SERVER_DATABASE: 'postgres://nowhere/x' }, '--no-modem needs --number: no SIM tells it'],
    [
      ['--no-modem'],
      { CASH_SERVER_DATABASE: 'mysql://nowhere/x' },
      'CASH_SERVER_DATABASE is not an address: give postgres://user@host:port/database',
    ],
    [[], { CASH_SERVER_KEYS: '{"s":1' }, 'CASH_SERVER_KEYS is not JSON: give what is in keys.json'],
    [[], {}, 'give the modem with --port, or --no-modem'],
  ])('serve %j with %j: one line, and no stack trace', async (args, environment, words) => {
    const data = join(temporaryFolder(), 'data');
    await inProcess(cashServer, 'init', '--data', data);
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    const run = await inProcess(cashServer, 'serve', '--data', data, ...args);
    vi.unstubAllEnvs();
    expect(run).toEqual({ code: expect.any(Number), out: '', err: `cash-server: ${words}\n` });
    expect(run.code).toBeGreaterThan(0);
  });
});
