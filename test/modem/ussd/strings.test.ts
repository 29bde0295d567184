import { expect, test } from 'vitest';
import { ussdTextOf } from '../../../modem/ussd/strings.ts';

/** Hexadecimal that reads differently in each alphabet. */
const SAID = 'AC20';
const READINGS: ReadonlyMap<string, string> = new Map([
  ['갠', 'ucs2'],
  ['', 'ucs2, of a language'],
  ['¬ ', '8bit'],
  [SAID, 'gsm7'],
]);

/** All `<dcs>` that are not the default alphabet (3GPP TS 23.038, 5); reserved ones count as it. */
const OTHERS: Readonly<Record<string, readonly number[]>> = {
  'ucs2, of a language': [0x11],
  ucs2: [0x48, 0x58, 0x68, 0x78, 0x98].flatMap((first) => [first, first + 1, first + 2, first + 3]),
  '8bit': [0x44, 0x54, 0x64, 0x74, 0x94, 0xf4, 0xfc].flatMap((first) => [first, first + 1, first + 2, first + 3]),
};

test('the alphabet of each cell broadcast data coding scheme', () => {
  for (let dcs = 0; dcs < 256; dcs += 1) {
    const expected = Object.keys(OTHERS).find((name) => OTHERS[name]?.includes(dcs)) ?? 'gsm7';
    expect(READINGS.get(ussdTextOf(SAID, dcs, 'IRA', false)), `${dcs}`).toBe(expected);
  }
});
