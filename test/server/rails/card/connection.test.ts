import { describe, expect, it } from 'vitest';
import { CardConnection } from '../../../../server/rails/card/connection.ts';
import type { IsoMessage } from '../../../../server/rails/card/iso8583.ts';
import { VirtualClock } from '../../../../sim/index.ts';
import { answerTo, ScriptedLine } from './scripted-line.ts';

const LIMIT_MS = 15_000;
const ORDER: IsoMessage = {
  mti: '0200',
  fields: new Map([
    [11, '000042'],
    [41, 'TERM0001'],
  ]),
};

function connection(options: { readonly silenceMs?: number } = {}) {
  const clock = new VirtualClock();
  const line = new ScriptedLine();
  const told: string[] = [];
  const dialect = { variant: 'ascii', framing: { lengthCountsItself: false } } as const;
  const made = new CardConnection({
    open: line.open,
    clock,
    dialect,
    told: (what) => void told.push(what),
    ...options,
  });
  return { clock, line, told, made };
}

/** One that is signed on. */
async function signedOn(options: { readonly silenceMs?: number } = {}) {
  const all = connection(options);
  const stop = all.made.start();
  await all.clock.advance(0);
  return { ...all, stop };
}

/** The network management codes that came. */
function managed(line: ScriptedLine): (string | undefined)[] {
  return line.heard.filter(({ mti }) => mti === '0800').map(({ fields }) => fields.get(70));
}

describe('the sign-on', () => {
  it('is the first message, with time and a trace number', async () => {
    const { line, told } = await signedOn();
    expect(line.heard).toEqual([
      {
        mti: '0800',
        fields: new Map([
          [7, '0301090000'],
          [11, '000001'],
          [70, '001'],
        ]),
      },
    ]);
    expect(told).toEqual(['signed on at the card host']);
  });

  it('is waited for by a request that comes before it', async () => {
    const { clock, line, made } = connection();
    line.answer = (message) => answerTo(message, { 39: '00' });
    const answer = made.exchange(ORDER, LIMIT_MS);
    const from = clock.now();
    made.start();
    expect(await clock.run(answer)).toEqual(answerTo(ORDER, { 39: '00' }));
    expect(clock.now()).toBe(from);
  });

  it('that comes late takes its time from that of the answer', async () => {
    const { clock, line, made } = connection();
    const from = clock.now();
    line.answer = () => undefined;
    made.start();
    const answer = made.exchange(ORDER, LIMIT_MS);
    await clock.advance(3_000);
    for (const signOn of line.heard) line.say(answerTo(signOn, { 39: '00' }));
    expect(await clock.run(answer)).toBe('no-answer');
    expect(clock.now() - from).toBe(LIMIT_MS);
    expect(line.heard.map(({ mti }) => mti)).toEqual(['0800', '0200']);
  });

  it('that does not come leaves a request unsent after 5 s', async () => {
    const { clock, line, made } = connection();
    line.answer = () => undefined;
    made.start();
    expect(await clock.run(made.exchange(ORDER, LIMIT_MS))).toBe('not-sent');
    expect(clock.now()).toBe(new VirtualClock().now() + 5_000);
    expect(line.heard.map(({ mti }) => mti)).toEqual(['0800']);
  });

  it('that comes after the process was stopped lets nothing leave late', async () => {
    const { clock, line } = connection();
    let stoppedMs = 0;
    const late = { now: () => clock.now() + stoppedMs, after: clock.after.bind(clock) };
    const dialect = { variant: 'ascii', framing: { lengthCountsItself: false } } as const;
    const made = new CardConnection({ open: line.open, clock: late, dialect });
    line.answer = () => undefined;
    made.start();
    const answer = made.exchange(ORDER, LIMIT_MS);
    await clock.advance(1_000);
    stoppedMs = LIMIT_MS - 1_000;
    for (const signOn of line.heard) line.say(answerTo(signOn, { 39: '00' }));
    expect(await clock.run(answer)).toBe('not-sent');
    expect(line.heard.map(({ mti }) => mti)).toEqual(['0800']);
  });

  it('is tried again after pauses of 1, 2, 5, 10, 30, 60 and 60 s, when the host refuses it', async () => {
    const { clock, line, made, told } = connection();
    line.answer = (message) => answerTo(message, { 39: '05' });
    made.start();
    const opened = [0];
    const from = clock.now();
    for (let second = 0; second <= 168; second += 1) {
      await clock.advance(1_000);
      while (opened.length < line.opened) opened.push(Math.floor((clock.now() - from) / 1_000));
    }
    expect(opened.slice(1).map((at, index) => at - (opened[index] ?? 0))).toEqual([1, 2, 5, 10, 30, 60, 60]);
    expect(told[0]).toBe('no connection to the card host: the host refuses the sign-on (05); the next try is in 1 s');
  });

  it('that nobody answers is tried again after 10 s and a pause', async () => {
    const { clock, line, made, told } = connection();
    line.answer = () => undefined;
    made.start();
    await clock.advance(10_999);
    expect(line.opened).toBe(1);
    await clock.advance(1);
    expect(line.opened).toBe(2);
    expect(told).toEqual([
      'no connection to the card host: the host does not answer the sign-on; the next try is in 1 s',
    ]);
  });

  it('during which the line ends is one failure, and a short pause', async () => {
    const { clock, line, made, told } = connection();
    line.answer = () => undefined;
    made.start();
    await clock.advance(1_000);
    line.end('reset');
    await clock.advance(999);
    expect(line.opened).toBe(1);
    await clock.advance(1);
    expect(line.opened).toBe(2);
    expect(told).toEqual(['no connection to the card host: reset; the next try is in 1 s']);
  });

  it('begins with short pauses again after it has worked', async () => {
    const { clock, line } = await signedOn();
    for (let round = 0; round < 3; round += 1) {
      line.end('reset');
      await clock.advance(1_000);
      expect(line.opened).toBe(round + 2);
    }
  });
});

