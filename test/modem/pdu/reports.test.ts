import { describe, expect, test } from 'vitest';
import {
  type Direction,
  decodePdu,
  decodeTpdu,
  decodeTpduLeniently,
  describeFailureCause,
  describeProtocol,
  describeStatus,
  encodePdu,
  encodeTpdu,
  fromHex,
  isoTime,
  PduEncodeError,
  protocolOf,
  statusOf,
  type Tpdu,
  toHex,
} from '../../../modem/pdu/index.ts';
import { reasonIn, refusal } from './fields.ts';

const PLAIN = { group: 'general', alphabet: 'gsm7', automaticDeletion: false } as const;
const TIMESTAMP = { at: Date.UTC(2009, 2, 4, 16, 25), zone: 0 };

describe('STATUS-REPORT (3GPP TS 23.040, 9.2.2.3)', () => {
  test('one that many decoders test: received', () => {
    const hex = '0006D60B911326880736F4111011719551401110117195714000';
    const pdu = decodePdu(fromHex(hex), 'mobile-terminated');
    expect(pdu.tpdu).toMatchObject({
      type: 'STATUS-REPORT',
      moreMessagesToSend: false,
      answersCommand: false,
      messageReference: 0xd6,
      recipient: { type: 'international', value: '31628870634' },
      status: 0,
    });
    expect('dischargeTime' in pdu.tpdu && isoTime(pdu.tpdu.dischargeTime)).toBe('2011-01-11T17:59:17+01:00');
    expect(toHex(encodePdu(pdu))).toBe(hex);
  });

  test.each<[string, string]>([
    ['no TP-PI', ''],
    ['TP-PI that promises nothing', '00'],
    ['TP-PID', '0141'],
    ['TP-PID, TP-DCS and TP-UD', '0700080400E900E8'],
    ['TP-UD in the default alphabet', '0402E834'],
  ])('with %s', (_what, rest) => {
    const hex = `060704912143903040615200009030406152000046${rest}`;
    expect(toHex(encodeTpdu(decodeTpdu(fromHex(hex), 'mobile-terminated')))).toBe(hex);
  });

  test.each<[string, string, string]>([
    ['the extension of TP-PI', '80', 'TP-PI 22: the octets end here'],
    ['TP-PID', '01', 'TP-PID 22: the octets end here'],
    ['TP-UD', '0700FF', 'TP-UDL 24: the octets end here'],
    ['compressed TP-UD', '062002E834', 'TP-DCS 22: compressed text is not supported'],
  ])('that TP-PI promises and that cannot be read, %s: refused, leniently left out', (_what, rest, reason) => {
    const octets = fromHex(`060704912143903040615200009030406152000046${rest}`);
    expect(refusal(() => decodeTpdu(octets, 'mobile-terminated'))).toBe(reason);
    const { tpdu, deviations } = decodeTpduLeniently(octets, 'mobile-terminated');
    expect(tpdu).toMatchObject({ messageReference: 7, status: 0x46 });
    expect(tpdu).not.toHaveProperty('parameters');
    const notes = deviations.filter(({ tolerated }) => !tolerated);
    expect(notes.map(({ field, offset, reason: note }) => `${field} ${offset}: ${note}`)).toEqual([
      `${reason}, the optional fields left out`,
    ]);
  });

  test('a header without user data is refused', () => {
    const decode = (first: string, rest: string) => () =>
      decodeTpdu(fromHex(`${first}0704912143903040615200009030406152000046${rest}`), 'mobile-terminated');
    expect(refusal(decode('46', ''))).toBe('TP-ST 21: TP-UDHI promises a header and there is no user data');
    expect(refusal(decode('46', '0100'))).toBe('TP-PID 23: TP-UDHI promises a header and there is no user data');
  });
});

