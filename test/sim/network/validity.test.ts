import { expect, test } from 'vitest';
import type { ValidityPeriod } from '../../../modem/index.ts';
import { isSingleShot, validityMs } from '../../../sim/network/validity.ts';
import { HOUR } from './network-of.ts';

const NOW = Date.UTC(2010, 2, 1, 9);
const DAY = 24 * HOUR;

/** TP-VP, and how long it lasts (3GPP TS 23.040, 9.2.3.12). */
const VALIDITIES: readonly (readonly [name: string, validity: ValidityPeriod | undefined, lastsMs: number])[] = [
  ['none', undefined, 7 * DAY],
  ['relative', { format: 'relative', ms: HOUR }, HOUR],
  ['absolute', { format: 'absolute', until: { at: NOW + 2 * HOUR, zone: -20 } }, 2 * HOUR],
  ['absolute, in the past', { format: 'absolute', until: { at: NOW - 1_000, zone: 0 } }, -1_000],
  ['enhanced, none', { format: 'enhanced', singleShot: false, period: { kind: 'none' } }, 7 * DAY],
  ['enhanced, relative', { format: 'enhanced', singleShot: false, period: { kind: 'relative', ms: DAY } }, DAY],
  ['enhanced, seconds', { format: 'enhanced', singleShot: false, period: { kind: 'seconds', seconds: 255 } }, 255_000],
  [
    'enhanced, hours, minutes and seconds',
    { format: 'enhanced', singleShot: true, period: { kind: 'clock', hours: 23, minutes: 58, seconds: 57 } },
    DAY - 63_000,
  ],
];

test.each(VALIDITIES)('a validity, %s', (_name, validity, lastsMs) => {
  expect(validityMs(validity, NOW)).toBe(lastsMs);
});

test('only the enhanced format can say that a message is tried once', () => {
  expect(VALIDITIES.filter(([, validity]) => isSingleShot(validity)).map(([name]) => name)).toEqual([
    'enhanced, hours, minutes and seconds',
  ]);
});
