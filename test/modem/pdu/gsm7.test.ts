import { describe, expect, test } from 'vitest';
import { DEFAULT_ALPHABET, septetsOf } from '../../../modem/pdu/alphabet/gsm7.ts';
import { encodeTpdu, fromHex, PduEncodeError, type Tpdu, toHex } from '../../../modem/pdu/index.ts';
import { decodeDeliver, decodeLeniently, deliverHex, reasonIn, refusal } from './fields.ts';

/** The hex of TP-UDL and TP-UD of a text, without a header. */
function encoded(text: string): string {
  const userData = { kind: 'text', header: [], text } as const;
  return toHex(encodeTpdu({ ...decodeDeliver({}), userData })).slice(deliverHex({ ud: '' }).length);
}

function decoded(ud: string): string {
  const { userData } = decodeDeliver({ ud });
  return userData.kind === 'text' ? userData.text : '';
}

describe('the GSM 7-bit default alphabet (3GPP TS 23.038, 6.1.2.1 and 6.2.1)', () => {
  test.each([
    ['00', ''],
    ['0100', '@'],
    ['0AE8329BFD4697D9EC37', 'hellohello'],
    ['0CC8F71D14969741F977FD07', 'How are you?'],
    ['04E8F4A60C', 'hi€'],
    ['0800000000000000', '@'.repeat(8)],
    ['09FFFFFFFFFFFFFF7F', 'à'.repeat(9)],
  ])('%s is %j', (ud, text) => {
    expect(decoded(ud)).toBe(text);
    expect(encoded(text)).toBe(ud);
  });

  test('each septet has the character of the table', () => {
    const rows = [
      '@£$¥èéùìòÇ\nØø\rÅå',
      'Δ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ',
      ' !"#¤%&\'()*+,-./',
      '0123456789:;<=>?',
      '¡ABCDEFGHIJKLMNO',
      'PQRSTUVWXYZÄÖÑÜ§',
      '¿abcdefghijklmno',
      'pqrstuvwxyzäöñüà',
    ].join('');
    for (let septet = 0; septet < 128; septet += 1) {
      if (septet === 0x1b) continue;
      expect(decoded(`01${toHex(Uint8Array.of(septet))}`)).toBe(rows.charAt(septet));
    }
  });

  test.each([
    ['\f', '0A'],
    ['^', '14'],
    ['{', '28'],
    ['}', '29'],
    ['\\', '2F'],
    ['[', '3C'],
    ['~', '3D'],
    [']', '3E'],
    ['|', '40'],
    ['€', '65'],
  ])('%j is the escape and %s', (character, septet) => {
    const code = Number.parseInt(septet, 16);
    const ud = `02${toHex(Uint8Array.of(0x1b | ((code & 1) << 7), code >> 1))}`;
    expect(decoded(ud)).toBe(character);
    expect(encoded(character)).toBe(ud);
  });

  test('160 characters fill 140 octets', () => {
    const text = 'The quick brown fox jumps over the lazy dog. '.repeat(4).slice(0, 160);
    expect(encoded(text)).toHaveLength(2 * 141);
    expect(decoded(encoded(text))).toBe(text);
    expect(() => encoded(`${text}.`)).toThrow(PduEncodeError);
    expect(() => encoded(`${text.slice(1)}€`)).toThrow(PduEncodeError);
  });

  test.each(['ç', 'ş', '\u001b', '`', '😀', '\u0000'])('%j is not in it', (character) => {
    expect(() => encoded(character)).toThrow(`'${character}' is not in the alphabet`);
  });

  test.each([
    ['an escape at the end', '02E80D', 'TP-UD 15: the text ends in the middle of an escape sequence', 'h\u001b'],
  ])('%s is refused, and leniently taken with a note', (_what, ud, note, text) => {
    expect(refusal(() => decodeDeliver({ ud }))).toBe(reasonIn(note));
    const { deliver, deviations } = decodeLeniently({ ud });
    expect(deliver.userData).toMatchObject({ text });
    expect(deviations).toEqual([note]);
  });
});

/** Packs a header and 'hi' bit by bit, as the figures of the standard show it. */
function bitByBit(udh: string): string {
  const header = [...fromHex(udh)].flatMap((octet) => Array.from({ length: 8 }, (_, bit) => (octet >> bit) & 1));
  while (header.length % 7 !== 0) header.push(0);
  const text = [0x68, 0x69].flatMap((septet) => Array.from({ length: 7 }, (_, bit) => (septet >> bit) & 1));
  const bits = [...header, ...text];
  const octets = Array.from({ length: Math.ceil(bits.length / 8) }, (_, index) =>
    bits.slice(index * 8, index * 8 + 8).reduce((octet, bit, place) => octet | (bit << place), 0),
  );
  return toHex(Uint8Array.from([bits.length / 7, ...octets]));
}

