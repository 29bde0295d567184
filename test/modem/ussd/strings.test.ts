import { expect, test } from 'vitest';
import { ussdStrings, ussdTextOf } from '../../../modem/ussd/strings.ts';

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

/** Hexadecimal under `<dcs>` 15, and whether it is read as UCS-2, by a modem that types characters and one that types packed septets. */
const GUESSED: readonly (readonly [what: string, said: string, ucs2: boolean, ucs2WhenPacked: boolean])[] = [
  ['Latin letters', '00410042', true, true],
  ['Latin digits in decimal digits', '00310032', true, true],
  ['an odd number of octets', '004100', false, false],
  ['a control character', '00410001', false, false],
  ['a half of a surrogate pair', '0041D800', false, false],
  ['a private character', '0041E000', false, false],
  ['Cyrillic', '0411043A', true, true],
  ['Cyrillic and Greek', '041003B1', true, true],
  ['three alphabets', '041003B105D0', false, false],
  ['the last alphabet before East Asia', '2D300041', true, true],
  ['one character of East Asia', '2E800041', false, false],
  ['three characters of East Asia', '4E2D6587590F', false, false],
  ['four characters of East Asia', '4E2D6587590F597D', true, false],
  ['four, the first of East Asia among them', '2E806587590F597D', true, false],
  ['four, and one of another alphabet', '4E2D6587590F597D0411', false, false],
  ['four, and a blank', '4E2D6587590F597D0020', true, false],
  ['two units alike in decimal digits', '04110412', false, false],
  ['three units alike in decimal digits', '041104120413', true, true],
  ['three units alike of six in decimal digits', '041104120413003100320033', false, false],
  ['four units alike of seven in decimal digits', '0411041204130414003100320033', true, true],
  ['two pages in decimal digits', '04110412041305310532', false, false],
  ['a digit A in the first half of an octet', '041104A1', true, true],
  ['a digit A in the second half of an octet', '0411041A', true, true],
];

test.each(GUESSED)('%s: %s', (_what, said, ucs2, ucs2WhenPacked) => {
  const text = Buffer.from(said, 'hex').length % 2 === 0 ? Buffer.from(said, 'hex').swap16().toString('utf16le') : '';
  const read = (packed: boolean) => ussdTextOf(said, 15, 'GSM', packed) === text;
  expect([read(false), read(true)]).toEqual([ucs2, ucs2WhenPacked]);
});

/** Texts and their forms: 182 septets, or 81 units of UCS-2 less one, fit (3GPP TS 23.038, 5; 24.090). */
test.each<readonly [string, readonly (readonly [dcs: number, packed: boolean | undefined, octets: number])[]]>([
  [
    '*100#',
    [
      [15, false, 5],
      [15, true, 5],
    ],
  ],
  // Of 7 and of 15 septets the spare bits hold a CR.
  [
    '*10000#',
    [
      [15, false, 7],
      [15, true, 7],
    ],
  ],
  [
    '1'.repeat(8),
    [
      [15, false, 8],
      [15, true, 7],
    ],
  ],
  [
    '1'.repeat(182),
    [
      [15, false, 182],
      [15, true, 160],
    ],
  ],
  ['1'.repeat(183), []],
  ['é', [[72, undefined, 2]]],
  [`${'1'.repeat(79)}é`, [[72, undefined, 160]]],
  [`${'1'.repeat(80)}é`, []],
])('the forms of %j', (text, forms) => {
  const found = ussdStrings(text, 'GSM').map(({ text: typed, dcs, packed }) => [
    dcs,
    packed,
    packed === false ? typed.length : typed.length / 2,
  ]);
  expect(found).toEqual(forms);
});

test.each([
  ['UCS2', ['*1#', '002A00310023', 'AAD808']],
  ['HEX', ['*1#', '2A3123', 'AAD808']],
  ['IRA', ['*1#', 'AAD808']],
  [undefined, ['*1#', 'AAD808']],
])('the forms of "*1#" where %s is in force', (charset, forms) => {
  expect(ussdStrings('*1#', charset).map(({ text }) => text)).toEqual(forms);
});

test('packed septets are read as they are written, whatever is left over of the last octet', () => {
  for (let length = 1; length <= 40; length += 1) {
    const text = '*100#'.repeat(8).slice(0, length);
    const packed = ussdStrings(text, undefined).find((form) => form.packed === true)?.text ?? '';
    expect(ussdTextOf(packed, 15, 'GSM', true)).toBe(text);
  }
});

test.each([
  ['617103', 'ab\r', 'a CR of the text stays'],
  ['61F1B801', 'abc\r', 'a CR of the text stays'],
  ['E170381C0E871B', 'aaaaaaa', 'a CR in seven spare bits is none'],
])('packed %s is %j: %s', (packed, text) => {
  expect(ussdTextOf(packed, 15, 'GSM', true)).toBe(text);
});

test('of packed septets 255 are read', () => {
  expect(ussdTextOf('E170381C0E87C3'.repeat(52), 15, 'GSM', true)).toBe('a'.repeat(255));
});
