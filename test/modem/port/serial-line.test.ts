import { closeSync, constants, openSync } from 'node:fs';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { PortError } from '../../../modem/index.ts';
import { SerialLine, type Tty } from '../../../modem/port/serial-line.ts';
import { VirtualClock } from '../../../sim/index.ts';

/** Errors with which the next reads of a descriptor end. */
const interruptions = vi.hoisted((): NodeJS.ErrnoException[] => []);

vi.mock('node:fs', async (original) => {
  const { promisify: promised } = await import('node:util');
  const fs = await original<typeof import('node:fs')>();
  const readNow = promised(fs.read);
  const read = async (fd: number, room: Buffer) => {
    const error = interruptions.shift();
    if (error !== undefined) throw error;
    return readNow(fd, room, 0, room.length, null);
  };
  return { ...fs, read: Object.assign(() => {}, { [promised.custom]: read }) };
});

/** What the binding says: `ENXIO` for a device that is gone. */
const GONE = Object.assign(new Error('ENXIO: no such device or address'), { code: 'ENXIO' });

/** An open device of which each call can be made to fail; what was begun fails when it is closed, as serialport has it. */
class FakeTty implements Tty {
  readonly fd: number = 7;
  readonly calls: string[] = [];
  readonly fails = new Map<keyof Tty, Error>();
  writes: PromiseWithResolvers<void>[] = [];
  #reading = Promise.withResolvers<{ bytesRead: number }>();
  #room: Buffer | undefined;

  read(room: Buffer): Promise<{ bytesRead: number }> {
    this.#room = room;
    this.#reading = Promise.withResolvers();
    return this.#reading.promise;
  }

  say(text: string): void {
    this.#reading.resolve({ bytesRead: this.#room?.write(text) ?? 0 });
  }

  unplug(): void {
    this.#reading.reject(GONE);
  }

  write(octets: Buffer): Promise<void> {
    this.calls.push(`write ${octets.toString()}`);
    const write = Promise.withResolvers<void>();
    this.writes.push(write);
    return write.promise;
  }

  set = () => this.#do('set');
  get = () => this.#do('get');
  flush = () => this.#do('flush');

  async close(): Promise<void> {
    await this.#do('close');
    const canceled = Object.assign(new Error('Canceled'), { canceled: true });
    this.#reading.reject(canceled);
    for (const write of this.writes) write.reject(canceled);
  }

  async #do(name: 'set' | 'get' | 'flush' | 'close'): Promise<void> {
    this.calls.push(name);
    const error = this.fails.get(name);
    if (error !== undefined) throw error;
  }
}

/** A device as on Unix: what is there is read at once, and a poller waits for more. */
class PolledTty extends FakeTty {
  override readonly fd: number;
  readonly waiting: ((error: Error | null) => void)[] = [];
  readonly poller = {
    once: (_event: 'readable', callback: (error: Error | null) => void) => this.waiting.push(callback),
    stop: () => this.calls.push('stop'),
  };

  constructor(path: string) {
    super();
    this.fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOCTTY);
    onTestFinished(() => closeSync(this.fd));
  }

  override async close(): Promise<void> {
    this.calls.push('close');
  }

  /** Whoever waits goes on: there are octets, or an error. */
  wake(error: Error | null): void {
    for (const callback of this.waiting.splice(0)) callback(error);
  }
}

/** A line on which nothing comes: reading is EAGAIN. */
const QUIET = '/dev/ptmx';
/** A line that is hung up: reading is the end of the file. */
const HUNG_UP = '/dev/null';

function opened<Device extends FakeTty>(tty: Device) {
  const clock = new VirtualClock();
  const heard: string[] = [];
  const line = new SerialLine('/dev/ttyX', tty, clock, {
    data: (octets) => heard.push(Buffer.from(octets).toString()),
    closed: (reason?: PortError) => heard.push(`closed ${reason?.code}`),
  });
  return { clock, tty, heard, line };
}

const octets = (text: string) => new Uint8Array(Buffer.from(text));
const outcome = (written: Promise<void>) =>
  written.then(
    () => 'written',
    (error: PortError) => error.code,
  );

test('what comes is told, and writes go out one after the other', async () => {
  const { clock, tty, heard, line } = opened(new FakeTty());
  const both = [outcome(line.write(octets('one'))), outcome(line.write(octets('two')))];
  await clock.advance(0);
  expect(tty.calls).toEqual(['write one']);
  tty.writes[0]?.resolve();
  await clock.advance(0);
  expect(tty.calls).toEqual(['write one', 'write two']);
  tty.writes[1]?.resolve();
  expect(await Promise.all(both)).toEqual(['written', 'written']);
  for (const text of ['a', 'b']) {
    tty.say(text);
    await clock.advance(0);
  }
  expect(heard).toEqual(['a', 'b']);
});

test('what is written is as it was when it was given, and what came stays as it came', async () => {
  const tty = new FakeTty();
  const clock = new VirtualClock();
  const heard: Uint8Array[] = [];
  const line = new SerialLine('/dev/ttyX', tty, clock, { data: (one) => heard.push(one), closed() {} });
  const octets = new Uint8Array(Buffer.from('one'));
  void line.write(octets).catch(() => {});
  octets.fill(0);
  for (const text of ['a', 'b']) {
    await clock.advance(0);
    tty.say(text);
  }
  await clock.advance(0);
  expect(tty.calls).toEqual(['write one']);
  expect(heard.map((one) => Buffer.from(one).toString())).toEqual(['a', 'b']);
  await line.end();
});

test('a write that the line refuses does not keep later ones from being told so', async () => {
  const { clock, tty, line } = opened(new FakeTty());
  const first = outcome(line.write(octets('x')));
  await clock.advance(0);
  tty.writes[0]?.reject(GONE);
  expect(await first).toBe('lost');
  expect(await outcome(line.write(octets('y')))).toBe('lost');
});

