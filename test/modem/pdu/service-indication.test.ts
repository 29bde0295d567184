import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeServiceIndication,
  decodeTpdu,
  encodeServiceIndication,
  encodeTpdu,
  fromHex,
  PduEncodeError,
  PduError,
  type ServiceIndication,
  segment,
  serviceIndicationContent,
  toHex,
} from '../../../modem/pdu/index.ts';
import { reasonIn, refusal } from './fields.ts';

// A TPDU of 2009 that an independent dissector decodes without complaint.
const TPDU =
  '440C91447700091032000490304061520000520605040B8423F001060403AE81EA02056A0045C60C037061792E6578616D706C652F612E6A6164' +
  '0011037031000AC3072009030416250010C30420090305080103496E7374616C6C20506179417070000101';

const PAY_APP: ServiceIndication = {
  text: 'Install PayApp',
  href: 'http://pay.example/a.jad',
  id: 'p1',
  created: Date.UTC(2009, 2, 4, 16, 25),
  expires: Date.UTC(2009, 2, 5),
  action: 'signal-high',
};

/** A push with this content type, header length included, and this document. */
function push(type: string, document: string): Uint8Array {
  return fromHex(`0106${type}${document}`);
}

describe('WAP push Service Indication (WAP-167-ServiceInd)', () => {
  test('the published TPDU says what it says, and is encoded octet for octet', () => {
    const tpdu = decodeTpdu(fromHex(TPDU), 'mobile-terminated');
    if (tpdu.type !== 'DELIVER' || tpdu.userData.kind !== 'data') throw new Error(tpdu.type);
    expect(decodeServiceIndication(tpdu.userData.data)).toEqual(PAY_APP);

    const [part] = segment(serviceIndicationContent(PAY_APP), { reference: 0 });
    if (part === undefined) throw new Error('no segment');
    expect(toHex(encodeTpdu({ ...tpdu, ...part }))).toBe(TPDU);
  });

  test.each<[string, string, string, ServiceIndication]>([
    ['a content type without charset', '01AE', '02056A0045460341000101', { text: 'A' }],
    ['UTF-8', '0403AE81EA', '02056A00454603C3A8000101', { text: 'è' }],
    ['Latin-1', '0403AE8184', '02050400454603E8000101', { text: 'è' }],
    ['ASCII', '0403AE8183', '0205030045460341000101', { text: 'A' }],
    ['the charset of the Push where the document has none', '0403AE8184', '02050000454603E8000101', { text: 'è' }],
    ['a charset as a long integer', '0504AE81016A', '02056A0045460341000101', { text: 'A' }],
    ['a content type as an integer of one octet', '0302012E', '02056A0045460341000101', { text: 'A' }],
    ['of two', '040302002E', '02056A0045460341000101', { text: 'A' }],
    ['of three', '05040300002E', '02056A0045460341000101', { text: 'A' }],
    ['a charset as an integer of three octets', '0706AE810300006A', '02056A0045460341000101', { text: 'A' }],
    ['an indication without attributes and without text', '01AE', '02056A00450601', { text: '' }],
    ['another header behind the content type', '03AEAF84', '02056A0045460341000101', { text: 'A' }],
    ['a string table and an entity', '01AE', '02056A03414200454683010281200101', { text: 'B\u00a0' }],
    [
      'a link from tokens',
      '01AE',
      '02056A0045C60D037061790085036100010341000101',
      { text: 'A', href: 'http://www.pay.com/a' },
    ],
    ['no text', '01AE', '02056A004586090101', { text: '', action: 'delete' }],
    ['the last character of Unicode by its number', '01AE', '02056A00454602C3FF7F0101', { text: '\u{10FFFF}' }],
    ['a number of five octets', '01AE', '02056A0045460280808080410101', { text: 'A' }],
    ['the longest text', '01AE', `02056A00454603${'41'.repeat(16_384)}000101`, { text: 'A'.repeat(16_384) }],
    [
      'an opaque date to the second',
      '01AE',
      '02056A0045860AC307200903041625590101',
      { text: '', created: Date.UTC(2009, 2, 4, 16, 25, 59) },
    ],
    ['WBXML 1.0', '01AE', '00056A0045460341000101', { text: 'A' }],
    ['WBXML 1.1', '01AE', '01056A0045460341000101', { text: 'A' }],
    ['WBXML 1.3', '01AE', '03056A0045460341000101', { text: 'A' }],
    ...['signal-none', 'signal-low', 'signal-medium', 'signal-high', 'delete'].map(
      (action, index): [string, string, string, ServiceIndication] => [
        `action ${action}`,
        '01AE',
        `02056A0045860${5 + index}0101`,
        { text: '', action: action as ServiceIndication['action'] & string },
      ],
    ),
    ...['', 'http://', 'http://www.', 'https://', 'https://www.'].map(
      (start, index): [string, string, string, ServiceIndication] => [
        `a link that begins with ${start || 'no token'}`,
        '01AE',
        `02056A0045860${(0x0b + index).toString(16)}0361000101`,
        { text: '', href: `${start}a` },
      ],
    ),
    ...['.com/', '.edu/', '.net/', '.org/'].map((part, index): [string, string, string, ServiceIndication] => [
      `${part} by its token`,
      '01AE',
      `02056A0045860C03610${`08${5 + index}`}0101`,
      { text: '', href: `http://a${part}` },
    ]),
  ])('%s', (_what, type, document, indication) => {
    expect(decodeServiceIndication(push(type, document))).toEqual(indication);
  });

  test.each([
    ['01AE0101', 'WSP type 1: not a Push'],
    ['0106017465', 'WSP content type 3: a content type by name is not supported'],
    ['010601B00205', 'WSP content type 4: content type 48 is not a Service Indication'],
    ['010609AE', 'WSP headers length 2: the headers are longer than the octets'],
    ['0106020100', 'WSP content type 4: not an assigned number'],
    ['01060605040000002E', 'WSP content type 4: not an assigned number'],
    ['01060403AE810002056A00', 'WSP content type 6: not an assigned number'],
    ['010603021F2E', 'WSP content type 4: not an assigned number'],
    ['01060403AE85EA', 'WSP content type 5: only a charset parameter is supported'],
    ['01060403AE819102056A00', 'WSP content type 6: character set 17 is not supported'],
    ['010601AE07', 'WBXML version 4: not WBXML 1.0 to 1.3'],
    ['010601AE0206', 'WBXML document type 5: not a Service Indication'],
    ['010601AE020511', 'WBXML charset 6: character set 17 is not supported'],
    ['010601AE02056A00', 'WBXML si 8: the octets end here'],
    ['010601AE02056A004546034142', 'WBXML indication 13: a string does not end'],
    ['010601AE02056A004546830501', 'WBXML indication 11: beyond the string table'],
    ['010601AE02056A004546C3000101', 'WBXML indication 10: token 195 is not supported in the text'],
    ['010601AE02056A004586120101', 'WBXML indication 10: attribute 18 is not supported'],
    ['010601AE02056A0045860AC304200913010101', "WBXML indication 17: '20091301' is not a date"],
    ['010601AE02056A004546034100010701', 'WBXML si 14: <info> is not supported'],
    ['010601AE02056A0045460341000101FF', 'WBXML si 15: 1 octet too many'],
    ['010601AE02056A00454603C3000101', 'WBXML indication 11: not UTF-8'],
    ['010601AE04056A00', 'WBXML version 4: not WBXML 1.0 to 1.3'],
    ['010601AE02056A00454602C480000101', 'WBXML indication 13: character 1114112 does not exist'],
    ['010601AE02056A0045460280808080804101', 'WBXML indication 16: a number of more than 32 bits'],
    ['010601AE02056A0045860AC3000101', 'WBXML indication 12: a date of 0 octets'],
    ['010601AE02056A0045860AC30820090304162559000101', 'WBXML indication 12: a date of 8 octets'],
    ['010601AE02056A0045860A0361000101', 'WBXML indication 11: a date must be opaque data'],
    ['010601AE02056A0045860C890101', 'WBXML indication 11: token 137 is not supported here'],
    [`010601AE02056A00454603${'41'.repeat(16_385)}000101`, 'WBXML indication 16397: longer than 16384 characters'],
  ])('%s is refused', (hex, note) => {
    expect(refusal(() => decodeServiceIndication(fromHex(hex)))).toBe(reasonIn(note));
  });

  test('an indication of nothing but a text, or of nothing, has no attributes', () => {
    expect(toHex(encodeServiceIndication({ text: 'A' }))).toBe('01060403AE81EA02056A0045460341000101');
    expect(toHex(encodeServiceIndication({ text: '' }))).toBe('01060403AE81EA02056A00450601');
    expect(toHex(encodeServiceIndication({ text: '', action: 'delete' }))).toBe('01060403AE81EA02056A004586090101');
    expect(decodeServiceIndication(encodeServiceIndication({ text: 'A' }))).toEqual({ text: 'A' });
    expect(decodeServiceIndication(encodeServiceIndication({ text: '' }))).toEqual({ text: '' });
  });

  test('Latin-1 is written octet by octet, from 01 to FF', () => {
    const text = Array.from({ length: 255 }, (_, at) => String.fromCharCode(at + 1)).join('');
    const octets = encodeServiceIndication({ text }, { charset: 'iso-8859-1' });
    const written = toHex(Uint8Array.from({ length: 255 }, (_, at) => at + 1));
    expect(toHex(octets)).toBe(`01060403AE818402050400454603${written}000101`);
    expect(decodeServiceIndication(octets)).toEqual({ text });
    const ascii = text.slice(0, 0x7f);
    expect(decodeServiceIndication(encodeServiceIndication({ text: ascii }, { charset: 'us-ascii' }))).toEqual({
      text: ascii,
    });
    expect(() => encodeServiceIndication({ text: '\u0080' }, { charset: 'us-ascii' })).toThrow(PduEncodeError);
    expect(() => encodeServiceIndication({ text: '\u0100' }, { charset: 'iso-8859-1' })).toThrow(PduEncodeError);
  });

  test('a text that the charset has not is refused', () => {
    expect(() => encodeServiceIndication({ text: 'è' }, { charset: 'us-ascii' })).toThrow(PduEncodeError);
    expect(() => encodeServiceIndication({ text: 'ş' }, { charset: 'iso-8859-1' })).toThrow(PduEncodeError);
    expect(() => encodeServiceIndication({ text: 'a\u0000b' })).toThrow(PduEncodeError);
    expect(() => encodeServiceIndication({ text: 'a', created: Number.NaN })).toThrow(PduEncodeError);
  });

  test('whatever is encoded comes back, and damaged octets are refused with a PduError or read', () => {
    const characters = fc.string({ unit: fc.constantFrom(...'aè€ş😀./ '), minLength: 1, maxLength: 30 });
    const seconds = fc.integer({ min: 0, max: 4_000_000_000 }).map((value) => value * 1000);
    const indication = fc
      .record(
        {
          href: fc
            .tuple(fc.constantFrom('', 'http://', 'http://www.', 'https://', 'https://www.'), characters)
            .map((parts) => parts.join('')),
          id: characters,
          created: seconds,
          expires: seconds,
          action: fc.constantFrom(
            ...(['signal-none', 'signal-low', 'signal-medium', 'signal-high', 'delete'] as const),
          ),
        },
        { requiredKeys: [] },
      )
      .chain((attributes) => fc.oneof(fc.constant(''), characters).map((text) => ({ text, ...attributes })));
    fc.assert(
      fc.property(indication, fc.nat(), fc.integer({ min: 0, max: 255 }), (value, place, octet) => {
        const octets = encodeServiceIndication(value);
        expect(decodeServiceIndication(octets)).toEqual(value);
        octets[place % octets.length] = octet;
        try {
          decodeServiceIndication(octets);
        } catch (error) {
          expect(error).toBeInstanceOf(PduError);
        }
      }),
      { seed: 2010, numRuns: 2000 },
    );
  });
});