describe('reports and commands, both ways', () => {
  test.each<[string, Direction, Tpdu]>([
    ['0000', 'mobile-originated', { type: 'DELIVER-REPORT', parameters: {} }],
    ['00D300', 'mobile-originated', { type: 'DELIVER-REPORT', failureCause: 0xd3, parameters: {} }],
    [
      '0007000002E834',
      'mobile-originated',
      {
        type: 'DELIVER-REPORT',
        parameters: { pid: 0, dcs: PLAIN, userData: { kind: 'text', header: [], text: 'hi' } },
      },
    ],
    ['010090304061520000', 'mobile-terminated', { type: 'SUBMIT-REPORT', timestamp: TIMESTAMP, parameters: {} }],
    [
      '01C5019030406152000000',
      'mobile-terminated',
      { type: 'SUBMIT-REPORT', failureCause: 0xc5, timestamp: TIMESTAMP, parameters: { pid: 0 } },
    ],
    [
      '22090002070491214302AABB',
      'mobile-originated',
      {
        type: 'COMMAND',
        hasHeader: false,
        statusReportRequested: true,
        messageReference: 9,
        pid: 0,
        commandType: 2,
        messageNumber: 7,
        destination: { type: 'international', plan: 'isdn', value: '1234' },
        data: fromHex('AABB'),
      },
    ],
  ])('%s', (hex, direction, tpdu) => {
    expect(decodeTpdu(fromHex(hex), direction)).toEqual(tpdu);
    expect(toHex(encodeTpdu(tpdu))).toBe(hex);
  });

  test('the same octets mean another thing the other way', () => {
    const octets = fromHex('0000');
    expect(decodeTpdu(octets, 'mobile-originated').type).toBe('DELIVER-REPORT');
    expect(refusal(() => decodeTpdu(octets, 'mobile-terminated'))).toBe('TP-OA 2: the octets end here');
  });

  test.each<[Direction, string, string]>([
    ['mobile-originated', '03', 'TP-MTI 0: message type 3 is reserved from the phone to the service centre'],
    ['mobile-terminated', '07', 'TP-MTI 0: message type 3 is reserved, taken for a DELIVER'],
    ['mobile-originated', '000000', 'TP-PI 2: 1 octet too many'],
    ['mobile-originated', '', 'TP-MTI 0: the octets end here'],
    ['mobile-originated', '22090002070491214303AABB', 'TP-CD 12: 2 octets of data instead of 3'],
  ])('%s %s is refused', (direction, hex, note) => {
    expect(refusal(() => decodeTpdu(fromHex(hex), direction))).toBe(reasonIn(note));
  });

  test('a failure cause below 128 cannot be encoded: it would read as TP-PI', () => {
    expect(() => encodeTpdu({ type: 'DELIVER-REPORT', failureCause: 0x22, parameters: {} })).toThrow(PduEncodeError);
  });
});

describe('TP-ST (3GPP TS 23.040, 9.2.3.15)', () => {
  test.each([
    [0x00, 'delivered', 'delivered: received'],
    [0x02, 'delivered', 'delivered: replaced by the service centre'],
    [0x03, 'failed', 'failed: reserved'],
    [0x1f, 'delivered', 'delivered: specific to the service centre'],
    [0x20, 'trying', 'trying: congestion'],
    [0x25, 'trying', 'trying: error in the phone'],
    [0x26, 'failed', 'failed: reserved'],
    [0x30, 'trying', 'trying: specific to the service centre'],
    [0x40, 'failed', 'failed: remote procedure error'],
    [0x46, 'failed', 'failed: validity period expired'],
    [0x63, 'failed', 'failed: service rejected'],
    [0x80, 'failed', 'failed: reserved'],
  ])('%i is %s', (status, outcome, words) => {
    expect(statusOf(status)).toBe(outcome);
    expect(describeStatus(status)).toBe(words);
  });
});

