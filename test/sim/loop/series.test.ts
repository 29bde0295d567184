import { afterAll, expect, it } from 'vitest';
import { EpisodeThreads } from '../../../sim/loop/episode-threads.ts';
import { type Played, type Players, playSeries } from '../../../sim/loop/series.ts';

const SERIES = { seed: 's', payments: 7, paymentsOfEpisode: 2, customers: 1, shops: 1, played: new Set(['s/2']) };
const threads = new EpisodeThreads(2);
afterAll(() => threads.close());

async function played(players?: Players): Promise<readonly Played[]> {
  const all: Played[] = [];
  for await (const one of playSeries(SERIES, players)) all.push(one);
  return all;
}

it('of two threads is the same as of one, in the same order, without the episodes that were played before', async () => {
  const alone = await played();
  expect(alone.map(({ plan }) => [plan.seed, plan.payments])).toEqual([
    ['s/1', 2],
    ['s/3', 2],
    ['s/4', 1],
  ]);
  expect(await played({ play: (plan) => threads.play(plan), atOnce: 4 })).toEqual(alone);
});

it('begins no more episodes than it may before the first has ended', async () => {
  let begun = 0;
  const play: Players['play'] = async ({ payments }) => {
    begun += 1;
    return {
      taken: payments,
      paid: 0,
      kills: 0,
      pinChanges: 0,
      violations: [],
      faults: {},
      transitions: {},
      digest: '',
    };
  };
  const series = playSeries(SERIES, { play, atOnce: 2 });
  await series.next();
  expect(begun).toBe(2);
});

it('ends with what an episode throws', async () => {
  const play: Players['play'] = async ({ seed }) => {
    throw new Error(`${seed} failed`);
  };
  await expect(played({ play, atOnce: 3 })).rejects.toThrow('s/1 failed');
});
