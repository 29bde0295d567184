import { expect, test } from 'vitest';
import { fromHex, toHex } from '../../../modem/index.ts';
import { capture, LiveCapture } from '../../../sim/evidence/capture.ts';
import { gsmtap, udpPacket } from '../../../sim/evidence/gsmtap.ts';
import { LongMessages } from '../../../sim/evidence/long-messages.ts';
import { pcapngBlock, pcapngHead } from '../../../sim/evidence/pcapng.ts';
import { cpData, rpAck, rpData, rpError } from '../../../sim/evidence/relay.ts';
import type { LogEntry, WorldEvent } from '../../../sim/log.ts';
import { DELIVER, partOf, REPORT, WANTS_REPORT } from './tpdus.ts';

const A = '+393330000001';
const B = '+393330000002';
const CENTRE = fromHex('07919399090000F1');

/** What each layer makes of what is in it, octet by octet. */
const LAYERS: readonly (readonly [name: string, octets: Uint8Array, hex: string])[] = [
  // 3GPP TS 24.011, 7.3.1: message type, reference, originator, destination, length, TPDU.
  ['RP-DATA from a phone', rpData('up', 5, CENTRE, fromHex('AABB')), '00050007919399090000F102AABB'],
  ['RP-DATA to a phone', rpData('down', 5, CENTRE, fromHex('AABB')), '010507919399090000F10002AABB'],
  // 7.3.3, 7.3.4
  ['RP-ACK from a phone', rpAck('up', 255), '02FF'],
  ['RP-ACK to a phone', rpAck('down', 255), '03FF'],
  ['RP-ERROR from a phone', rpError('up', 1, 22), '04010116'],
  ['RP-ERROR to a phone, with a report', rpError('down', 1, 21, fromHex('01D3')), '05010115410201D3'],
  // 3GPP TS 24.007, 11.2.3.1: transaction identifier with the flag of the side that did not begin.
  ['CP-DATA of the side that began', cpData(3, false, fromHex('02FF')), '390102' + '02FF'],
  ['CP-DATA of the other side', cpData(6, true, fromHex('02FF')), 'E90102' + '02FF'],
  ['GSMTAP from a phone', gsmtap('up', fromHex('AB')), '02040200400000000000000008000000' + 'AB'],
  ['GSMTAP to a phone', gsmtap('down', fromHex('AB')), '02040200000000000000000008000000' + 'AB'],
  [
    'UDP over IPv4, RFC 791 and 768; checksum by RFC 1071',
    udpPacket(4729, fromHex('AB'), '10.0.0.1', '10.255.255.254'),
    '4500001D00000000401165D20A0000010AFFFFFE' + '1279127900090000' + 'AB',
  ],
  [
    'the head of a capture',
    pcapngHead(),
    '0A0D0D0A2C0000004D3C2B1A01000000FFFFFFFFFFFFFFFF' + '0400070067736D2D73696D00' + '00000000' + '2C000000',
  ],
  [
    'an interface',
    pcapngBlock({ kind: 'interface', name: '+39' }),
    '010000002800000065000000' + '00000000' + '020003002B333900' + '0900010003000000' + '00000000' + '28000000',
  ],
  [
    'a name',
    pcapngBlock({ kind: 'name', name: 'SMSC', address: '10.255.255.254' }),
    '0400000020000000' + '010009000AFFFFFE534D534300000000' + '00000000' + '20000000',
  ],
  [
    'a packet',
    pcapngBlock({
      kind: 'packet',
      at: 2 ** 32 + 0x0102_0304,
      on: 2,
      direction: 'inbound',
      octets: fromHex('AABBCC'),
      comment: 'é',
    }),
    '0600000038000000' +
      '02000000' +
      '01000000' +
      '04030201' +
      '03000000' +
      '03000000' +
      'AABBCC00' +
      '01000200C3A90000' +
      '0200040001000000' +
      '00000000' +
      '38000000',
  ],
];

