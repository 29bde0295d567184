import { describe, expect, test } from 'vitest';
import {
  concatenationOf,
  decodeTpduLeniently,
  encodeTpdu,
  fromHex,
  type InformationElement,
  PduEncodeError,
  portsOf,
  toHex,
} from '../../../modem/pdu/index.ts';
import { decodeDeliver, decodeLeniently, deliverHex, reasonIn, refusal } from './fields.ts';

/** The fields of a DELIVER with this header, UDHL included, in front of the octet AA. */
function withHeader(udh: string): { flags: string; dcs: string; ud: string } {
  const length = udh.length / 2 + 1;
  return { flags: '44', dcs: '04', ud: `${toHex(Uint8Array.of(length))}${udh}AA` };
}

describe('information elements (3GPP TS 23.040, 9.2.3.24)', () => {
  test.each<[string, string, readonly InformationElement[]]>([
    [
      'concatenation, 8 bits',
      '050003C40201',
      [{ kind: 'concatenation', width: 8, reference: 196, total: 2, sequence: 1 }],
    ],
    [
      'concatenation, 16 bits',
      '060804ABCDFFFF',
      [{ kind: 'concatenation', width: 16, reference: 0xabcd, total: 255, sequence: 255 }],
    ],
    ['ports, 16 bits', '0605043E813E80', [{ kind: 'ports', width: 16, destination: 16_001, source: 16_000 }]],
    ['ports, 8 bits', '040402F0FF', [{ kind: 'ports', width: 8, destination: 240, source: 255 }]],
    [
      'national languages',
      '06240101250103',
      [
        { kind: 'national-language', shift: 'single', language: 'turkish' },
        { kind: 'national-language', shift: 'locking', language: 'portuguese' },
      ],
    ],
    [
      'special message indication: 3 voice messages, stored, profile 2',
      '040102A003',
      [{ kind: 'special-message', store: true, waiting: 'voicemail', extendedType: 0, profile: 2, count: 3 }],
    ],
    [
      'special message indication: no voice messages any more, stored',
      '0401028000',
      [{ kind: 'special-message', store: true, waiting: 'voicemail', extendedType: 0, profile: 1, count: 0 }],
    ],
    [
      'special message indication: video',
      '0401020701',
      [{ kind: 'special-message', store: false, waiting: 'other', extendedType: 1, profile: 1, count: 1 }],
    ],
    [
      'ports and concatenation, as long data to an application have them',
      '0B05040B8423F00003010202',
      [
        { kind: 'ports', width: 16, destination: 2948, source: 9200 },
        { kind: 'concatenation', width: 8, reference: 1, total: 2, sequence: 2 },
      ],
    ],
    [
      'elements that the codec does not know, one of them empty',
      '06700211227F00',
      [
        { kind: 'other', id: 0x70, data: fromHex('1122') },
        { kind: 'other', id: 0x7f, data: fromHex('') },
      ],
    ],
  ])('%s', (_what, udh, header) => {
    const deliver = decodeDeliver(withHeader(udh));
    expect(deliver.userData).toEqual({ kind: 'data', header, data: fromHex('AA') });
    expect(toHex(encodeTpdu(deliver))).toBe(deliverHex(withHeader(udh)));
  });

  test('of an element that may come once, the last one counts', () => {
    const { userData } = decodeDeliver(withHeader('0E00030102010003020202' + '0402F1F2'));
    expect(concatenationOf(userData)).toMatchObject({ reference: 2, sequence: 2 });
    expect(portsOf(userData)).toMatchObject({ destination: 0xf1 });
    const twice = decodeDeliver(withHeader('0A0402F1F20504E1E2E3E4'));
    expect(portsOf(twice.userData)).toMatchObject({ width: 16, destination: 0xe1e2 });
  });

  test.each([
    ['single', '24', '1B'],
    ['locking', '25', ''],
  ])('of two %s shifts the last one counts', (_shift, id, before) => {
    // Seven octets of header are eight septets; then each septet of the table, behind the escape or not.
    const text = (first: string, second: string) =>
      Array.from({ length: 128 }, (_, septet) => {
        const behind = before === '' ? septet : 0x1b | (septet << 7);
        const octets = before === '' ? [behind] : [behind & 0xff, behind >> 8];
        const length = toHex(Uint8Array.of(before === '' ? 9 : 10));
        const ud = `${length}06${id}01${first}${id}01${second}${toHex(Uint8Array.from(octets))}`;
        const { userData } = decodeLeniently({ flags: '44', ud }).deliver;
        return userData.kind === 'text' ? userData.text : '';
      }).join('');
    expect(text('01', '03')).toBe(text('03', '03'));
    expect(text('03', '01')).toBe(text('01', '01'));
    expect(text('01', '01')).not.toBe(text('03', '03'));
  });

  test.each([
    ['an empty header', '00', 'TP-UDHL 15: TP-UDHI promises a header and it is empty', 0],
    ['part 0', '050003010200', 'TP-UDH 18: element 0: part 0 of 2, ignored', 1],
    ['part 3 of 2', '050003010203', 'TP-UDH 18: element 0: part 3 of 2, ignored', 1],
    ['two octets of concatenation', '0400020102', 'TP-UDH 18: element 0: 2 octets instead of 3, ignored', 1],
    [
      'an element beyond the header',
      '0470031122',
      'TP-UDH 17: element 112 of 3 octets goes beyond the header, the header ignored',
      0,
    ],
    [
      'part 1 of 2, and an element beyond the header',
      '09000301020124060001',
      'TP-UDH 22: element 36 of 6 octets goes beyond the header, the header ignored',
      0,
    ],
    [
      'part 1 of 2, of which the header has one octet too few',
      '0400030102',
      'TP-UDH 17: element 0 of 3 octets goes beyond the header, the header ignored',
      0,
    ],
    [
      'part 1 of 2, and a single octet',
      '06000301020170',
      'TP-UDH 21: a single octet is no information element, the header ignored',
      0,
    ],
    ['a header of one octet', '0170', 'TP-UDH 16: a single octet is no information element, the header ignored', 0],
  ])('%s is refused, and leniently passed over', (_what, udh, note, elements) => {
    expect(refusal(() => decodeDeliver(withHeader(udh)))).toBe(reasonIn(note));
    const { deliver, deviations } = decodeLeniently(withHeader(udh));
    expect(deviations).toEqual([note]);
    expect(deliver.userData.header).toHaveLength(elements);
    expect(deliver.userData).toMatchObject({ kind: 'data', data: fromHex('AA') });
  });

  test.each([
    ['data', '04', '0408700111', 8, { kind: 'data', data: fromHex('') }],
    ['UTF-16', '08', '0408700111', 8, { kind: 'text', text: '' }],
    ['septets, as many as the header has octets', '00', '03050003', 5, { kind: 'text', text: '' }],
  ])('a header longer than the user data, of %s, is refused, and leniently ignored', (_what, dcs, ud, octets, rest) => {
    const fields = { flags: '44', dcs, ud };
    const note = `TP-UDHL 15: a header of ${octets} octets is longer than the user data, ignored`;
    expect(refusal(() => decodeDeliver(fields))).toBe(reasonIn(note));
    const { deliver, deviations } = decodeLeniently(fields);
    expect(deliver.userData).toEqual({ ...rest, header: [] });
    expect(deviations).toEqual([note]);
  });

  const NO_USER_DATA = 'TP-UD 15: TP-UDHI promises a header and there is no user data';

  test.each([
    ['data', '04', '00', [NO_USER_DATA], { kind: 'data', data: fromHex('') }],
    ['septets', '00', '00', [NO_USER_DATA], { kind: 'text', text: '' }],
    ['UTF-16', '08', '00', [NO_USER_DATA], { kind: 'text', text: '' }],
    ['septets, with octets behind', '00', '00050003', [NO_USER_DATA, 'TP-UD 15: 3 octets too many'], { text: '' }],
    ['UTF-16, cut', '08', '08', ['TP-UD 15: 0 octets of user data instead of 8', NO_USER_DATA], { text: '' }],
  ])('a header promised where there is no user data, of %s, is refused, and leniently ignored', (...row) => {
    const [, dcs, ud, notes, rest] = row;
    const fields = { flags: '44', dcs, ud };
    expect(refusal(() => decodeDeliver(fields))).toBe(notes[0]);
    const { deliver, deviations } = decodeLeniently(fields);
    expect(deliver.userData).toMatchObject({ ...rest, header: [] });
    expect(deviations).toEqual(notes);
  });

  test('a header that says more octets than septets, and goes on behind them: its elements are not counted twice', () => {
    const hex = '440B917300000000F000006210102143650003050003010101FF';
    const { tpdu, deviations } = decodeTpduLeniently(fromHex(hex), 'mobile-terminated');
    expect(tpdu).toMatchObject({ userData: { kind: 'text', header: [], text: '' } });
    expect(deviations).toEqual([
      {
        field: 'TP-UDHL',
        offset: 19,
        reason: 'a header of 5 octets is longer than the user data, ignored',
        tolerated: false,
      },
      { field: 'TP-UD', offset: 22, reason: '4 octets too many', tolerated: false },
    ]);
  });

  test.each<[string, InformationElement]>([
    ['part 3 of 2', { kind: 'concatenation', width: 8, reference: 0, total: 2, sequence: 3 }],
    ['a reference of 9 bits', { kind: 'concatenation', width: 8, reference: 256, total: 2, sequence: 1 }],
    ['a port of 17 bits', { kind: 'ports', width: 16, destination: 65_536, source: 0 }],
    ['profile 5', { kind: 'special-message', store: true, waiting: 'fax', extendedType: 0, profile: 5, count: 1 }],
    [
      'extended type 8',
      { kind: 'special-message', store: true, waiting: 'fax', extendedType: 8, profile: 1, count: 1 },
    ],
    ['identifier 256', { kind: 'other', id: 256, data: fromHex('') }],
    ['140 octets', { kind: 'other', id: 112, data: new Uint8Array(140) }],
  ])('%s cannot be encoded', (_what, element) => {
    const deliver = decodeDeliver({ dcs: '04' });
    const userData = { kind: 'data', header: [element], data: new Uint8Array(0) } as const;
    expect(() => encodeTpdu({ ...deliver, userData })).toThrow(PduEncodeError);
  });

  test('a header longer than any TPDU is refused before it is written', () => {
    const element = { kind: 'other', id: 112, data: new Uint8Array(137) } as const;
    const userData = {
      kind: 'data',
      header: Array.from({ length: 8 }, () => element),
      data: new Uint8Array(0),
    } as const;
    expect(() => encodeTpdu({ ...decodeDeliver({ dcs: '04' }), userData })).toThrow(PduEncodeError);
  });
});
