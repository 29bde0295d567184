import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Direction,
  decodeTpdu,
  decodeTpduLeniently,
  encodeTpdu,
  PduError,
  type Tpdu,
  toHex,
} from '../../../modem/pdu/index.ts';
import { command, deliver, deliverReport, directionOf, statusReport, submit, submitReport, tpdu } from './arbitrary.ts';
import { decodeThereAndBack } from './fields.ts';

const SEED = 2010;

/** A small generator of its own (xorshift32), because fast-check would take minutes for so many. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

test.each([
  ['DELIVER', deliver],
  ['SUBMIT', submit],
  ['STATUS-REPORT', statusReport],
  ['DELIVER-REPORT', deliverReport],
  ['SUBMIT-REPORT', submitReport],
  ['COMMAND', command],
])('every %s decodes to what was encoded', (_name, arbitrary: fc.Arbitrary<Tpdu>) => {
  fc.assert(
    fc.property(arbitrary, (message) => {
      const octets = encodeTpdu(message);
      const direction = directionOf(message);
      const decoded = decodeTpdu(octets, direction);
      expect(decoded).toEqual(message);
      expect(decodeTpduLeniently(octets, direction)).toEqual({ tpdu: decoded, deviations: [] });
    }),
    { seed: SEED, numRuns: 400 },
  );
});

test('mutated TPDUs are refused with a PduError or come back, and lenient decoding never dies on them', () => {
  const random = generator(SEED);
  const messages = fc.sample(tpdu, { seed: SEED, numRuns: 500 });
  const originals = messages.map((message) => ({ octets: encodeTpdu(message), direction: directionOf(message) }));
  let accepted = 0;
  for (let run = 0; run < 120_000; run += 1) {
    const original = originals[run % originals.length];
    if (original === undefined) throw new Error('no originals');
    const cutTo = random(8) === 0 ? random(original.octets.length + 1) : original.octets.length;
    const octets = new Uint8Array(cutTo + (random(16) === 0 ? 1 : 0));
    octets.set(original.octets.subarray(0, cutTo));
    for (let flips = 1 + random(3); flips > 0; flips -= 1) {
      const at = random(2) === 0 ? random(octets.length) : random(Math.min(octets.length, 24));
      octets[at] = random(256);
    }
    const decoded = decodeThereAndBack(octets, original.direction);
    if (decoded !== undefined) accepted += 1;
    try {
      const { deviations } = decodeTpduLeniently(octets, original.direction);
      const isTolerable = deviations.every(({ tolerated }) => tolerated);
      if (isTolerable !== (decoded !== undefined)) expect(deviations, toHex(octets)).toEqual([]);
    } catch (error) {
      if (!(error instanceof PduError) || decoded !== undefined) throw error;
    }
  }
  expect(accepted).toBeGreaterThan(20_000);
  expect(accepted).toBeLessThan(100_000);
});

test('octets drawn at random are refused with a PduError or come back', () => {
  const random = generator(SEED);
  let accepted = 0;
  for (let run = 0; run < 50_000; run += 1) {
    const octets = Uint8Array.from({ length: random(60) }, () => random(256));
    const direction: Direction = run % 2 === 0 ? 'mobile-originated' : 'mobile-terminated';
    if (decodeThereAndBack(octets, direction) !== undefined) accepted += 1;
  }
  expect(accepted).toBeLessThan(50_000);
});
