import { expect, test } from 'vitest';
import {
  type Direction,
  decodeTpdu,
  decodeTpduLeniently,
  encodeTpdu,
  fromHex,
  PduEncodeError,
  PduError,
  type Tpdu,
} from '../../../modem/pdu/index.ts';

const TIME = '90304061520000';

/** TPDUs, octet by octet, with the field of each part (3GPP TS 23.040, 9.2.2). */
const TPDUS: readonly (readonly [
  type: Tpdu['type'],
  direction: Direction,
  fields: readonly (readonly [field: string, hex: string])[],
])[] = [
  [
    'DELIVER',
    'mobile-terminated',
    [
      ['TP-MTI', '44'],
      ['TP-OA', '04912143'],
      ['TP-PID', '00'],
      ['TP-DCS', '08'],
      ['TP-SCTS', TIME],
      ['TP-UDL', '09'],
      ['TP-UD', '0608041234020100E9'],
    ],
  ],
  [
    'SUBMIT',
    'mobile-originated',
    [
      ['TP-MTI', '11'],
      ['TP-MR', '05'],
      ['TP-DA', '04912143'],
      ['TP-PID', '00'],
      ['TP-DCS', '00'],
      ['TP-VP', 'A7'],
      ['TP-UDL', '02'],
      ['TP-UD', 'E834'],
    ],
  ],
  [
    'SUBMIT',
    'mobile-originated',
    [
      ['TP-MTI', 'F9'],
      ['TP-MR', '05'],
      ['TP-DA', '04912143'],
      ['TP-PID', '41'],
      ['TP-DCS', '19'],
      ['TP-VP', TIME],
      ['TP-UDL', '09'],
      ['TP-UD', '0608041234030200E9'],
    ],
  ],
  [
    'SUBMIT',
    'mobile-originated',
    [
      ['TP-MTI', '09'],
      ['TP-MR', '05'],
      ['TP-DA', '04912143'],
      ['TP-PID', '00'],
      ['TP-DCS', '00'],
      ['TP-VP', '010B0000000000'],
      ['TP-UDL', '02'],
      ['TP-UD', 'E834'],
    ],
  ],
  [
    'STATUS-REPORT',
    'mobile-terminated',
    [
      ['TP-MTI', '26'],
      ['TP-MR', '07'],
      ['TP-RA', '04912143'],
      ['TP-SCTS', TIME],
      ['TP-DT', TIME],
      ['TP-ST', '46'],
    ],
  ],
  [
    'SUBMIT-REPORT',
    'mobile-terminated',
    [
      ['TP-MTI', '01'],
      ['TP-PI', '07'],
      ['TP-SCTS', TIME],
      ['TP-PID', '00'],
      ['TP-DCS', '00'],
      ['TP-UDL', '02'],
      ['TP-UD', 'E834'],
    ],
  ],
  [
    'DELIVER-REPORT',
    'mobile-originated',
    [
      ['TP-MTI', '00'],
      ['TP-PI', '07'],
      ['TP-PID', '00'],
      ['TP-DCS', '00'],
      ['TP-UDL', '02'],
      ['TP-UD', 'E834'],
    ],
  ],
  [
    'COMMAND',
    'mobile-originated',
    [
      ['TP-MTI', '22'],
      ['TP-MR', '09'],
      ['TP-PID', '00'],
      ['TP-CT', '02'],
      ['TP-MN', '07'],
      ['TP-DA', '04912143'],
      ['TP-CDL', '02'],
      ['TP-CD', 'AABB'],
    ],
  ],
];

const outcome = (work: () => unknown): string => {
  try {
    work();
    return 'read';
  } catch (error) {
    return error instanceof PduError ? `${error.field}, octet ${error.offset}` : String(error);
  }
};

test.each(TPDUS)('a %s that ends too early says in which field, and at which octet', (type, direction, fields) => {
  const octets = fromHex(fields.map(([, hex]) => hex).join(''));
  expect(decodeTpdu(octets, direction).type).toBe(type);
  const owners = fields.flatMap(([field, hex]) => Array<string>(hex.length / 2).fill(field));
  for (const [end, field] of owners.entries()) {
    const cut = octets.subarray(0, end);
    expect(outcome(() => decodeTpdu(cut, direction))).toBe(`${field}, octet ${end}`);
    // What is left of a text or of data is worth reading.
    const isRead = field === 'TP-UD' || field === 'TP-CD';
    expect(outcome(() => decodeTpduLeniently(cut, direction))).toBe(isRead ? 'read' : `${field}, octet ${end}`);
  }
});

test('the optional fields of a STATUS-REPORT say so too; a receiver does without them (9.2.2.3)', () => {
  const whole = fromHex(`260704912143${TIME}${TIME}46070000${'02E834'}`);
  const found = Array.from({ length: 6 }, (_, i) =>
    outcome(() => decodeTpdu(whole.subarray(0, 21 + i), 'mobile-terminated')),
  );
  expect(found).toEqual([
    'read',
    'TP-PID, octet 22',
    'TP-DCS, octet 23',
    'TP-UDL, octet 24',
    'TP-UD, octet 25',
    'TP-UD, octet 26',
  ]);
  for (let end = 21; end < whole.length; end += 1) {
    expect(outcome(() => decodeTpduLeniently(whole.subarray(0, end), 'mobile-terminated'))).toBe('read');
  }
});

