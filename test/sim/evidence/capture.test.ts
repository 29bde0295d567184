import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, test } from 'vitest';
import { encodeTpduToHex, fromHex, type Tpdu, toHex } from '../../../modem/index.ts';
import { capture, LiveCapture } from '../../../sim/evidence/capture.ts';
import type { LogEntry, WorldEvent } from '../../../sim/log.ts';
import { type SeededRandom, seededRandom } from '../../../sim/random.ts';
import { quietWorld } from '../host.ts';
import { playSwarm } from '../network/swarm.ts';
import { ALICE, BOB, story } from './story.ts';

const run = promisify(execFile);
const TSHARK = 'tshark';
const missing = spawnSync(TSHARK, ['--version']).error !== undefined && process.env['CASH_MOBILE_SKIP_NOTHING'] !== '1';
const withTshark = test.skipIf(missing);
const folder = mkdtempSync(join(tmpdir(), 'capture-'));
const SLOW = 60_000;
const AT = Date.UTC(2010, 2, 1, 9);

/** What tshark makes of a capture: of each packet, the fields by name. */
async function dissect(octets: Uint8Array, ...fields: readonly string[]): Promise<readonly Record<string, string>[]> {
  const path = join(folder, 'capture.pcapng');
  writeFileSync(path, octets);
  const columns = fields.flatMap((field) => ['-e', field]);
  const args = ['-N', 'n', '-r', path, '-T', 'fields', '-E', 'separator=/t', ...columns];
  const { stdout } = await run(TSHARK, args, {
    maxBuffer: 2 ** 26,
    env: { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' },
  });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const values = line.split('\t');
      return Object.fromEntries(fields.map((field, i) => [field, values[i] ?? '']));
    });
}

function logOf(events: readonly WorldEvent[]): readonly LogEntry[] {
  const start: WorldEvent = { kind: 'start', seed: '1', smsc: '+393990000001', profile: 'none' };
  return [start, ...events].map((event, i) => ({ seq: i + 1, at: AT + 250 * i, ...event }));
}

/** A phone sends, or is given, one TPDU. */
function eventOfTpdu(sms: number, tpdu: Tpdu): WorldEvent {
  const hex = encodeTpduToHex(tpdu);
  const up = tpdu.type === 'SUBMIT' || tpdu.type === 'COMMAND';
  const route = { sms, from: ALICE, to: BOB } as const;
  return up ? { kind: 'submit', ...route, tpdu: hex } : { kind: 'attempt', ...route, tpdu: hex };
}

const TO_BOB = { type: 'international', plan: 'isdn', value: BOB.slice(1) } as const;
const PLAIN = { group: 'general', alphabet: 'gsm7', automaticDeletion: false } as const;
const STAMP = { at: AT, zone: 4 };
const SUBMIT = { type: 'SUBMIT', messageReference: 7, destination: TO_BOB, dcs: PLAIN } as const;
const DELIVER = { type: 'DELIVER', originator: TO_BOB, dcs: PLAIN, timestamp: STAMP } as const;
const HELLO = { kind: 'text', header: [], text: 'Hello' } as const;
const PART = { kind: 'concatenation', width: 8, reference: 9, total: 2, sequence: 1 } as const;
const PORTS = { kind: 'ports', width: 16, destination: 16001, source: 7 } as const;

const TPDUS: readonly (readonly [name: string, Tpdu, field: string, value: string])[] = [
  ['a text', { ...SUBMIT, userData: HELLO }, 'gsm_sms.sms_text', 'Hello'],
  [
    'a text in Unicode',
    { ...SUBMIT, dcs: { ...PLAIN, alphabet: 'ucs2' }, userData: { ...HELLO, text: 'Ж 你好' } },
    'gsm_sms.sms_text',
    'Ж 你好',
  ],
  [
    'octets to a port',
    {
      ...SUBMIT,
      dcs: { ...PLAIN, alphabet: '8bit' },
      userData: { kind: 'data', header: [PORTS], data: new Uint8Array(133) },
    },
    'gsm_sms.destination_port',
    '16001',
  ],
  ['a validity', { ...SUBMIT, validity: { format: 'relative', ms: 300_000 }, userData: HELLO }, 'gsm_sms.tp-vpf', '2'],
  ['a part of a long text', { ...DELIVER, userData: { ...HELLO, header: [PART] } }, 'gsm_sms.udh.mm.msg_parts', '2'],
  [
    'a sender of letters',
    { ...DELIVER, originator: { type: 'alphanumeric', plan: 'unknown', value: 'BANK' }, userData: HELLO },
    'gsm_sms.tp-oa',
    'BANK',
  ],
  [
    'a command',
    {
      type: 'COMMAND',
      messageReference: 1,
      commandType: 2,
      messageNumber: 7,
      destination: TO_BOB,
      data: Uint8Array.of(),
    },
    'gsm_sms.tp.command_type',
    '2',
  ],
  [
    'a status report',
    {
      type: 'STATUS-REPORT',
      messageReference: 7,
      recipient: TO_BOB,
      timestamp: STAMP,
      dischargeTime: STAMP,
      status: 0x46,
    },
    'gsm_sms.tp-mti',
    '2',
  ],
];

