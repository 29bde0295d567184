import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Clock, systemClock } from '../../../modem/index.ts';
import { type OpenLine, tcpLine } from '../../../server/index.ts';
import { CardConnection, type Dialect, type Exchange } from '../../../server/rails/card/connection.ts';
import type { IsoMessage } from '../../../server/rails/card/iso8583.ts';
import { CardHost, type CardSpeech, listenForCards, memoryCardLine, VirtualClock } from '../../../sim/index.ts';

const MAC_KEY = Buffer.from('0123456789abcdeffedcba9876543210', 'hex');
const TPDU = Buffer.from('6000010002', 'hex');
const LIMIT_MS = 15_000;

const SPEECH: CardSpeech = { variant: 'ascii', lengthCountsItself: false, tpdu: false };
const DIALECT: Dialect = { variant: 'ascii', framing: { lengthCountsItself: false } };

/** The same way of speaking, as the host is told of it and as the rail is. */
const SPEECHES: readonly (readonly [string, CardSpeech, Dialect])[] = [
  ['ASCII', SPEECH, DIALECT],
  [
    'ASCII with codes',
    { variant: 'ascii', lengthCountsItself: true, tpdu: false, macKey: MAC_KEY },
    { variant: 'ascii', framing: { lengthCountsItself: true }, macKey: MAC_KEY },
  ],
  [
    'binary with TPDU',
    { variant: 'binary', lengthCountsItself: false, tpdu: true },
    { variant: 'binary', framing: { lengthCountsItself: false, tpdu: TPDU } },
  ],
  [
    'binary with all of it',
    { variant: 'binary', lengthCountsItself: true, tpdu: true, macKey: MAC_KEY },
    { variant: 'binary', framing: { lengthCountsItself: true, tpdu: TPDU }, macKey: MAC_KEY },
  ],
];

const SALE: Readonly<Record<number, string>> = {
  2: '9000000000000000017',
  3: '000000',
  4: '000000001250',
  7: '0301090000',
  11: '000042',
  12: '090000',
  13: '0301',
  22: '100',
  25: '08',
  32: '12345',
  37: '0123456789AB',
  41: 'TERM0001',
  42: 'MERCHANT1      ',
  49: '978',
};
const ORIGINAL = { 90: '020000004203010900000000001234500000000000' };

function message(mti: string, others: Readonly<Record<number, string | undefined>> = {}): IsoMessage {
  const fields = new Map<number, string>();
  for (const [field, value] of Object.entries({ ...SALE, ...others })) {
    if (value !== undefined) fields.set(Number(field), value);
  }
  return { mti, fields };
}

/** DE 39, or what came instead of an answer. */
function codeOf(answer: Exchange): string | undefined {
  return typeof answer === 'string' ? answer : answer.fields.get(39);
}

function connected(open: OpenLine, clock: Clock, dialect: Dialect): CardConnection {
  const connection = new CardConnection({ open, clock, dialect });
  onTestFinished(connection.start());
  return connection;
}

/** A host in memory, and what it answers. */
function inMemory() {
  const clock = new VirtualClock();
  const host = new CardHost({ clock, merchant: 'MERCHANT1', speech: SPEECH });
  const connection = connected(memoryCardLine(host, clock), clock, DIALECT);
  return { clock, host, ask: (request: IsoMessage) => clock.run(connection.exchange(request, LIMIT_MS)) };
}

describe.each(SPEECHES)('over TCP, in %s', (_, speech, dialect) => {
  it('the host takes orders, and goes on from its book after a new start', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'card-host-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const options = { clock: systemClock, merchant: 'MERCHANT1', speech, bookFile: join(folder, 'book') };
    for (const round of ['first', 'after a new start']) {
      const host = new CardHost(options);
      const listener = await listenForCards(host);
      const connection = connected(tcpLine('127.0.0.1', listener.port, systemClock), systemClock, dialect);
      const answer = await connection.exchange(message(round === 'first' ? '0200' : '0201'), LIMIT_MS);
      expect(codeOf(answer), round).toBe('00');
      expect(host.moved()).toBe(1_250);
      expect(codeOf(await connection.exchange(message('0200', { 4: '000000000001' }), LIMIT_MS))).toBe('00');
      expect(host.entries).toMatchObject([{ terminal: 'TERM0001', trace: '000042', minor: 1_250, state: 'moved' }]);
      await listener.close();
    }
    expect(readFileSync(options.bookFile, 'utf8').trimEnd().split('\n')).toHaveLength(1);
  });

  it('a connection that ends in the middle of an answer leaves it unknown, and is opened again', async () => {
    const host = new CardHost({ clock: systemClock, merchant: 'MERCHANT1', speech });
    const listener = await listenForCards(host);
    const connection = connected(tcpLine('127.0.0.1', listener.port, systemClock), systemClock, dialect);
    host.misbehave('cut');
    expect(await connection.exchange(message('0200'), LIMIT_MS)).toBe('no-answer');
    expect(codeOf(await connection.exchange(message('0400', ORIGINAL), LIMIT_MS))).toBe('00');
    expect(host.moved()).toBe(0);
    await listener.close();
  });
});

