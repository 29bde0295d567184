import { describe, expect, it } from 'vitest';
import type { Outcome, RailOrder } from '../../../../server/index.ts';
import { NotSent } from '../../../../server/rails/paypal/http.ts';
import { CHARGE, REFUND, type Scripted, scripted } from './scripted-paypal.ts';

const EUR_1250 = { currency_code: 'EUR', value: '12.50' };
const CAPTURE = { id: '3C679366HH908993F', status: 'COMPLETED', amount: EUR_1250 };
const NOTE = JSON.parse(CHARGE.note);

function orderWith(capture: object): object {
  return {
    id: '5O190127TN364715T',
    status: 'COMPLETED',
    purchase_units: [{ payments: { captures: [{ ...CAPTURE, ...capture }] } }],
  };
}

function refusedWith(issue: string): object {
  return { name: 'UNPROCESSABLE_ENTITY', details: [{ issue }] };
}

const note = (order: RailOrder, id: string) => JSON.stringify({ ...JSON.parse(order.note), id });
const DONE: Outcome = { kind: 'done', approvalCode: Number.parseInt('08993F', 36), note: note(CHARGE, CAPTURE.id) };

describe('a charge', () => {
  it('is an order that is captured at once, paid from the vault', async () => {
    const { rail, asked } = scripted([201, orderWith({})]);
    await rail.send(CHARGE);
    const [request] = asked;
    expect(request).toMatchObject({
      method: 'POST',
      url: 'https://api-m.paypal.example/v2/checkout/orders',
      headers: {
        authorization: 'Bearer token 1',
        'content-type': 'application/json',
        prefer: 'return=representation',
        'paypal-request-id': '0123456789abcdef.charge',
      },
    });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      intent: 'CAPTURE',
      purchase_units: [{ invoice_id: '0123456789abcdef', custom_id: '0123456789abcdef.charge', amount: EUR_1250 }],
      payment_source: { paypal: { vault_id: '8kk8451t' } },
    });
  });

  it('of which PayPal has moved another amount is asked about by the id of what it has moved', async () => {
    const other = orderWith({ amount: { currency_code: 'EUR', value: '12.05' } });
    const { rail, asked } = scripted([201, other], [200, CAPTURE]);
    const { note: kept = '' } = await rail.send(CHARGE);
    await rail.inquire?.({ ...CHARGE, note: kept });
    expect(asked[1]?.url).toBe(`https://api-m.paypal.example/v2/payments/captures/${CAPTURE.id}`);
  });

  it('is kept with what PayPal says that it keeps', async () => {
    const breakdown = { gross_amount: EUR_1250, paypal_fee: { currency_code: 'EUR', value: '0.78' } };
    const { rail } = scripted([201, orderWith({ seller_receivable_breakdown: breakdown })]);
    const { note: kept = '' } = await rail.send(CHARGE);
    expect(rail.feeOf?.({ ...CHARGE, note: kept })).toBe(78);
    expect(rail.feeOf?.(CHARGE)).toBe(undefined);
  });

  const pending = { kind: 'pending', askAgainMs: 14_400_000, note: DONE.note };
  it.each<readonly [string, Scripted, object]>([
    ['captured', [201, orderWith({})], DONE],
    ['captured before', [200, orderWith({})], DONE],
    ['captured, and given back since', [200, orderWith({ status: 'REFUNDED' })], DONE],
    ['captured, and given back in part', [200, orderWith({ status: 'PARTIALLY_REFUNDED' })], DONE],
    ['taken', [201, orderWith({ status: 'PENDING' })], pending],
    ['declined', [201, orderWith({ status: 'DECLINED' })], { kind: 'declined', reason: 'not-honoured' }],
    ['failed', [201, orderWith({ status: 'FAILED' })], { kind: 'declined', reason: 'not-honoured' }],
    ...['PAYER_ACTION_REQUIRED', 'CREATED', 'SAVED', 'APPROVED', 'VOIDED'].map(
      (status): readonly [string, Scripted, object] => [
        `${status}: nothing is captured`,
        [201, { status, purchase_units: [{}] }],
        { kind: 'declined', reason: 'confirmation-wanted' },
      ],
    ),
    ['complete without a capture', [201, { status: 'COMPLETED' }], { kind: 'unknown' }],
    ['in a state that nobody knows', [201, orderWith({ status: 'LOST' })], { kind: 'unknown' }],
    [
      'captured otherwise than asked',
      [201, orderWith({ amount: { currency_code: 'EUR', value: '12.05' } })],
      { kind: 'unknown', reason: 'PayPal has moved another amount' },
    ],
    [
      'captured in another currency',
      [201, orderWith({ amount: { currency_code: 'USD', value: '12.50' } })],
      { kind: 'unknown', reason: 'PayPal has moved another amount' },
    ],
    ['no JSON', [200, '<html>'], { kind: 'unknown', reason: 'PayPal answered 200 in words that are not known here' }],
    ['refused', [422, refusedWith('INSTRUMENT_DECLINED')], { kind: 'declined', reason: 'not-honoured' }],
    ['for the payer', [422, refusedWith('PAYER_ACTION_REQUIRED')], { kind: 'declined', reason: 'confirmation-wanted' }],
    [
      'of a closed account',
      [422, refusedWith('PAYER_ACCOUNT_LOCKED_OR_CLOSED')],
      { kind: 'declined', reason: 'not-permitted' },
    ],
    ['malformed', [400, refusedWith('INVALID_PARAMETER_SYNTAX')], { kind: 'declined', reason: 'not-honoured' }],
    ['of nobody', [404, {}], { kind: 'declined', reason: 'not-honoured' }],
    [
      'there already',
      [422, refusedWith('DUPLICATE_INVOICE_ID')],
      { kind: 'unknown', reason: 'PayPal answered 422 DUPLICATE_INVOICE_ID' },
    ],
    [
      'in work',
      [409, refusedWith('PREVIOUS_REQUEST_IN_PROGRESS')],
      { kind: 'unknown', reason: 'PayPal answered 409 PREVIOUS_REQUEST_IN_PROGRESS' },
    ],
    ...[403, 408, 429, 500, 502, 503].map((status): readonly [string, Scripted, object] => [
      `answered ${status}`,
      [status, {}],
      { kind: 'unknown', reason: `PayPal answered ${status}` },
    ]),
  ])('%s', async (_, answer, outcome) => {
    expect(await scripted(answer).rail.send(CHARGE)).toMatchObject(outcome);
  });

  it('whose id is known is asked about, not sent again', async () => {
    const { rail, asked } = scripted([200, CAPTURE]);
    expect(await rail.send({ ...CHARGE, note: note(CHARGE, CAPTURE.id) })).toEqual(DONE);
    expect(asked.map(({ method, url }) => [method, new URL(url).pathname])).toEqual([
      ['GET', `/v2/payments/captures/${CAPTURE.id}`],
    ]);
  });

  it.each<readonly [string, RailOrder, string]>([
    ['of a customer without a token', { ...CHARGE, note: JSON.stringify({ from: 0 }) }, 'not-linked'],
    ['in a currency that PayPal does not hold', { ...CHARGE, amount: { minor: 1, currency: 'KES' } }, 'not-permitted'],
    ['of a part of a forint', { ...CHARGE, amount: { minor: 1, currency: 'HUF' } }, 'not-permitted'],
  ])('%s is declined without a word to PayPal', async (_, order, reason) => {
    const { rail, asked, granted } = scripted();
    expect(await rail.send(order)).toEqual({ kind: 'declined', reason });
    expect([asked, granted]).toEqual([[], []]);
  });

  const LOST = new Error('no answer in time');
  const REFUSED: Scripted = [422, refusedWith('INSTRUMENT_DECLINED')];
  it.each<readonly [string, first: Scripted, afterMs: number, second: Scripted, Partial<Outcome>]>([
    ['refused at once: it may still arrive', LOST, 1_000, REFUSED, { kind: 'unknown' }],
    ['refused just before two minutes', LOST, 119_999, REFUSED, { kind: 'unknown' }],
    ['refused two minutes later', LOST, 120_000, REFUSED, { kind: 'declined' }],
    ['refused after an error of PayPal', [500, {}], 1_000, REFUSED, { kind: 'unknown' }],
    ['declined with an id', LOST, 1_000, [201, orderWith({ status: 'DECLINED' })], { kind: 'declined' }],
    ['done', LOST, 1_000, [201, orderWith({})], { kind: 'done' }],
  ])('whose answer was lost, and whose repeat is %s', async (_, first, afterMs, second, outcome) => {
    const { rail, clock } = scripted(first, second);
    const lost = await rail.send(CHARGE);
    expect(lost).toMatchObject({ kind: 'unknown', reason: expect.stringMatching(/no answer in time|500/) });
    await clock.advance(afterMs);
    expect(await rail.send({ ...CHARGE, note: lost.note ?? '' })).toMatchObject(outcome);
  });

  it('whose repeat was refused is refused two minutes after the loss, however often it was repeated', async () => {
    const { rail, clock } = scripted(LOST, REFUSED, REFUSED);
    const lost = await rail.send(CHARGE);
    await clock.advance(60_000);
    const refused = await rail.send({ ...CHARGE, note: lost.note ?? '' });
    await clock.advance(60_000);
    expect(await rail.send({ ...CHARGE, note: refused.note ?? lost.note ?? '' })).toMatchObject({ kind: 'declined' });
  });

  it.each<readonly [string, RailOrder, lateMs: number, Partial<Outcome>]>([
    ['a charge, for the first time', CHARGE, 999, { kind: 'declined', reason: 'rail-unreachable' }],
    ['a charge, perhaps once more', CHARGE, 1_000, { kind: 'unknown', reason: 'no way' }],
    ['a charge of a clock that was put back', CHARGE, -1, { kind: 'unknown', reason: 'no way' }],
    [
      'a charge whose answer was lost',
      { ...CHARGE, note: JSON.stringify({ ...NOTE, lostAt: NOTE.from }) },
      0,
      { kind: 'unknown', reason: 'no way' },
    ],
    ['a refund', REFUND, 0, { kind: 'unknown', reason: 'no way' }],
  ])('%s does not leave', async (_, order, lateMs, outcome) => {
    const { rail } = scripted(new NotSent('no way'));
    const note = JSON.stringify({ ...JSON.parse(order.note), from: NOTE.from - lateMs });
    expect(await rail.send({ ...order, note })).toMatchObject(outcome);
  });

  it('with a note of another rail is not sent', async () => {
    await expect(scripted().rail.send({ ...CHARGE, note: '{"from":"yesterday"}' })).rejects.toThrow();
  });
});

