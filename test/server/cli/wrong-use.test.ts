import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const PROGRAM = new URL('../../../server/cli/cash-server.ts', import.meta.url).pathname;

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
  ])('%j: one line, and 2', (args, words) => {
    const run = spawnSync(process.execPath, ['--no-warnings', PROGRAM, ...args], { encoding: 'utf8' });
    expect(run).toMatchObject({ status: 2, stdout: '', stderr: `cash-server: ${words}\n` });
  });
});
