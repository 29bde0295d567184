import type { SeededRandom } from '../random.ts';
import type { Reception } from './radio-link.ts';

/** A log-normal distribution of times: median in seconds, and sigma of the logarithm. */
export interface LogNormal {
  readonly medianS: number;
  readonly sigma: number;
}

/** How long messages take, and how many are lost. */
export interface LatencyProfile {
  readonly id: string;
  readonly description: string;
  /** Where the figures come from. */
  readonly source: string;
  /** Over the air, phone to service centre or back; the submission's answer is at the phone when it ends. Absent: at once. */
  readonly leg?: LogNormal;
  /**
   * From the beginning of the submission to the other phone; one of these, by weight. Absent: a leg from the service
   * centre to the phone.
   */
  readonly journey?: readonly (LogNormal & { readonly weight: number })[];
  /** How many of a thousand messages never arrive, and how many arrive twice. */
  readonly lostPerMille: number;
  readonly duplicatedPerMille: number;
  /** Whether messages to one phone arrive in the order in which the service centre took them. */
  readonly ordered: boolean;
}

const AIR: LogNormal = { medianS: 0.8, sigma: 0.25 };

/** The latency profiles, by id. */
export const latencyProfiles: Readonly<Record<string, LatencyProfile>> = Object.fromEntries(
  (
    [
      {
        id: 'none',
        description: 'nothing takes time and nothing is lost',
        source: 'chosen, for tests',
        lostPerMille: 0,
        duplicatedPerMille: 0,
        ordered: true,
      },
      {
        id: 'direct',
        description: 'a service wired to the operator',
        source: 'chosen: 3 to 5 s for a whole payment',
        leg: AIR,
        lostPerMille: 0,
        duplicatedPerMille: 0,
        ordered: true,
      },
      {
        id: 'pt2008',
        description: 'Portugal, July 2008: median 6 s, 95 % within 14 s',
        source: 'ANACOM, July 2008, 15,117 tests',
        leg: AIR,
        journey: [{ weight: 1, medianS: 6.1, sigma: 0.5 }],
        lostPerMille: 5,
        duplicatedPerMille: 1,
        ordered: false,
      },
      {
        id: 'in2005',
        description: 'India, 2005: one in twenty lost, 91 % within 5 min',
        source: 'Meng et al., INFOCOM 2007',
        leg: AIR,
        journey: [
          { weight: 74.5, medianS: 6, sigma: 0.7 },
          { weight: 16.4, medianS: 60, sigma: 0.8 },
          { weight: 4, medianS: 1_800, sigma: 1 },
        ],
        lostPerMille: 51,
        duplicatedPerMille: 1,
        ordered: false,
      },
      {
        id: 'us02',
        description: 'United States, 2002: 46 % within 30 s, the rest minutes',
        source: 'Mspect, 35,000 SMS',
        leg: AIR,
        journey: [
          { weight: 52, medianS: 16, sigma: 0.6 },
          { weight: 48, medianS: 200, sigma: 1 },
        ],
        lostPerMille: 0,
        duplicatedPerMille: 1,
        ordered: false,
      },
    ] satisfies LatencyProfile[]
  ).map((profile) => [profile.id, profile]),
);

/** What a poor reception does to a leg (Brown 2013): the deviation is wider by a factor, and a time is added. */
const POOR: Readonly<Partial<Record<Reception, { readonly sigmaFactor: number; readonly addedMs: number }>>> = {
  weak: { sigmaFactor: 2, addedMs: 500 },
  moving: { sigmaFactor: 3, addedMs: 500 },
};

/** A time for a leg, at a phone that hears the network so, in whole ms. */
export function drawLegMs({ medianS, sigma }: LogNormal, reception: Reception, random: SeededRandom): number {
  const { sigmaFactor, addedMs } = POOR[reception] ?? { sigmaFactor: 1, addedMs: 0 };
  return drawMs({ medianS, sigma: sigma * sigmaFactor }, random) + addedMs;
}

/** A time drawn from the distribution, in whole ms. */
export function drawMs({ medianS, sigma }: LogNormal, random: SeededRandom): number {
  return Math.round(1_000 * medianS * Math.exp(sigma * standardNormal(random)));
}

/** A time drawn from a mixture of distributions, in whole ms. */
export function drawMixtureMs(
  mixture: readonly (LogNormal & { readonly weight: number })[],
  random: SeededRandom,
): number {
  const total = mixture.reduce((sum, { weight }) => sum + weight, 0);
  let left = random.fraction() * total;
  for (const part of mixture) {
    left -= part.weight;
    if (left < 0) return drawMs(part, random);
  }
  const last = mixture.at(-1);
  return last === undefined ? 0 : drawMs(last, random);
}

/** Box and Muller's transform. */
function standardNormal(random: SeededRandom): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.fraction()));
  return radius * Math.cos(2 * Math.PI * random.fraction());
}