describe('an answer', () => {
  it('is that of the terminal and trace number', async () => {
    const { clock, line, made } = await signedOn();
    const answer = made.exchange(ORDER, LIMIT_MS);
    await clock.advance(100);
    line.say(answerTo(ORDER, { 11: '000043', 39: '05' }));
    line.say(answerTo(ORDER, { 41: 'TERM0002', 39: '05' }));
    line.say({ ...answerTo(ORDER, { 39: '05' }), mti: '0410' });
    line.say(answerTo(ORDER, { 39: '00' }));
    expect(await clock.run(answer)).toEqual(answerTo(ORDER, { 39: '00' }));
  });

  it('without a terminal is of no request, which ends without an answer', async () => {
    const { clock, line, made } = await signedOn();
    line.answer = ({ mti, fields }) =>
      answerTo({ mti, fields: new Map([...fields].filter(([field]) => field !== 41)) }, { 39: '00' });
    const from = clock.now();
    expect(await clock.run(made.exchange(ORDER, LIMIT_MS))).toBe('no-answer');
    expect(clock.now() - from).toBe(LIMIT_MS);
  });

  it('is for all who asked for the same', async () => {
    const { clock, line, made } = await signedOn();
    const both = Promise.all([made.exchange(ORDER, LIMIT_MS), made.exchange(ORDER, LIMIT_MS)]);
    await clock.advance(100);
    line.say(answerTo(ORDER, { 39: '00' }));
    expect((await clock.run(both)).map((answer) => typeof answer)).toEqual(['object', 'object']);
  });

  it.each([
    ['0200', '0210'],
    ['0201', '0210'],
    ['0400', '0410'],
    ['0401', '0410'],
    ['0420', '0430'],
    ['0421', '0430'],
  ])('to %s is %s', async (mti, answered) => {
    const { clock, line, made } = await signedOn();
    const answer = made.exchange({ ...ORDER, mti }, LIMIT_MS);
    await clock.advance(100);
    line.say({ ...answerTo(ORDER, { 39: '00' }), mti: answered });
    expect(await clock.run(answer)).toMatchObject({ mti: answered });
  });

  it('does not come any more when the connection ends: nobody waits for it', async () => {
    const { clock, line, made } = await signedOn();
    const answer = made.exchange(ORDER, LIMIT_MS);
    await clock.advance(1_000);
    line.end('reset');
    const from = clock.now();
    expect(await clock.run(answer)).toBe('no-answer');
    expect(clock.now()).toBe(from);
  });

  it('that cannot be read is passed over, and said', async () => {
    const { clock, line, made, told } = await signedOn();
    const answer = made.exchange(ORDER, LIMIT_MS);
    await clock.advance(100);
    line.sayOctets(Buffer.from('\u0000\u00050210X', 'latin1'));
    line.say(answerTo(ORDER, { 39: '00' }));
    expect(await clock.run(answer)).toMatchObject({ mti: '0210' });
    expect(told.at(-1)).toBe(
      'a message of the card host is passed over: bitmap at 4: 16 octets were expected, 1 are left',
    );
  });

  it('with a length that no message has ends the connection', async () => {
    const { clock, line, told } = await signedOn();
    line.sayOctets(Buffer.of(0xff, 0xff));
    expect(line.isOpen).toBe(false);
    expect(told.at(-1)).toContain('a message of 65535 octets was announced');
    await clock.advance(1_000);
    expect(line.opened).toBe(2);
  });
});

