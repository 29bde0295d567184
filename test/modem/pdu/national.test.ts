import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeTpdu,
  encodeTpdu,
  fromHex,
  type Language,
  PduError,
  segment,
  toHex,
  type UserData,
} from '../../../modem/pdu/index.ts';
import { decodeDeliver, decodeLeniently, decodeThereAndBack } from './fields.ts';

/** One septet of 7-bit text, or two behind an escape, under a header that asks for a language. */
function under(shift: 'single' | 'locking', language: number, septets: readonly number[]): string {
  const element = `03${shift === 'single' ? '24' : '25'}01${toHex(Uint8Array.of(language))}`;
  // Behind four octets of header come three fill bits; the text fits in the next two octets.
  const bits = septets.reduce((sum, septet, index) => sum | (septet << (3 + 7 * index)), 0);
  const octets = Uint8Array.from(
    { length: Math.ceil((3 + 7 * septets.length) / 8) },
    (_, at) => (bits >> (8 * at)) & 0xff,
  );
  return `${toHex(Uint8Array.of(5 + septets.length))}${element}${toHex(octets)}`;
}

function characterAt(shift: 'single' | 'locking', language: number, septet: number): string | undefined {
  const septets = shift === 'single' ? [0x1b, septet] : [septet];
  try {
    const { userData } = decodeDeliver({ flags: '44', ud: under(shift, language, septets) });
    return userData.kind === 'text' ? userData.text : undefined;
  } catch (error) {
    if (error instanceof PduError) return undefined;
    throw error;
  }
}

