import { describe, expect, test } from 'vitest';
import {
  IllegalArgumentException,
  InterruptedIOException,
  IOException,
  openConnection,
  parseSmsAddress,
  SecurityException,
} from '../../../device/midp/index.ts';
import { fakeContext } from './context.ts';

const DATA = Uint8Array.of(1, 2, 3);

describe('An sms: address (JSR-120, A.2)', () => {
  test.each([
    ['sms://+393400000002:16001', { number: '+393400000002', port: 16001 }],
    ['sms://+393400000002', { number: '+393400000002' }],
    ['sms://48999', { number: '48999' }],
    ['sms://:16001', { port: 16001 }],
    ['sms://:0', { port: 0 }],
    ['sms://:65535', { port: 65_535 }],
    ['sms://+123456789012345:1', { number: '+123456789012345', port: 1 }],
  ])('%s is read', (url, address) => {
    expect(parseSmsAddress(url)).toEqual(address);
  });

  test.each([
    '',
    'sms://',
    'sms:+39340',
    'sms://+39:',
    'sms://:65536',
    'sms://+1234567890123456',
    'sms://+39x',
    'mms://+39',
    'sms://+39:1:2',
  ])('%j is refused', (url) => {
    expect(() => parseSmsAddress(url)).toThrow('Expected an address');
  });

  test.each([2805, 2923, 2948, 2949, 5502, 5503, 5508, 5511, 5512, 9200, 9201, 9202, 9203, 9207, 49996, 49999])(
    'port %d is not for applications (JSR-120, A.6.0)',
    (port) => {
      expect(() => parseSmsAddress(`sms://+39340:${port}`)).toThrow(SecurityException);
    },
  );
});