withTshark('tshark reads each kind of TPDU', { timeout: SLOW }, async () => {
  const fields = TPDUS.map(([, , field]) => field);
  const events = TPDUS.map(([, tpdu], i) => eventOfTpdu(i + 1, tpdu));
  const packets = await dissect(capture(logOf(events)), 'frame.protocols', '_ws.malformed', ...new Set(fields));
  const read = packets.map((packet, i) => [
    packet['frame.protocols'],
    packet['_ws.malformed'],
    packet[fields[i] ?? ''],
  ]);
  const protocols = 'raw:ip:udp:gsmtap:gsm_a.dtap:gsm_a.rp:gsm_sms';
  const named = <T>(values: readonly T[]) => Object.fromEntries(TPDUS.map(([name], i) => [name, values[i]]));
  expect(packets).toHaveLength(TPDUS.length);
  expect(named(read)).toEqual(named(TPDUS.map(([, , , value]) => [protocols, '', value])));
});

/** How RP-ERROR says each cause: RP cause, and TP-FCS of the report in it (3GPP TS 24.011, 7.3.4). */
const CAUSES: readonly (readonly [by: 'service centre' | 'phone', cause: number, rp: string, fcs: string])[] = [
  ['service centre', 38, '38', ''],
  ['service centre', 0xc5, '21', '0xc5'],
  ['service centre', 330, '111', ''],
  ['phone', 0xd0, '22', '0xd0'],
  ['phone', 0xd3, '22', '0xd3'],
  ['phone', 0xff, '111', '0xff'],
];

withTshark('tshark reads why the service centre or the phone refused', { timeout: SLOW }, async () => {
  const events = CAUSES.flatMap(([by, cause], i): readonly WorldEvent[] => {
    const route = { sms: i + 1, from: ALICE, to: BOB } as const;
    return by === 'phone'
      ? [
          { kind: 'attempt', ...route, tpdu: encodeTpduToHex({ ...DELIVER, userData: HELLO }) },
          { kind: 'wait', sms: i + 1, to: BOB, reason: 'full', cause, retryMs: 60_000 },
        ]
      : [
          { kind: 'submit', ...route, tpdu: encodeTpduToHex({ ...SUBMIT, userData: HELLO }) },
          { kind: 'refuse', ...route, cause },
        ];
  });
  const packets = await dissect(capture(logOf(events)), 'gsm_a.rp.cause', 'gsm_sms.tp-fcs', '_ws.malformed');
  const refusals = packets.filter((_, i) => i % 2 === 1);
  expect(packets).toHaveLength(2 * CAUSES.length);
  expect(refusals).toEqual(
    CAUSES.map(([, , rp, fcs]) => ({ 'gsm_a.rp.cause': rp, 'gsm_sms.tp-fcs': fcs, '_ws.malformed': '' })),
  );
});

withTshark('tshark sees who sent what to whom, when, and what answered it', { timeout: SLOW }, async () => {
  const { log } = await story();
  const packets = await dissect(
    capture(log.entries()),
    ...['frame.time_epoch', 'frame.interface_name', 'ip.src_host', 'ip.dst_host', 'gsm_a.rp.msg_type', '_ws.malformed'],
  );
  const [first] = packets;
  expect(first).toEqual({
    'frame.time_epoch': `${AT / 1_000}.300000000`,
    'frame.interface_name': ALICE,
    'ip.src_host': ALICE,
    'ip.dst_host': 'SMSC',
    'gsm_a.rp.msg_type': '0x00',
    '_ws.malformed': '',
  });
  for (const packet of packets) {
    const up = Number(packet['gsm_a.rp.msg_type']) % 2 === 0;
    expect(packet[up ? 'ip.src_host' : 'ip.dst_host']).toBe(packet['frame.interface_name']);
    expect(packet[up ? 'ip.dst_host' : 'ip.src_host']).toBe('SMSC');
    expect(packet['_ws.malformed']).toBe('');
  }
  const onTheAir = log
    .entries()
    .filter((entry) => entry.kind === 'attempt' || (entry.kind === 'submit' && !entry.outside));
  expect(packets.filter((packet) => Number(packet['gsm_a.rp.msg_type']) < 2)).toHaveLength(onTheAir.length);
});

withTshark('a comment tells what a packet cannot', { timeout: SLOW }, async () => {
  const { log } = await story();
  const packets = await dissect(capture(log.entries()), 'frame.comment');
  const comments = packets.map((packet) => packet['frame.comment'] ?? '').join('\n');
  for (const words of ['drop (fault-1)', 'lost on its way', 'validity period expired', 'a second copy of SMS 11']) {
    expect(comments).toContain(words);
  }
});