describe('a silence', () => {
  it('of a minute is followed by an echo, again and again', async () => {
    const { clock, line } = await signedOn();
    await clock.advance(180_000);
    expect(managed(line)).toEqual(['001', '301', '301', '301']);
    expect(line.opened).toBe(1);
  });

  it('is as long as acquirer and merchant have agreed', async () => {
    const { clock, line } = await signedOn({ silenceMs: 90_000 });
    await clock.advance(89_999);
    expect(managed(line)).toEqual(['001']);
    await clock.advance(1);
    expect(managed(line)).toEqual(['001', '301']);
  });

  it('is no silence while messages come', async () => {
    const { clock, line } = await signedOn();
    for (let round = 0; round < 5; round += 1) {
      await clock.advance(50_000);
      line.say(answerTo(ORDER, { 39: '00' }));
    }
    expect(managed(line)).toEqual(['001']);
  });

  it('in spite of an echo ends the connection', async () => {
    const { clock, line, told } = await signedOn();
    line.answer = () => undefined;
    await clock.advance(69_999);
    expect(line.isOpen).toBe(true);
    await clock.advance(1);
    expect(line.isOpen).toBe(false);
    expect(told.at(-1)).toBe(
      'no connection to the card host: the host does not answer an echo; the next try is in 1 s',
    );
  });
});

describe('a request of the host', () => {
  it.each([
    ['echo', '301', '00'],
    ['the end of its business day', '201', '00'],
    ['what is not known here', '161', '12'],
  ])('(%s) is answered', async (_, code, response) => {
    const { clock, line } = await signedOn();
    const fields = new Map([
      [7, '0301235959'],
      [11, '000007'],
      [70, code],
    ]);
    line.say({ mti: '0800', fields });
    await clock.advance(0);
    expect(line.heard.at(-1)).toEqual({
      mti: '0810',
      fields: new Map([
        [7, '0301235959'],
        [11, '000007'],
        [39, response],
        [70, code],
      ]),
    });
  });
});

it('is not opened again after it was ended, and then sends nothing', async () => {
  const { clock, line, made, stop } = await signedOn();
  const waiting = made.exchange(ORDER, LIMIT_MS);
  await clock.advance(100);
  stop();
  expect(await clock.run(waiting)).toBe('no-answer');
  await clock.advance(600_000);
  expect(line.opened).toBe(1);
  expect(line.isOpen).toBe(false);
  expect(await clock.run(made.exchange(ORDER, LIMIT_MS))).toBe('not-sent');
});

it('leaves nobody waiting for a sign-on when it is ended', async () => {
  const { clock, line, made } = connection();
  line.answer = () => undefined;
  const stop = made.start();
  const waiting = made.exchange(ORDER, LIMIT_MS);
  await clock.advance(1_000);
  stop();
  const from = clock.now();
  expect(await clock.run(waiting)).toBe('not-sent');
  expect(clock.now()).toBe(from);
});