describe('national language tables (3GPP TS 23.038, annex A), a few places of each', () => {
  test.each<[Language, number, readonly (readonly [septet: number, character: string])[]]>([
    [
      'turkish',
      1,
      [
        [0x04, '€'],
        [0x07, 'ı'],
        [0x0b, 'Ğ'],
        [0x0c, 'ğ'],
        [0x1c, 'Ş'],
        [0x1d, 'ş'],
        [0x40, 'İ'],
        [0x60, 'ç'],
        [0x61, 'a'],
      ],
    ],
    [
      'spanish',
      2,
      [
        [0x00, '@'],
        [0x60, '¿'],
      ],
    ],
    [
      'portuguese',
      3,
      [
        [0x04, 'ê'],
        [0x12, 'ª'],
        [0x15, '∞'],
        [0x18, '€'],
        [0x1a, '|'],
        [0x24, 'º'],
        [0x5b, 'Ã'],
        [0x60, '~'],
        [0x7d, '`'],
      ],
    ],
    [
      'bengali',
      4,
      [
        [0x00, '\u0981'],
        [0x0a, '\n'],
        [0x13, '\u0993'],
        [0x3d, '\u09aa'],
        [0x46, '\u09b2'],
        [0x60, '\u09ce'],
        [0x7f, '\u09f1'],
      ],
    ],
    [
      'gujarati',
      5,
      [
        [0x00, '\u0a81'],
        [0x0c, '\u0a8d'],
        [0x11, '\u0a91'],
        [0x47, '\u0ab3'],
        [0x5b, '\u0ac9'],
        [0x60, '\u0ad0'],
        [0x7f, '\u0af1'],
      ],
    ],
    [
      'hindi',
      6,
      [
        [0x00, '\u0901'],
        [0x0e, '\u090e'],
        [0x22, '\u091f'],
        [0x3c, '\u0929'],
        [0x5f, '\u094d'],
        [0x60, '\u0950'],
        [0x7e, '\u097e'],
      ],
    ],
    [
      'kannada',
      7,
      [
        [0x01, '\u0c82'],
        [0x0f, '\u0c8f'],
        [0x24, '\u0ca1'],
        [0x45, '\u0cb1'],
        [0x56, '\u0cc4'],
        [0x60, '\u0cd5'],
        [0x7b, '\u0cd6'],
      ],
    ],
    [
      'malayalam',
      8,
      [
        [0x01, '\u0d02'],
        [0x1f, '\u0d1e'],
        [0x48, '\u0d34'],
        [0x4f, '\u0d3d'],
        [0x58, '\u0d46'],
        [0x60, '\u0d57'],
        [0x7f, '\u0d79'],
      ],
    ],
    [
      'oriya',
      9,
      [
        [0x00, '\u0b01'],
        [0x13, '\u0b13'],
        [0x44, '\u0b30'],
        [0x4e, '\u0b3c'],
        [0x59, '\u0b47'],
        [0x60, '\u0b56'],
        [0x7b, '\u0b57'],
      ],
    ],
    [
      'punjabi',
      10,
      [
        [0x00, '\u0a01'],
        [0x08, '\u0a0a'],
        [0x4a, '\u0a36'],
        [0x4c, '\u0a38'],
        [0x5d, '\u0a4b'],
        [0x60, '\u0a51'],
        [0x7f, '\u0a74'],
      ],
    ],
    [
      'tamil',
      11,
      [
        [0x01, '\u0b82'],
        [0x0e, '\u0b8e'],
        [0x19, '\u0b99'],
        [0x26, '\u0ba3'],
        [0x3c, '\u0ba9'],
        [0x60, '\u0bd0'],
        [0x7b, '\u0bd7'],
      ],
    ],
    [
      'telugu',
      12,
      [
        [0x00, '\u0c01'],
        [0x0e, '\u0c0e'],
        [0x45, '\u0c31'],
        [0x4f, '\u0c3d'],
        [0x5c, '\u0c4a'],
        [0x60, '\u0c55'],
        [0x7f, '\u0c63'],
      ],
    ],
    [
      'urdu',
      13,
      [
        [0x00, '\u0627'],
        [0x0b, '\u0679'],
        [0x22, '\u068f'],
        [0x3c, '\u069a'],
        [0x48, '\u06aa'],
        [0x5c, '\u064d'],
        [0x60, '\u0654'],
        [0x7f, '\u0670'],
      ],
    ],
  ])('%s locking shift', (_language, id, places) => {
    for (const [septet, character] of places) {
      expect(characterAt('locking', id, septet)).toBe(character);
    }
  });

  test.each<[Language, number, readonly (readonly [septet: number, character: string])[]]>([
    [
      'turkish',
      1,
      [
        [0x0a, '\f'],
        [0x47, 'Ğ'],
        [0x49, 'İ'],
        [0x53, 'Ş'],
        [0x63, 'ç'],
        [0x65, '€'],
        [0x67, 'ğ'],
        [0x69, 'ı'],
        [0x73, 'ş'],
      ],
    ],
    [
      'spanish',
      2,
      [
        [0x09, 'ç'],
        [0x40, '|'],
        [0x41, 'Á'],
        [0x49, 'Í'],
        [0x4f, 'Ó'],
        [0x55, 'Ú'],
        [0x61, 'á'],
        [0x69, 'í'],
        [0x6f, 'ó'],
        [0x75, 'ú'],
      ],
    ],
    [
      'portuguese',
      3,
      [
        [0x05, 'ê'],
        [0x0b, 'Ô'],
        [0x0e, 'Á'],
        [0x1f, 'Ê'],
        [0x41, 'À'],
        [0x5b, 'Ã'],
        [0x61, 'Â'],
        [0x7c, 'õ'],
        [0x7f, 'â'],
      ],
    ],
    [
      'bengali',
      4,
      [
        [0x19, '\u09e6'],
        [0x1c, '\u09e8'],
        [0x24, '\u09df'],
        [0x2a, '\u09e3'],
        [0x2e, '\u09f5'],
        [0x34, '\u09fa'],
        [0x65, '€'],
      ],
    ],
    [
      'gujarati',
      5,
      [
        [0x19, '\u0964'],
        [0x1c, '\u0ae6'],
        [0x25, '\u0aef'],
        [0x28, '{'],
      ],
    ],
    [
      'hindi',
      6,
      [
        [0x26, '\u0951'],
        [0x2a, '\u0953'],
        [0x2c, '\u0958'],
        [0x30, '\u095b'],
        [0x38, '\u0963'],
        [0x3a, '\u0971'],
      ],
    ],
    [
      'kannada',
      7,
      [
        [0x26, '\u0cde'],
        [0x27, '\u0cf1'],
        [0x2a, '\u0cf2'],
      ],
    ],
    [
      'malayalam',
      8,
      [
        [0x26, '\u0d70'],
        [0x2d, '\u0d75'],
        [0x2e, '\u0d7a'],
        [0x34, '\u0d7f'],
      ],
    ],
    [
      'oriya',
      9,
      [
        [0x26, '\u0b5c'],
        [0x2a, '\u0b5f'],
        [0x2c, '\u0b71'],
      ],
    ],
    [
      'punjabi',
      10,
      [
        [0x27, '\u0a5a'],
        [0x2c, '\u0a5e'],
        [0x2d, '\u0a75'],
      ],
    ],
    [
      'tamil',
      11,
      [
        [0x26, '\u0bf3'],
        [0x2d, '\u0bf8'],
        [0x2e, '\u0bfa'],
      ],
    ],
    [
      'telugu',
      12,
      [
        [0x1c, '\u0c66'],
        [0x26, '\u0c58'],
        [0x2a, '\u0c78'],
        [0x32, '\u0c7f'],
      ],
    ],
    [
      'urdu',
      13,
      [
        [0x19, '\u0600'],
        [0x26, '\u060c'],
        [0x2e, '\u0612'],
        [0x3b, '\u06cd'],
        [0x3f, '\u06d4'],
      ],
    ],
  ])('%s single shift', (_language, id, places) => {
    for (const [septet, character] of places) {
      expect(characterAt('single', id, septet)).toBe(character);
    }
  });

  test('how many characters each table has', () => {
    const sizeOf = (shift: 'single' | 'locking', id: number): number =>
      Array.from({ length: 128 }, (_, septet) => characterAt(shift, id, septet)).filter((text) => text !== undefined)
        .length;
    const ids = Array.from({ length: 13 }, (_, index) => index + 1);
    expect(ids.map((id) => sizeOf('locking', id))).toEqual([
      127, 127, 127, 114, 120, 127, 120, 120, 116, 110, 102, 120, 127,
    ]);
  });

  test('a character that the tables have twice is read in both, and written in one', () => {
    const note = 'the escape sequence 1B 15 is not the first way to write its character, taken for that character';
    const fields = { flags: '44', ud: under('single', 6, [0x1b, 0x15]) };
    expect(decodeDeliver(fields).userData).toMatchObject({ text: '¡' });
    expect(decodeLeniently(fields).deviations).toEqual([`TP-UD 19: ${note}`]);
  });

  test('texts under any pair of tables come back when they are accepted', () => {
    let accepted = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 13 }),
        fc.integer({ min: 1, max: 13 }),
        fc.uint8Array({ minLength: 14, maxLength: 14 }),
        (single, locking, body) => {
          const header = fromHex('06240100250100');
          header[3] = single;
          header[6] = locking;
          const octets = Buffer.concat([fromHex('440491214300009030406152000018'), header, body]);
          if (decodeThereAndBack(octets, 'mobile-terminated') !== undefined) accepted += 1;
        },
      ),
      { seed: 2010, numRuns: 5000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});