describe('a refund', () => {
  const refund = { id: 'R1', status: 'COMPLETED', amount: EUR_1250 };

  it('names its capture and the amount', async () => {
    const { rail, asked } = scripted([201, refund]);
    await rail.send(REFUND);
    expect(new URL(asked[0]?.url ?? '').pathname).toBe('/v2/payments/captures/C1/refund');
    expect(asked[0]?.headers['paypal-request-id']).toBe('0123456789abcdef.refund-1');
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ amount: EUR_1250, custom_id: '0123456789abcdef.refund-1' });
  });

  it.each<readonly [string, Scripted, object]>([
    ['done', [201, refund], { kind: 'done', approvalCode: 0, note: note(REFUND, 'R1') }],
    ['done before', [200, refund], { kind: 'done', approvalCode: 0, note: note(REFUND, 'R1') }],
    ['taken', [201, { ...refund, status: 'PENDING' }], { kind: 'pending', note: note(REFUND, 'R1') }],
    ['failed', [201, { ...refund, status: 'FAILED' }], { kind: 'declined', reason: 'not-honoured' }],
    ['cancelled', [201, { ...refund, status: 'CANCELLED' }], { kind: 'declined', reason: 'not-honoured' }],
    ['of another amount', [201, { ...refund, amount: { currency_code: 'EUR', value: '12.51' } }], { kind: 'unknown' }],
    ['of too much', [422, refusedWith('REFUND_AMOUNT_EXCEEDED')], { kind: 'declined', reason: 'limit-exceeded' }],
    [
      'without money',
      [422, refusedWith('REFUND_FAILED_INSUFFICIENT_FUNDS')],
      { kind: 'declined', reason: 'insufficient-funds' },
    ],
    ['answered 500', [500, {}], { kind: 'unknown' }],
  ])('%s', async (_, answer, outcome) => {
    expect(await scripted(answer).rail.send(REFUND)).toMatchObject(outcome);
  });

  it('of a charge whose capture is not known is refused', async () => {
    const { rail } = scripted();
    expect(await rail.send({ ...REFUND, note: JSON.stringify({ from: 0 }) })).toEqual({
      kind: 'declined',
      reason: 'rail-failed',
    });
  });
});

