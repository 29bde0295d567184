import { beforeEach, describe, expect, test } from 'vitest';
import { receive } from '../../../modem/cli/receive.ts';
import type { IncomingSms, SmsReceiver } from '../../../modem/index.ts';
import { VirtualClock } from '../../../sim/index.ts';

let clock: VirtualClock;
let receiver: SmsReceiver;
let printed: [record: object, text: string | undefined][];
let ending: string | undefined;

const output = { json: false, print: (record: object, text?: string) => printed.push([record, text]) };

beforeEach(() => {
  clock = new VirtualClock();
  [printed, ending] = [[], undefined];
});

function start(options: { count?: number; timeout?: number }): void {
  const modem = {
    receive(given: SmsReceiver) {
      receiver = given;
    },
  };
  receive(modem, options, output, clock).then(
    () => {
      ending = 'done';
    },
    (error: Error) => {
      ending = error.message;
    },
  );
}

const sentAt = Date.UTC(2026, 1, 3, 4, 5, 6);
const hello: IncomingSms = { originator: '+391', sentAt, content: { kind: 'text', text: 'Hello' } };
const taken = (sms: IncomingSms) =>
  receiver.message(sms).then(
    () => 'taken',
    (error: Error) => error.message,
  );

describe('what is printed of a message', () => {
  const time = '2026-02-03T04:05:06.000Z';
  const wire = { pdus: ['00AA'], zoneMinutes: 0 };
  const data = new Uint8Array([1, 0xab]);
  test.each<[string, IncomingSms, object, string]>([
    ['a text', hello, { from: '+391', sentAt: time, text: 'Hello' }, `${time} +391: Hello`],
    [
      'data to a port',
      { ...hello, content: { kind: 'data', data, ports: { destination: 2948, source: 9200 } } },
      { from: '+391', sentAt: time, data: '01AB', destinationPort: 2948, sourcePort: 9200 },
      `${time} +391 port 2948: 01AB`,
    ],
    [
      'its wire',
      { ...hello, wire: { ...wire, serviceCentre: '+39', messageClass: 0 }, immediate: true },
      {
        from: '+391',
        sentAt: time,
        zone: '+00:00',
        serviceCentre: '+39',
        class: 0,
        pdus: ['00AA'],
        text: 'Hello',
        immediate: true,
      },
      `${time} +391: Hello`,
    ],
    [
      'no service centre, no class',
      { ...hello, wire, immediate: false },
      { from: '+391', sentAt: time, zone: '+00:00', pdus: ['00AA'], text: 'Hello' },
      `${time} +391: Hello`,
    ],
  ])('%s', async (_what, sms, record, text) => {
    start({});
    expect(await taken(sms)).toBe('taken');
    expect(printed).toEqual([[record, text]]);
  });

  test.each([
    [60, '+01:00'],
    [-60, '-01:00'],
    [345, '+05:45'],
    [-210, '-03:30'],
    [-15, '-00:15'],
    [720, '+12:00'],
  ])('a zone of %i minutes is %s', async (zoneMinutes, zone) => {
    start({});
    await taken({ ...hello, wire: { ...wire, zoneMinutes } });
    expect(printed[0]?.[0]).toMatchObject({ zone });
  });

  test('a record that cannot be read, which counts', async () => {
    start({ count: 1 });
    await receiver.unreadable?.({ pdu: '00', reason: 'TP-OA, octet 1: the octets end here' });
    expect(printed).toEqual([
      [
        { unreadable: 'TP-OA, octet 1: the octets end here', pdu: '00' },
        'a message that cannot be read (TP-OA, octet 1: the octets end here): 00',
      ],
    ]);
    await clock.advance(0);
    expect(ending).toBe('done');
  });

  test('nothing of a status report', async () => {
    start({ count: 1 });
    receiver.report({ id: '1', outcome: 'delivered', status: 0, dischargedAt: 0 });
    await clock.advance(1_000);
    expect([printed, ending]).toEqual([[], undefined]);
  });
});

describe('how long it receives', () => {
  test('for ever', async () => {
    start({});
    await taken(hello);
    await clock.advance(100_000_000);
    await taken(hello);
    expect([printed.length, ending]).toEqual([2, undefined]);
  });

  test('until --count messages are printed: one more is refused, and stays in the modem', async () => {
    start({ count: 2, timeout: 10 });
    await taken(hello);
    expect(ending).toBeUndefined();
    await taken(hello);
    await clock.advance(0);
    expect(ending).toBe('done');
    // Nothing keeps the program until --timeout.
    expect(clock.next).toBeUndefined();
    expect(await taken(hello)).toBe('enough were received');
    expect(printed).toHaveLength(2);
    await clock.advance(20_000);
    expect(ending).toBe('done');
  });

  test('until --timeout: that is a failure when --count says how many', async () => {
    start({ count: 2, timeout: 10 });
    await taken(hello);
    await clock.advance(9_999);
    expect(ending).toBeUndefined();
    await clock.advance(1);
    expect(ending).toBe('1 of 2 messages came within 10 s');
  });

  test('until --timeout: the end, without --count', async () => {
    start({ timeout: 10 });
    await clock.advance(9_999);
    expect(ending).toBeUndefined();
    await clock.advance(1);
    expect(ending).toBe('done');
  });
});