test.each(LAYERS)('%s', (_name, octets, hex) => {
  expect(toHex(octets)).toBe(hex);
});

test('a packet to a phone is outbound, and times are rounded to ms', () => {
  const packet = { kind: 'packet', at: 1.6, on: 0, direction: 'outbound', octets: fromHex(''), comment: '' } as const;
  const hex = toHex(pcapngBlock(packet));
  expect(hex).toContain('0200040002000000');
  expect(hex).toContain('0000000002000000');
});

interface Packet {
  readonly comment: string;
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  /** The layer 3 message, or what is raw. */
  readonly payload: string;
}

/** The packets of a capture. */
function packetsOf(file: Uint8Array): readonly Packet[] {
  const octets = Buffer.from(file);
  const packets: Packet[] = [];
  for (let at = 0; at < octets.length; at += octets.readUInt32LE(at + 4)) {
    if (octets.readUInt32LE(at) !== 6) continue;
    const length = octets.readUInt32LE(at + 20);
    const ip = octets.subarray(at + 28, at + 28 + length);
    const comment = at + 28 + Math.ceil(length / 4) * 4;
    const port = ip.readUInt16BE(22);
    packets.push({
      comment: octets.toString('utf8', comment + 4, comment + 4 + octets.readUInt16LE(comment + 2)),
      source: ip.subarray(12, 16).join('.'),
      destination: ip.subarray(16, 20).join('.'),
      port,
      payload: toHex(ip.subarray(port === 4729 ? 28 + 16 : 28)),
    });
  }
  return packets;
}

function entriesOf(events: readonly WorldEvent[]): readonly LogEntry[] {
  return events.map((event, i) => ({ seq: i + 1, at: i * 1_000 + 999, ...event }));
}

const START: WorldEvent = { kind: 'start', seed: '1', smsc: '+393990000001', profile: 'none' };
const route = (sms: number, from = A, to = B) => ({ sms, from, to }) as const;
const submit = (sms: number, tpdu = WANTS_REPORT): WorldEvent => ({ kind: 'submit', ...route(sms), tpdu });
const attempt = (sms: number, to = B): WorldEvent => ({ kind: 'attempt', ...route(sms, A, to), tpdu: DELIVER });
const CENTRE_ADDRESS = '10.255.255.254';

test('each packet says in words what it is, and what the log tells of its message before the next', () => {
  const packets = packetsOf(
    capture(
      entriesOf([
        START,
        { kind: 'submit', ...route(1), from: 'BANK', tpdu: WANTS_REPORT, outside: true },
        submit(2),
        { kind: 'fault', fault: 'fault-1', action: 'delay', ...route(2) },
        { kind: 'accept', ...route(2) },
        attempt(2),
        { kind: 'wait', sms: 2, to: B, reason: 'absent', retryMs: 1_000 },
        attempt(2),
        { kind: 'deliver', ...route(2), tpdu: DELIVER },
        { kind: 'duplicate', sms: 3, original: 2, to: B },
        { kind: 'lose', sms: 3, to: B },
        { kind: 'attach', number: A },
      ]),
    ),
  );
  expect(packets.map(({ comment }) => comment)).toEqual([
    `SMS 2 submit: ${A} → ${B} «Hi↵Bob», reference 7, wants a report\nSMS 2 fault: ${A} delay (fault-1), on the way to ${B}`,
    `SMS 2 accept: ${A} the service centre has it`,
    `SMS 2 attempt: ${B} on the air\nSMS 2 wait: ${B} out of reach, again in 1 s`,
    `SMS 2 attempt: ${B} on the air`,
    `SMS 2 deliver: ${B} ← ${A} «Hi↵Bob»\nSMS 3 duplicate: ${B} a second copy of SMS 2`,
  ]);
  const [one, two] = ['10.0.0.1', '10.0.0.2'];
  expect(packets.map(({ source, destination }) => [source, destination])).toEqual([
    [one, CENTRE_ADDRESS],
    [CENTRE_ADDRESS, one],
    [CENTRE_ADDRESS, two],
    [CENTRE_ADDRESS, two],
    [two, CENTRE_ADDRESS],
  ]);
  // Transactions and references count on each side of each link.
  expect(packets.map(({ payload }) => payload.slice(0, 10))).toEqual([
    '0901200000',
    '8901020300',
    '0901260100',
    '1901260101',
    '9901020201',
  ]);
});

