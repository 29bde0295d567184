import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const DEMO = join(import.meta.dirname, '../../../dist/sim/cli/demo.js');

it('the same play comes to the same end over real pseudo terminals, in real time', { timeout: 300_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [DEMO, '--headless', '--json', '--pty'], {
    maxBuffer: 2 ** 24,
  });
  const summary: unknown = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  expect(summary).toMatchObject({ event: 'summary', ok: true });
});
