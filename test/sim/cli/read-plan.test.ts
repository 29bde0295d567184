import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../../modem/cli/program.ts';
import { readPlan } from '../../../sim/cli/read-plan.ts';
import { planEpisode } from '../../../sim/loop/episode.ts';
import { LOOP_DEPTHS } from '../../../sim/loop/service-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'cash-mobile-plan-'));
const file = join(folder, 'plan.json');
afterAll(() => rmSync(folder, { recursive: true }));

const PLAN = { seed: 's', payments: 1, customers: 1, shops: 1, rail: 'ledger', depth: 'sms', faults: [] };

function read(plan: unknown) {
  writeFileSync(file, typeof plan === 'string' ? plan : JSON.stringify(plan));
  return readPlan(file);
}

describe('the script of an episode', () => {
  it.each(Array.from({ length: 20 }, (_, n) => n))('is read as it was written (seed %i)', (seed) => {
    const depth = LOOP_DEPTHS[seed % 2] ?? 'sms';
    const plan = planEpisode(String(seed), { payments: 200, customers: 9, shops: 2, depth });
    expect(read(plan)).toEqual(plan);
  });

  it.each([
    ['no file', () => readPlan(join(folder, 'nothing.json')), 'cannot be read: ENOENT'],
    ['no JSON', () => read('{'), 'cannot be read: '],
    ['another rail', () => read({ ...PLAN, rail: 'gold' }), 'rail: Invalid option'],
    ['a number too much', () => read({ ...PLAN, more: 1 }), 'Unrecognized key'],
    ['an unknown fault', () => read({ ...PLAN, faults: [{ at: 1, kind: 'flood' }] }), 'faults.0.kind: Invalid'],
    ['a fault without its time', () => read({ ...PLAN, faults: [{ kind: 'pause', ms: 1 }] }), 'faults.0.at: Invalid'],
    [
      'a time before the shops open',
      () => read({ ...PLAN, faults: [{ at: -1, kind: 'pause', ms: 1 }] }),
      'faults.0.at: ',
    ],
  ])('says what is wrong with it: %s', (_, reading, words) => {
    expect(reading).toThrow(UsageError);
    expect(reading).toThrow(words);
  });
});
