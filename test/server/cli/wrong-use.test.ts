import { describe, expect, it } from 'vitest';
import { cashServer } from '../../../server/cli/cash-server-program.ts';
import { inProcess } from '../../in-process.ts';

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
    [['bogus'], "unknown command 'bogus'"],
  ])('%j: one line, and 2', async (args, words) => {
    const run = await inProcess(cashServer, ...args);
    expect(run).toEqual({ code: 2, out: '', err: `cash-server: ${words}\n` });
  });
});
