import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Output } from '../../../modem/cli/program.ts';
import { brokenOf, run } from '../../../sim/cli/rail-check-program.ts';
import { programInProcess } from '../../in-process.ts';

const PROGRAM = join(import.meta.dirname, '../../../dist/sim/cli/rail-check.js');
const EXAMPLE = join(import.meta.dirname, '../../../sim/examples/rail/json-bank.ts');

const folder = mkdtempSync(join(tmpdir(), 'cash-mobile-rail-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

function check(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    );
  });
}

function module(text: string): string {
  const file = join(folder, `rail-${text.length}.mjs`);
  writeFileSync(file, text);
  return file;
}

/** The example with something else in the place of a part of its rail. */
function exampleWith(part: string): string {
  return module(`import make from ${JSON.stringify(EXAMPLE)};
    export default (clock) => { const { rail, host } = make(clock); return { host, rail: { ...rail, ${part} } }; };`);
}

describe('rail:check', () => {
  it('says of each law whether it is kept, and why not, and how many are broken', async () => {
    const printed: unknown[] = [];
    const output: Output = { json: false, print: (...said) => printed.push(said) };
    const kept = { name: 'one', run: async () => {} };
    const broken = { name: 'two', run: () => Promise.reject(new Error('1 moved, not 2\n+ 1\n- 2')) };
    expect([await brokenOf([kept, broken], output), await brokenOf([kept], output)]).toEqual([1, 0]);
    expect(printed).toEqual([
      [{ event: 'law', name: 'one', kept: true }, 'kept    one'],
      [{ event: 'law', name: 'two', kept: false, why: '1 moved, not 2' }, 'BROKEN  two: 1 moved, not 2'],
      [{ event: 'sum', laws: 2, broken: 1 }, '1 of 2 laws are broken.'],
      [{ event: 'law', name: 'one', kept: true }, 'kept    one'],
      [{ event: 'sum', laws: 1, broken: 0 }, 'All 1 laws are kept.'],
    ]);
  });

  it('finds a rail that believes everybody', async () => {
    const { code, out } = await check(exampleWith('accept: (message) => rail.accept(message).catch(() => [])'));
    expect(code).toBe(1);
    expect(out).toMatch(/^kept {4}the same key twice is one movement, and brings the same answer$/m);
    expect(out).toMatch(/^BROKEN {2}a notice that somebody has changed is refused: .+$/m);
    expect(out).toMatch(/^1 of 28 laws are broken\.\n$/m);
  });

  it.each([
    ['that is not there', () => join(folder, 'nowhere.ts'), 'is not there'],
    ['that does not load', () => module('export default (('), 'cannot be loaded: '],
    ['without a default export', () => module('export const rail = 1;'), 'has no default export that makes a rail'],
    [
      'that makes no host',
      () => module('export default () => ({ rail: { capabilities: {} } });'),
      'has no default export',
    ],
    [
      'that makes no rail',
      () => module('export default () => ({ host: { misbehave() {} } });'),
      'has no default export',
    ],
  ])('says in one line what is wrong with a file %s', async (_, file, words) => {
    const { code, out, err } = await programInProcess('rail:check', [file()], run);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^npm run rail:check --: [^\n]+\n$/);
    expect(err).toContain(words);
  });
});
