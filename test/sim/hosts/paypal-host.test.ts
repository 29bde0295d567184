import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../modem/index.ts';
import { fetchOverHttp, NotSent } from '../../../server/rails/paypal/http.ts';
import { crc32Of } from '../../../sim/hosts/paypal-webhooks.ts';
import {
  listenForPayPal,
  memoryPayPal,
  type PayPalFault,
  PayPalHost,
  type PayPalHostOptions,
  VirtualClock,
} from '../../../sim/index.ts';
import { AGREED, VAULT_ID } from './paypal-trial.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ADDRESS = 'https://api.paypal.example';
const BASIC = `Basic ${Buffer.from('client:secret').toString('base64')}`;

type Sent = { readonly id?: string | undefined; readonly body?: unknown; readonly headers?: Record<string, string> };

/** A host in memory, and what it answers to a client with a token. */
async function inMemory(options: Partial<PayPalHostOptions> = {}) {
  const clock = new VirtualClock();
  const host = new PayPalHost({ clock, ...AGREED, vault: [VAULT_ID], address: ADDRESS, ...options });
  const http = memoryPayPal(host, clock);
  const raw = async (method: 'GET' | 'POST', path: string, { id, body, headers }: Sent) => {
    const own = { Authorization: `Bearer ${token}`, ...(id !== undefined && { 'PayPal-Request-Id': id }), ...headers };
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const request = { method, url: ADDRESS + path, headers: own, ...(text !== undefined && { body: text }) };
    const answer = await clock.run(http(request));
    return { status: answer.status, body: JSON.parse(answer.body) };
  };
  let token = '';
  const renew = async () => {
    const headers = { Authorization: BASIC };
    const { body } = await raw('POST', '/v1/oauth2/token', { body: 'grant_type=client_credentials', headers });
    token = body.access_token;
  };
  await renew();
  const post = (path: string, sent: Sent) =>
    raw('POST', path, { ...sent, headers: { Prefer: 'return=representation', ...sent.headers } });
  const get = (path: string) => raw('GET', path, {});
  const order = async (id: string, change: object = {}) =>
    post('/v2/checkout/orders', { id, body: { ...ORDER, ...change } });
  const capture = async (id: string) => (await order(id)).body.purchase_units[0].payments.captures[0].id;
  const refund = (of: string, id: string, value?: string) =>
    post(`/v2/payments/captures/${of}/refund`, {
      id,
      body: value === undefined ? {} : { amount: { currency_code: 'EUR', value } },
    });
  return { clock, host, raw, post, get, order, capture, refund, renew, token: () => token };
}

const UNIT = { invoice_id: 'i', custom_id: 'c', amount: { currency_code: 'EUR', value: '12.50' } };
const ORDER = {
  intent: 'CAPTURE',
  purchase_units: [UNIT],
  payment_source: { paypal: { vault_id: VAULT_ID } },
};

function unit(change: object): object {
  return { purchase_units: [{ ...UNIT, ...change }] };
}

function issueOf({
  status,
  body,
}: {
  readonly status: number;
  readonly body: { readonly details?: readonly { readonly issue: string }[] };
}) {
  return [status, body.details?.[0]?.issue];
}