test('each address is named once, and a packet from a phone is inbound', () => {
  const file = Buffer.from(
    capture(entriesOf([START, submit(1), { kind: 'accept', ...route(1) }, submit(2), { kind: 'accept', ...route(2) }])),
  );
  const blocks: string[] = [];
  for (let at = 0; at < file.length; at += file.readUInt32LE(at + 4)) {
    const hex = file.toString('hex', at, at + file.readUInt32LE(at + 4));
    const direction = /02000400(01|02)0000000{8}/.exec(hex)?.[1];
    blocks.push(direction === undefined ? String(file.readUInt32LE(at)) : `6 ${direction}`);
  }
  // An interface, two names, and packets from the phone and to it.
  expect(blocks.slice(1)).toEqual(['1', '4', '4', '6 01', '6 02', '6 01', '6 02']);
});

test('that a message is lost is told with its last packet', () => {
  const [packet] = packetsOf(capture(entriesOf([START, submit(1), { kind: 'lose', sms: 1, to: B }])));
  expect(packet?.comment.split('\n').at(-1)).toBe(`SMS 1 lose: ${B} lost on its way`);
});

test('a live capture tells of no more than its packet', () => {
  const live = new LiveCapture();
  const events = entriesOf([START, submit(1), { kind: 'fault', fault: 'f', action: 'delay', ...route(1) }]);
  const file = Buffer.concat([live.head(), ...events.map((entry) => live.add(entry))]);
  expect(packetsOf(file).map(({ comment }) => comment.split('\n').length)).toEqual([1]);
});

test('transactions are 0 to 6, references 0 to 255, then from 0 again', () => {
  const payloads = packetsOf(capture(entriesOf(Array.from({ length: 257 }, (_, i) => submit(i + 1))))).map(
    ({ payload }) => payload,
  );
  const of = (at: number) => [payloads[at]?.slice(0, 2), payloads[at]?.slice(8, 10)];
  expect([0, 6, 7, 255, 256].map(of)).toEqual([
    ['09', '00'],
    ['69', '06'],
    ['09', '07'],
    ['39', 'FF'],
    ['49', '00'],
  ]);
});

test('what answers a message whose beginning is not in the capture is no packet; nor does anything answer twice', () => {
  const accept: WorldEvent = { kind: 'accept', ...route(1) };
  expect(packetsOf(capture(entriesOf([accept])))).toEqual([]);
  expect(packetsOf(capture(entriesOf([submit(1), accept, accept])))).toHaveLength(2);
});

/** How a refusal is on the air: RP-ERROR with its cause, and the report with TP-FCS that goes with it. */
const REFUSALS: readonly (readonly [name: string, events: readonly WorldEvent[], rpdu: string])[] = [
  ['RP cause by the service centre', [submit(1), { kind: 'refuse', ...route(1), cause: 127 }], '0500017F'],
  [
    'TP-FCS by the service centre, with its time in whole seconds',
    [submit(1), { kind: 'refuse', ...route(1), cause: 128 }],
    '05000115410A01800007101000001000',
  ],
  [
    'TP-FCS, the last one',
    [submit(1), { kind: 'refuse', ...route(1), cause: 255 }],
    '05000115410A01FF0007101000001000',
  ],
  ['a cause that is not on the air', [submit(1), { kind: 'refuse', ...route(1), cause: 256 }], '0500016F'],
  [
    'RP cause by the phone',
    [attempt(1), { kind: 'wait', sms: 1, to: B, reason: 'phone-error', cause: 127, retryMs: 1 }],
    '0400017F',
  ],
  [
    'TP-FCS 80 by the phone',
    [attempt(1), { kind: 'wait', sms: 1, to: B, reason: 'phone-error', cause: 128, retryMs: 1 }],
    '0400016F4103008000',
  ],
  [
    'no room, for the last time',
    [attempt(1), { kind: 'fail', sms: 1, to: B, status: 0x46, cause: 0xd3 }],
    '040001164103' + '00D300',
  ],
];

