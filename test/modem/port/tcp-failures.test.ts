import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { tcpPort } from '../../../modem/port/tcp.ts';
import { VirtualClock } from '../../../sim/index.ts';

/** A socket that does what the test makes it do. */
class FakeSocket extends EventEmitter {
  isDestroyed = false;
  destroy(): void {
    this.isDestroyed = true;
  }
}

const sockets: FakeSocket[] = [];
vi.mock('node:net', () => ({
  createConnection: () => {
    const socket = new FakeSocket();
    sockets.push(socket);
    return socket;
  },
}));
afterEach(() => sockets.splice(0));

const events = { data() {}, closed() {} };

/** A connection that is being made, and how that ends. */
function connecting() {
  const clock = new VirtualClock();
  const port = tcpPort('10.0.0.1', 7000, clock);
  const ending = port.open(events).catch((error: unknown) => error);
  const socket = sockets.at(-1);
  if (socket === undefined) throw new Error('no socket was made');
  return { clock, port, ending, socket };
}

describe('a connection that fails', () => {
  test.each([
    ['ECONNREFUSED', 'missing', 'nothing listens there: start it, or check the port number'],
    ['ENOTFOUND', 'missing', 'there is no host of that name'],
    ['EHOSTUNREACH', 'missing', 'the host cannot be reached'],
    ['ENETUNREACH', 'missing', 'the network cannot be reached'],
    ['ECONNRESET', 'busy', 'the connection was closed at once: another client may hold the modem'],
    ['EACCES', 'failed', 'not allowed'],
    [undefined, 'failed', 'not allowed'],
  ])('with %s is %s: %s', async (code, expected, words) => {
    const { ending, socket } = connecting();
    socket.emit('error', Object.assign(new Error('not allowed'), code === undefined ? {} : { code }));
    expect(await ending).toMatchObject({
      name: 'PortError',
      code: expected,
      message: `tcp://10.0.0.1:7000: ${words}`,
    });
    expect(socket.isDestroyed).toBe(true);
    // A later error ends nothing: it has a listener.
    expect(() => socket.emit('error', new Error('again'))).not.toThrow();
  });

  test('by time is missing after 10 s', async () => {
    const { clock, ending, socket } = connecting();
    await clock.advance(9_999);
    expect(socket.isDestroyed).toBe(false);
    await clock.advance(1);
    expect(await ending).toMatchObject({ code: 'missing', message: expect.stringContaining('within 10 s') });
    expect(socket.isDestroyed).toBe(true);
  });

  test('may be made again', async () => {
    const { port, ending, socket } = connecting();
    socket.emit('error', new Error('no'));
    await ending;
    const again = port.open(events);
    sockets.at(-1)?.emit('connect');
    expect(await again).toBeUndefined();
    await expect(port.open(events)).rejects.toMatchObject({ code: 'busy' });
  });
});

test('a connection that is there does not fail when its time is up', async () => {
  const { clock, ending, socket } = connecting();
  socket.emit('connect');
  expect(await ending).toBeUndefined();
  await clock.advance(60_000);
  expect(socket.isDestroyed).toBe(false);
});