describe('A MessageConnection (JSR-120)', () => {
  test('on a port sends from that port to the address of the message', async () => {
    const { context, sent } = fakeContext();
    const connection = openConnection(context, 'sms://:16001');
    await connection.send({ kind: 'binary', address: 'sms://+39340:16001', data: DATA });
    const message = { number: '+39340', port: 16001, payload: { kind: 'binary', data: DATA } };
    expect(sent).toEqual([{ message, sourcePort: 16001 }]);
  });

  test('to a number sends there, from no port', async () => {
    const { context, sent } = fakeContext();
    const connection = openConnection(context, 'sms://+39340');
    await connection.send({ kind: 'text', text: 'ciao' });
    expect(sent).toEqual([
      { message: { number: '+39340', payload: { kind: 'text', text: 'ciao' } }, sourcePort: undefined },
    ]);
  });

  test('on a port that is open already is refused', () => {
    const { context } = fakeContext();
    openConnection(context, 'sms://:16001').close();
    openConnection(context, 'sms://:16001');
    expect(() => openConnection(context, 'sms://:16001')).toThrow(IOException);
  });

  test.each([1, 2, 3, 4])('tells a listener that fetches at once of all %d messages that waited', async (count) => {
    const { context, arrive } = fakeContext();
    const expected = Array.from({ length: count }, (_, index) => index);
    for (const value of expected) {
      const payload = { kind: 'binary', data: Uint8Array.of(value) } as const;
      arrive(16001, { number: '+39340', port: 16001, payload, timestamp: value });
    }
    const fetched: Promise<number>[] = [];
    openConnection(context, 'sms://:16001').setMessageListener((connection) => {
      fetched.push(connection.receive().then(({ timestamp }) => timestamp));
    });
    expect(await Promise.all(fetched)).toEqual(expected);
  });

  test('tells its listener of each message, also of those that waited, and gives them in order', async () => {
    const { context, arrive } = fakeContext();
    const message = (value: number) =>
      ({
        number: '+39340',
        port: 16001,
        payload: { kind: 'binary', data: Uint8Array.of(value) },
        timestamp: value,
      }) as const;
    arrive(16001, message(1));
    const connection = openConnection(context, 'sms://:16001');
    let told = 0;
    connection.setMessageListener(() => {
      told += 1;
    });
    expect(told).toBe(1);
    arrive(16001, message(2));
    expect(told).toBe(2);
    const received = [await connection.receive(), await connection.receive()];
    expect(received.map(({ timestamp, address }) => [timestamp, address])).toEqual([
      [1, 'sms://+39340:16001'],
      [2, 'sms://+39340:16001'],
    ]);
  });

  test('tells a new listener of what was not fetched yet, and of nothing else', async () => {
    const { context, arrive } = fakeContext();
    const payload = { kind: 'text', text: 'ciao' } as const;
    for (const timestamp of [1, 2, 3]) arrive(16001, { number: '+39340', payload, timestamp });
    const connection = openConnection(context, 'sms://:16001');
    await connection.receive();
    let told = 0;
    connection.setMessageListener(() => {
      told += 1;
    });
    expect(told).toBe(2);
    connection.setMessageListener(undefined);
    arrive(16001, { number: '+39340', payload, timestamp: 4 });
    expect(told).toBe(2);
  });

  test('tells a new listener only of what nobody has fetched or waited for', async () => {
    const { context, arrive } = fakeContext();
    const payload = { kind: 'text', text: 'ciao' } as const;
    const connection = openConnection(context, 'sms://:16001');
    const first = connection.receive();
    for (const timestamp of [1, 2]) arrive(16001, { number: '+39340', payload, timestamp });
    expect((await first).timestamp).toBe(1);
    let told = 0;
    connection.setMessageListener(() => {
      told += 1;
    });
    expect(told).toBe(1);
  });

  test('needs a number to send to', async () => {
    const { context, sent } = fakeContext();
    const connection = openConnection(context, 'sms://:16001');
    await expect(connection.send({ kind: 'text', address: 'sms://:16001', text: '' })).rejects.toThrow(
      'needs a number',
    );
    await expect(connection.send({ kind: 'text', address: 'sms://', text: '' })).rejects.toThrow('Expected an address');
    expect(sent).toEqual([]);
  });

  test('to a number and a port sends there, from no port', async () => {
    const { context, sent } = fakeContext();
    await openConnection(context, 'sms://+39340:16002').send({ kind: 'binary', data: DATA });
    const message = { number: '+39340', port: 16002, payload: { kind: 'binary', data: DATA } };
    expect(sent).toEqual([{ message, sourcePort: undefined }]);
  });

  test.each([
    [1_000, 10],
    [1_001, 0],
  ])('takes a message of %d octets for %d SMS, and sends 10 at most', async (length, segments) => {
    const { context, sent } = fakeContext();
    const message = { kind: 'binary', data: new Uint8Array(length) } as const;
    const connection = openConnection(context, 'sms://+39340');
    expect(connection.numberOfSegments(message)).toBe(segments);
    const sending = connection.send(message);
    await (segments > 0 ? sending : expect(sending).rejects.toThrow(IllegalArgumentException));
    expect(sent.length).toBe(segments > 0 ? 1 : 0);
  });

  test('gives octets as they came', async () => {
    const { context, arrive } = fakeContext();
    const connection = openConnection(context, 'sms://:16001');
    arrive(16001, { number: '+39340', port: 0, payload: { kind: 'binary', data: DATA }, timestamp: 5 });
    expect(await connection.receive()).toEqual({ kind: 'binary', address: 'sms://+39340:0', data: DATA, timestamp: 5 });
  });

  test('gives messages to those who wait in turn, and interrupts the others when it is closed', async () => {
    const { context, arrive } = fakeContext();
    const connection = openConnection(context, 'sms://:16001');
    const [first, second] = [connection.receive(), connection.receive()];
    const refused = expect(second).rejects.toThrow('closed');
    arrive(16001, { number: '+39340', payload: { kind: 'text', text: 'ciao' }, timestamp: 5 });
    expect((await first).timestamp).toBe(5);
    connection.close();
    await refused;
  });

  test('that is closed twice leaves the port to who opened it in between', () => {
    const { context } = fakeContext();
    const connection = openConnection(context, 'sms://:16001');
    connection.close();
    openConnection(context, 'sms://:16001');
    connection.close();
    expect(() => openConnection(context, 'sms://:16001')).toThrow(IOException);
  });

  test('to a number and a port does not close that port of the phone', () => {
    const { context } = fakeContext();
    openConnection(context, 'sms://:16001');
    openConnection(context, 'sms://+39340:16001').close();
    expect(() => openConnection(context, 'sms://:16001')).toThrow(IOException);
  });

  test.each(['sms://+39340', 'sms://+39340:16001'])('on %s does not receive', async (url) => {
    await expect(openConnection(fakeContext().context, url).receive()).rejects.toThrow('does not receive');
  });

  test('receive waits for the next message', async () => {
    const { context, arrive } = fakeContext();
    const connection = openConnection(context, 'sms://:16001');
    const next = connection.receive();
    arrive(16001, { number: '+39340', payload: { kind: 'text', text: 'ciao' }, timestamp: 5 });
    expect(await next).toEqual({ kind: 'text', address: 'sms://+39340', text: 'ciao', timestamp: 5 });
  });

  test('that is closed interrupts who still sends: whether that message goes out is unknown', async () => {
    const { context } = fakeContext();
    const messaging = { ...context.messaging, send: () => new Promise<void>(() => {}) };
    const connection = openConnection({ ...context, messaging }, 'sms://+39340');
    const sending = expect(connection.send({ kind: 'text', text: 'ciao' })).rejects.toThrow(InterruptedIOException);
    connection.close();
    await sending;
  });

  test('that is closed interrupts who waits, and sends nothing any more', async () => {
    const { context } = fakeContext();
    const connection = openConnection(context, 'sms://:16001');
    const next = connection.receive();
    connection.close();
    await expect(next).rejects.toThrow(IOException);
    await expect(connection.receive()).rejects.toThrow(IOException);
    await expect(connection.send({ kind: 'text', address: 'sms://+39340', text: '' })).rejects.toThrow(IOException);
  });
});
