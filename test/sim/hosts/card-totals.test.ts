import { describe, expect, it } from 'vitest';
import { cardRail, type ServiceEvent } from '../../../server/index.ts';
import { RailTrial } from '../../../sim/hosts/rail-trial.ts';
import { CardHost, memoryCardLine } from '../../../sim/index.ts';
import { passingDatabase } from '../../server/database.ts';

const MAC_KEY = Buffer.from('0123456789abcdeffedcba9876543210', 'hex');
const HOUR_MS = 3_600_000;
const PAUSE_MS = 600_000;

/** A service with a card rail, whose host ends its business day at 22:00. */
async function trial(variant: 'ascii' | 'binary' = 'ascii', options: { readonly totals?: boolean } = {}) {
  const hosts: CardHost[] = [];
  const told: string[] = [];
  const made = await RailTrial.open(
    (clock) => {
      const host = new CardHost({
        ...{ clock, merchant: 'MERCHANT1' },
        speech: { variant, lengthCountsItself: false, tpdu: false, macKey: MAC_KEY },
      });
      hosts.push(host);
      const rail = cardRail({
        ...{ open: memoryCardLine(host, clock), clock, silenceMs: HOUR_MS, ...options },
        dialect: { variant, framing: { lengthCountsItself: false }, macKey: MAC_KEY },
        ...{ acquirer: '12345', merchant: 'MERCHANT1', terminals: ['T1', 'T2'], reversals: 'request' },
        cardOf: () => ({ token: '9017' }),
        statements: async () => [],
        told: (what) => void told.push(what),
      });
      return { rail, host };
    },
    await passingDatabase(),
  );
  const [host] = hosts;
  if (host === undefined) throw new Error('there is no host');
  const alarms: ServiceEvent[] = [];
  made.service.subscribe(({ event }) => {
    if (event.kind === 'alarm') alarms.push(event);
  });
  const until = (hour: number, minute: number, second = 0, day = 1) =>
    made.clock.advance(Date.UTC(2010, 2, day, hour, minute, second) - made.clock.now());
  return {
    ...{ made, host, told, alarms, until },
    paid: async (mref: string) => made.expectState(await made.pay(mref), 'CAPTURED'),
    /** The host says that its day is over, and time passes until the totals have gone. */
    async endDay(day = 1) {
      await until(22, 0, 10, day);
      host.manage('201');
      await made.clock.advance(PAUSE_MS + 1_000);
    },
    /** The totals that came, as credits, their reversals, debits, their reversals, and the net. */
    totals: () =>
      host.heard
        .filter(({ type }) => type === '0500')
        .map(({ elements }) =>
          [
            ...[0, 1, 2, 3].map((place) => `${Number(elements[74 + place])} of ${Number(elements[86 + place])}`),
            elements[97]?.replace(/^(.)0*/, '$1'),
          ].join(', '),
        ),
  };
}

describe('the totals of a business day', () => {
  it.each(['ascii', 'binary'] as const)('are the same there and here, in %s with codes', async (variant) => {
    const { made, host, told, alarms, paid, endDay, totals } = await trial(variant);
    const txn = await made.pay('first');
    await made.expectState(txn, 'CAPTURED');
    await made.refund(txn, 'a', 500);
    await paid('second');
    host.misbehave('declined');
    await made.expectState(await made.pay('declined'), 'DECLINED');
    host.misbehave('answer-lost');
    await made.expectState(await made.pay('carried out, and reversed'), 'REVERSED');
    host.misbehave('no-answer');
    await made.expectState(await made.pay('not there when it is reversed'), 'REVERSED');
    await endDay();
    expect(totals()).toEqual(['1 of 500, 0 of 0, 3 of 3750, 1 of 1250, D2000']);
    expect(host.heard.find(({ type }) => type === '0500')?.elements).toMatchObject({
      ...{ 11: '000001', 15: '0301', 32: '12345', 41: 'T1      ', 42: 'MERCHANT1      ', 50: '978' },
    });
    await paid('on the next day');
    await made.refund(txn, 'b', 750);
    await made.refund(await made.pay('and given back'), 'c');
    await endDay(2);
    expect(totals().slice(1)).toEqual(['2 of 2000, 0 of 0, 2 of 2500, 0 of 0, D500']);
    expect(alarms).toEqual([]);
    expect(told.filter((what) => what.includes('totals'))).toEqual([
      'the totals of 0301 in EUR are those of the host',
      'the totals of 0302 in EUR are those of the host',
    ]);
    await made.close();
  });

  it('that are other at the host are an alarm that says what is other, once', async () => {
    const { made, host, alarms, paid, endDay } = await trial();
    await paid('first');
    host.miscount(700);
    await endDay();
    host.manage('201');
    await made.clock.advance(4 * HOUR_MS);
    expect(alarms).toMatchObject([{ alarm: 'totals-differ', ref: 'card 0301' }]);
    expect(alarms[0]).toHaveProperty(
      'detail',
      expect.stringMatching(/^EUR: debits: 1 of 1250 here, 2 of 1950 there \(number and minor units\)\. Compare /),
    );
    await made.close();
  });

  it('wait for an order that is open: a charge before the end of the day, and its reversal after it', async () => {
    const { made, host, alarms, paid, until, endDay, totals } = await trial();
    await paid('first');
    await until(21, 59);
    host.misbehave('answer-lost', ...Array.from({ length: 5 }, () => 'no-answer' as const));
    const txn = await made.pay('open');
    await endDay();
    expect([(await made.service.payment(txn)).state, totals()]).toEqual(['REVERSING', []]);
    await made.clock.advance(PAUSE_MS);
    expect([(await made.service.payment(txn)).state, totals()]).toEqual([
      'REVERSED',
      ['0 of 0, 0 of 0, 2 of 2500, 0 of 0, D2500'],
    ]);
    await endDay(2);
    expect(totals().slice(1)).toEqual(['0 of 0, 0 of 0, 0 of 0, 1 of 1250, C1250']);
    expect(alarms).toEqual([]);
    await made.close();
  });

  it('have a refund that was repeated after the end of the day on the day on which the host carried it out', async () => {
    const { made, host, alarms, until, endDay, totals } = await trial();
    const txn = await made.pay('first');
    await until(21, 59, 50);
    host.misbehave('answer-lost');
    await made.refund(txn, 'a', 100);
    await endDay();
    expect(host.heard.some(({ type }) => type === '0201')).toBe(true);
    expect(totals()).toEqual(['1 of 100, 0 of 0, 1 of 1250, 0 of 0, D1150']);
    expect(alarms).toEqual([]);
    await made.close();
  });

  it.each([
    [HOUR_MS, []],
    [4 * HOUR_MS, ['EUR: the host does not answer the totals (0500)']],
  ])('that the host does not take for %i ms go again for three hours, then are an alarm', async (downMs, expected) => {
    const { made, host, alarms, paid, until, totals } = await trial();
    await paid('first');
    await until(22, 0, 10);
    host.manage('201');
    await made.clock.advance(1_000);
    host.down = true;
    await made.clock.advance(downMs);
    host.down = false;
    await made.clock.advance(HOUR_MS);
    expect(alarms.map((event) => 'detail' in event && event.detail?.split('. ')[0])).toEqual(expected);
    expect(totals()).toHaveLength(expected.length === 0 ? 1 : 0);
    await made.close();
  });

  it('are not sent to a host that takes none', async () => {
    const { made, paid, endDay, totals } = await trial('ascii', { totals: false });
    await paid('first');
    await endDay();
    expect(totals()).toEqual([]);
    await made.close();
  });
});
