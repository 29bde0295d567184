import { describe, expect, test } from 'vitest';
import {
  type Deviation,
  type Direction,
  decodePdu,
  decodeTpdu,
  decodeTpduLeniently,
  encodeTpdu,
  fromHex,
  toHex,
} from '../../../modem/pdu/index.ts';
import { decodeThereAndBack, deliverHex, refusal } from './fields.ts';

// What 3GPP TS 23.040 and 23.038 tell a receiver to pass over: strict decoding does so, with a note. In place of the
// octets the encoder writes those in the last column, as a sender should.

/** The header of both Portuguese tables. */
const PORTUGUESE = '06240103250103';

/** A DELIVER whose text stands behind a header. */
function withHeader(ud: string): string {
  return deliverHex({ flags: '44', ud });
}

const REPORT = '0704912143903040615200009030406152000046';

const TERMINATED: Direction = 'mobile-terminated';
const ORIGINATED: Direction = 'mobile-originated';

interface Rule {
  readonly rule: string;
  readonly direction: Direction;
  readonly hex: string;
  /** Each note, without where. */
  readonly notes: readonly string[];
  /** What the encoder makes of it. */
  readonly normal: string;
}

const RULES: readonly Rule[] = [
  {
    rule: '23.038, 6.1.2.1.1: bits behind the last septet, one octet',
    direction: TERMINATED,
    hex: deliverHex({ ud: '01E8' }),
    notes: ['the bits behind the last septet are not 0, ignored'],
    normal: deliverHex({ ud: '0168' }),
  },
  {
    rule: '23.038, 6.1.2.1.1: bits behind the last of nine septets, all set',
    direction: TERMINATED,
    hex: deliverHex({ ud: '09FFFFFFFFFFFFFFFF' }),
    notes: ['the bits behind the last septet are not 0, ignored'],
    normal: deliverHex({ ud: '09FFFFFFFFFFFFFF7F' }),
  },
  {
    rule: '23.038, 6.1.2.1.1: bits behind the last letter of a name',
    direction: TERMINATED,
    hex: deliverHex({ oa: '02D0C1' }),
    notes: ['the bits behind the last septet are not 0, ignored'],
    normal: deliverHex({ oa: '02D041' }),
  },
  {
    rule: '23.038, 6.1.2.1.1: seven septets in seven octets, and a carriage return of padding in the last',
    direction: TERMINATED,
    hex: deliverHex({ ud: '07E8329BFD46971B' }),
    notes: ['the bits behind the last septet are not 0, ignored'],
    normal: deliverHex({ ud: '07E8329BFD469701' }),
  },
  {
    rule: '23.040, 9.2.3.24: the fill bit between header and text',
    direction: TERMINATED,
    hex: withHeader('09050003010201D169'),
    notes: ['the fill bits are not 0, ignored'],
    normal: withHeader('09050003010201D069'),
  },
  {
    rule: '23.040, 9.2.3.24: six fill bits, all set',
    direction: TERMINATED,
    hex: withHeader('0B07700511223344553F1A'),
    notes: ['the fill bits are not 0, ignored'],
    normal: withHeader('0B0770051122334455001A'),
  },
  {
    rule: '23.040, 9.2.3.24: fill bits where no text follows',
    direction: TERMINATED,
    hex: withHeader('0705000301020101'),
    notes: ['the fill bits are not 0, ignored'],
    normal: withHeader('0705000301020100'),
  },
  {
    rule: '23.038, 6.2.1.1: an escape to a place without a character is the character of the default table',
    direction: TERMINATED,
    hex: deliverHex({ ud: '029B20' }),
    notes: ['the escape sequence 1B 41 has no character, taken without the escape'],
    normal: deliverHex({ ud: '0141' }),
  },
  {
    rule: '23.038, 6.2.1.1: an escape to 0D, too',
    direction: TERMINATED,
    hex: deliverHex({ ud: '029B06' }),
    notes: ['the escape sequence 1B 0D has no character, taken without the escape'],
    normal: deliverHex({ ud: '010D' }),
  },
  {
    rule: '23.038, 6.2.1.1: under a locking shift it is the character of that table',
    direction: TERMINATED,
    hex: withHeader(`0A${PORTUGUESE}1B30`),
    notes: ['the escape sequence 1B 60 has no character, taken without the escape'],
    normal: withHeader(`09${PORTUGUESE}60`),
  },
  {
    rule: '23.038, 6.2.1.1: an escape to the escape is a space',
    direction: TERMINATED,
    hex: deliverHex({ ud: '029B0D' }),
    notes: ['the escape sequence 1B 1B has no character, taken for a space'],
    normal: deliverHex({ ud: '0120' }),
  },
  {
    rule: '23.038, 6.2.1.1: what follows the two escapes is a character of its own',
    direction: TERMINATED,
    hex: deliverHex({ ud: '039B4D19' }),
    notes: ['the escape sequence 1B 1B has no character, taken for a space'],
    normal: deliverHex({ ud: '02A032' }),
  },
  {
    rule: '23.038, A.2.3: Φ of the Portuguese single shift table, which the default table has as well',
    direction: TERMINATED,
    hex: withHeader('0703240103D84800'),
    notes: ['the escape sequence 1B 12 is not the first way to write its character, taken for that character'],
    normal: withHeader('06032401039000'),
  },
  {
    rule: '23.040, 9.2.2.1: bit 4 of a DELIVER',
    direction: TERMINATED,
    hex: deliverHex({ flags: '14' }),
    notes: ['bit 4 is reserved, ignored'],
    normal: deliverHex({}),
  },
  ...['04', '08', '10', '20', '80', 'BC'].map((flags) => ({
    rule: `23.040, 9.2.2.1a: unused bits of a DELIVER-REPORT, ${flags}`,
    direction: ORIGINATED,
    hex: `${flags}00`,
    notes: ['a reserved bit is set, ignored'],
    normal: '0000',
  })),
  ...['05', '09', '11', '21', '81'].map((flags) => ({
    rule: `23.040, 9.2.2.2a: unused bits of a SUBMIT-REPORT, ${flags}`,
    direction: TERMINATED,
    hex: `${flags}0090304061520000`,
    notes: ['a reserved bit is set, ignored'],
    normal: '010090304061520000',
  })),
  ...['16', '86', '96'].map((flags) => ({
    rule: `23.040, 9.2.2.3: unused bits of a STATUS-REPORT, ${flags}`,
    direction: TERMINATED,
    hex: `${flags}${REPORT}`,
    notes: ['bits 4 and 7 are reserved, ignored'],
    normal: `06${REPORT}`,
  })),
  ...['06', '0A', '12', '82'].map((flags) => ({
    rule: `23.040, 9.2.2.4: unused bits of a COMMAND, ${flags}`,
    direction: ORIGINATED,
    hex: `${flags}090002070491214300`,
    notes: ['a reserved bit is set, ignored'],
    normal: '02090002070491214300',
  })),
  ...['08', '10', '20', '40', '78'].map((indicator) => ({
    rule: `23.040, 9.2.3.27: a reserved bit of TP-PI, ${indicator}`,
    direction: TERMINATED,
    hex: `06${REPORT}${indicator}`,
    notes: ['a reserved bit is set, ignored'],
    normal: `06${REPORT}00`,
  })),
  {
    rule: '23.040, 9.2.3.27: what follows for a reserved bit of TP-PI is discarded',
    direction: TERMINATED,
    hex: `06${REPORT}0C0168AABBCC`,
    notes: ['a reserved bit is set, ignored', '3 octets of a later release, ignored'],
    normal: `06${REPORT}040168`,
  },
  {
    rule: '23.040, 9.2.3.27: an extension octet of TP-PI',
    direction: TERMINATED,
    hex: `06${REPORT}810041`,
    notes: ['an extension octet follows, ignored'],
    normal: `06${REPORT}0141`,
  },
  {
    rule: '23.040, 9.2.3.27: two extension octets of TP-PI, and what they promise',
    direction: TERMINATED,
    hex: `06${REPORT}81810141FF`,
    notes: [
      'an extension octet follows, ignored',
      'an extension octet follows, ignored',
      '1 octet of a later release, ignored',
    ],
    normal: `06${REPORT}0141`,
  },
  {
    rule: '23.040, 9.2.3.27: a reserved bit of TP-PI in a SUBMIT-REPORT',
    direction: TERMINATED,
    hex: '01409030406152000011',
    notes: ['a reserved bit is set, ignored', '1 octet of a later release, ignored'],
    normal: '010090304061520000',
  },
  ...['08', '10', '20', '80', 'B8'].map((bits) => ({
    rule: `23.040, 9.2.3.12.3: reserved bits of an enhanced TP-VP, ${bits}`,
    direction: ORIGINATED,
    hex: `09000181F10000${toHex(Uint8Array.of(Number.parseInt(bits, 16) | 2))}3C000000000000`,
    notes: ['a reserved bit is set, ignored'],
    normal: '09000181F10000023C000000000000',
  })),
  {
    rule: '23.040, 9.2.3.12.3: octets of an enhanced TP-VP that its format does not use',
    direction: ORIGINATED,
    hex: '09000181F10000023C000000010000',
    notes: ['an unused octet is not 0, ignored'],
    normal: '09000181F10000023C000000000000',
  },
  {
    rule: '23.040, 9.2.3.24: a reserved value in an element makes that part of it ignored: language 14',
    direction: TERMINATED,
    hex: withHeader('060325010E4003'),
    notes: ['element 37: language 14 is reserved, ignored'],
    normal: withHeader('060325010E4003'),
  },
  {
    rule: '23.040, 9.2.3.24: a reserved value in an element makes that part of it ignored: single shift table 127',
    direction: TERMINATED,
    hex: withHeader('060324017F4003'),
    notes: ['element 36: language 127 is reserved, ignored'],
    normal: withHeader('060324017F4003'),
  },
];

