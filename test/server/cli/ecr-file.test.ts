import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cashServer } from '../../../server/cli/cash-server-program.ts';
import { openRegisters, readEcrFile } from '../../../server/cli/ecr-file.ts';
import { inProcess } from '../../in-process.ts';
import { temporaryFolder } from '../database.ts';
import { World } from '../world.ts';

const SETTINGS = {
  listen: '192.168.1.10:10001',
  registers: [
    { terminal: '12345678', merchant: 1 },
    { terminal: '12345679', merchant: 2, customerInText: true },
  ],
};

function written(content: string): string {
  const file = join(temporaryFolder(), 'ecr.json');
  writeFileSync(file, content);
  return file;
}

describe('the file of the cash registers', () => {
  it('says where they connect, and whose they are', () => {
    expect(readEcrFile(written(JSON.stringify(SETTINGS)))).toEqual({
      listen: { host: '192.168.1.10', port: 10_001 },
      registers: [
        { terminal: '12345678', merchant: 1, customerInText: false },
        { terminal: '12345679', merchant: 2, customerInText: true },
      ],
    });
  });

  it.each([
    ['without an address means port 10000 of this machine', undefined, { host: '127.0.0.1', port: 10_000 }],
    ['may have an address in IPv6', '[::1]:0', { host: '::1', port: 0 }],
  ])('%s', (_, listen, expected) => {
    expect(readEcrFile(written(JSON.stringify({ ...SETTINGS, listen }))).listen).toEqual(expected);
  });

  it.each<readonly [string, object, string]>([
    ['no port', { listen: '127.0.0.1' }, 'listen: expected host:port'],
    ['no register', { registers: [] }, 'registers: expected one register or more'],
    [
      'a terminal of 7 digits',
      { registers: [{ terminal: '1234567', merchant: 1 }] },
      'registers.0.terminal: expected 8 digits',
    ],
    ['the terminal that means any', { registers: [{ terminal: '00000000', merchant: 1 }] }, 'not all of them 0'],
    ['no merchant', { registers: [{ terminal: '12345678' }] }, 'registers.0.merchant'],
    [
      'a terminal twice',
      { registers: [SETTINGS.registers[0], { terminal: '12345678', merchant: 2 }] },
      'registers: expected each terminal once',
    ],
    ['a word that is not known', { pin: '1' }, 'the file: '],
  ])('with %s is refused in one line', async (_, change, words) => {
    const data = join(temporaryFolder(), 'data');
    await inProcess(cashServer, 'init', '--data', data);
    const file = written(JSON.stringify({ ...SETTINGS, ...change }));
    const { code, out, err } = await inProcess(cashServer, 'serve', '--data', data, '--ecr', file);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^cash-server: --ecr [^\n]+\n$/);
    expect(err).toContain(words);
  });

  it('that is not there is said so', () => {
    expect(() => readEcrFile('/nowhere/ecr.json')).toThrow('--ecr /nowhere/ecr.json cannot be read: ENOENT');
  });
});

describe('registers that cannot be opened', () => {
  const output = { json: false, print: () => {} };
  const opened = async (merchant: number, port: number) => {
    const world = new World('registers');
    await world.open();
    await world.merchant();
    const registers = [{ terminal: '12345678', merchant, customerInText: false }];
    try {
      await (await openRegisters(world.service, { listen: { host: '127.0.0.1', port }, registers }, output)).close();
      return 'opened';
    } catch (error) {
      return String(error);
    } finally {
      await world.service.close();
    }
  };

  it('of a merchant who is not there are said so, and the port is not blamed', async () => {
    expect(await opened(1, 0)).toBe('opened');
    expect(await opened(7, 0)).toMatch(/^Error: the cash registers of --ecr cannot be used: .*merchant/);
  });

  it('because the port is taken are said so', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address: Partial<AddressInfo> = Object(server.address());
    expect(await opened(1, address.port ?? 0)).toMatch(
      /^Error: cash registers cannot connect to 127.0.0.1:\d+: .*EADDRINUSE/,
    );
    server.close();
  });
});
