import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../modem/index.ts';
import { createWebServer, type HttpOptions } from '../../../server/gate/index.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const SHORT = { headersMs: 150, requestMs: 300, idleMs: 100, answerMs: 150 };

/** A server whose answer may be waited for, and its clients. */
async function open(options: HttpOptions = { patience: SHORT }, answer: string | Buffer = 'hello', afterMs = 0) {
  const server = createWebServer((request, response) => {
    request.resume();
    request.on('end', () => systemClock.after(afterMs, () => response.end(answer)));
  }, options);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const client = (text = ''): Socket => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    ends.push(() => socket.destroy());
    if (text !== '') socket.write(text);
    return socket;
  };
  return { client };
}

/** All that comes until the connection ends. */
async function untilClosed(socket: Socket): Promise<string> {
  let heard = '';
  socket.on('data', (octets) => {
    heard += octets.toString('latin1');
  });
  await once(socket, 'close');
  return heard;
}

const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';

describe('a client that is slow', () => {
  it.each([
    ['says nothing', '', ''],
    ['sends a header now and then, and never the last one', 'GET / HTTP/1.1\r\nHost: localhost\r\n', 'X: y\r\n'],
    ['does not send the body', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n123', ''],
    ['sends its body too slowly', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n123', 'x'],
    ['sends no end', 'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\n1\r\n'],
  ])('and %s is hung up', async (_, begin, octets) => {
    const { client } = await open();
    const socket = client(begin);
    const drip = (more: string) => {
      socket.write(more);
      ends.push(systemClock.after(60, () => drip(more)));
    };
    drip(octets);
    expect(await untilClosed(socket)).not.toContain('200');
  });

  it('has its answer, and is hung up when no further request comes', async () => {
    const { client } = await open();
    expect(await untilClosed(client(GET))).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*hello$/);
  });

  it('is hung up when it does not take its answer', async () => {
    const { client } = await open({ patience: SHORT }, Buffer.alloc(32 * 1024 * 1024));
    const socket = client(GET);
    await once(socket, 'readable');
    await new Promise<void>((resolve) => systemClock.after(1_000, resolve));
    const taken = (await untilClosed(socket.resume())).length;
    expect(taken).toBeLessThan(32 * 1024 * 1024);
  });
});

it('a client that waits for its answer is let wait, however short the rest', async () => {
  const { client } = await open({ patience: SHORT }, 'late', 900);
  expect(await untilClosed(client(GET))).toMatch(/late$/);
});

describe('connections of one address', () => {
  it('are so many at once, and a new one is let in when one has gone', async () => {
    const { client } = await open({ patience: { connections: 2 } });
    const [first, second] = [client(GET), client(GET)];
    await Promise.all([once(first, 'data'), once(second, 'data')]);
    expect(await untilClosed(client(GET))).toBe('');
    first.destroy();
    await expect
      .poll(() => untilClosed(client(GET.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))))
      .toMatch(/hello$/);
    second.write(GET);
    expect(String((await once(second, 'data'))[0])).toContain('hello');
  });

  it('are not counted behind a proxy, from which all come', async () => {
    const { client } = await open({ patience: { connections: 1 }, behindProxy: true });
    const sockets = [client(GET), client(GET)];
    for (const [octets] of await Promise.all(sockets.map((socket) => once(socket, 'data')))) {
      expect(String(octets)).toContain('200 OK');
    }
  });
});