describe('7-bit text behind a header (3GPP TS 23.040, 9.2.3.24)', () => {
  test.each([
    [0, '06080400010201'],
    [1, '050003010201'],
    [2, '0401020003'],
    [3, '03240101'],
    [4, '027000'],
    [5, '087006112233445566'],
    [6, '0770051122334455'],
  ])('begins at a septet boundary, %i fill bits behind %s', (_fill, udh) => {
    const fields = { flags: '44', ud: bitByBit(udh) };
    const deliver = decodeDeliver(fields);
    expect(deliver.userData).toMatchObject({ kind: 'text', text: 'hi' });
    expect(toHex(encodeTpdu(deliver))).toBe(deliverHex(fields));
  });

  test('a length that does not cover the header is refused, and leniently no text', () => {
    const fields = { flags: '44', ud: '0706080400010201' };
    const note = 'TP-UD 22: a length of 7 septets does not cover the header, which takes 8';
    expect(refusal(() => decodeDeliver(fields))).toBe(reasonIn(note));
    expect(decodeLeniently(fields).deliver.userData).toMatchObject({ text: '' });
  });
});

describe('data and UTF-16', () => {
  test.each([
    ['8-bit data', '04', '0400FF1B80', { kind: 'data', header: [], data: fromHex('00FF1B80') }],
    ['UTF-16', '08', '0600E920AC03A9', { kind: 'text', header: [], text: 'é€Ω' }],
    ['a surrogate pair', '08', '04D83DDE00', { kind: 'text', header: [], text: '😀' }],
    ['half a surrogate pair, which others cut', '08', '02D83D', { kind: 'text', header: [], text: '\ud83d' }],
  ])('%s', (_what, dcs, ud, userData) => {
    const tpdu: Tpdu = decodeDeliver({ dcs, ud });
    expect(tpdu.userData).toEqual(userData);
    expect(toHex(encodeTpdu(tpdu))).toBe(deliverHex({ dcs, ud }));
  });

  test.each([
    ['00', { kind: 'text', header: [], text: 'x'.repeat(3_000) }],
    ['08', { kind: 'text', header: [], text: 'x'.repeat(3_000) }],
    ['04', { kind: 'data', header: [], data: new Uint8Array(3_000) }],
  ] as const)('3,000 characters or octets under TP-DCS %s are refused before they are written', (dcs, userData) => {
    expect(() => encodeTpdu({ ...decodeDeliver({ dcs }), userData })).toThrow(
      '3000 characters or octets do not fit in 140 octets',
    );
  });

  test.each([
    ['00', '0AE8329BFD06', '5 octets of user data instead of 9', { text: 'hello' }],
    ['08', '0600480069', '4 octets of user data instead of 6', { text: 'Hi' }],
    ['04', '030102', '2 octets of user data instead of 3', { data: fromHex('0102') }],
    ['04', '02FF', '1 octet of user data instead of 2', { data: fromHex('FF') }],
  ])('user data under TP-DCS %s that is cut is leniently what came: %s', (dcs, ud, reason, rest) => {
    const { deliver, deviations } = decodeLeniently({ dcs, ud });
    expect(deliver.userData).toMatchObject(rest);
    expect(deviations).toEqual([`TP-UD ${14 + ud.length / 2}: ${reason}`]);
  });

  test('141 octets of user data are read leniently', () => {
    const { deliver, deviations } = decodeLeniently({ dcs: '04', ud: `8D${'00'.repeat(141)}` });
    expect(deliver.userData).toMatchObject({ data: new Uint8Array(141) });
    expect(deviations).toEqual(['TP-UDL 14: 141 octets of user data, more than 140']);
  });
});

/** Texts of one character, of two, and mixed, around the lengths that are measured in another way. */
test.each([
  ['x', 1],
  ['è', 1],
  ['€', 2],
  ['x€è', 4],
])('a text of any length made of %j is measured', (part, septets) => {
  for (const length of [1, 255, 256, 511, 512, 999, 1_000, 1_001, 1_008, 1_009, 1_012, 1_016, 1_017, 5_000]) {
    expect([length, septetsOf(part.repeat(length), DEFAULT_ALPHABET)]).toEqual([length, septets * length]);
    expect(septetsOf(`${part.repeat(length)}ж`, DEFAULT_ALPHABET)).toBeUndefined();
    expect(septetsOf(`ж${part.repeat(length)}`, DEFAULT_ALPHABET)).toBeUndefined();
  }
});
