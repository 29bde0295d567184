import { expect, test } from 'vitest';
import { randomBelow } from '../../modem/index.ts';
import { seededRandom } from '../../sim/index.ts';

test('the same seed gives the same octets, another seed others', () => {
  expect(seededRandom(7).bytes(64)).toEqual(seededRandom(7).bytes(64));
  expect(seededRandom(7).bytes(64)).toEqual(seededRandom('7').bytes(64));
  expect(seededRandom(7).bytes(64)).not.toEqual(seededRandom(8).bytes(64));
});

test('a seed gives the same numbers on every machine, and in the next version: a seed is part of a bug report', () => {
  const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex');
  expect(hex(seededRandom(7).bytes(24))).toBe('840df22408c2cbce5c90b688b84f6ebaaf7005d467f6d538');
  expect(hex(seededRandom('seed').fork('smsc').bytes(12))).toBe('b6d5434575beece95f9be8d6');
  expect(seededRandom(7).fraction()).toBe(0.14431843254715204);
});

test('a fork does not depend on what was drawn before, and disturbs nothing', () => {
  const drawn = seededRandom('seed');
  drawn.bytes(1_000);
  const fresh = seededRandom('seed');
  expect(drawn.fork('smsc').bytes(16)).toEqual(fresh.fork('smsc').bytes(16));
  expect(fresh.fork('smsc').bytes(16)).not.toEqual(fresh.fork('radio').bytes(16));
  expect(fresh.bytes(16)).toEqual(seededRandom('seed').bytes(16));
});

test('forks of one name from two seeds differ', () => {
  expect(seededRandom(7).fork('smsc').bytes(16)).not.toEqual(seededRandom(8).fork('smsc').bytes(16));
  expect(seededRandom(7).fork('a').fork('smsc').bytes(16)).not.toEqual(seededRandom(7).fork('smsc').bytes(16));
});

test('octets and fractions are spread evenly', () => {
  const random = seededRandom('even');
  const dice = Array.from({ length: 10_000 }, () => randomBelow(random, 6));
  for (let face = 0; face < 6; face += 1) {
    expect(dice.filter((thrown) => thrown === face).length / 10_000).toBeCloseTo(1 / 6, 1);
  }
  const octets = random.bytes(100_000);
  const mean = octets.reduce((sum, octet) => sum + octet, 0) / octets.length;
  expect(Math.abs(mean - 127.5)).toBeLessThan(1);
  const fractions = Array.from({ length: 10_000 }, () => random.fraction());
  expect(Math.min(...fractions)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...fractions)).toBeLessThan(1);
  expect(fractions.filter((fraction) => fraction < 0.25).length / 10_000).toBeCloseTo(0.25, 1);
});
