import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, it } from 'vitest';
import { systemClock } from '../../../modem/index.ts';
import { play } from '../../../sim/demo/play.ts';
import { SCENES } from '../../../sim/demo/scenes.ts';
import { setStage } from '../../../sim/demo/stage.ts';
import { latencyProfiles, WorldClock } from '../../../sim/index.ts';
import { IN_FULL } from '../../in-full.ts';

const DEMO = join(import.meta.dirname, '../../../dist/sim/cli/demo.js');
const folder = mkdtempSync(join(tmpdir(), 'cash-mobile-pty-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** How many times as fast as people: the machine and its pseudo terminals, which are real, must keep up. */
const PACE = 5;

// Both wait most of their time.
it.concurrent('the same play comes to the same end over real pseudo terminals (in CI)', {
  timeout: 120_000,
  skip: !IN_FULL,
}, async ({ expect }) => {
  const profile = latencyProfiles['direct'];
  if (profile === undefined) throw new Error('no profile direct');
  const clock = new WorldClock({ pace: { kind: 'speed', factor: PACE } });
  const stage = await setStage({
    clock,
    seed: 1,
    profile,
    lines: 'pty',
    folder: join(folder, 'quick'),
    hold: (promise) => promise,
  });
  try {
    const { payments } = await play(stage, () => {});
    expect(payments.map(({ scene, outcome, wrong }) => [scene, outcome, wrong])).toEqual(
      SCENES.map(({ name, outcome }) => [name, outcome, []]),
    );
  } finally {
    await stage.close();
    clock.close();
  }
});

it.concurrent('npm start -- --headless --pty brings an SMS over them in real time', { timeout: 60_000 }, async ({
  expect,
}) => {
  const child = spawn(process.execPath, [DEMO, '--headless', '--json', '--pty', '--data', join(folder, 'real')]);
  const ended = once(child, 'exit');
  let delivered: string | undefined;
  for await (const line of createInterface(child.stdout)) {
    const { event, at } = JSON.parse(line);
    if (event !== 'deliver') continue;
    delivered = at;
    break;
  }
  child.kill();
  await ended;
  expect(Math.abs(Date.parse(delivered ?? '') - systemClock.now())).toBeLessThan(10_000);
});