const ADDRESS = { type: 'international', plan: 'isdn', value: '1234' } as const;
const LONG = { ...ADDRESS, value: '1'.repeat(21) } as const;
const AT = { at: 0, zone: 4 };
const LATE = { at: Date.UTC(2100, 0), zone: 4 };
const GSM = { group: 'general', alphabet: 'gsm7', automaticDeletion: false } as const;
const TEXT = { kind: 'text', header: [], text: 'x' } as const;
const BASES = {
  DELIVER: { originator: ADDRESS, timestamp: AT, dcs: GSM, userData: TEXT },
  SUBMIT: { messageReference: 0, destination: ADDRESS, dcs: GSM, userData: TEXT },
  'STATUS-REPORT': { messageReference: 0, recipient: ADDRESS, timestamp: AT, dischargeTime: AT, status: 0 },
  COMMAND: { messageReference: 0, commandType: 0, messageNumber: 0, destination: ADDRESS, data: new Uint8Array() },
  'DELIVER-REPORT': { parameters: {} },
  'SUBMIT-REPORT': { timestamp: AT, parameters: {} },
};

/** A value that does not fit its field, and the field that the error names. */
const WRONG: readonly (readonly [type: keyof typeof BASES, field: string, value: object])[] = [
  ['DELIVER', 'TP-OA', { originator: LONG }],
  ['DELIVER', 'TP-PID', { pid: 256 }],
  ['DELIVER', 'TP-PID', { pid: -1 }],
  ['DELIVER', 'TP-SCTS', { timestamp: LATE }],
  ['DELIVER', 'TP-SCTS', { timestamp: { at: 0, zone: 80 } }],
  ['DELIVER', 'TP-UD', { dcs: { ...GSM, alphabet: '8bit' } }],
  ['DELIVER', 'TP-UD', { userData: { ...TEXT, text: 'x'.repeat(161) } }],
  ['DELIVER', 'TP-UD', { userData: { ...TEXT, text: 'ж' } }],
  ['SUBMIT', 'TP-MR', { messageReference: 256 }],
  ['SUBMIT', 'TP-DA', { destination: LONG }],
  ['SUBMIT', 'TP-PID', { pid: 256 }],
  ['SUBMIT', 'TP-VP', { validity: { format: 'relative', ms: -1 } }],
  ['SUBMIT', 'TP-VP', { validity: { format: 'absolute', until: LATE } }],
  [
    'SUBMIT',
    'TP-VP',
    { validity: { format: 'enhanced', singleShot: false, period: { kind: 'seconds', seconds: 256 } } },
  ],
  ['SUBMIT', 'TP-UD', { userData: { kind: 'data', header: [], data: new Uint8Array(1) } }],
  ['STATUS-REPORT', 'TP-MR', { messageReference: 256 }],
  ['STATUS-REPORT', 'TP-RA', { recipient: LONG }],
  ['STATUS-REPORT', 'TP-SCTS', { timestamp: LATE }],
  ['STATUS-REPORT', 'TP-DT', { dischargeTime: LATE }],
  ['STATUS-REPORT', 'TP-ST', { status: 256 }],
  ['STATUS-REPORT', 'TP-PID', { parameters: { pid: 256 } }],
  ['STATUS-REPORT', 'TP-UD', { parameters: { dcs: GSM, userData: { ...TEXT, text: 'x'.repeat(161) } } }],
  ['COMMAND', 'TP-MR', { messageReference: 256 }],
  ['COMMAND', 'TP-PID', { pid: 256 }],
  ['COMMAND', 'TP-CT', { commandType: 256 }],
  ['COMMAND', 'TP-MN', { messageNumber: 256 }],
  ['COMMAND', 'TP-DA', { destination: LONG }],
  ['COMMAND', 'TP-CD', { data: new Uint8Array(157) }],
  ['DELIVER-REPORT', 'TP-FCS', { failureCause: 256 }],
  ['DELIVER-REPORT', 'TP-FCS', { failureCause: 127 }],
  ['DELIVER-REPORT', 'TP-PID', { parameters: { pid: 256 } }],
  ['SUBMIT-REPORT', 'TP-FCS', { failureCause: 256 }],
  ['SUBMIT-REPORT', 'TP-SCTS', { timestamp: LATE }],
  ['SUBMIT-REPORT', 'TP-PID', { parameters: { pid: 256 } }],
];

test.each(WRONG)('%s: a value that does not fit %s is refused by that name: %j', (type, field, value) => {
  const refused = () => encodeTpdu({ type, ...BASES[type], ...value } as unknown as Tpdu);
  expect(refused).toThrow(PduEncodeError);
  expect(refused).toThrow(expect.objectContaining({ field }));
  expect(() => encodeTpdu({ type, ...BASES[type] } as unknown as Tpdu)).not.toThrow();
});