test.each(REFUSALS)('a refusal: %s', (_name, events, rpdu) => {
  const [, refusal] = packetsOf(capture(entriesOf(events)));
  expect(refusal?.payload.slice(6)).toBe(rpdu);
});

test('what cannot be read is raw, with the reason', () => {
  const [packet] = packetsOf(capture(entriesOf([submit(1, '01000C919333')])));
  expect(packet).toMatchObject({ port: 49_152, payload: '01000C919333' });
  expect(packet?.comment).toMatch(/^SMS 1 submit: .* unreadable\nno TPDU, TP-DA/);
});

test('phones follow one another from 10.0.0.1, also beyond 255', () => {
  const events = Array.from({ length: 257 }, (_, i) => attempt(i + 1, `+${i + 1}`));
  const packets = packetsOf(capture(entriesOf(events)));
  expect([0, 254, 255, 256].map((at) => packets[at]?.destination)).toEqual([
    '10.0.0.1',
    '10.0.0.255',
    '10.0.1.0',
    '10.0.1.1',
  ]);
});

test('long messages of one reference, and changed ones, have each a service centre of their own', () => {
  const corrupt: WorldEvent = { kind: 'fault', fault: 'f', action: 'corrupt', ...route(6) };
  const events = [
    submit(1, partOf(2, 1)),
    submit(2, partOf(2, 2)),
    submit(3, partOf(2, 1)),
    submit(4, partOf(3, 2)),
    attempt(4),
    { kind: 'duplicate', sms: 5, original: 3, to: B } as const,
    attempt(5),
    corrupt,
    attempt(6),
    { ...corrupt, sms: 7 },
    attempt(7),
  ];
  const addresses = packetsOf(capture(entriesOf(events))).map(({ source, destination }) =>
    source.startsWith('10.255.') ? source : destination,
  );
  expect(addresses).toEqual(
    [254, 254, 253, 252, 252, 253].map((last) => `10.255.255.${last}`).concat(['10.255.0.1', '10.255.0.2']),
  );
});

test('of a long message, parts that come again or are of another number are another one', () => {
  const messages = new LongMessages();
  const begin = (sms: number, tpdu: string, to = B) => {
    messages.begin({ seq: sms, at: 0, kind: 'submit', ...route(sms, A, to), tpdu });
    return messages.use(sms);
  };
  expect(begin(1, partOf(2, 1))).toBe(0);
  expect(begin(2, partOf(2, 2))).toBe(0);
  expect(begin(3, partOf(2, 2))).toBe(1);
  expect(begin(4, partOf(2, 1))).toBe(1);
  expect(begin(5, partOf(3, 1))).toBe(2);
  expect(begin(6, partOf(3, 1), '+398')).toBe(0);
  expect(begin(7, WANTS_REPORT)).toBe(0);
  expect(begin(9, partOf(2, 1).replace('05000309', '0500030A'), '+397')).toBe(0);
  expect(begin(10, partOf(2, 1), '+397')).toBe(0);
  messages.duplicate(8, 5);
  expect(messages.use(8)).toBe(2);
  expect(messages.use(99)).toBe(0);
});

test('a status report is on the air as it is', () => {
  const [packet] = packetsOf(capture(entriesOf([START, { kind: 'attempt', ...route(1, B, A), tpdu: REPORT }])));
  expect(packet?.payload.endsWith(REPORT)).toBe(true);
});