describe('the host', () => {
  it('signs nobody on who has another key', async () => {
    const clock = new VirtualClock();
    const host = new CardHost({ clock, merchant: 'MERCHANT1', speech: { ...SPEECH, macKey: MAC_KEY } });
    const other = connected(memoryCardLine(host, clock), clock, { ...DIALECT, macKey: Buffer.alloc(16, 7) });
    expect(await clock.run(other.exchange(message('0200'), LIMIT_MS))).toBe('not-sent');
    expect(host.heard).toEqual([]);
  });

  it.each([
    ['an order without an amount', message('0200', { 4: undefined }), '30'],
    ['an order of another merchant', message('0200', { 42: 'SOMEBODY       ' }), '03'],
    ['a refund of nothing', message('0200', { 3: '200000' }), '51'],
    ['a reversal of what it does not know', message('0400', ORIGINAL), '25'],
    ['a reversal that names another trace number', message('0400', { 90: ORIGINAL[90].replace('42', '43') }), '30'],
  ])('answers %s by its code', async (_, request, code) => {
    const { host, ask } = inMemory();
    expect(codeOf(await ask(request))).toBe(code);
    expect(host.moved()).toBe(0);
  });

  it('answers a repeat as the first time, and refuses another order of the same trace number', async () => {
    const { host, ask } = inMemory();
    expect(codeOf(await ask(message('0200')))).toBe('00');
    expect(codeOf(await ask(message('0201')))).toBe('00');
    expect(codeOf(await ask(message('0200', { 37: 'BA9876543210' })))).toBe('94');
    expect(host.moved()).toBe(1_250);
  });

  it('reverses once, and refuses a charge that comes after its reversal', async () => {
    const { host, ask } = inMemory();
    expect(codeOf(await ask(message('0400', ORIGINAL)))).toBe('25');
    expect(codeOf(await ask(message('0200')))).toBe('12');
    expect(codeOf(await ask(message('0401', ORIGINAL)))).toBe('00');
    expect(host.moved()).toBe(0);
  });

  it('gives back no more than was paid', async () => {
    const { host, ask } = inMemory();
    await ask(message('0200'));
    const refund = (trace: string, minor: string) =>
      ask(message('0200', { 3: '200000', 4: minor.padStart(12, '0'), 11: trace }));
    expect(codeOf(await refund('000043', '1000'))).toBe('00');
    expect(codeOf(await refund('000044', '251'))).toBe('51');
    expect(codeOf(await refund('000045', '250'))).toBe('00');
    expect(host.moved()).toBe(0);
  });

  it('says the day of settlement, which is the next one from 22:00 UTC on', async () => {
    const { clock, ask } = inMemory();
    const days: (string | undefined)[] = [];
    for (const trace of ['000042', '000043']) {
      const answer = await ask(message('0200', { 11: trace }));
      days.push(typeof answer === 'string' ? answer : answer.fields.get(15));
      await clock.advance(13 * 3_600_000);
    }
    expect(days).toEqual(['0301', '0302']);
  });

  it('answers without its terminal, or with a code, when it is told to', async () => {
    const { host, ask } = inMemory();
    host.misbehave('without-terminal', { code: '91' });
    expect(await ask(message('0200'))).toBe('no-answer');
    expect(codeOf(await ask(message('0200', { 11: '000043' })))).toBe('91');
    expect(host.moved()).toBe(1_250);
  });

  it('may ask for an echo and end its business day', async () => {
    const { clock, host, ask } = inMemory();
    await ask(message('0200'));
    host.manage('301');
    host.manage('201');
    await clock.advance(1_000);
    const answers = host.heard.filter(({ type }) => type === '0810');
    expect(answers.map(({ elements }) => [elements[70], elements[39]])).toEqual([
      ['301', '00'],
      ['201', '00'],
    ]);
  });
});
