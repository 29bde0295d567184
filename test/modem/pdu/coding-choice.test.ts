import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CodingOptions,
  compareChoices,
  count,
  dataCodingOctet,
  dataCodingOf,
  LANGUAGE_CODES,
  languageOf,
  PduEncodeError,
  type Segment,
  segment,
} from '../../../modem/pdu/index.ts';

function cut(text: string, options: CodingOptions = {}): readonly Segment[] {
  return segment({ kind: 'text', text }, { reference: 1, ...options });
}

function texts(segments: readonly Segment[]): readonly string[] {
  return segments.map(({ userData }) => (userData.kind === 'text' ? userData.text : ''));
}

/** Alphabet, tables and number of the SMS that a text takes. */
function written(text: string, options: CodingOptions = {}): string {
  const segments = cut(text, options);
  const header = segments[0]?.userData.header ?? [];
  const tables = header.flatMap((one) => (one.kind === 'national-language' ? [`${one.shift} ${one.language}`] : []));
  return [segments[0]?.dcs.alphabet, ...tables, segments.length].join(', ');
}

describe('the language of the recipient (3GPP TS 23.040, 9.2.3.24.15 and 9.2.3.24.16)', () => {
  const turkish = 'başlangıç '.repeat(11);
  const spanish = 'mañana sí, ¿qué tal está? '.repeat(5);
  const mixed = 'şãoşãoşão '.repeat(10);

  test.each<[string, string, CodingOptions, string]>([
    ['Turkish, any language', turkish, {}, 'gsm7, single turkish, 1'],
    ['Turkish, auto', turkish, { language: 'auto' }, 'gsm7, single turkish, 1'],
    ['Turkish', turkish, { language: 'turkish' }, 'gsm7, single turkish, 1'],
    ['Turkish for a phone that knows no table', turkish, { language: 'none' }, 'ucs2, 2'],
    ['Turkish for a phone that knows another', turkish, { language: 'hindi' }, 'ucs2, 2'],
    ['a short text in UTF-16: the tables save nothing', 'başla', { language: 'turkish' }, 'ucs2, 1'],
    ['a short text in 7 bits', 'başla', { language: 'turkish', alphabet: 'gsm7' }, 'gsm7, single turkish, 1'],
    ['Spanish', spanish, { language: 'spanish' }, 'gsm7, single spanish, 1'],
    ['Portuguese', 'coração não '.repeat(12), { language: 'portuguese' }, 'gsm7, locking portuguese, 1'],
    ['two languages, any', mixed, {}, 'gsm7, locking turkish, single portuguese, 1'],
    ['two languages for a phone that knows one', mixed, { language: 'turkish' }, 'ucs2, 2'],
    ['Hindi', 'नमस्ते '.repeat(20), { language: 'hindi' }, 'gsm7, locking hindi, 1'],
    ['Bengali', 'বাংলা ভাষা '.repeat(10), { language: 'bengali' }, 'gsm7, locking bengali, 1'],
    ['the default alphabet, one SMS', '€'.repeat(80), { language: 'turkish' }, 'gsm7, 1'],
    ['euro signs, any language: the default alphabet', '€'.repeat(81), {}, 'gsm7, 2'],
    [
      'euro signs, of which the Turkish table takes one septet',
      '€'.repeat(81),
      { language: 'turkish' },
      'gsm7, locking turkish, 1',
    ],
    ['UTF-16 wanted', turkish, { language: 'turkish', alphabet: 'ucs2' }, 'ucs2, 2'],
  ])('%s', (_what, text, options, expected) => {
    expect(written(text, options)).toBe(expected);
  });

  test.each([
    ['hindi', 'क', 'tamil', '௫'],
    ['tamil', 'க', 'hindi', '५'],
    ['bengali', 'ক', 'urdu', '۵'],
    ['urdu', 'ڀ', 'bengali', '৫'],
  ])('letters of %s (%s) with digits of %s (%s)', (locking, letter, single, digit) => {
    const text = `${letter.repeat(9)}${digit}`.repeat(10);
    expect(written(text)).toBe(`gsm7, locking ${locking}, single ${single}, 1`);
    expect(written(text, { language: languageOf(locking) ?? 'none' })).toBe('ucs2, 2');
  });

  test('what the tables allowed do not have cannot be written in 7 bits', () => {
    for (const language of ['none', 'turkish'] as const) {
      expect(() => cut('नमस्ते', { alphabet: 'gsm7', language })).toThrow(
        "TP-UD: 'न' is not in the 7-bit alphabets allowed",
      );
    }
  });

  test('codes of ISO 639-1, and names', () => {
    expect(LANGUAGE_CODES.map(languageOf)).toEqual([
      ...['turkish', 'spanish', 'portuguese', 'bengali', 'gujarati', 'hindi', 'kannada'],
      ...['malayalam', 'oriya', 'punjabi', 'tamil', 'telugu', 'urdu'],
    ]);
    expect(languageOf('urdu')).toBe('urdu');
    expect(['it', '', 'TR'].map(languageOf)).toEqual([undefined, undefined, undefined]);
  });
});

