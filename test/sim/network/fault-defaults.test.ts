import { expect, test } from 'vitest';
import { type Fault, type FaultAction, faultKinds } from '../../../sim/index.ts';
import { faultBody } from '../../../sim/vocabulary/faults.ts';
import { hostOf, quietWorld } from '../host.ts';

const ALICE = '+393330000001';
const BOB = '+393330000002';
const MINUTE = 60_000;

/** Each kind of fault with what it is when nothing else is said; `undefined`: something must be. */
const DEFAULTS: Readonly<Record<FaultAction['kind'], FaultAction | undefined>> = {
  refuse: { kind: 'refuse', cause: 38 },
  'lose-answer': { kind: 'lose-answer' },
  drop: { kind: 'drop' },
  duplicate: { kind: 'duplicate' },
  reorder: { kind: 'reorder' },
  delay: { kind: 'delay', ms: 10_000 },
  corrupt: { kind: 'corrupt' },
  spoof: undefined,
  outcome: undefined,
  'lose-acknowledgement': { kind: 'lose-acknowledgement' },
  split: { kind: 'split', atMost: 3, gapMs: 20 },
  merge: { kind: 'merge', ms: 50 },
  late: { kind: 'late', ms: 300 },
  'lose-octets': { kind: 'lose-octets', share: 0.01 },
  garbage: { kind: 'garbage', octets: 8 },
  noise: { kind: 'noise', code: '^RSSI:19' },
  swallow: { kind: 'swallow' },
  repeat: { kind: 'repeat' },
  orphan: { kind: 'orphan', text: 'OK' },
  stall: { kind: 'stall', ms: 30_000 },
  reboot: { kind: 'reboot' },
  unplug: { kind: 'unplug', ms: 5_000, renamed: 0 },
};

const kinds = Object.keys(faultKinds);

test.each(kinds)('%s without parameters is what its kind says', (kind) => {
  const expected = Object.entries(DEFAULTS).find(([known]) => known === kind)?.[1];
  const { success, data } = faultBody.safeParse({ action: { kind } });
  expect(success ? data : undefined).toEqual(expected === undefined ? undefined : { action: expected });
});

function withDefaults(kind: FaultAction['kind']): Fault {
  return faultBody.parse({ action: { kind } });
}

/** A text of Alice's to Bob under one fault, and a second one: what Bob's phone has, and when. */
async function sent(kind: FaultAction['kind'], afterMs: number) {
  const { world, clock } = quietWorld();
  for (const number of [ALICE, BOB]) world.addModem({ number });
  world.faults.add(withDefaults(kind));
  const send = (text: string) => world.send({ from: ALICE, to: BOB, content: { kind: 'text', text } });
  const sending = [send('one')];
  await clock.advance(0);
  sending.push(send('two'));
  await clock.advance(afterMs);
  const host = await hostOf(world.modem(BOB) ?? world.addModem({ number: '+393330000009' }), clock);
  await host.type('ATE0;+CMGF=1\r');
  const listed = await host.type('AT+CMGL="ALL"\r');
  const texts = [...listed.matchAll(/\+CMGL: [^\r]*\r\n([^\r]*)/g)].map(([, text]) => text);
  const answers = (await Promise.all(sending)).flat().map(({ answer }) => answer);
  return { answers: answers.map(({ kind: of }) => of), cause: answers[0], texts };
}

const EFFECTS: readonly (readonly [kind: FaultAction['kind'], ms: number, texts: readonly string[]])[] = [
  ['refuse', MINUTE, ['two']],
  ['lose-answer', MINUTE, ['one', 'two']],
  ['drop', MINUTE, ['two']],
  ['duplicate', MINUTE, ['one', 'one', 'two']],
  ['reorder', MINUTE, ['two', 'one']],
  // The profile keeps the order: the second waits behind the first.
  ['delay', 9_000, []],
  ['delay', 10_000, ['one', 'two']],
];

