import { beforeEach, describe, expect, test } from 'vitest';
import { type FarEnd, memoryPort } from '../../../modem/index.ts';
import { RawLine } from '../../../modem/portrait/line.ts';
import { VirtualClock } from '../../../sim/index.ts';

let clock: VirtualClock;
let farEnd: FarEnd;
let line: RawLine;
let typed: string;

beforeEach(async () => {
  clock = new VirtualClock();
  const memory = memoryPort('/dev/ttyX');
  ({ farEnd } = memory);
  typed = '';
  farEnd.listen({
    opened: () => farEnd.write(Buffer.from('\r\nRDY\r\n')),
    closed() {},
    data: (octets) => {
      typed += Buffer.from(octets).toString('latin1');
    },
  });
  line = new RawLine(memory.port, clock);
  expect(await clock.run(line.open(300))).toBe('\r\nRDY\r\n');
});

const say = (afterMs: number, text: string) => clock.after(afterMs, () => farEnd.write(Buffer.from(text, 'latin1')));
const ends = (raw: string) => raw.endsWith('\r\n');
const LIMITS = { withinMs: 1_000, quietMs: 0 };

describe('what comes after something was typed', () => {
  test('is all octets since then, and the time of the last one', async () => {
    say(100, '\0a');
    say(250, 'b\xff\r\n');
    expect(await clock.run(line.type('AT\r', ends, LIMITS))).toEqual({ raw: '\0ab\xff\r\n', ms: 250, ended: true });
    expect(typed).toBe('AT\r');
    expect(clock.next).toBeUndefined();
    say(50, 'c\r\n');
    expect(await clock.run(line.type('', ends, LIMITS))).toEqual({ raw: 'c\r\n', ms: 50, ended: true });
    expect(typed).toBe('AT\r');
  });

  test('is waited for until the time is up', async () => {
    say(100, 'half');
    const start = clock.now();
    expect(await clock.run(line.type('AT\r', ends, LIMITS))).toEqual({ raw: 'half', ms: 100, ended: false });
    expect(clock.now() - start).toBe(1_000);
  });

  test('is listened to for a while more, which is no part of the time', async () => {
    say(100, 'a\r\n');
    say(150, 'OK\r\n');
    say(210, 'late\r\n');
    const start = clock.now();
    const { raw, ms } = await clock.run(line.type('AT\r', ends, { withinMs: 1_000, quietMs: 60 }));
    expect([raw, ms, clock.now() - start]).toEqual(['a\r\nOK\r\n', 100, 160]);
  });

  test('is kept up to 256 KiB', async () => {
    const piece = 'x'.repeat(64 * 1024);
    for (let time = 1; time <= 6; time += 1) say(time, piece);
    const { raw } = await clock.run(line.type('AT\r', ends, LIMITS));
    expect(raw).toHaveLength(256 * 1024);
  });
});

describe('a line that is lost', () => {
  test.each([
    ['while an answer is waited for', 500, 500],
    ['in the pause behind an answer', 130, 160],
  ])('%s fails', async (_what, lostMs, tookMs) => {
    if (lostMs < 500) say(100, 'a\r\n');
    clock.after(lostMs, () => farEnd.hangUp());
    const start = clock.now();
    const typing = line.type('AT\r', ends, { withinMs: 1_000, quietMs: 60 });
    await expect(clock.run(typing)).rejects.toMatchObject({ name: 'PortError', code: 'lost' });
    expect(clock.now() - start).toBe(tookMs);
  });

  test('while codes are listened to fails at once', async () => {
    clock.after(500, () => farEnd.hangUp());
    const start = clock.now();
    await expect(clock.run(line.listen(12_000))).rejects.toMatchObject({ name: 'PortError', code: 'lost' });
    expect(clock.now() - start).toBe(500);
  });
});

test('codes are noted with the times at which they came', async () => {
  say(100, 'one');
  say(700, 'two');
  say(1_000, 'three');
  say(1_001, 'late');
  const start = clock.now();
  const pieces = await clock.run(line.listen(1_000));
  expect(pieces.map(({ at, raw }) => [at - start, raw])).toEqual([
    [100, 'one'],
    [700, 'two'],
    [1_000, 'three'],
  ]);
});
