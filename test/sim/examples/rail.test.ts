import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const PROGRAM = join(import.meta.dirname, '../../../dist/sim/cli/rail-check.js');
const EXAMPLE = join(import.meta.dirname, '../../../sim/examples/rail/json-bank.ts');

const folder = mkdtempSync(join(tmpdir(), 'cash-mobile-rail-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Line {
  readonly event: string;
  readonly name?: string;
  readonly kept?: boolean;
  readonly why?: string;
}

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

async function lawsOf(file: string) {
  const { code, out } = await check('--json', file);
  const lines: readonly Line[] = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const laws = lines.filter(({ event }) => event === 'law');
  return { code, kept: laws.filter(({ kept }) => kept), broken: laws.filter(({ kept }) => !kept), sum: lines.at(-1) };
}

describe('rail:check', () => {
  it('finds that the example keeps all laws', async () => {
    const { code, kept, broken, sum } = await lawsOf(EXAMPLE);
    expect([code, broken]).toEqual([0, []]);
    expect(sum).toEqual({ event: 'sum', laws: kept.length, broken: 0 });
    expect(kept.map(({ name }) => name)).toContain('unknown, and the order is still on its way');
  });

  it('finds a rail that takes silence for success', async () => {
    const guessing = `send: (order) => rail.send(order).catch(() => ({ kind: 'done', approvalCode: 1 }))`;
    const { code, broken, sum } = await lawsOf(exampleWith(guessing));
    expect([code, broken.map(({ name }) => name)]).toEqual([1, expect.arrayContaining(['unknown, then absent'])]);
    expect(broken.every(({ why = '' }) => why !== '')).toBe(true);
    expect(sum).toMatchObject({ broken: broken.length });
  });

  it('says in lines for people that a rail believes everybody', async () => {
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
    const { code, out, err } = await check(file());
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^npm run rail:check --: [^\n]+\n$/);
    expect(err).toContain(words);
  });
});