test.each(EFFECTS)('%s strikes one message, and the next is as it should be (after %i ms)', async (kind, ms, texts) => {
  expect((await sent(kind, ms)).texts).toEqual(texts);
});

test('refuse and lose-answer are what the sender sees', async () => {
  expect((await sent('refuse', 0)).cause).toEqual({ kind: 'refused', cause: 38 });
  expect((await sent('lose-answer', 0)).answers).toEqual(['lost', 'accepted']);
});

test('corrupt turns one bit of the first text, and none of the second', async () => {
  const { texts } = await sent('corrupt', MINUTE);
  expect(texts).toHaveLength(2);
  expect(texts[0]).not.toBe('one');
  expect(texts[1]).toBe('two');
});

test('lose-acknowledgement brings the message again, which the phone has already', async () => {
  const { texts } = await sent('lose-acknowledgement', 10 * MINUTE);
  expect(texts.filter((text) => text === 'one').length).toBe(2);
  expect(texts.filter((text) => text === 'two').length).toBe(1);
});

const ANSWER = '\r\n+CSQ: 23,0\r\n\r\nOK\r\n';

/** What is heard of one answer by then, and that the next one is as it should be. */
const LINES: readonly (readonly [kind: FaultAction['kind'], ms: number, heard: string | RegExp])[] = [
  ['split', 1_000, ANSWER],
  ['merge', 49, ''],
  ['merge', 50, ANSWER],
  ['late', 299, ''],
  ['late', 300, ANSWER],
  ['garbage', 100, /^[\s\S]{8}\r\n\+CSQ: 23,0\r\n\r\nOK\r\n$/],
  ['noise', 100, '\r\n+CSQ: 23,0\r\n\r\n^RSSI:19\r\n\r\nOK\r\n'],
  ['swallow', 60_000, ''],
  ['repeat', 100, ANSWER + ANSWER],
  ['orphan', 100, `${ANSWER}\r\nOK\r\n`],
  ['stall', 29_999, ''],
  ['stall', 30_000, ANSWER],
];

test.each(LINES)('%s without parameters strikes one answer (after %i ms)', async (kind, ms, heard) => {
  const { world, clock } = quietWorld();
  const host = await hostOf(world.addModem({ number: ALICE }), clock);
  await host.type('ATE0\r');
  world.faults.add(withDefaults(kind));
  const answer = await host.type('AT+CSQ\r', ms);
  if (typeof heard === 'string') expect(answer).toBe(heard);
  else expect(answer).toMatch(heard);
  await clock.advance(60_000);
  host.heard();
  expect(await host.type('AT+CSQ\r')).toBe(ANSWER);
});

test('split without parameters leaves pauses of 20 ms between pieces of 3 octets at most', async () => {
  const { world, clock } = quietWorld();
  const host = await hostOf(world.addModem({ number: ALICE }), clock);
  await host.type('ATE0\r');
  world.faults.add(withDefaults('split'));
  const pieces: string[] = [await host.type('AT+CSQ\r', 1)];
  for (let i = 0; i < 25; i += 1) pieces.push(await host.type('', 20));
  expect(pieces.join('')).toBe(ANSWER);
  expect(Math.max(...pieces.map(({ length }) => length))).toBe(3);
  expect(Math.min(...pieces.slice(0, 6).map(({ length }) => length))).toBeGreaterThan(0);
});

test('unplug without parameters is back after 5 s, under its own name', async () => {
  const { world, clock } = quietWorld();
  const modem = world.addModem({ number: ALICE });
  const host = await hostOf(modem, clock);
  world.faults.add(withDefaults('unplug'));
  await host.type('AT\r', 100);
  expect(modem.plugged).toBe(false);
  await clock.advance(4_899);
  expect(modem.plugged).toBe(false);
  await clock.advance(2);
  expect(modem.plugged).toBe(true);
});
