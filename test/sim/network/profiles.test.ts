import { expect, test } from 'vitest';
import { latencyProfiles, VIRTUAL_START } from '../../../sim/index.ts';
import { drawLegMs, drawMixtureMs, drawMs } from '../../../sim/network/profiles.ts';
import { seededRandom } from '../../../sim/random.ts';
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

/** Every figure: a leg, and the parts of a journey by weight, each as median in s and sigma; lost, doubled, kept in order. */
const FIGURES: Readonly<Record<string, readonly unknown[]>> = {
  none: [undefined, undefined, 0, 0, true],
  direct: [[0.8, 0.25], undefined, 0, 0, true],
  pt2008: [[0.8, 0.25], [[1, 6.1, 0.5]], 5, 1, false],
  in2005: [
    [0.8, 0.25],
    [
      [74.5, 6, 0.7],
      [16.4, 60, 0.8],
      [4, 1_800, 1],
    ],
    51,
    1,
    false,
  ],
  us02: [
    [0.8, 0.25],
    [
      [52, 16, 0.6],
      [48, 200, 1],
    ],
    0,
    1,
    false,
  ],
};

test('the figures of each profile', () => {
  const figures = Object.values(latencyProfiles).map(
    ({ id, leg, journey, lostPerMille, duplicatedPerMille, ordered }) => [
      id,
      [
        leg && [leg.medianS, leg.sigma],
        journey?.map(({ weight, medianS, sigma }) => [weight, medianS, sigma]),
        ...[lostPerMille, duplicatedPerMille, ordered],
      ],
    ],
  );
  expect(Object.fromEntries(figures)).toEqual(FIGURES);
});

const DRAWS = 4_000;
const drawn = (draw: () => number) => Array.from({ length: DRAWS }, draw).sort((a, b) => a - b);

test('of a mixture each part is drawn by its weight', () => {
  const random = seededRandom(3);
  const parts = [1, 0, 5, 2].map((weight, i) => ({ weight, medianS: i + 1, sigma: 0 }));
  const times = drawn(() => drawMixtureMs(parts, random));
  const shares = parts.map(({ medianS }) => times.filter((ms) => ms === medianS * 1_000).length / DRAWS);
  for (const [i, share] of [1 / 8, 0, 5 / 8, 2 / 8].entries()) {
    expect(Math.abs((shares[i] ?? 0) - share)).toBeLessThanOrEqual(margin(share));
  }
});

/** A log-normal distribution: 16 % are below median · e^-sigma, 84 % below median · e^sigma. */
test.each([
  ['good', 1, 0],
  ['weak', 2, 500],
  ['moving', 3, 500],
] as const)(
  'with %s reception the deviation is %i times as wide, and %i ms are added',
  (reception, factor, addedMs) => {
    const random = seededRandom(4);
    const times = drawn(() => drawLegMs({ medianS: 2, sigma: 0.2 }, reception, random) - addedMs);
    for (const [sigmas, share] of [
      [-1, 0.159],
      [0, 0.5],
      [1, 0.841],
      [2, 0.977],
    ] as const) {
      const below = times.filter((ms) => ms < 2_000 * Math.exp(sigmas * 0.2 * factor)).length / DRAWS;
      expect(Math.abs(below - share)).toBeLessThan(margin(share));
    }
    expect(times.every(Number.isInteger)).toBe(true);
    expect(drawMs({ medianS: 2, sigma: 0 }, random)).toBe(2_000);
  },
);