describe('a question about an order', () => {
  it.each<readonly [string, RailOrder, Scripted, string, object]>([
    ['a capture', CHARGE, [200, { ...CAPTURE, status: 'PENDING' }], '/v2/payments/captures/X1', { kind: 'pending' }],
    [
      'a capture that is not there',
      CHARGE,
      [404, {}],
      '/v2/payments/captures/X1',
      { kind: 'unknown', reason: 'PayPal answered 404' },
    ],
    [
      'a refund',
      REFUND,
      [200, { id: 'X1', status: 'FAILED', amount: EUR_1250 }],
      '/v2/payments/refunds/X1',
      { kind: 'declined' },
    ],
    ['a refund that is not there', REFUND, [404, {}], '/v2/payments/refunds/X1', { kind: 'unknown' }],
  ])('%s whose id is known', async (_, order, answer, path, outcome) => {
    const { rail, asked } = scripted(answer);
    expect(await rail.inquire?.({ ...order, note: note(order, 'X1') })).toMatchObject(outcome);
    expect(new URL(asked[0]?.url ?? '').pathname).toBe(path);
  });

  const HOUR_MS = 3_600_000;
  const at = (hours: number) => new Date(NOTE.from + hours * HOUR_MS).toISOString();
  const line = (status: string, change: object = {}) => ({
    transaction_info: {
      transaction_id: CAPTURE.id,
      transaction_event_code: 'T0006',
      transaction_updated_date: at(0),
      transaction_amount: EUR_1250,
      transaction_status: status,
      custom_field: '0123456789abcdef.charge',
      ...change,
    },
  });
  it.each<readonly [string, readonly object[], number, object]>([
    ['settled', [line('S')], 1, DONE],
    ['settled, and reversed since', [line('V')], 1, DONE],
    ['denied, then settled', [line('D'), line('S')], 1, DONE],
    ['pending', [line('P')], 1, { kind: 'pending', note: DONE.note }],
    ['denied', [line('D')], 1, { kind: 'declined', reason: 'not-honoured' }],
    [
      'settled with another amount',
      [line('S', { transaction_amount: { currency_code: 'EUR', value: '1.00' } })],
      1,
      { kind: 'unknown' },
    ],
    ['not in it', [], 6, { kind: 'absent', final: false }],
    ['not in it when it is complete', [line('S', { custom_field: 'other' })], 6.1, { kind: 'absent', final: true }],
  ])('without an id looks into the report: %s', async (_, details, refreshed, outcome) => {
    const report = { transaction_details: details, last_refreshed_datetime: at(refreshed), total_pages: 1 };
    const { rail, clock, asked } = scripted([200, report]);
    await clock.advance(10 * HOUR_MS);
    expect(await rail.inquire?.(CHARGE)).toMatchObject(outcome);
    const { searchParams } = new URL(asked[0]?.url ?? '');
    expect([searchParams.get('start_date'), searchParams.get('end_date')]).toEqual([
      new Date(NOTE.from - 60_000).toISOString().replace('.000', ''),
      at(10).replace('.000', ''),
    ]);
  });

  it('does not trust a report that does not say how old it is', async () => {
    const { rail, clock } = scripted([200, { transaction_details: [], total_pages: 1 }]);
    await clock.advance(10 * HOUR_MS);
    expect(await rail.inquire?.(CHARGE)).toEqual({ kind: 'absent', final: false });
  });
});

