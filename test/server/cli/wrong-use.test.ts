import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const PROGRAM = new URL('../../../server/cli/cash-server.ts', import.meta.url).pathname;

describe('cash-server used wrongly', () => {
  it.each([
    [['person', 'add', '--name', 'Anna'], "required option '--number <number>' not specified"],
    [['merchant', 'add', '--name', 'x', '--bogus'], "unknown option '--bogus'"],
    [['deposit', '--person', '1'], "required option '--minor <units>' not specified"],
    [['bogus'], "unknown command 'bogus'"],
  ])('%j: one line, and 2', (args, words) => {
    const run = spawnSync(process.execPath, ['--no-warnings', PROGRAM, ...args], { encoding: 'utf8' });
    expect(run).toMatchObject({ status: 2, stdout: '', stderr: `cash-server: ${words}\n` });
  });
});
