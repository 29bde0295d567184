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
  return { heard, client };
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
