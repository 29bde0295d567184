import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { tcpLine } from '../../../../server/rails/card/line.ts';
import { VirtualClock } from '../../../../sim/index.ts';

/** A line to a host on this machine that is open; `happened` is what the line has said. */
async function opened() {
  const clock = new VirtualClock();
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const accepted = once(listener, 'connection');
  const happened: string[] = [];
  const { promise: open, resolve: isOpen } = Promise.withResolvers<void>();
  const { promise: over, resolve: isOver } = Promise.withResolvers<void>();
  const line = tcpLine(
    '127.0.0.1',
    port,
    clock,
  )({
    opened() {
      happened.push('opened');
      isOpen();
    },
    received: (octets) => void happened.push(Buffer.from(octets).toString('latin1')),
    closed(reason) {
      happened.push(reason);
      isOver();
    },
  });
  const [peer]: Socket[] = await accepted;
  await open;
  if (peer === undefined) throw new Error('nobody came');
  onTestFinished(() => {
    peer.destroy();
    listener.close();
  });
  return { clock, line, peer, happened, over, listener, port };
}

it('carries octets both ways, and ends with the host', async () => {
  const { line, peer, happened, over } = await opened();
  const came = once(peer, 'data');
  line.write(Buffer.from('question'));
  expect(String((await came)[0])).toBe('question');
  peer.end('answer');
  await over;
  expect(happened).toEqual(['opened', 'answer', 'the host has ended the connection']);
});

it('stays open however long nothing is said', async () => {
  const { clock, happened } = await opened();
  await clock.advance(3_600_000);
  expect(happened).toEqual(['opened']);
});

it('that is closed here says nothing more', async () => {
  const { line, peer, happened } = await opened();
  const gone = once(peer.resume(), 'close');
  line.close();
  await gone;
  expect(happened).toEqual(['opened']);
});

it('to where nobody listens is closed once, with the reason', async () => {
  const { listener, peer, port } = await opened();
  peer.destroy();
  await new Promise((resolve) => listener.close(resolve));
  const reasons: string[] = [];
  const { promise: over, resolve: isOver } = Promise.withResolvers<void>();
  tcpLine(
    '127.0.0.1',
    port,
    new VirtualClock(),
  )({
    opened: () => void reasons.push('opened'),
    received: () => {},
    closed(reason) {
      reasons.push(reason);
      isOver();
    },
  });
  await over;
  expect(reasons).toEqual([expect.stringContaining('ECONNREFUSED')]);
});