withTshark('long messages whose references come again are not mixed up', { timeout: SLOW }, async () => {
  const { world, clock } = quietWorld();
  const modem = world.addModem({ number: BOB });
  world.faults.add({ action: { kind: 'drop' }, probability: 0.1 });
  world.faults.add({ action: { kind: 'duplicate' }, probability: 0.1 });
  world.faults.add({ action: { kind: 'corrupt' }, probability: 0.1 });
  for (let i = 0; i < 600; i += 1) {
    world.deliver({ to: BOB, from: 'BANK', content: { kind: 'text', text: `Message ${i} `.repeat(15 + (i % 30)) } });
    await clock.advance(1_000);
    for (const [index] of modem.store('SM').entries()) modem.store('SM').delete(index);
  }
  const packets = await dissect(capture(world.log.entries()), 'gsm_sms.sms_text', '_ws.malformed');
  expect(packets.length).toBeGreaterThan(2_000);
  expect(packets.filter((packet) => packet['_ws.malformed'] !== '')).toEqual([]);
});

withTshark('tshark reads all that a swarm of phones and faults puts on the air', { timeout: SLOW }, async () => {
  for (const seed of [1, 2, 3]) {
    const { entries } = await playSwarm(seed);
    const packets = await dissect(capture(entries), 'frame.protocols', '_ws.malformed');
    expect(packets.length).toBeGreaterThan(50);
    for (const packet of packets) {
      expect(packet['frame.protocols']).toMatch(/^raw:ip:udp:gsmtap:gsm_a\.dtap:gsm_a\.rp/);
      expect(packet['_ws.malformed']).toBe('');
    }
  }
});

/** A TPDU with a bit turned, an octet replaced, or its end cut off. */
function spoilt(tpdu: Uint8Array, random: SeededRandom): Uint8Array {
  const at = Math.floor(random.fraction() * tpdu.length);
  const changed = tpdu.slice();
  const how = random.fraction();
  if (how < 0.3) return changed.subarray(0, at);
  changed[at] =
    how < 0.6 ? (changed[at] ?? 0) ^ (1 << Math.floor(random.fraction() * 8)) : Math.floor(random.fraction() * 256);
  return changed;
}

withTshark('of 3,000 spoilt TPDUs none is malformed: what cannot be read is raw', { timeout: SLOW }, async () => {
  const random = seededRandom('spoilt');
  const whole = TPDUS.map(([, tpdu]) => tpdu);
  const events = Array.from({ length: 3_000 }, (_, i): WorldEvent => {
    const tpdu = whole[i % whole.length] ?? TPDUS[0]?.[1];
    if (tpdu === undefined) throw new Error('no TPDU to spoil');
    const up = tpdu.type === 'SUBMIT' || tpdu.type === 'COMMAND';
    const hex = toHex(spoilt(fromHex(encodeTpduToHex(tpdu)), random));
    return { kind: up ? 'submit' : 'attempt', sms: i + 1, from: ALICE, to: BOB, tpdu: hex };
  });
  const packets = await dissect(capture(logOf(events)), 'frame.protocols', '_ws.malformed');
  expect(packets).toHaveLength(events.length);
  expect(packets.filter((packet) => packet['_ws.malformed'] !== '')).toEqual([]);
  const read = packets.filter((packet) => packet['frame.protocols']?.endsWith(':gsm_sms') === true);
  expect(read.length).toBeGreaterThan(1_000);
});

withTshark('a live capture has the same packets', { timeout: SLOW }, async () => {
  const { log } = await story();
  const live = new LiveCapture();
  const octets = Buffer.concat([live.head(), ...log.entries().map((entry) => live.add(entry))]);
  const fields = ['frame.time_epoch', 'frame.interface_name', 'ip.src_host', 'udp.payload', '_ws.malformed'];
  expect(await dissect(octets, ...fields)).toEqual(await dissect(capture(log.entries()), ...fields));
});

describe('a capture without an analyser', () => {
  it('tells of a message that waits for ever in a comment that ends', () => {
    const waiting = Array.from(
      { length: 5_000 },
      () => ({ kind: 'wait', sms: 1, to: BOB, reason: 'absent', retryMs: 1 }) as const,
    );
    const [start, submit] = logOf([eventOfTpdu(1, { ...SUBMIT, userData: HELLO })]);
    const events = waiting.map((event, i): LogEntry => ({ ...event, seq: i + 3, at: AT }));
    const whole = capture([start, submit, ...events].filter((entry) => entry !== undefined));
    expect(whole.length).toBeLessThan(10_000);
  });

  it('is pcapng: a section header, an interface for each phone, names, packets, each with its length at both ends', async () => {
    const { log } = await story();
    const file = Buffer.from(capture(log.entries()));
    const types: number[] = [];
    for (let at = 0; at < file.length; at += file.readUInt32LE(at + 4)) {
      const length = file.readUInt32LE(at + 4);
      expect(length % 4).toBe(0);
      expect(file.readUInt32LE(at + length - 4)).toBe(length);
      types.push(file.readUInt32LE(at));
    }
    expect(types[0]).toBe(0x0a0d0d0a);
    expect(types.filter((type) => type === 1)).toHaveLength(2);
    expect(new Set(types.slice(1))).toEqual(new Set([1, 4, 6]));
  });
});
