import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openTcp } from '../../../sim/index.ts';
import { NoBrowser } from '../../../sim/ports/no-browser.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A line of the simulator, with what its modem hears. */
async function line() {
  const tcp = await openTcp();
  ends.push(() => tcp.hangUp());
  const heard: string[] = [];
  tcp.listen({
    opened: () => heard.push('opened'),
    closed: () => heard.push('closed'),
    overflowed: () => heard.push('overflowed'),
    data: (octets) => {
      heard.push(Buffer.from(octets).toString('latin1'));
      tcp.write(Buffer.from('OK'));
    },
  });
  const client = (): Socket => {
    const socket = connect(Number(new URL(tcp.url).port), '127.0.0.1');
    ends.push(() => socket.destroy());
    return socket;
  };
  return { tcp, heard, client };
}

/** What the modem answers to this. */
async function answerTo(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [octets] = await once(socket, 'data');
  return String(octets);
}

test('a second client is turned away while the first is there, and the first is not disturbed', async () => {
  const { heard, client } = await line();
  const first = client();
  expect(await answerTo(first, 'AT')).toBe('OK');
  const second = client();
  second.on('error', () => {});
  second.write('ATZ');
  await once(second, 'close');
  expect(await answerTo(first, 'ATI')).toBe('OK');
  expect(heard).toEqual(['opened', 'AT', 'ATI']);
});

test('after the first client has gone another is let in', async () => {
  const { heard, client } = await line();
  const first = client();
  expect(await answerTo(first, 'AT')).toBe('OK');
  first.end();
  await once(first, 'close');
  expect(await answerTo(client(), 'ATI')).toBe('OK');
  expect(heard).toEqual(['opened', 'AT', 'closed', 'opened', 'ATI']);
});

test('a port that was hung up turns away, and is there again under its number; a client that was there hears the end', async () => {
  const { tcp, heard, client } = await line();
  const first = client();
  expect(await answerTo(first, 'AT')).toBe('OK');
  tcp.hangUp();
  await once(first, 'close');
  const refused = client();
  const [error] = await once(refused, 'error');
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  expect(heard).toEqual(['opened', 'AT', 'closed']);
  tcp.plugIn();
  tcp.plugIn();
  await expect.poll(async () => answerTo(client(), 'ATI').catch(() => '')).toBe('OK');
  expect(heard.at(-1)).toBe('ATI');
  // Another address of the loopback network, which a server on all addresses would answer.
  const [other] = await once(connect(Number(new URL(tcp.url).port), '127.0.0.2'), 'error');
  expect(other).toMatchObject({ code: 'ECONNREFUSED' });
});

test('a port that another has is refused, and one that another took meanwhile stays away', async () => {
  const { tcp } = await line();
  const port = Number(new URL(tcp.url).port);
  expect(tcp.url).toBe(`tcp://127.0.0.1:${port}`);
  await expect(openTcp(port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  tcp.hangUp();
  await expect
    .poll(() =>
      openTcp(port).then(
        (other) => ends.push(() => other.hangUp()),
        () => 0,
      ),
    )
    .toBeGreaterThan(0);
  tcp.plugIn();
  // The error of the port comes on a later turn, and ends nothing.
  for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
});

test.each([
  ['a request', ['POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nAT+CMGS="1"\r']],
  ['a request in parts', ['P', 'OS', 'T', ' / HTTP/1.1\r\n\r\nATZ\r']],
  ['a request in small letters', ['patch / HTTP/1.1\r\n\r\nATZ\r']],
  ['an OPTIONS of a preflight', ['OPTIONS * HTTP/1.1\r\n\r\nATZ\r']],
  ['HTTP/2', ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nATZ\r']],
  ['TLS', ['\x16\x03\x01\x02\x00\rATZ\r']],
])('a web browser is hung up before the modem hears of it: %s', async (_, parts) => {
  const { heard, client } = await line();
  const socket = client();
  socket.setNoDelay(true);
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  for (const part of parts) {
    socket.write(part);
    for (let turns = 0; turns < 5; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  }
  await closed;
  await expect.poll(() => heard).toEqual(['opened', 'closed']);
  expect(await answerTo(client(), 'AT')).toBe('OK');
});

test.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'PRI'])(
  'a browser is known by %s and a blank, and the method alone is not yet one',
  (method) => {
    const begin = new NoBrowser();
    expect(begin.pass(Buffer.from(method))).toHaveLength(0);
    expect(begin.pass(Buffer.from(' '))).toBeUndefined();
  },
);

test.each([
  ['what begins like a request, and is none', ['P', 'I', 'N\r'], 'PIN\r'],
  ['a request in a later line, as the text of a message', ['AT\r', 'GET / HTTP/1.1'], 'AT\rGET / HTTP/1.1'],
  ['octets that are no text', ['\x00\xff\x80'], '\x00\xff\x80'],
  ['a request without its blank', ['POST\r'], 'POST\r'],
])('the modem hears %s', async (_, parts, all) => {
  const { heard, client } = await line();
  const socket = client();
  socket.setNoDelay(true);
  for (const part of parts) {
    socket.write(part, 'latin1');
    for (let turns = 0; turns < 5; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  }
  await expect.poll(() => heard.slice(1).join('')).toBe(all);
});

test('nobody is let in before a modem listens', async () => {
  const tcp = await openTcp();
  ends.push(() => tcp.hangUp());
  const socket = connect(Number(new URL(tcp.url).port), '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'close');
  // Without a client what is written goes nowhere.
  tcp.write(Buffer.from('RING'));
});

test('what a client does not read is lost beyond 64 KiB, and the modem is told', async () => {
  const { tcp, heard, client } = await line();
  const slow = client();
  expect(await answerTo(slow, 'AT')).toBe('OK');
  slow.pause();
  tcp.write(new Uint8Array(64 * 1024 + 1));
  expect(heard).toEqual(['opened', 'AT', 'overflowed']);
  let written = 0;
  while (heard.length < 4 && written < 64 * 1024 * 1024) {
    tcp.write(new Uint8Array(64 * 1024));
    written += 64 * 1024;
  }
  expect(heard.at(-1)).toBe('overflowed');
  expect(written).toBeGreaterThan(64 * 1024);
});
