import { describe, expect, test } from 'vitest';
import { type Direction, describePdu, fromHex, toHex } from '../../../modem/pdu/index.ts';

/** The fields as `field offset octets: meaning`, without the service centre. */
function fields(hex: string, direction: Direction): readonly string[] {
  const description = describePdu(fromHex(hex), { direction, smsc: false });
  expect(description.fields.map(({ octets }) => toHex(octets)).join('')).toBe(hex);
  return description.fields.map(({ field, offset, meaning }) => `${field} ${offset}: ${meaning}`);
}

describe('a TPDU field by field', () => {
  test.each<[string, Direction, string, readonly string[]]>([
    [
      'SUBMIT with a class, an absolute validity period and a header',
      'mobile-originated',
      'F90504912143411990304061520000090608041234030200E9',
      [
        'TP-MTI 0: SUBMIT, status report requested, reply path, user-data header',
        'TP-MR 1: 5',
        'TP-DA 2: +1234 (international)',
        'TP-PID 6: replaces message 1 of the same sender',
        'TP-DCS 7: UCS-2, class 1',
        'TP-VP 8: until 2009-03-04T16:25:00Z',
        'TP-UDL 15: 9 octets',
        'TP-UDHL 16: 6 octets of header',
        'TP-UDH 17: part 2 of 3, reference 4660 (16 bits)',
        'TP-UD 23: "é"',
      ],
    ],
    [
      'STATUS-REPORT with parameters',
      'mobile-terminated',
      '2607049121439030406152000090304061520000460100',
      [
        'TP-MTI 0: STATUS-REPORT, answers a command',
        'TP-MR 1: 7',
        'TP-RA 2: +1234 (international)',
        'TP-SCTS 6: 2009-03-04T16:25:00Z',
        'TP-DT 13: 2009-03-04T16:25:00Z',
        'TP-ST 20: failed: validity period expired',
        'TP-PI 21: followed by TP-PID',
        'TP-PID 22: plain',
      ],
    ],
    [
      'DELIVER-REPORT of a full phone',
      'mobile-originated',
      '00D300',
      ['TP-MTI 0: DELIVER-REPORT', 'TP-FCS 1: memory of the phone full', 'TP-PI 2: followed by nothing'],
    ],
    [
      'COMMAND',
      'mobile-originated',
      '22090002070491214302AABB',
      [
        'TP-MTI 0: COMMAND, status report requested',
        'TP-MR 1: 9',
        'TP-PID 2: plain',
        'TP-CT 3: delete',
        'TP-MN 4: 7',
        'TP-DA 5: +1234 (international)',
        'TP-CDL 9: 2 octets',
        'TP-CD 10: 2 octets of command data',
      ],
    ],
    [
      'DELIVER with every kind of element',
      'mobile-terminated',
      '400491214300C89030406152000017130102A0030402F0F1240101250103700311FF0000',
      [
        'TP-MTI 0: DELIVER, more messages to send, user-data header',
        'TP-OA 1: +1234 (international)',
        'TP-PID 5: plain',
        'TP-DCS 6: GSM 7-bit, voicemail indicator on, text may be discarded',
        'TP-SCTS 7: 2009-03-04T16:25:00Z',
        'TP-UDL 14: 23 septets',
        'TP-UDHL 15: 19 octets of header',
        'TP-UDH 16: 3 voicemail messages waiting, profile 2',
        'TP-UDH 20: to port 240 from port 241 (8 bits)',
        'TP-UDH 24: turkish single shift table',
        'TP-UDH 27: portuguese locking shift table',
        'TP-UDH 30: element 70, 3 octets',
        'TP-UD 35: ""',
      ],
    ],
  ])('%s', (_what, direction, hex, expected) => {
    expect(fields(hex, direction)).toEqual(expected);
  });

  test('the service centre stands in front when it is said to', () => {
    const octets = fromHex('079144872000302300D300');
    const [first] = describePdu(octets, { direction: 'mobile-originated', smsc: true }).fields;
    expect(first).toMatchObject({ field: 'SMSC', offset: 0, meaning: '+447802000332 (international)' });
  });

  test('what deviates is listed beside the fields', () => {
    const { deviations } = describePdu(fromHex('04D300'), { direction: 'mobile-originated', smsc: false });
    expect(deviations).toEqual([
      { field: 'TP-MTI', offset: 0, reason: 'a reserved bit is set, ignored', tolerated: true },
    ]);
  });
});

