import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { Bar } from '../../../sim/demo/bar.ts';
import { showLoop } from '../../../sim/demo/interactive.ts';
import type { Stage } from '../../../sim/demo/stage.ts';
import { latencyProfiles } from '../../../sim/index.ts';
import { WorldClock } from '../../../sim/world-clock.ts';

interface Shown {
  readonly stage: Stage;
  readonly title: string;
  readonly rings: boolean;
}

const shown: (Omit<Shown, 'stage'> & Record<string, unknown>)[] = [];

/** Nobody looks: what the theatre would show is noted. */
vi.mock('../../../sim/demo/theatre.tsx', () => ({
  showTheatre: async ({ stage, title, rings }: Shown) => {
    const { world, clock, run, toEnrol } = stage;
    const pace = clock instanceof WorldClock ? clock.pace : undefined;
    shown.push({ title, rings, run, toEnrol, pace, profile: world.profile.id, now: clock.now() });
  },
}));

afterEach(() => {
  shown.length = 0;
});

test('the user gets enrolled phones on the network and at the pace that was asked for, later than before', {
  timeout: 120_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'interactive-'));
  const file = join(folder, 'demo.json');
  const profile = ['pt2008', latencyProfiles['pt2008'] ?? expect.fail('no profile pt2008')] as const;
  const play = async (purse: 'ledger' | 'card') => {
    const written: string[] = [];
    const bar = new Bar((text) => written.push(text));
    await showLoop({ seed: 7, lines: 'memory', folder, profile, purse, rings: false }, bar);
    expect(written.at(-1)).toBe('\r\x1b[K');
    expect(written.at(-2)).toContain('The screen is drawn');
  };
  await play('ledger');
  // The clock of the machine is set back by a day.
  const kept = JSON.parse(readFileSync(file, 'utf8'));
  const at = kept.at + 86_400_000;
  writeFileSync(file, JSON.stringify({ ...kept, at }));
  await play('card');
  const title = 'Cash-Mobile · the loop in simulation · seed 7 · network "pt2008"';
  const both = { title, rings: false, pace: { kind: 'speed', factor: 1 }, profile: 'pt2008' };
  expect(shown).toEqual([
    { ...both, run: 1, toEnrol: 2, now: expect.any(Number) },
    { ...both, title: `${title} · by card`, run: 2, toEnrol: 0, now: expect.any(Number) },
  ]);
  expect(shown[1]?.['now']).toBeGreaterThanOrEqual(at);
  rmSync(folder, { recursive: true });
});