describe('what each choice costs', () => {
  const rows = (text: string) => compareChoices(text).map(({ choice, segments, units }) => [choice, segments, units]);

  test.each<[string, string, readonly (readonly [string, number, number])[]]>([
    [
      'the default alphabet',
      'a'.repeat(161),
      [
        ['auto', 2, 161],
        ['gsm7', 2, 161],
        ['ucs2', 3, 161],
      ],
    ],
    [
      'euro signs',
      '€'.repeat(81),
      [
        ['auto', 2, 162],
        ['gsm7', 2, 162],
        ['tr', 1, 81],
        ['pt', 1, 81],
        ['ucs2', 2, 81],
      ],
    ],
    [
      'Turkish',
      'başlangıç '.repeat(11),
      [
        ['auto', 1, 143],
        ['transliterated', 1, 110],
        ['tr', 1, 143],
        ['ucs2', 2, 110],
      ],
    ],
    [
      'emoji',
      '😀'.repeat(36),
      [
        ['auto', 2, 72],
        ['ucs2', 2, 72],
      ],
    ],
    [
      'Hindi',
      'नमस्ते '.repeat(20),
      [
        ['auto', 1, 140],
        ['hi', 1, 140],
        ['ucs2', 3, 140],
      ],
    ],
  ])('%s', (_what, text, expected) => {
    expect(rows(text)).toEqual(expected);
  });

  test('each row is what count says with its options, and auto is what is sent', () => {
    const text = 'şğıçŞĞİ'.repeat(20);
    const [auto, ...others] = compareChoices(text);
    expect(auto).toEqual({ choice: 'auto', ...count(text) });
    expect(others.find(({ choice }) => choice === 'tr')).toEqual({
      choice: 'tr',
      ...count(text, { alphabet: 'gsm7', language: 'turkish' }),
    });
    expect(count(text).segments).toBe(cut(text).length);
  });

  test('a wider reference leaves less room', () => {
    const [auto] = compareChoices('a'.repeat(306), { referenceWidth: 16 });
    expect(auto).toMatchObject({ segments: 3, perSegment: 152 });
  });
});