describe('what a receiver shall pass over is no error in strict decoding', () => {
  test.each(RULES)('$rule', ({ direction, hex, notes, normal }) => {
    const deviations: Deviation[] = [];
    const tpdu = decodeTpdu(fromHex(hex), direction, { deviations });
    expect(deviations.map(({ reason }) => reason)).toEqual(notes);
    expect(deviations.every(({ tolerated }) => tolerated)).toBe(true);
    expect(toHex(encodeTpdu(tpdu))).toBe(normal);
    expect(decodeThereAndBack(fromHex(hex), direction)).toEqual(tpdu);
    expect(decodeTpduLeniently(fromHex(hex), direction)).toEqual({ tpdu, deviations });
    expect(decodePdu(fromHex(`00${hex}`), direction)).toEqual({ tpdu });
  });

  test('an enhanced TP-VP with a reserved bit still says its 60 seconds', () => {
    const tpdu = decodeTpdu(fromHex('09000181F10000823C000000000000'), 'mobile-originated');
    expect(tpdu).toMatchObject({
      validity: { format: 'enhanced', singleShot: false, period: { kind: 'seconds', seconds: 60 } },
    });
  });

  test.each([
    ['029B20', 'A'],
    ['029B0D', ' '],
    ['039B4D19', ' e'],
  ])('%s reads %j', (ud, text) => {
    expect(decodeTpdu(fromHex(deliverHex({ ud })), 'mobile-terminated')).toMatchObject({ userData: { text } });
  });
});

