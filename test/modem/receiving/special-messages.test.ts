import { beforeEach, describe, expect, test } from 'vitest';
import { type Deliver, encodePdu, toHex } from '../../../modem/index.ts';
import { type Bench, createBench, lengthOf } from '../driver/bench.ts';
import { line, ok } from '../scripted-modem.ts';

const sentAt = Date.UTC(2010, 2, 1, 9);
const plain: Deliver = {
  type: 'DELIVER',
  originator: { type: 'international', plan: 'isdn', value: '393331234567' },
  timestamp: { at: sentAt, zone: 4 },
  dcs: { group: 'general', alphabet: 'gsm7', automaticDeletion: false },
  userData: { kind: 'text', header: [], text: 'Hello' },
};
const pduOf = (fields: Partial<Deliver>) => toHex(encodePdu({ tpdu: { ...plain, ...fields } }));

let bench: Bench;
beforeEach(() => {
  bench = createBench();
});

async function openToReceive(): Promise<void> {
  const modem = await bench.open();
  modem.receive(bench.receiver);
  await bench.clock.advance(1_000);
}

/** Arrives stored, or at once: class 0 is not stored by most modems, whatever +CNMI says. */
async function arrive(pdu: string, way: 'stored' | 'at once'): Promise<void> {
  if (way === 'stored') bench.stored.set(1, pdu);
  bench.script.say(line(way === 'stored' ? '+CMTI: "SM",1' : `+CMT: ,${lengthOf(pdu)}\r\n${pdu}`));
  await bench.clock.advance(1_000);
}

describe.each(['stored', 'at once'] as const)('%s', (way) => {
  test.each([
    { group: 'general', alphabet: 'gsm7', messageClass: 0, automaticDeletion: false } as const,
    { group: 'general', alphabet: 'ucs2', messageClass: 0, automaticDeletion: false } as const,
    { group: 'data-coding', alphabet: 'gsm7', messageClass: 0 } as const,
  ])('a message of class 0 says so: %j', async (dcs) => {
    await openToReceive();
    await arrive(pduOf({ dcs }), way);
    const content = { kind: 'text', text: 'Hello' };
    const wire = { pdus: [pduOf({ dcs })], zoneMinutes: 60, messageClass: 0 };
    expect(bench.messages).toEqual([{ originator: '+393331234567', sentAt, content, immediate: true, wire }]);
    expect(bench.stored.size).toBe(0);
  });

  test('a message of class 1 is an ordinary one', async () => {
    await openToReceive();
    await arrive(pduOf({ dcs: { ...plain.dcs, group: 'general', messageClass: 1, automaticDeletion: false } }), way);
    expect(bench.messages).toMatchObject([{ content: { text: 'Hello' } }]);
    expect(bench.messages[0]).not.toHaveProperty('immediate');
    expect(bench.log.filter(({ kind }) => kind === 'type-0')).toEqual([]);
    expect(bench.messages[0]?.wire?.messageClass).toBe(1);
  });

  test('of a long message the PDUs come in its order, with the service centre and the zone of its first part', async () => {
    await openToReceive();
    const parts = ['first ', 'second'].map((text, i) => {
      const header = [{ kind: 'concatenation', width: 8, reference: 7, total: 2, sequence: i + 1 }] as const;
      const timestamp = { at: sentAt + i * 1_000, zone: -20 + i };
      const smsc = { type: 'international', plan: 'isdn', value: `39333000000${i}` } as const;
      return toHex(encodePdu({ smsc, tpdu: { ...plain, timestamp, userData: { kind: 'text', header, text } } }));
    });
    for (const pdu of parts.toReversed()) await arrive(pdu, way);
    expect(bench.messages).toMatchObject([{ content: { text: 'first second' } }]);
    expect(bench.messages[0]?.wire).toEqual({ pdus: parts, serviceCentre: '+393330000000', zoneMinutes: -300 });
  });

  test('a message of type 0 is thrown away, acknowledged, and said without its content', async () => {
    bench.script.when('AT+CSMS?', ok('+CSMS: 1,1,1,1')).when('AT+CNMA', ok());
    await openToReceive();
    await arrive(pduOf({ pid: 0x40 }), way);
    expect(bench.messages).toEqual([]);
    expect(bench.stored.size).toBe(0);
    expect(bench.log.filter(({ kind }) => kind === 'type-0')).toHaveLength(1);
    expect(bench.script.typed.includes('AT+CNMA')).toBe(way === 'at once');
  });

  test('a message that deviates from the standard is taken, and how is said once', async () => {
    await openToReceive();
    // A month of 13.
    await arrive(pduOf({}).replace('013010', '013110'), way);
    await bench.clock.advance(300_000);
    expect(bench.messages).toMatchObject([{ content: { text: 'Hello' } }]);
    const said = bench.log.filter(({ kind }) => kind === 'deviation');
    expect(said).toEqual([{ kind: 'deviation', text: expect.stringMatching(/TP-SCTS, octet \d+: the month is not/) }]);
    expect(said[0]?.text).not.toContain('Hello');
  });
});