describe('transliteration', () => {
  test.each([
    ['“Žižka” – ő, ż…', '"Zizka" - o, z...'],
    ['é è ñ Ç ß stay', 'é è ñ Ç ß stay'],
    ['ç á â ã í ó ú', 'c a a a i o u'],
    ['e\u0301 composed', 'é composed'],
    ['œuvre Æ Łódź đ þ', 'oeuvre Æ Lodz d th'],
    ['ışık İzmir ğ', 'isik Izmir g'],
    ['Καλημέρα', 'KAΛHMEPA'],
    ['1\u00a0000 × ½ ™', '1 000 x 1/2 TM'],
    ['soft\u00adhyphen\u200b', 'softhyphen'],
    ['‘a’ ‚b‛ «c» „d‟ 5° –—‑', `'a' 'b' "c" "d" 5o ---`],
    ['€ [x] {y}', '€ [x] {y}'],
  ])('%j is %j', (text, expected) => {
    expect(texts(cut(text, { transliterate: true }))).toEqual([expected]);
    expect(written(text, { transliterate: true })).toBe('gsm7, 1');
  });

  test.each([
    ['‘’‚‛′ʹʻʼ`´', "'".repeat(10)],
    ['“”„‟″«»', '"'.repeat(7)],
    ['‹›', '<>'],
    ['‐‑‒–—―−', '-'.repeat(7)],
    ['\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t', ' '.repeat(14)],
    ['a\u00ad\u200b\u200c\u200d\u2060\ufeffb', 'ab'],
    ['•·∙', '***'],
    ['…', '...'],
    ['™©®', 'TM(C)(R)'],
    ['×÷', 'x/'],
    ['º°ª¹²³', 'ooa123'],
    ['½¼¾', '1/21/43/4'],
    ['œŒĳĲﬁﬂẞ', 'oeOEijIJfiflSS'],
    ['þÞðđÐĐ', 'thThddDD'],
    ['łŀŁĿħĦ', 'llLLhH'],
    ['ıĸŋŊŧŦ', 'iknNtT'],
    ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'ABEZHIKMNOPTYX'],
    ['αβγδεζηθικλμνξοπρσςτυφχψω', 'ABΓΔEZHΘIKΛMNΞOΠPΣΣTYΦXΨΩ'],
    ['ΆΈΉΊΌΎΏΪΫ', 'AEHIOYΩIY'],
    ['άέήίόύώϊϋΐΰ', 'AEHIOYΩIYIY'],
    ['āčďěģķļňőřšťůžĀČĎĚĢĶĻŇŐŘŠŤŮŽ', 'acdegklnorstuzACDEGKLNORSTUZ'],
  ])('every character of the table: %s', (text, expected) => {
    expect(texts(cut(text, { transliterate: true }))).toEqual([expected]);
  });

  test.each(['Привет', 'ok 👍', '漢字', '“Привет”'])('%j has no place in the table, and stays whole', (text) => {
    expect(texts(cut(text, { transliterate: true }))).toEqual([text]);
  });

  test('is off unless wanted, and counts what it writes', () => {
    expect(texts(cut('“a”'))).toEqual(['“a”']);
    expect(texts(cut('“a”', { transliterate: false }))).toEqual(['“a”']);
    expect(count('“a”…', { transliterate: true })).toMatchObject({
      alphabet: 'gsm7',
      characters: 6,
      units: 6,
      left: 154,
    });
  });

  test('the parts of a long text are those of what is written', () => {
    const parts = texts(cut(`${'a'.repeat(152)}…b`, { transliterate: true }));
    expect(parts).toEqual([`${'a'.repeat(152)}...b`]);
    const long = texts(cut(`${'a'.repeat(160)}…b`, { transliterate: true }));
    expect(long).toEqual(['a'.repeat(153), `${'a'.repeat(7)}...b`]);
  });
});