describe('the double of PayPal', () => {
  it('answers 201, then 200 to the same PayPal-Request-Id for six hours, then it is another order', async () => {
    const { clock, host, order } = await inMemory();
    const first = await order('a');
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({
      status: 'COMPLETED',
      purchase_units: [
        { payments: { captures: [{ status: 'COMPLETED', amount: { value: '12.50' }, custom_id: 'c' }] } },
      ],
    });
    await clock.advance(6 * HOUR_MS - 1_000);
    expect(await order('a')).toEqual({ status: 200, body: first.body });
    expect(host.moved()).toBe(1_250);
    await clock.advance(1_000);
    expect((await order('a')).status).toBe(201);
    expect(host.moved()).toBe(2_500);
  });

  it('refuses the same PayPal-Request-Id while it works on it', async () => {
    const { host, clock, token } = await inMemory();
    const headers = { Authorization: `Bearer ${token()}`, 'PayPal-Request-Id': 'a' };
    const request = {
      method: 'POST',
      url: `${ADDRESS}/v2/checkout/orders`,
      headers,
      body: JSON.stringify(ORDER),
    } as const;
    const http = memoryPayPal(host, clock);
    const both = await clock.run(Promise.all([http(request), http(request)]));
    const answers = both.map(({ status, body }) => ({ status, body: JSON.parse(body) }));
    expect(answers.map(issueOf)).toEqual([
      [201, undefined],
      [409, 'PREVIOUS_REQUEST_IN_PROGRESS'],
    ]);
    expect(host.moved()).toBe(1_250);
  });

  it('says no more than id and status unless it is asked for all', async () => {
    const { raw } = await inMemory();
    const { body } = await raw('POST', '/v2/checkout/orders', { id: 'a', body: ORDER });
    expect(Object.keys(body)).toEqual(['id', 'status', 'links']);
  });

  it.each<readonly [string, object, number, string]>([
    ['without JSON', { purchase_units: undefined }, 400, 'MISSING_REQUIRED_PARAMETER'],
    ['to authorise', { intent: 'AUTHORIZE' }, 400, 'INVALID_PARAMETER_VALUE'],
    ['without a payer', { payment_source: {} }, 400, 'INVALID_PARAMETER_SYNTAX'],
    [
      'of a payer who is not in the vault',
      { payment_source: { paypal: { vault_id: 'x' } } },
      422,
      'INVALID_RESOURCE_ID',
    ],
    ['of three decimals', unit({ amount: { currency_code: 'EUR', value: '1.255' } }), 422, 'DECIMAL_PRECISION'],
    [
      'of decimals of a forint',
      unit({ amount: { currency_code: 'HUF', value: '1.00' } }),
      422,
      'DECIMALS_NOT_SUPPORTED',
    ],
    ['of nothing', unit({ amount: { currency_code: 'EUR', value: '0.00' } }), 422, 'CANNOT_BE_ZERO_OR_NEGATIVE'],
    ['of a number', unit({ amount: { currency_code: 'EUR', value: 1 } }), 400, 'INVALID_PARAMETER_SYNTAX'],
    ['of dinars', unit({ amount: { currency_code: 'TND', value: '1.000' } }), 422, 'INVALID_CURRENCY_CODE'],
  ])('refuses an order %s', async (_, change, status, issue) => {
    const { host, order } = await inMemory();
    expect(issueOf(await order('a', change))).toEqual([status, issue]);
    expect(host.entries).toEqual([]);
  });

  it.each([
    [undefined, 'PAYPAL_REQUEST_ID_REQUIRED'],
    ['x'.repeat(109), 'INVALID_STRING_LENGTH'],
  ])('refuses an order with the PayPal-Request-Id %s', async (id, issue) => {
    const { post } = await inMemory();
    expect(issueOf(await post('/v2/checkout/orders', { id, body: ORDER }))).toEqual([400, issue]);
  });

  it('refuses a second order with an invoice where the account says so', async () => {
    const { order } = await inMemory({ refusesSecondInvoice: true });
    await order('a');
    expect(issueOf(await order('b'))).toEqual([422, 'DUPLICATE_INVOICE_ID']);
    expect((await order('b', unit({ invoice_id: 'other' }))).status).toBe(201);
  });

  it('gives back in parts, to the last cent and no further, once a PayPal-Request-Id for 45 days', async () => {
    const { clock, host, capture, refund, get, renew } = await inMemory();
    const id = await capture('a');
    expect(issueOf(await refund(id, 'r1', '12.51'))).toEqual([422, 'REFUND_AMOUNT_EXCEEDED']);
    expect(await refund(id, 'r1', '2.50')).toMatchObject({ status: 201, body: { status: 'COMPLETED' } });
    expect((await get(`/v2/payments/captures/${id}`)).body.status).toBe('PARTIALLY_REFUNDED');
    expect((await refund(id, 'r2')).body.amount.value).toBe('10.00');
    expect((await get(`/v2/payments/captures/${id}`)).body.status).toBe('REFUNDED');
    await clock.advance(45 * DAY_MS - 60_000);
    await renew();
    expect((await refund(id, 'r2')).status).toBe(200);
    await clock.advance(60_000);
    expect(issueOf(await refund(id, 'r2'))).toEqual([422, 'CAPTURE_FULLY_REFUNDED']);
    expect(host.moved()).toBe(0);
  });

  it('gives back nothing of a capture that is pending, of another currency, or that it does not know', async () => {
    const { host, capture, post, refund } = await inMemory();
    host.misbehave('pending');
    const id = await capture('a');
    expect(issueOf(await refund(id, 'r', '1.00'))).toEqual([422, 'PENDING_CAPTURE']);
    host.decide('moved');
    const dollars = { amount: { currency_code: 'USD', value: '1.00' } };
    const answer = await post(`/v2/payments/captures/${id}/refund`, { id: 'r', body: dollars });
    expect(issueOf(answer)).toEqual([422, 'REFUND_CAPTURE_CURRENCY_MISMATCH']);
    expect(issueOf(await refund('C9', 'r'))).toEqual([422, 'INVALID_RESOURCE_ID']);
  });

  it('admits a token for nine hours, and gives one only for the secret', async () => {
    const { clock, get, raw } = await inMemory();
    expect((await get('/v2/payments/captures/C9')).status).toBe(404);
    await clock.advance(9 * HOUR_MS);
    expect((await get('/v2/payments/captures/C9')).status).toBe(401);
    const headers = { Authorization: `Basic ${Buffer.from('client:other').toString('base64')}` };
    const sent = { body: 'grant_type=client_credentials', headers };
    expect(await raw('POST', '/v1/oauth2/token', sent)).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
  });

  it.each<readonly [PayPalFault, number, string | undefined, number]>([
    ['declined', 422, 'INSTRUMENT_DECLINED', 0],
    [{ issue: 'PAYER_CANNOT_PAY' }, 422, 'PAYER_CANNOT_PAY', 0],
    ['busy', 429, undefined, 0],
    ['token-ended', 401, undefined, 0],
    ['error', 500, undefined, 1_250],
    ['twice', 200, undefined, 1_250],
    ['payer-action', 201, undefined, 0],
    ['pending', 201, undefined, 0],
  ])('answers as it is told to: %o', async (fault, status, issue, moved) => {
    const { host, order } = await inMemory();
    host.misbehave(fault);
    expect(issueOf(await order('a'))).toEqual([status, issue]);
    expect(host.moved()).toBe(moved);
  });

  it('reports what began in at most 31 days, in pages, with what it keeps', async () => {
    const { clock, host, capture, refund, get, order } = await inMemory();
    const from = Math.floor(clock.now() / 1_000) * 1_000;
    await refund(await capture('a'), 'r', '2.50');
    host.misbehave('pending');
    await order('b');
    const report = async (to: number, more = '') => {
      const query = `start_date=${new Date(from).toISOString()}&end_date=${new Date(to).toISOString()}${more}`;
      return get(`/v1/reporting/transactions?${query}`);
    };
    const { body } = await report(clock.now());
    const lines: readonly { readonly transaction_info: Readonly<Record<string, unknown>> }[] = body.transaction_details;
    expect(lines.map(({ transaction_info: info }) => info)).toMatchObject([
      {
        transaction_event_code: 'T0006',
        transaction_amount: { value: '12.50' },
        transaction_status: 'S',
        fee_amount: { value: '-0.78' },
      },
      { transaction_event_code: 'T1107', transaction_amount: { value: '-2.50' }, transaction_status: 'S' },
      { transaction_event_code: 'T0006', transaction_status: 'P', custom_field: 'c', invoice_id: 'i' },
    ]);
    const second = await report(clock.now(), '&page_size=2&page=2');
    expect(second.body).toMatchObject({ total_pages: 2, total_items: 3, transaction_details: [lines[2]] });
    expect(issueOf(await report(from + 31 * DAY_MS + 1))).toEqual([400, 'INVALID_DATE_RANGE']);
    expect(issueOf(await report(from - 1))).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect(issueOf(await report(clock.now(), '&page_size=501'))).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  });

  it('knows the tokens of its vault', async () => {
    const { get } = await inMemory();
    expect((await get(`/v3/vault/payment-tokens/${VAULT_ID}`)).body.id).toBe(VAULT_ID);
    expect((await get('/v3/vault/payment-tokens/other')).status).toBe(404);
  });

  it('goes on from its book after a new start, over TCP, and may end a connection in the middle of an answer', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'paypal-host-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const bookFile = join(folder, 'book');
    const http = fetchOverHttp(5_000);
    for (const round of [201, 200]) {
      const { host, url, close } = await listenForPayPal(
        (address) => new PayPalHost({ clock: systemClock, ...AGREED, vault: [VAULT_ID], address, bookFile }),
      );
      const grant = { method: 'POST', url: `${url}/v1/oauth2/token`, headers: { authorization: BASIC } } as const;
      const token = JSON.parse((await http({ ...grant, body: 'grant_type=client_credentials' })).body).access_token;
      const headers = { authorization: `Bearer ${token}`, 'paypal-request-id': 'a' };
      const order = { method: 'POST', url: `${url}/v2/checkout/orders`, headers, body: JSON.stringify(ORDER) } as const;
      expect((await http(order)).status).toBe(round);
      host.misbehave('cut');
      await expect(http(order)).rejects.not.toBeInstanceOf(NotSent);
      expect(host.moved()).toBe(1_250);
      await close();
      await expect(http(order)).rejects.toThrow(NotSent);
    }
    expect(readFileSync(bookFile, 'utf8').trimEnd().split('\n')).toHaveLength(1);
  });

  it('has a certificate that signs itself, of its time', async () => {
    const { clock, host } = await inMemory();
    const { body } = await clock.run(
      memoryPayPal(host, clock)({ method: 'GET', url: ADDRESS + host.certificatePath, headers: {} }),
    );
    const certificate = new X509Certificate(body);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.subject).toBe('CN=messageverificationcerts.paypal.com');
    expect(certificate.validFromDate.getTime()).toBeLessThan(clock.now());
    expect(certificate.validToDate.getTime()).toBeGreaterThan(clock.now());
  });

  it('sums octets as everybody does (the check value of CRC-32)', () => {
    expect(crc32Of(Buffer.from('123456789'))).toBe(0xcbf43926);
  });
});
