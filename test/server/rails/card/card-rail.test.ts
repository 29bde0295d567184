import { describe, expect, it } from 'vitest';
import { type CardRailOptions, cardRail } from '../../../../server/index.ts';
import type { IsoMessage } from '../../../../server/rails/card/iso8583.ts';
import type { RailOrder } from '../../../../server/rails/rail.ts';
import { ref } from '../../../../server/vocabulary/ids.ts';
import { VirtualClock } from '../../../../sim/index.ts';
import { answerTo, ScriptedLine } from './scripted-line.ts';

const TXN = ref('0123456789abcdef');
const NOTE = {
  terminal: 'TERM0001',
  trace: '000042',
  reference: '0123456789AB',
  at: Date.UTC(2010, 1, 28, 23, 59, 58),
  card: '9000000000000000017',
};
const CHARGE: RailOrder = {
  key: `${TXN}:charge`,
  txn: TXN,
  kind: 'charge',
  amount: { minor: 1_250, currency: 'EUR' },
  payer: 'clearing:card',
  merchant: 'merchant:1',
  note: JSON.stringify(NOTE),
};
const REFUND: RailOrder = { ...CHARGE, key: `${TXN}:refund-1`, kind: 'refund' };
const REVERSAL: RailOrder = { ...CHARGE, key: `${TXN}:reversal`, kind: 'reversal' };

/** A rail at a host that is signed on and answers so; by default nothing. */
async function started(
  answer: (message: IsoMessage) => IsoMessage | undefined,
  reversals: 'request' | 'advice' = 'request',
) {
  const clock = new VirtualClock();
  const line = new ScriptedLine();
  const rail = cardRail({
    open: line.open,
    clock,
    dialect: { variant: 'ascii', framing: { lengthCountsItself: false } },
    acquirer: '12345',
    merchant: 'MERCHANT1',
    terminals: ['TERM0001'],
    reversals,
    cardOf: () => undefined,
    statements: async () => [],
  });
  const signOn = line.answer;
  line.answer = (message) => (message.mti === '0800' ? signOn(message) : answer(message));
  const gone = () => Promise.reject(new Error('no database'));
  rail.start?.({ read: gone, totalsDiffer: gone });
  await clock.advance(0);
  const send = (order: RailOrder) => clock.run(rail.send(order));
  return { clock, line, rail, send };
}

const SALE = new Map([
  [2, '9000000000000000017'],
  [3, '000000'],
  [4, '000000001250'],
  [7, '0228235958'],
  [11, '000042'],
  [12, '235958'],
  [13, '0228'],
  [22, '100'],
  [25, '08'],
  [32, '12345'],
  [37, '0123456789AB'],
  [41, 'TERM0001'],
  [42, 'MERCHANT1      '],
  [49, '978'],
]);

describe('what the acquirer is to keep', () => {
  it.each<readonly [string, CardRailOptions['fee'], Partial<RailOrder>, number | undefined]>([
    ['1.2 % and 5 of 1,250', { basisPoints: 120, fixedMinor: 5 }, {}, 20],
    ['of 1, rounded', { basisPoints: 5_000, fixedMinor: 0 }, { amount: { minor: 1, currency: 'EUR' } }, 1],
    ['of a refund is not agreed', { basisPoints: 120, fixedMinor: 5 }, { kind: 'refund' }, undefined],
    ['is not agreed', undefined, {}, undefined],
  ])('%s', (_, fee, change, kept) => {
    const rail = cardRail({
      open: new ScriptedLine().open,
      clock: new VirtualClock(),
      dialect: { variant: 'ascii', framing: { lengthCountsItself: false } },
      ...{ acquirer: '12345', merchant: 'MERCHANT1', terminals: ['TERM0001'], reversals: 'request', fee },
      cardOf: () => undefined,
      statements: async () => [],
    });
    expect(rail.feeOf?.({ kind: 'charge', amount: { minor: 1_250, currency: 'EUR' }, note: '', ...change })).toBe(kept);
  });
});