describe('what a reader sees as one character is not cut', () => {
  const family = '👩‍👩‍👧‍👦';
  test.each([
    ['an emoji of several', 'ж'.repeat(60), family],
    ['a flag', 'ж'.repeat(65), '🇮🇹'],
    ['a skin tone', 'ж'.repeat(65), '👍🏽'],
    ['a letter and its mark', 'ж'.repeat(66), 'и\u0306'],
    ['a letter and three marks', 'ж'.repeat(64), 'и\u0306\u0301\u0323'],
    ['CR LF', 'ж'.repeat(66), '\r\n'],
    ['a Hindi syllable', 'ж'.repeat(65), 'स्ते'],
    ['an Arabic sign before its digit', 'ж'.repeat(66), '\u06001'],
    ['a keycap', 'ж'.repeat(65), '1\ufe0f\u20e3'],
  ])('%s', (_what, before, grapheme) => {
    expect(before.length + grapheme.length).toBeGreaterThan(67);
    expect(texts(cut(`${before}${grapheme}${'ж'.repeat(20)}`))).toEqual([before, `${grapheme}${'ж'.repeat(20)}`]);
  });

  test('one that ends with the segment stays there', () => {
    const first = `${'ж'.repeat(67 - family.length)}${family}`;
    expect(texts(cut(`${first}ж${'ж'.repeat(20)}`))).toEqual([first, 'ж'.repeat(21)]);
  });

  test('in 7 bits: CR LF, and a letter of a national table with its marks', () => {
    expect(texts(cut(`${'a'.repeat(152)}\r\n${'b'.repeat(20)}`))).toEqual(['a'.repeat(152), `\r\n${'b'.repeat(20)}`]);
    const hindi = texts(cut('नमस्ते'.repeat(40), { alphabet: 'gsm7', language: 'hindi' }));
    expect(hindi.length).toBeGreaterThan(1);
    expect(hindi.slice(1).every((part) => !/^\p{Mark}/u.test(part))).toBe(true);
  });

  test('one that is longer than a segment is cut, but no surrogate pair in it', () => {
    const long = `e${'\u0301'.repeat(100)}`;
    expect(texts(cut(long)).map((part) => part.length)).toEqual([67, 34]);
    const joined = `👩${'\u200d👩'.repeat(40)}`;
    for (const part of texts(cut(joined))) expect(part.isWellFormed()).toBe(true);
    expect(texts(cut(joined)).join('')).toBe(joined);
  });

  test('whatever the text, each cut is between two characters as a reader sees them', () => {
    const whole = new Intl.Segmenter('en', { granularity: 'grapheme' });
    const unit = fc.constantFrom(...'aé\r\nи\u0301\u200d👩🇮🇹🏽\ufe0f©न्ह한가𝒳漢');
    fc.assert(
      fc.property(fc.array(unit, { minLength: 60, maxLength: 220 }), (units) => {
        const text = units.join('');
        const parts = texts(cut(text, { alphabet: 'ucs2' }));
        expect(parts.join('')).toBe(text);
        const starts = [...whole.segment(text)].map(({ index }) => index);
        let at = 0;
        for (const part of parts.slice(0, -1)) {
          at += part.length;
          const start = starts.findLast((index) => index <= at) ?? 0;
          // One that is longer than a segment is cut somewhere.
          if (start !== at && at - start < 66) expect.fail(JSON.stringify(text));
        }
      }),
      { seed: 2010, numRuns: 60 },
    );
  });
});

describe('TP-DCS chosen (3GPP TS 23.038, 4)', () => {
  test.each([
    [0xf0, 'ciao', 'gsm7'],
    [0xf1, 'ciao', 'gsm7'],
    [0xc8, 'ciao', 'gsm7'],
    [0xd9, 'ciao', 'gsm7'],
    [0xe2, 'ciao', 'ucs2'],
    [0x18, 'ciao', 'ucs2'],
    [0x40, 'ciao', 'gsm7'],
    [0x80, 'ciao', 'gsm7'],
  ])('%i', (octet, text, alphabet) => {
    const [only] = cut(text, { dcs: dataCodingOf(octet) });
    expect(only && dataCodingOctet(only.dcs)).toBe(octet);
    expect(only?.dcs.alphabet).toBe(alphabet);
    expect(only?.userData).toMatchObject({ kind: 'text', text });
  });

  test('of data', () => {
    const [only] = segment({ kind: 'data', data: Uint8Array.of(1) }, { reference: 0, dcs: dataCodingOf(0xf5) });
    expect(only && dataCodingOctet(only.dcs)).toBe(0xf5);
  });

  test('every part has it', () => {
    expect(cut('a'.repeat(200), { dcs: dataCodingOf(0xf2) }).map(({ dcs }) => dataCodingOctet(dcs))).toEqual([
      0xf2, 0xf2,
    ]);
  });

  test.each<[string, CodingOptions]>([
    ['a text that its alphabet has not', { dcs: dataCodingOf(0xf0) }],
    ['octets', { dcs: dataCodingOf(0xf4) }],
    ['another alphabet beside it', { dcs: dataCodingOf(0x08), alphabet: 'gsm7' }],
    ['a class beside it', { dcs: dataCodingOf(0x18), messageClass: 0 }],
  ])('%s is refused', (_what, options) => {
    expect(() => cut('漢', options)).toThrow(PduEncodeError);
  });

  test.each([0x20, 0x7f, 256, -1])('%i is no scheme', (octet) => {
    expect(() => dataCodingOf(octet)).toThrow(PduEncodeError);
  });
});
