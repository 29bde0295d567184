import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { render } from 'ink-testing-library';
import { afterEach, expect, test, vi } from 'vitest';
import { latencyProfiles, openSimulation, type Simulation } from '../../../sim/index.ts';
import { NetworkView } from '../../../sim/view/network-view.tsx';

const ends: (() => void)[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const end of ends.splice(0)) end();
});

/** So many phones on a network in which time stands still, and the view of them. */
async function viewOf(count: number) {
  const profile = latencyProfiles['none'];
  const folder = join(mkdtempSync(join(tmpdir(), 'network-view-')), 'm');
  const simulation: Simulation = await openSimulation(
    {
      ...{ seed: 1, folder, clock: { start: Date.UTC(2010, 2, 1, 9), pace: { kind: 'stopped' } }, responseMs: [0, 0] },
      ...(profile && { profile }),
    },
    (world) => Array.from({ length: count }, (_, i) => world.addModem({ number: `+39333000000${i + 1}` })),
  );
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { stdin, lastFrame, unmount } = render(<NetworkView simulation={simulation} control="http://127.0.0.1:1" />);
  ends.push(
    () => simulation.close(),
    () => unmount(),
  );
  /** Lets ink read its input and draw. */
  const turns = async () => {
    for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  await turns();
  return {
    simulation,
    turns,
    frame: () => lastFrame() ?? '',
    async type(...keys: readonly string[]) {
      for (const key of keys) {
        stdin.write(key);
        await turns();
        // A lone ESC is one only when nothing has followed it for a while.
        if (key === '\x1b') vi.advanceTimersByTime(60);
        await turns();
      }
    },
    async passes(ms: number) {
      vi.advanceTimersByTime(ms);
      await turns();
    },
  };
}

/** The numbers of the phones that are shown, the chosen one with its mark. */
const phonesIn = (frame: string) =>
  Array.from(
    frame.matchAll(/^(▶| ) \+3933300000(\d\d) /gm),
    ([, mark, number]) => `${mark === ' ' ? '' : '▶'}${Number(number)}`,
  );

const DOWN = '\x1b[B';
const UP = '\x1b[A';

test('the five phones that are shown move with the chosen one, and no further than they must', async () => {
  const { type, frame } = await viewOf(7);
  const seen: string[] = [phonesIn(frame()).join(' ')];
  for (const key of [DOWN, DOWN, DOWN, DOWN, DOWN, DOWN, DOWN, UP, UP]) {
    await type(key);
    seen.push(phonesIn(frame()).join(' '));
  }
  expect(seen).toEqual([
    '▶1 2 3 4 5',
    '1 ▶2 3 4 5',
    '1 2 ▶3 4 5',
    '1 2 3 ▶4 5',
    '1 2 3 4 ▶5',
    '2 3 4 5 ▶6',
    '3 4 5 6 ▶7',
    '▶1 2 3 4 5',
    '3 4 5 6 ▶7',
    '2 3 4 5 ▶6',
  ]);
  expect(frame()).toContain('PHONES 2 to 6 of 7');
});

test.each([
  [5, 'PHONES'],
  [6, 'PHONES 1 to 5 of 6'],
])('of %d phones the heading is %s', async (count, heading) => {
  const { frame } = await viewOf(count);
  expect(frame().split('\n')).toContain(heading);
});

test('keys that are held with Ctrl or Alt do nothing', async () => {
  const { type, frame } = await viewOf(2);
  await type('\x1bm', '\x1bf', '\x06', '\x1bq');
  expect(frame()).toContain('↑↓ phone · m message');
  await type('m', 'a', '\x1bb', 'c');
  expect(frame()).toContain('From 4321 to +393330000001 (Enter sends, Esc does not): ac█');
  await type('\x1b');
  expect(frame()).not.toContain('Enter sends');
});

test('is drawn 100 ms after something has happened, each time, and after 500 ms at the latest', async () => {
  const { simulation, frame, passes } = await viewOf(1);
  const { world } = simulation;
  for (const seq of ['one', 'two', 'three']) {
    world.deliver({ to: '+393330000001', from: 'BANK', content: { kind: 'text', text: seq } });
    await passes(99);
    expect(frame()).not.toContain(`«${seq}»`);
    // What happens meanwhile does not put it off.
    world.deliver({ to: '+393330000001', from: 'BANK', content: { kind: 'text', text: 'more' } });
    await passes(1);
    expect(frame()).toContain(`«${seq}»`);
  }
  // The next day: nothing happens, and the time on the screen goes on.
  void simulation.clock.step(86_400_000);
  await passes(500);
  expect(frame()).toContain('2010-03-02');
});

test('shows three messages and three faults of more, and the log in what is left', async () => {
  const { simulation, frame, passes } = await viewOf(1);
  const { world } = simulation;
  world.subscriber('+393330000001')?.setCovered(false);
  for (const text of ['a', 'b', 'c', 'd']) {
    world.deliver({ to: '+393330000001', from: `BANK${text}`, content: { kind: 'text', text } });
    world.faults.add({ action: { kind: 'drop' }, to: `+39333999999${text.charCodeAt(0) % 10}` });
  }
  await passes(600);
  const lines = frame().split('\n');
  const between = (from: string, to: string) =>
    lines.slice(
      lines.findIndex((line) => line.startsWith(from)) + 1,
      lines.findIndex((line) => line.startsWith(to)),
    );
  expect(between('SERVICE CENTRE 4', 'FAULTS')).toHaveLength(3);
  expect(between('FAULTS', 'LOG').map((line) => line.slice(0, 5))).toEqual(['1 on ', '2 on ', '3 on ']);
  // 24 rows, of which ink wants one free.
  expect(lines).toHaveLength(23);
  expect(lines.at(-1)).toContain('q quit');
});
