import { expect, test } from 'vitest';
import { memoryPort } from '../../../modem/index.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { LineOutput } from '../../../sim/modem/line-output.ts';
import { LineReader } from '../../../sim/modem/line-reader.ts';
import { seededRandom } from '../../../sim/random.ts';

const octets = (length: number, value = 0x41) => new Uint8Array(length).fill(value);
const KIB_64 = 64 * 1_024;

function read(reader: LineReader): number[] {
  const all: number[] = [];
  for (let octet = reader.next(); octet !== undefined; octet = reader.next()) all.push(octet);
  return all;
}

test('64 KiB of what is typed wait; a chunk that is one octet too long is lost, and what was read makes room', () => {
  const reader = new LineReader(new VirtualClock(), 0);
  reader.take(octets(KIB_64 - 1));
  reader.take(octets(2, 0x42));
  reader.take(octets(1, 0x43));
  reader.take(octets(1, 0x44));
  expect(reader.next()).toBe(0x41);
  reader.take(octets(1, 0x45));
  reader.take(octets(1, 0x46));
  const left = read(reader);
  expect(left).toHaveLength(KIB_64);
  expect(left.slice(-2)).toEqual([0x43, 0x45]);
  expect(reader.next()).toBeUndefined();
});

test('what is typed comes in its order, chunk by chunk, and is forgotten when the host goes', () => {
  const reader = new LineReader(new VirtualClock(), 0);
  for (const chunk of [[1, 2], [], [3]]) reader.take(Uint8Array.from(chunk));
  expect(read(reader)).toEqual([1, 2, 3]);
  reader.take(octets(KIB_64));
  reader.next();
  reader.reset();
  expect(reader.next()).toBeUndefined();
  reader.take(octets(KIB_64, 0x42));
  expect(read(reader)).toEqual([...octets(KIB_64, 0x42)]);
});

test('a reader of 2 ms an octet holds 16, and loses what comes faster', async () => {
  const clock = new VirtualClock();
  const reader = new LineReader(clock, 2);
  reader.take(Uint8Array.from({ length: 18 }, (_, i) => i));
  expect(read(reader)).toEqual(Array.from({ length: 16 }, (_, i) => i));
  await clock.advance(1);
  reader.take(octets(1, 50));
  await clock.advance(1);
  reader.take(octets(2, 51));
  await clock.advance(32);
  reader.take(octets(17, 52));
  expect(read(reader)).toEqual([51, ...octets(16, 52)]);
});

/** What a modem says, and what its host has heard by then, with the time in ms. */
async function output() {
  const clock = new VirtualClock(0);
  const { port, farEnd } = memoryPort();
  const heard: string[] = [];
  await port.open({
    data: (chunk) => void heard.push(`${clock.now()} ${chunk.length > 9 ? chunk.length : Buffer.from(chunk)}`),
    closed() {},
  });
  const said = new LineOutput(farEnd, clock, seededRandom(1));
  const say = (text: string, ...faults: Parameters<LineOutput['say']>[1] & object) =>
    said.say(Buffer.from(text), faults);
  const after = async (ms: number) => {
    await clock.advance(ms);
    return heard.splice(0);
  };
  return { said, say, after };
}

test('after a stall all that waited comes in its order, and what is said later at once', async () => {
  const { said, say, after } = await output();
  said.stall(100);
  say('a');
  said.stall(50);
  say('b');
  expect(await after(99)).toEqual([]);
  expect(await after(1)).toEqual(['100 a']);
  expect(await after(49)).toEqual([]);
  expect(await after(1)).toEqual(['150 b']);
  say('c');
  expect(await after(0)).toEqual(['150 c']);
});

test('what is merged comes as one, with all that is said until then', async () => {
  const { say, after } = await output();
  say('a', { kind: 'merge', ms: 50 });
  say('b');
  say('c', { kind: 'late', ms: 500 });
  expect(await after(49)).toEqual([]);
  expect(await after(1)).toEqual(['50 abc']);
  say('d');
  expect(await after(0)).toEqual(['50 d']);
  say('e', { kind: 'merge', ms: 10 });
  expect(await after(10)).toEqual(['60 e']);
});

test('an answer in pieces is whole, in pieces of the length that was wanted, each after its gap', async () => {
  const { say, after } = await output();
  say('abcdefghij', { kind: 'split', atMost: 3, gapMs: 20 });
  const pieces = (await after(1_000)).map((piece) => piece.split(' '));
  expect(pieces.map(([, text]) => text).join('')).toBe('abcdefghij');
  expect(pieces.every(([, text = '']) => text.length >= 1 && text.length <= 3)).toBe(true);
  expect(pieces.map(([at]) => Number(at))).toEqual(pieces.map((_, i) => 20 * i));
});

test('256 KiB wait at most, and what is heard makes room; a host that goes hears nothing of it', async () => {
  const { said, after } = await output();
  const LIMIT = 256 * 1_024;
  said.stall(100);
  said.say(octets(LIMIT - 1));
  said.say(octets(2));
  said.say(octets(1));
  said.say(octets(1));
  expect((await after(100)).map((piece) => piece.split(' ')[1])).toEqual([`${LIMIT - 1}`, 'A']);
  said.stall(100);
  said.say(octets(LIMIT));
  expect(await after(100)).toEqual([`200 ${LIMIT}`]);
  said.stall(100);
  said.say(octets(LIMIT));
  said.reset();
  said.stall(10);
  said.say(octets(LIMIT));
  expect(await after(1_000)).toEqual([`210 ${LIMIT}`]);
});
