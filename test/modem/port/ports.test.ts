import { mkdtempSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type Clock,
  type FarEnd,
  type Port,
  PortError,
  portFromName,
  serialPort,
  systemClock,
  tcpPort,
} from '../../../modem/index.ts';
import { openPty, openTcp } from '../../../sim/index.ts';

interface Line {
  readonly farEnd: FarEnd;
  readonly name: string;
}

const kinds: readonly (readonly [kind: string, open: () => Promise<Line>])[] = [
  [
    'a serial port on a PTY',
    async () => {
      const farEnd = openPty();
      return { farEnd, name: farEnd.path };
    },
  ],
  [
    'a TCP port',
    async () => {
      const farEnd = await openTcp();
      return { farEnd, name: farEnd.url };
    },
  ],
];

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Opens a port and keeps what it says. */
async function listen(port: Port) {
  const heard = { text: '', closed: [] as (PortError | undefined)[] };
  await port.open({
    data: (octets) => {
      heard.text += Buffer.from(octets).toString('latin1');
    },
    closed: (reason) => heard.closed.push(reason),
  });
  ends.push(() => port.close());
  return heard;
}

/** A modem that says everything back in capitals. */
function shout({ farEnd }: Line): void {
  farEnd.listen({
    opened: () => {},
    closed: () => {},
    data: (octets) => farEnd.write(Buffer.from(Buffer.from(octets).toString('latin1').toUpperCase())),
  });
  ends.push(() => farEnd.hangUp());
}

describe.each(kinds)('%s', (_kind, openLine) => {
  test('carries every octet both ways', async () => {
    const line = await openLine();
    shout(line);
    const port = portFromName(line.name);
    const heard = await listen(port);
    await port.setLines({ dtr: true, rts: true });
    await expect
      .poll(async () => {
        await port.write(Buffer.from('at\r\x1a\x1b\0é', 'latin1'));
        return heard.text;
      })
      .toContain('AT\r\x1a\x1b\0');
  });

  test('carries what the modem says, whatever the modem does with the octets afterwards', async () => {
    const line = await openLine();
    shout(line);
    const port = portFromName(line.name);
    const heard = await listen(port);
    await expect
      .poll(async () => {
        await port.write(Buffer.from('x'));
        return heard.text;
      })
      .toContain('X');
    const octets = Buffer.from('RING\r');
    line.farEnd.write(octets);
    octets.fill('*');
    await expect.poll(() => heard.text).toContain('RING\r');
  });

  test('closes at once, as often as it is told, and can be opened again', async () => {
    const line = await openLine();
    shout(line);
    const port = portFromName(line.name);
    const heard = await listen(port);
    await port.close();
    await port.close();
    expect(heard.closed).toEqual([undefined]);
    await expect(port.write(new Uint8Array(1))).rejects.toMatchObject({ code: 'closed' });
    const again = await listen(port);
    expect(again.closed).toEqual([]);
  });

  test('says when it is lost', async () => {
    const line = await openLine();
    shout(line);
    const port = portFromName(line.name);
    const heard = await listen(port);
    await expect
      .poll(async () => {
        await port.write(Buffer.from('x'));
        return heard.text;
      })
      .toContain('X');
    line.farEnd.hangUp();
    await expect.poll(() => heard.closed.map((reason) => reason?.code), { timeout: 10_000 }).toEqual(['lost']);
  });

  test('says when it is lost right after it was opened', async () => {
    const line = await openLine();
    shout(line);
    const heard = await listen(portFromName(line.name));
    line.farEnd.hangUp();
    await expect.poll(() => heard.closed.map((reason) => reason?.code), { timeout: 10_000 }).toEqual(['lost']);
  });

  test('cannot be opened twice by one program', async () => {
    const line = await openLine();
    shout(line);
    const port = portFromName(line.name);
    await listen(port);
    await expect(port.open({ data() {}, closed() {} })).rejects.toMatchObject({ code: 'busy' });
  });
});

describe('a port that cannot be opened', () => {
  const failure = async (port: Port) => {
    const error = await port.open({ data() {}, closed() {} }).catch((caught: unknown) => caught);
    if (!(error instanceof PortError)) throw new Error('expected a PortError');
    return error;
  };

  test('is missing', async () => {
    const error = await failure(serialPort('/dev/there-is-no-such-port'));
    expect(error).toMatchObject({ code: 'missing', port: '/dev/there-is-no-such-port' });
    expect(error.message).toBe('/dev/there-is-no-such-port: there is no such port: is the modem plugged in?');
  });

  test('is held by another', async () => {
    const farEnd = openPty();
    shout({ farEnd, name: farEnd.path });
    await listen(serialPort(farEnd.path));
    const pauses: number[] = [];
    const clock: Clock = {
      ...systemClock,
      after(delayMs, task) {
        pauses.push(delayMs);
        return systemClock.after(delayMs, task);
      },
    };
    const error = await failure(serialPort(farEnd.path, {}, clock));
    expect(error.code).toBe('busy');
    // A port that was closed just now may stay locked for a moment.
    expect(pauses).toEqual([30, 30, 30, 30]);
    expect(error.message).toContain('ModemManager');
  });

  test('is no serial port', async () => {
    const error = await failure(serialPort('/dev/null'));
    expect(error.code).toBe('failed');
    expect(error.message).toBe('/dev/null cannot be opened as a serial port: it is none');
  });

  test('is not opened, and so may be tried again', async () => {
    const ports = [serialPort('/dev/there-is-no-such-port'), tcpPort('127.0.0.1', 1)];
    for (const port of ports) {
      const codes = [await failure(port), await failure(port)].map(({ code }) => code);
      expect(codes).toEqual(['missing', 'missing']);
    }
  });

  test('listens nowhere', async () => {
    const server = createServer();
    const { port } = await new Promise<AddressInfo>((resolve, reject) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        if (address !== null && typeof address === 'object') resolve(address);
        else reject(new Error('no address'));
      });
    });
    await new Promise((resolve) => server.close(resolve));
    expect(await failure(tcpPort('127.0.0.1', port))).toMatchObject({
      code: 'missing',
      cause: { code: 'ECONNREFUSED' },
    });
  });

  test.each(['tcp://', 'tcp://host', 'tcp://host:0', 'tcp://host:65536', 'tcp://host:1.5', 'tcp://:1'])(
    '%s is not a name',
    (name) => {
      expect(() => portFromName(name)).toThrow(PortError);
    },
  );

  test.each([1, 65_535])('port %i is one', (number) => {
    expect(portFromName(`tcp://host:${number}`).name).toBe(`tcp://host:${number}`);
  });

  test('an IPv6 address stands in brackets', () => {
    expect(portFromName('tcp://[::1]:7000').name).toBe('tcp://[::1]:7000');
  });
});