describe('what the standard forbids stays an error in strict decoding', () => {
  // A phone is told to take the first two as well, and to keep the octets as they came, which the result cannot do.
  test.each<[string, Direction, string, string]>([
    [
      '9.2.3.1: the reserved message type',
      TERMINATED,
      deliverHex({ flags: '07' }),
      'TP-MTI 0: message type 3 is reserved',
    ],
    [
      '9.2.3.11: a semi-octet of a time that is no digit',
      TERMINATED,
      deliverHex({ scts: '610103409544C2' }),
      'TP-SCTS 13: the time zone has a semi-octet that is no digit',
    ],
    [
      '9.2.3.24: the last element of a header is cut',
      TERMINATED,
      deliverHex({ flags: '44', dcs: '04', ud: '050400030102' }),
      'TP-UDH 17: element 0 of 3 octets goes beyond the header',
    ],
    [
      '9.2.3.24.1: an escape sequence is split',
      TERMINATED,
      deliverHex({ ud: '011B' }),
      'TP-UD 15: the text ends in the middle of an escape sequence',
    ],
    ['9.2.3.24.1: part 0', TERMINATED, withHeader('0705000301020000'), 'TP-UDH 18: element 0: part 0 of 2'],
    [
      '9.2.3.12.3: a period of 0 seconds',
      ORIGINATED,
      '09000181F100000200000000000000',
      'TP-VP 8: 0 seconds is reserved',
    ],
    [
      '9.2.3.12.3: period format 4',
      ORIGINATED,
      '09000181F100000400000000000000',
      'TP-VP 7: period format 4 is reserved',
    ],
    [
      '9.1.2.5: bit 7 of the type of address',
      TERMINATED,
      deliverHex({ oa: '04112143' }),
      'TP-OA 2: bit 7 of the type of address is 0',
    ],
    ['9.2.2: octets behind the TPDU', TERMINATED, deliverHex({ ud: '0168FF' }), 'TP-UD 16: 1 octet too many'],
    [
      '9.2.2.3: octets behind TP-PI without a reserved bit',
      TERMINATED,
      `06${REPORT}00AA`,
      'TP-PI 22: 1 octet too many',
    ],
  ])('%s', (_rule, direction, hex, message) => {
    expect(refusal(() => decodeTpdu(fromHex(hex), direction))).toBe(message);
  });
});