describe('TP-PID (3GPP TS 23.040, 9.2.3.9)', () => {
  test.each([
    [0x00, { kind: 'plain', protocol: 0 }, 'plain'],
    [0x04, { kind: 'plain', protocol: 4 }, 'plain, protocol 4'],
    [0x32, { kind: 'telematic', device: 0x12 }, 'telematic: Internet mail'],
    [0x38, { kind: 'telematic', device: 0x18 }, 'telematic: device 24'],
    [0x40, { kind: 'type-0' }, 'type 0: acknowledged and thrown away'],
    [0x41, { kind: 'replace', number: 1 }, 'replaces message 1 of the same sender'],
    [0x47, { kind: 'replace', number: 7 }, 'replaces message 7 of the same sender'],
    [0x5f, { kind: 'special', purpose: 'return call' }, 'return call'],
    [0x7f, { kind: 'special', purpose: 'SIM data download' }, 'SIM data download'],
    [0x50, { kind: 'reserved' }, 'reserved'],
    [0x80, { kind: 'reserved' }, 'reserved'],
    [0xc0, { kind: 'service-centre' }, 'assigned by the service centre'],
  ])('%i', (pid, protocol, words) => {
    expect(protocolOf(pid)).toEqual(protocol);
    expect(describeProtocol(pid)).toBe(words);
  });
});

describe('TP-FCS (3GPP TS 23.040, 9.2.3.22)', () => {
  test.each([
    [0xd0, 'SIM storage full'],
    [0xd3, 'memory of the phone full'],
    [0xc5, 'rejected as a duplicate'],
    [0xe0, 'specific to an application'],
    [0xff, 'unspecified'],
    [0x83, 'reserved'],
  ])('%i is %s', (cause, words) => {
    expect(describeFailureCause(cause)).toBe(words);
  });
});

describe('a TPDU has 164 octets at most (3GPP TS 23.040, notes of 9.2.2)', () => {
  const text = (length: number) => ({ kind: 'text', header: [], text: 'a'.repeat(length) }) as const;
  const data = (length: number) => ({ kind: 'data', header: [], data: new Uint8Array(length) }) as const;
  const DATA = { ...PLAIN, alphabet: '8bit' } as const;
  const report = {
    type: 'STATUS-REPORT',
    messageReference: 0,
    timestamp: TIMESTAMP,
    dischargeTime: TIMESTAMP,
    status: 0,
  } as const;
  const nobody = { type: 'unknown', plan: 'isdn', value: '' } as const;
  const far = { ...nobody, value: '1'.repeat(20) };
  const command = { type: 'COMMAND', messageReference: 0, commandType: 0, messageNumber: 0 } as const;

  test.each<[string, (length: number) => Tpdu, number]>([
    [
      'a DELIVER-REPORT in an RP-ACK',
      (length) => ({ type: 'DELIVER-REPORT', parameters: { pid: 0, dcs: DATA, userData: data(length) } }),
      159,
    ],
    [
      'a DELIVER-REPORT with nothing else',
      (length) => ({ type: 'DELIVER-REPORT', parameters: { userData: text(length) } }),
      184,
    ],
    [
      'a SUBMIT-REPORT in an RP-ACK',
      (length) => ({
        type: 'SUBMIT-REPORT',
        timestamp: TIMESTAMP,
        parameters: { pid: 0, dcs: DATA, userData: data(length) },
      }),
      152,
    ],
    [
      'a STATUS-REPORT about the longest number',
      (length) => ({ ...report, recipient: far, parameters: { pid: 0, dcs: DATA, userData: data(length) } }),
      131,
    ],
    [
      'a COMMAND about the longest number',
      (length) => ({ ...command, destination: far, data: new Uint8Array(length) }),
      146,
    ],
    ['a COMMAND about no number', (length) => ({ ...command, destination: nobody, data: new Uint8Array(length) }), 156],
  ])('%s', (_what, tpdu, longest) => {
    const octets = encodeTpdu(tpdu(longest));
    const direction = tpdu(0).type.startsWith('S') ? 'mobile-terminated' : 'mobile-originated';
    expect(encodeTpdu(decodeTpdu(octets, direction))).toEqual(octets);
    expect(() => encodeTpdu(tpdu(longest + 1))).toThrow(PduEncodeError);
  });
});
