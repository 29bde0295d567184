import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { seededRandom, VirtualClock } from '../../sim/index.ts';
import { bent } from './bend.ts';
import { type FoundInput, fuzz, regressions } from './fuzz.ts';
import { found, type OpenTarget } from './target.ts';
import { isTargetName, TARGETS } from './targets.ts';

describe('what fuzzing found', () => {
  it.each(regressions().map((one) => [one.file, one] as const))('%s: is so no more', async (_, { target, input }) => {
    if (!isTargetName(target)) throw new Error(`${target} is not known`);
    const opened = await TARGETS[target]();
    await opened.run(input);
    await opened.close?.();
  });

  it.each(Object.entries(TARGETS))('%s: takes its valid inputs', async (_, open) => {
    const target = await open();
    expect(target.corpus.length).toBeGreaterThan(0);
    for (const input of target.corpus) await target.run(input);
    await target.close?.();
  });
});

describe('the fuzzer', () => {
  const corpus = [Buffer.from('{"a":1}'), Buffer.from('{"b":[2,3]}')];
  /** Breaks on inputs that are no JSON; counts how often it was opened. */
  function breakable() {
    let opened = 0;
    const open: OpenTarget = () => {
      opened += 1;
      return { corpus, run: (input) => found(!Buffer.from(input).includes('"'), 'no quotes') };
    };
    return { open, times: () => opened };
  }

  function run(open: OpenTarget, changed: { readonly count?: number; readonly seed?: string } = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'cash-mobile-fuzz-'));
    const heard: FoundInput[] = [];
    const plan = { target: 'pdu', open, seed: '1', count: 500, limitMs: 1_000, clock: new VirtualClock(), folder };
    return { folder, heard, done: fuzz({ ...plan, ...changed, onFinding: (finding) => heard.push(finding) }) };
  }

  it('finds what breaks, keeps it once as a file that breaks again, and goes on with a target that is new', async () => {
    const { open, times } = breakable();
    const { folder, heard, done } = run(open);
    const { inputs, findings } = await done;
    expect([inputs, findings.length]).toEqual([500, 1]);
    expect(heard).toEqual(findings);
    expect(times()).toBeGreaterThan(2);
    const [kept] = regressions(folder);
    expect(readdirSync(folder)).toEqual([kept?.file]);
    expect(kept).toMatchObject({ target: 'pdu', reason: 'Finding: no quotes' });
    const target = await open();
    expect(() => target.run(kept?.input ?? new Uint8Array())).toThrow('no quotes');
    expect(Buffer.from(bent(seededRandom(findings[0]?.seed ?? ''), corpus))).toEqual(Buffer.from(kept?.input ?? []));
  });

  it('ends by itself: after so many inputs, after so long', async () => {
    const clock = new VirtualClock();
    const plan = { target: 'pdu', seed: '1', folder: tmpdir(), onFinding: () => {} };
    const slow: OpenTarget = async () => {
      await clock.advance(10_000);
      return { corpus, run: () => clock.advance(10) };
    };
    expect(await fuzz({ ...plan, open: slow, clock, count: 1_000, limitMs: 100 })).toEqual({
      inputs: 10,
      findings: [],
    });
    expect((await fuzz({ ...plan, open: slow, clock, count: 3, limitMs: 100 })).inputs).toBe(3);
  });

  it('makes the same inputs of the same seed, others of another, and all kinds of them', () => {
    const inputs = (seed: string) =>
      Array.from({ length: 300 }, (_, n) => Buffer.from(bent(seededRandom(`${seed}/${n}`), corpus)).toString('latin1'));
    expect(inputs('1')).toEqual(inputs('1'));
    expect(inputs('1')).not.toEqual(inputs('2'));
    expect(new Set(inputs('1')).size).toBeGreaterThan(200);
    const lengths = inputs('1').map(({ length }) => length);
    expect([Math.min(...lengths), Math.max(...lengths) > 11]).toEqual([0, true]);
  });
});