type Opened = ReturnType<typeof opened<FakeTty>>;

const losses: readonly (readonly [what: string, happens: (opened: Opened) => void])[] = [
  ['a read fails', ({ tty }) => tty.unplug()],
  ['a write fails', ({ tty }) => tty.writes[0]?.reject(new Error('EIO: i/o error, write'))],
  ['read and write fail', ({ tty }) => [tty.writes[0]?.reject(GONE), tty.unplug()]],
  ['it is asked for its lines', ({ tty }) => tty.fails.set('get', new Error('Error: Input/output error, cannot get'))],
  ['its lines are not there', ({ tty }) => tty.fails.set('get', new Error('Error: No such device, cannot get'))],
  ['its descriptor is closed', ({ tty }) => tty.fails.set('get', new Error('Error: Bad file descriptor, cannot get'))],
  [
    'everything fails',
    ({ tty }) => {
      for (const call of ['get', 'flush', 'close', 'set'] as const) tty.fails.set(call, GONE);
      tty.writes[0]?.reject(GONE);
    },
  ],
];

test.each(losses)('it is lost when %s: said once, to those who write too', async (_what, happens) => {
  const one = opened(new FakeTty());
  const { clock, tty, heard, line } = one;
  const written = [outcome(line.write(octets('x'))), outcome(line.write(octets('y')))];
  await clock.advance(0);
  happens(one);
  await clock.advance(1_000);
  expect(heard).toEqual(['closed lost']);
  for (const write of tty.writes) write.reject(GONE);
  expect(await Promise.all(written)).toEqual(['lost', 'lost']);
  expect(await outcome(line.write(octets('z')))).toBe('lost');
  expect(tty.calls.filter((call) => call !== 'get')).toEqual(['write x', 'flush', 'close']);
  await line.end();
  await clock.advance(10_000);
  expect(heard).toEqual(['closed lost']);
});

test('closed while a write hangs: the write ends, and nothing is said after "closed"', async () => {
  const { clock, tty, heard, line } = opened(new FakeTty());
  const written = [outcome(line.write(octets('x'))), outcome(line.write(octets('y')))];
  await clock.advance(0);
  await Promise.all([line.end(), line.end()]);
  tty.unplug();
  expect(await Promise.all(written)).toEqual(['closed', 'closed']);
  await clock.advance(10_000);
  expect(heard).toEqual(['closed undefined']);
  expect(tty.calls).toEqual(['write x', 'flush', 'close']);
});

test('what is read while it is closed is not told', async () => {
  const { clock, tty, heard, line } = opened(new FakeTty());
  const ended = line.end();
  tty.say('late');
  await ended;
  await clock.advance(0);
  expect(heard).toEqual(['closed undefined']);
});

test('a device without control lines is there: it is asked once a second, and not lost', async () => {
  const { clock, tty, heard, line } = opened(new FakeTty());
  tty.fails.set('get', new Error('Error: Inappropriate ioctl for device, cannot get'));
  tty.fails.set('set', new Error('Error: Inappropriate ioctl for device, cannot set'));
  await line.setLines({ dtr: true, rts: true });
  await clock.advance(3_000);
  expect(tty.calls).toEqual(['set', 'get', 'get', 'get']);
  expect(heard).toEqual([]);
});

describe('a line with a poller', () => {
  test('closed while it is read and found quiet: nobody waits for octets any more', { timeout: 5_000 }, async () => {
    const { tty, heard, line } = opened(new PolledTty(QUIET));
    await line.end();
    expect(tty.waiting).toEqual([]);
    expect(tty.calls).toEqual(['flush', 'stop', 'close']);
    expect(heard).toEqual(['closed undefined']);
  });

  test('is closed only when the read under way has ended', async () => {
    const { clock, tty, heard, line } = opened(new PolledTty(QUIET));
    await expect.poll(() => tty.waiting.length).toBe(1);
    const ended = line.end();
    await clock.advance(0);
    expect(tty.calls).toEqual(['flush', 'stop']);
    tty.wake(new Error('Canceled'));
    await ended;
    expect(tty.calls).toEqual(['flush', 'stop', 'close']);
    expect(heard).toEqual(['closed undefined']);
  });

  test('waits again when it was woken and nothing is there', async () => {
    const { tty, heard, line } = opened(new PolledTty(QUIET));
    await expect.poll(() => tty.waiting.length).toBe(1);
    tty.wake(null);
    await expect.poll(() => tty.waiting.length).toBe(1);
    expect(heard).toEqual([]);
    const ended = line.end();
    await expect.poll(() => tty.calls).toContain('stop');
    tty.wake(new Error('Canceled'));
    await ended;
  });

  test.each([
    ['EAGAIN', true],
    ['EINTR', true],
    ['EIO', false],
  ])('whose read ends with %s is still there: %s', async (code, isThere) => {
    interruptions.push(Object.assign(new Error(code), { code }));
    const { tty, heard, line } = opened(new PolledTty(QUIET));
    await expect.poll(() => tty.waiting.length + heard.length).toBe(1);
    expect(heard).toEqual(isThere ? [] : ['closed lost']);
    const ended = line.end();
    await expect.poll(() => tty.calls).toContain('stop');
    tty.wake(new Error('Canceled'));
    await ended;
  });

  test('is lost when it reads as the end of a file', async () => {
    const { tty, heard } = opened(new PolledTty(HUNG_UP));
    await expect.poll(() => heard).toEqual(['closed lost']);
    expect(tty.calls).toEqual(['flush', 'stop', 'close']);
  });
});