it('a webhook that is refused is told, once a minute', async () => {
  const { rail, clock, told } = scripted();
  const refused = () =>
    expect(rail.accept?.(Buffer.from('{}'), {})).rejects.toThrow('the headers that sign it are missing');
  await refused();
  await clock.advance(59_999);
  await refused();
  expect(told).toEqual(['a webhook was refused: the headers that sign it are missing']);
  await clock.advance(1);
  await refused();
  expect(told).toHaveLength(2);
});

describe('an access token', () => {
  it('is asked for once, and again a minute before it ends', async () => {
    const { rail, clock, granted } = scripted(...Array(4).fill([200, CAPTURE]));
    const ask = async () => rail.inquire?.({ ...CHARGE, note: note(CHARGE, CAPTURE.id) });
    await ask();
    await clock.advance(32_400_000 - 61_000);
    await ask();
    expect(granted).toHaveLength(1);
    await clock.advance(1_000);
    await ask();
    expect(granted).toHaveLength(2);
    expect(granted[0]).toMatchObject({
      method: 'POST',
      url: 'https://api-m.paypal.example/v1/oauth2/token',
      headers: { authorization: `Basic ${Buffer.from('client:secret').toString('base64')}` },
      body: 'grant_type=client_credentials',
    });
  });

  it('that is refused is renewed once, and the same order goes again', async () => {
    const { rail, asked, granted } = scripted([401, {}], [201, orderWith({})], [401, {}], [401, {}]);
    expect(await rail.send(CHARGE)).toEqual(DONE);
    expect(asked.map(({ headers }) => headers['authorization'])).toEqual(['Bearer token 1', 'Bearer token 2']);
    expect(asked.map(({ body }) => body)).toEqual([asked[0]?.body, asked[0]?.body]);
    expect(await rail.send(CHARGE)).toMatchObject({ kind: 'unknown', reason: 'PayPal answered 401' });
    expect(granted).toHaveLength(3);
  });

  it.each<readonly [string, Scripted]>([
    ['for a wrong secret', [401, { error: 'invalid_client' }]],
    ['without a life', [200, { access_token: 'a' }]],
    ['by an error that has one', [503, { access_token: 'a', expires_in: 32_400 }]],
  ])('that is not given (%s) leaves the order unsent', async (_, grant) => {
    const { rail, asked, grants } = scripted();
    grants.push(grant);
    expect(await rail.send(CHARGE)).toMatchObject({
      ...{ kind: 'declined', reason: 'rail-unreachable' },
    });
    expect(asked).toEqual([]);
  });
});