describe('a serial port whose device goes away', () => {
  /** Time does not pass: what is noticed is noticed without the look that the port takes once a second. */
  const stopped: Clock = { now: () => 0, after: () => () => {} };

  async function lostLine() {
    const farEnd = openPty(join(mkdtempSync(join(tmpdir(), 'serial-')), 'modem'));
    shout({ farEnd, name: farEnd.path });
    const port = serialPort(farEnd.path, {}, stopped);
    const heard = await listen(port);
    farEnd.hangUp();
    return { farEnd, port, heard };
  }

  test('under a write: each write fails as lost, the port is closed once, and opens again when the device is back', async () => {
    const { farEnd, port, heard } = await lostLine();
    const writes = await Promise.allSettled(['a', 'b', 'c'].map((text) => port.write(Buffer.from(text))));
    expect(writes.map((write) => (write.status === 'rejected' ? write.reason.code : write.status))).toEqual([
      'lost',
      'lost',
      'lost',
    ]);
    await expect.poll(() => heard.closed.map((reason) => reason?.code)).toEqual(['lost']);
    await expect(port.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'closed' });
    farEnd.plugIn(false);
    const again = await listen(port);
    await expect
      .poll(async () => {
        await port.write(Buffer.from('x'));
        return again.text;
      })
      .toContain('X');
    expect(heard.closed).toHaveLength(1);
  });

  test('while nothing is written: a read says it', async () => {
    const { heard } = await lostLine();
    await expect.poll(() => heard.closed.map((reason) => reason?.code)).toEqual(['lost']);
  });

  test('while it is closed with a write under way', async () => {
    const { port, heard } = await lostLine();
    const write = port.write(Buffer.from('x')).catch((error: PortError) => error.code);
    await port.close();
    expect(['lost', 'closed']).toContain(await write);
    expect(heard.closed).toHaveLength(1);
  });

  test('closed while it is being opened, it is free for others', async () => {
    const farEnd = openPty();
    shout({ farEnd, name: farEnd.path });
    const port = serialPort(farEnd.path);
    const opening = listen(port);
    await port.close();
    expect((await opening).closed).toEqual([undefined]);
    expect((await listen(serialPort(farEnd.path))).closed).toEqual([]);
  });
});

describe('a TCP port', () => {
  test('closed while it is being opened, it opens no more, and can be opened again', async () => {
    const farEnd = await openTcp();
    shout({ farEnd, name: farEnd.url });
    const port = portFromName(farEnd.url);
    const opening = port.open({ data() {}, closed() {} }).catch((error: PortError) => error.code);
    await port.close();
    expect(await opening).toBe('closed');
    expect((await listen(port)).closed).toEqual([]);
  });

  test('that does not answer is given up after 10 s, and may be tried again', async () => {
    const farEnd = await openTcp();
    shout({ farEnd, name: farEnd.url });
    const delays: number[] = [];
    let isPast = true;
    let cancelled = 0;
    const clock: Clock = {
      now: () => 0,
      after(delayMs, task) {
        delays.push(delayMs);
        if (isPast) queueMicrotask(task);
        return () => {
          cancelled += 1;
        };
      },
    };
    const port = portFromName(farEnd.url, {}, clock);
    const error = await port.open({ data() {}, closed() {} }).catch((reason: PortError) => reason);
    expect(error).toMatchObject({ code: 'missing', message: `${farEnd.url} did not answer within 10 s` });
    isPast = false;
    expect((await listen(port)).closed).toEqual([]);
    expect([delays, cancelled]).toEqual([[10_000, 10_000], 2]);
  });

  test('is lost when the other end goes away with an error', async () => {
    let client: Socket | undefined;
    const server = createServer((socket) => {
      client = socket;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => server.close());
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no address');
    const heard = await listen(tcpPort('127.0.0.1', address.port));
    await expect.poll(() => client).toBeDefined();
    client?.resetAndDestroy();
    await expect.poll(() => heard.closed).toMatchObject([{ code: 'lost', cause: { code: 'ECONNRESET' } }]);
  });
});
