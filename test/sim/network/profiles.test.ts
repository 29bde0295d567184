import { expect, test } from 'vitest';
import { latencyProfiles, VIRTUAL_START } from '../../../sim/index.ts';
import { quietWorld } from '../host.ts';

const BOB = '+393330000002';
const MESSAGES = 4_000;
const DAY = 24 * 3_600_000;

/** What {@link played} found in each profile: a profile is played once. */
const runs = new Map<string, ReturnType<typeof played>>();

function times(id: string): ReturnType<typeof played> {
  const run = runs.get(id) ?? played(id);
  runs.set(id, run);
  return run;
}

/** What 4,000 messages from outside, all sent to one phone at once, took in the profile, in seconds, sorted. */
async function played(id: string) {
  const profile = latencyProfiles[id];
  if (profile === undefined) throw new Error(`no ${id}`);
  const { world, clock } = quietWorld({ seed: 5, profile });
  world.addModem({ number: BOB, simCapacity: 2 * MESSAGES });
  for (let i = 0; i < MESSAGES; i += 1) world.deliver({ to: BOB, from: '1', content: { kind: 'text', text: 'x' } });
  await clock.advance(DAY);
  const entries = world.log.entries();
  const took = entries.flatMap((entry) => (entry.kind === 'deliver' ? [(entry.at - VIRTUAL_START) / 1_000] : []));
  const count = (kind: string) => entries.filter((entry) => entry.kind === kind).length;
  return { took: took.sort((a, b) => a - b), lost: count('lose'), doubled: count('duplicate'), profile };
}

/** Four standard deviations of a share of {@link MESSAGES}. */
const margin = (share: number) => 4 * Math.sqrt((share * (1 - share)) / MESSAGES);

/** Of the messages sent, how many arrive within a time, in seconds: the figures that were published, or follow from them. */
const SHARES: readonly (readonly [id: string, withinS: number, share: number, source: string])[] = [
  ['pt2008', 6.1, 0.498, 'ANACOM 2008: median 6.1 s'],
  ['pt2008', 13.9, 0.945, 'ANACOM 2008: 95 % within 14 s'],
  ['pt2008', 19.6, 0.985, 'ANACOM 2008: 99 % within 20 s'],
  ['in2005', 300, 0.907, 'Meng et al. 2005: 91 % within 5 min'],
  ['in2005', 3 * 3_600, 0.947, 'Meng et al. 2005: the rest within hours'],
  ['us02', 30, 0.457, 'Mspect 2002: 46 % within 30 s'],
];

test.each(SHARES)('in %s, within %d s, %d of all messages arrive (%s)', async (id, withinS, share) => {
  const { took } = await times(id);
  const arrived = took.filter((seconds) => seconds <= withinS).length / MESSAGES;
  expect(Math.abs(arrived - share)).toBeLessThan(margin(share));
});

test.each(Object.keys(latencyProfiles))('%s loses and doubles what it says, and delivers the rest', async (id) => {
  const { took, lost, doubled, profile } = await times(id);
  for (const [happened, perMille] of [
    [lost, profile.lostPerMille],
    [doubled, profile.duplicatedPerMille],
  ] as const) {
    expect(Math.abs(happened / MESSAGES - perMille / 1_000)).toBeLessThanOrEqual(margin(perMille / 1_000));
  }
  expect(took).toHaveLength(MESSAGES - lost + doubled);
});