/** The flags of the first octet, one by one and all together (3GPP TS 23.040, 9.2.3). */
test.each<[Direction, string, string]>([
  ['mobile-terminated', '00', 'DELIVER, more messages to send'],
  ['mobile-terminated', '04', 'DELIVER'],
  ['mobile-terminated', '0C', 'DELIVER, must not be forwarded again'],
  ['mobile-terminated', '24', 'DELIVER, status report goes back'],
  ['mobile-terminated', '84', 'DELIVER, reply path'],
  ['mobile-originated', '01', 'SUBMIT'],
  ['mobile-originated', '05', 'SUBMIT, duplicates to be rejected'],
  ['mobile-originated', '21', 'SUBMIT, status report requested'],
  ['mobile-originated', '81', 'SUBMIT, reply path'],
  ['mobile-originated', 'A5', 'SUBMIT, status report requested, reply path, duplicates to be rejected'],
])('%s, first octet %s: %s', (direction, flags, words) => {
  const hex = direction === 'mobile-originated' ? `${flags}0004912143000000` : `${flags}0491214300009030406152000000`;
  const { fields } = describePdu(fromHex(hex), { direction, smsc: false });
  expect(fields[0]?.meaning.split(', ').sort()).toEqual(words.split(', ').sort());
});

test.each([
  ['AA', '1 octet of data'],
  ['AABB', '2 octets of data'],
])('the user data %s are %s', (data, words) => {
  const octets = fromHex(`0404912143000490304061520000${toHex(Uint8Array.of(data.length / 2))}${data}`);
  const { fields } = describePdu(octets, { direction: 'mobile-terminated', smsc: false });
  expect(fields.at(-1)?.meaning).toBe(words);
});

/** A SUBMIT with this TP-VP, and what it means (3GPP TS 23.040, 9.2.3.12). */
test.each([
  ['11', '00', '5 min'],
  ['11', '0B', '1 h'],
  ['11', '11', '90 min'],
  ['11', '8F', '12 h'],
  ['11', 'A7', '1 days'],
  ['11', 'A8', '2 days'],
  ['11', 'FF', '441 days'],
  ['09', '00000000000000', 'no period'],
  ['09', '40000000000000', 'no period, one attempt only'],
  ['09', '010B0000000000', '1 h'],
  ['09', '02140000000000', '20 s'],
  ['09', '03102030000000', '1 h 2 min 3 s'],
])('TP-VP of a SUBMIT %s: %s is %s', (first, validity, meaning) => {
  const described = fields(`${first}0004912143 00 00${validity}00`.replaceAll(' ', ''), 'mobile-originated');
  expect(described.find((field) => field.startsWith('TP-VP'))).toBe(`TP-VP 8: ${meaning}`);
});

/** A SUBMIT to an address of this type, and what its octets mean (3GPP TS 23.040, 9.1.2.5). */
test.each([
  ['0491', '2143', '+1234 (international)'],
  ['0481', '2143', '1234 (unknown)'],
  ['04A1', '2143', '1234 (national)'],
  ['0498', '2143', '+1234 (international, plan national)'],
  ['07D0', 'C2B0B906', 'Baf5 (alphanumeric)'],
])('TP-DA %s%s is %s', (head, digits, meaning) => {
  const described = fields(`0105${head}${digits}000000`, 'mobile-originated');
  expect(described.find((field) => field.startsWith('TP-DA'))).toBe(`TP-DA 2: ${meaning}`);
});