describe('the coding of a text', () => {
  const headers = (userData: UserData): readonly string[] =>
    userData.header.map((element) =>
      element.kind === 'national-language' ? `${element.shift} ${element.language}` : element.kind,
    );

  test.each<[string, string, string, readonly string[], number]>([
    ['what the default alphabet has', 'è così: 5 €', 'gsm7', [], 1],
    ['a short text with a letter it has not', 'başla', 'ucs2', [], 1],
    ['a long one, which the tables make shorter', 'başlangıç '.repeat(11), 'gsm7', ['single turkish'], 1],
    ['a longer one, where the locking shift is better', 'şğıçŞĞİ'.repeat(20), 'gsm7', ['locking turkish'], 1],
    ['Hindi', 'नमस्ते '.repeat(20), 'gsm7', ['locking hindi'], 1],
    ['Hindi with Latin capitals', 'नमस्ते SMS '.repeat(10), 'gsm7', ['locking hindi', 'single hindi'], 1],
    ['Turkish and Portuguese', 'şãoşãoşão '.repeat(10), 'gsm7', ['locking turkish', 'single portuguese'], 1],
    ['Greek', 'Καλημέρα '.repeat(12), 'ucs2', ['concatenation'], 2],
    ['emoji', '😀'.repeat(40), 'ucs2', ['concatenation'], 2],
  ])('%s', (_what, text, alphabet, header, total) => {
    const segments = segment({ kind: 'text', text }, { reference: 1 });
    expect(segments).toHaveLength(total);
    for (const { dcs, userData } of segments) {
      expect(dcs.alphabet).toBe(alphabet);
      expect(headers(userData)).toEqual(header);
    }
  });

  test('the tables of all languages come back', () => {
    const texts = [
      'ğış',
      'ñáéíóú'.repeat(3),
      'ãõâê',
      'বাংলা',
      'ગુજરાતી',
      'हिन्दी',
      'ಕನ್ನಡ',
      'മലയാളം',
      'ଓଡ଼ିଆ',
      'ਪੰਜਾਬੀ',
      'தமிழ்',
      'తెలుగు',
      'اردو',
    ];
    for (const text of texts) {
      const long = text.repeat(Math.ceil(90 / text.length));
      const [first] = segment({ kind: 'text', text: long }, { reference: 1, alphabet: 'gsm7' });
      if (first === undefined) throw new Error('no segment');
      const tpdu = decodeTpdu(encodeTpdu({ ...decodeDeliver({}), ...first }), 'mobile-terminated');
      expect(tpdu).toMatchObject({ userData: first.userData });
      expect(first.userData.header[0]).toMatchObject({ kind: 'national-language' });
    }
  });
});
