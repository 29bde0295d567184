import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../../sim/index.ts';
import { scripted } from './scripted-paypal.ts';

const DAY_MS = 24 * 3_600_000;
const START = new VirtualClock().now();
const TXN = '0123456789abcdef';

/** A line of a report, settled at the start of the clock unless it is said otherwise. */
function line(change: object) {
  return {
    transaction_info: {
      transaction_id: 'C1',
      transaction_event_code: 'T0006',
      transaction_updated_date: new Date(START).toISOString(),
      transaction_amount: { currency_code: 'EUR', value: '12.50' },
      transaction_status: 'S',
      custom_field: `${TXN}.charge`,
      ...change,
    },
  };
}

function page(details: readonly object[], pages = 1): readonly [number, object] {
  return [
    200,
    { transaction_details: details, total_pages: pages, last_refreshed_datetime: new Date(START).toISOString() },
  ];
}

const money = (value: string, currency_code = 'EUR') => ({ transaction_amount: { currency_code, value } });

describe("PayPal's settlement", () => {
  it.each<readonly [string, object, string | undefined]>([
    ['a charge', {}, `${TXN}:charge`],
    ['a charge that was reversed since', { transaction_status: 'V' }, `${TXN}:charge`],
    [
      'a refund',
      { ...money('-2.50'), transaction_event_code: 'T1107', custom_field: `${TXN}.refund-1` },
      `${TXN}:refund-1`,
    ],
    ['money that went back by hand', { ...money('-2.50'), transaction_event_code: 'T1107' }, 'C1'],
    ['a chargeback', { ...money('-12.50'), transaction_event_code: 'T1201' }, `${TXN}:charge`],
    ['a chargeback of others', { ...money('-9.00'), transaction_event_code: 'T1106', custom_field: 'order 7' }, 'C1'],
    ['money under the name of a refund', { custom_field: `${TXN}.refund-1` }, 'C1'],
    ['money of others', { custom_field: 'order 7' }, 'C1'],
    ['money without a name', { custom_field: undefined }, 'C1'],
    ['money that is pending', { transaction_status: 'P' }, undefined],
    ['money that was denied', { transaction_status: 'D' }, undefined],
    ['a fee', { ...money('-0.78'), transaction_event_code: 'T0100' }, undefined],
    ['a withdrawal to the bank', { ...money('-100.00'), transaction_event_code: 'T0400' }, undefined],
  ])('has %s %o as %s', async (_, change, key) => {
    const { rail, clock } = scripted(page([line(change)]), page([]));
    await clock.advance(1_000);
    const lines = await rail.settlement(START, START + DAY_MS);
    expect(lines.map((one) => one.key)).toEqual(key === undefined ? [] : [key]);
  });

  it('says what PayPal keeps, and which money its customer or their bank took back', async () => {
    const fee = (value: string) => ({ fee_amount: { currency_code: 'EUR', value } });
    const back = { custom_field: `${TXN}.refund-1`, transaction_event_code: 'T1107' };
    const { rail, clock } = scripted(
      page([
        line(fee('-0.78')),
        line({ ...money('-2.50'), ...back, ...fee('0.09') }),
        line({ ...money('-10.00'), transaction_event_code: 'T1106', ...fee('-15.00') }),
        line({ ...money('10.00'), transaction_event_code: 'T1106' }),
      ]),
      page([]),
    );
    await clock.advance(1_000);
    const lines = await rail.settlement(START, START + DAY_MS);
    expect(lines.map(({ fee: kept, isChargeback }) => [kept, isChargeback])).toEqual([
      ...[
        [78, undefined],
        [-9, undefined],
        [undefined, true],
        // A reversal that PayPal has taken back.
        [undefined, undefined],
      ],
    ]);
  });

  it('has amounts without their sign, and the time at which the movement was decided', async () => {
    const late = '2010-03-05T10:00:00+01:00';
    const refund = line({ ...money('-1250', 'JPY'), custom_field: `${TXN}.refund-1`, transaction_updated_date: late });
    const { rail, clock } = scripted(page([refund]), page([]));
    await clock.advance(10 * DAY_MS);
    expect(await rail.settlement(START, START + 10 * DAY_MS)).toEqual([
      { key: `${TXN}:refund-1`, amount: { minor: 1_250, currency: 'JPY' }, at: Date.UTC(2010, 2, 5, 9) },
    ]);
  });

  it('is of the time asked for, its end not included', async () => {
    const at = (ms: number) =>
      line({
        transaction_id: `${ms}`,
        custom_field: undefined,
        transaction_updated_date: new Date(START + ms).toISOString(),
      });
    const { rail, clock } = scripted(page([at(-1_000), at(0), at(999_000), at(1_000_000)]), page([]));
    await clock.advance(DAY_MS);
    expect((await rail.settlement(START, START + 1_000_000)).map(({ key }) => key)).toEqual(['0', '999000']);
  });

  it('is put together from all pages of reports of at most 31 days, from 30 days before on', async () => {
    const named = (transaction_id: string) => line({ transaction_id, custom_field: undefined });
    const { rail, clock, asked } = scripted(page([named('1')], 2), page([named('2')], 2), page([named('3')]));
    await clock.advance(10 * DAY_MS);
    expect((await rail.settlement(START, START + DAY_MS)).map(({ key }) => key)).toEqual(['1', '2', '3']);
    const queries = asked.map(({ url }) => Object.fromEntries(new URL(url).searchParams));
    const [from, to] = ['2010-01-30T09:00:00Z', '2010-03-02T08:59:59Z'];
    expect(queries).toEqual([
      { start_date: from, end_date: to, fields: 'transaction_info', page_size: '500', page: '1' },
      { start_date: from, end_date: to, fields: 'transaction_info', page_size: '500', page: '2' },
      {
        start_date: '2010-03-02T09:00:00Z',
        end_date: '2010-03-02T09:00:00Z',
        fields: 'transaction_info',
        page_size: '500',
        page: '1',
      },
    ]);
  });

  it('comes in halves where it is too large for one report', async () => {
    const named = (transaction_id: string) => line({ transaction_id, custom_field: undefined });
    const tooLarge = [400, { name: 'INVALID_REQUEST', details: [{ issue: 'RESULTSET_TOO_LARGE' }] }] as const;
    const { rail, asked } = scripted(tooLarge, page([named('1')]), page([named('2')]));
    expect((await rail.settlement(START, START + DAY_MS)).map(({ key }) => key)).toEqual(['1', '2']);
    const times = asked.map(({ url }) => ['start_date', 'end_date'].map((name) => new URL(url).searchParams.get(name)));
    expect(times).toEqual([
      ['2010-01-30T09:00:00Z', '2010-03-01T09:00:00Z'],
      ['2010-01-30T09:00:00Z', '2010-02-14T09:00:00Z'],
      ['2010-02-14T09:00:01Z', '2010-03-01T09:00:00Z'],
    ]);
  });

  it('goes back three years at most, and not into the future', async () => {
    const { rail, asked } = scripted(...Array.from({ length: 40 }, () => page([])));
    await rail.settlement(0, START + DAY_MS);
    expect(new URL(asked[0]?.url ?? '').searchParams.get('start_date')).toBe('2007-03-02T09:00:00Z');
    expect(new URL(asked.at(-1)?.url ?? '').searchParams.get('end_date')).toBe('2010-03-01T09:00:00Z');
  });

  it.each<readonly [string, readonly [number, unknown], RegExp]>([
    ['refuses', [403, { name: 'NOT_AUTHORIZED' }], /PayPal gave no report: it answered 403 NOT_AUTHORIZED/],
    [
      'answers in other words',
      [200, { transaction_details: 1 }],
      /PayPal's report cannot be read: .*transaction_details/s,
    ],
    ['has a time that is none', page([line({ transaction_updated_date: 'yesterday' })]), /expected a time/],
    ['has money that nobody knows', page([line(money('1.00', 'XXX'))]), /an amount that is not known here: 1.00 XXX/],
  ])('is not there when PayPal %s', async (_, answer, message) => {
    const { rail } = scripted(answer);
    await expect(rail.settlement(START, START + DAY_MS)).rejects.toThrow(message);
  });
});
