import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openTcp } from '../../../sim/index.ts';

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