describe('the request', () => {
  const sent = JSON.stringify({ ...NOTE, sent: true });
  const original = '020000004202282359580000001234500000000000';
  it.each<readonly [string, RailOrder, 'request' | 'advice', string, readonly (readonly [number, string])[]]>([
    ['a charge', CHARGE, 'request', '0200', []],
    ['a refund', REFUND, 'request', '0200', [[3, '200000']]],
    ['a refund that is repeated', { ...REFUND, note: sent }, 'request', '0201', [[3, '200000']]],
    [
      'a reversal',
      REVERSAL,
      'request',
      '0400',
      [
        [7, '0301090000'],
        [90, original],
      ],
    ],
    [
      'a reversal that is repeated',
      { ...REVERSAL, note: sent },
      'request',
      '0401',
      [
        [7, '0301090000'],
        [90, original],
      ],
    ],
    [
      'a reversal as advice',
      REVERSAL,
      'advice',
      '0420',
      [
        [7, '0301090000'],
        [90, original],
      ],
    ],
    [
      'its repeat',
      { ...REVERSAL, note: sent },
      'advice',
      '0421',
      [
        [7, '0301090000'],
        [90, original],
      ],
    ],
    [
      'yen',
      { ...CHARGE, amount: { minor: 999_999_999_999, currency: 'JPY' } },
      'request',
      '0200',
      [
        [4, '999999999999'],
        [49, '392'],
      ],
    ],
    [
      'Australian dollars',
      { ...CHARGE, amount: { minor: 1, currency: 'AUD' } },
      'request',
      '0200',
      [
        [4, '000000000001'],
        [49, '036'],
      ],
    ],
  ])('for %s', async (_, order, reversals, mti, others) => {
    const { line, send } = await started((message) => answerTo(message, { 39: '00' }), reversals);
    await send(order);
    expect(line.heard.at(-1)).toEqual({ mti, fields: new Map([...SALE, ...others]) });
  });
});

describe('an order', () => {
  it('that is approved is done, with the approval and the day of settlement', async () => {
    const { send } = await started((message) => answerTo(message, { 15: '0301', 38: 'A1B2C3', 39: '00' }));
    const outcome = {
      kind: 'done',
      approvalCode: Number.parseInt('A1B2C3', 36),
      note: JSON.stringify({ ...NOTE, settled: '0301' }),
    };
    expect(await send(CHARGE)).toEqual(outcome);
    expect(await send(REFUND)).toEqual({ ...outcome, approvalCode: 0 });
    expect(await send(REVERSAL)).toEqual({ ...outcome, approvalCode: 0 });
  });

  it('that is refused is declined', async () => {
    const { send } = await started((message) => answerTo(message, { 39: '51' }));
    expect(await send(CHARGE)).toMatchObject({ kind: 'declined', reason: 'insufficient-funds' });
    expect(await send(REVERSAL)).toMatchObject({ kind: 'declined', reason: 'reversal refused (51)' });
  });

  it.each<readonly [string, (message: IsoMessage) => IsoMessage | undefined, string]>([
    ['gets no answer', () => undefined, 'the card host did not answer in time'],
    ['gets an answer without DE 39', (message) => answerTo(message, {}), 'the host answered without a response code'],
    ['gets 68', (message) => answerTo(message, { 39: '68' }), 'the host answered 68'],
    [
      'is approved in part',
      (message) => answerTo(message, { 4: '000000001000', 39: '00' }),
      'the card host approved another amount',
    ],
  ])('that %s is unknown, and the next one is a repeat', async (_, answer, reason) => {
    const { send } = await started(answer);
    const note = JSON.stringify({ ...NOTE, sent: true });
    expect(await send(REFUND)).toEqual({ kind: 'unknown', reason, note });
  });

  it('is done when the answer does not repeat the amount', async () => {
    const { send } = await started(({ mti, fields }) => {
      const few = new Map([...fields].filter(([field]) => field === 11 || field === 41));
      return answerTo({ mti, fields: few }, { 39: '00' });
    });
    expect(await send(CHARGE)).toMatchObject({ kind: 'done' });
  });

  it('that cannot leave is declined when it is a charge, and unknown when it may have left before', async () => {
    const { line, send } = await started(() => undefined);
    line.answer = () => undefined;
    line.end('reset');
    expect(await send(CHARGE)).toEqual({ kind: 'declined', reason: 'rail-unreachable' });
    const unknown = { kind: 'unknown', reason: 'there is no connection to the card host' };
    for (const order of [REFUND, REVERSAL, { ...CHARGE, note: JSON.stringify({ ...NOTE, sent: true }) }]) {
      expect(await send(order)).toEqual(unknown);
    }
  });

  it('of a customer without a card is declined, and does not leave', async () => {
    const { line, send } = await started((message) => answerTo(message, { 39: '00' }));
    const { card: _, ...without } = NOTE;
    expect(await send({ ...CHARGE, note: JSON.stringify(without) })).toEqual({ kind: 'declined', reason: 'no-card' });
    expect(line.heard.map(({ mti }) => mti)).toEqual(['0800']);
  });

  it('with a note of another rail is not sent', async () => {
    const { rail } = await started(() => undefined);
    await expect(rail.send({ ...CHARGE, note: '{}' })).rejects.toThrow();
  });
});

it('gives no settlement before it is started', async () => {
  const line = new ScriptedLine();
  const rail = cardRail({
    open: line.open,
    clock: new VirtualClock(),
    dialect: { variant: 'ascii', framing: { lengthCountsItself: false } },
    acquirer: '1',
    merchant: 'M',
    terminals: ['T'],
    reversals: 'request',
    cardOf: () => undefined,
    statements: async () => [],
  });
  await expect(rail.settlement(0, 1)).rejects.toThrow('the card rail is not started');
  expect(line.opened).toBe(0);
});
