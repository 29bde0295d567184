import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { AskOverHttp, NoticeHeaders } from '../../../../server/index.ts';
import { Webhooks } from '../../../../server/rails/paypal/webhook.ts';
import { certificateOf } from '../../../../sim/hosts/paypal-certificate.ts';
import { WebhookSigner } from '../../../../sim/hosts/paypal-webhooks.ts';
import { VirtualClock } from '../../../../sim/index.ts';

const WEBHOOK_ID = '4JH86294D6297924G';
const ADDRESS = 'https://api.paypal.example';
const YEAR_MS = 365 * 24 * 3_600_000;
const KEY = '0123456789abcdef';
const AMOUNT = { currency_code: 'EUR', value: '12.50' };

function event(type: string, resource: object): object {
  return { id: 'WH-1', event_version: '1.0', resource_type: 'capture', event_type: type, resource };
}

const CAPTURED = event('PAYMENT.CAPTURE.COMPLETED', {
  id: '3C679366HH908993F',
  status: 'COMPLETED',
  amount: AMOUNT,
  custom_id: `${KEY}.charge`,
});

/** A receiver, and the signer whose certificate its network has. */
function receiver() {
  const clock = new VirtualClock();
  const signer = new WebhookSigner(WEBHOOK_ID, ADDRESS, clock.now());
  const fetched: string[] = [];
  const answers = { status: 200, body: signer.certificate };
  const http: AskOverHttp = async ({ url }) => {
    fetched.push(url);
    return { ...answers };
  };
  const trust = { webhookId: WEBHOOK_ID, certificateOrigins: [ADDRESS, 'https://api-m.paypal.example'] };
  const webhooks = new Webhooks(trust, http, clock);
  const read = (of: object, change: Partial<NoticeHeaders> = {}) => {
    const { body, headers } = signer.signed(of, clock.now());
    const changed = Object.entries({ ...headers, ...change }).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, value] as const],
    );
    return webhooks.read(body, Object.fromEntries(changed));
  };
  return { clock, signer, webhooks, read, fetched, answers };
}

describe('a webhook', () => {
  const capture = (status: string) => ({ id: 'C1', status, amount: AMOUNT, custom_id: `${KEY}.charge` });
  const refund = (status: string) => ({ id: 'R1', status, amount: AMOUNT, custom_id: `${KEY}.refund-2` });
  const noted = (id: string) => JSON.stringify({ id });
  it.each<readonly [string, object, object | undefined]>([
    [
      'PAYMENT.CAPTURE.COMPLETED',
      capture('COMPLETED'),
      { kind: 'done', approvalCode: Number.parseInt('C1', 36), note: noted('C1') },
    ],
    [
      'PAYMENT.CAPTURE.COMPLETED',
      { ...capture('COMPLETED'), seller_receivable_breakdown: { paypal_fee: { ...AMOUNT, value: '0.78' } } },
      { kind: 'done', approvalCode: Number.parseInt('C1', 36), note: JSON.stringify({ id: 'C1', fee: 78 }) },
    ],
    ['PAYMENT.CAPTURE.PENDING', capture('PENDING'), { kind: 'pending', askAgainMs: 14_400_000, note: noted('C1') }],
    ['PAYMENT.CAPTURE.DENIED', capture('DECLINED'), { kind: 'declined', reason: 'not-honoured', note: noted('C1') }],
    ['PAYMENT.CAPTURE.DECLINED', capture('DECLINED'), { kind: 'declined', reason: 'not-honoured', note: noted('C1') }],
    ['PAYMENT.CAPTURE.REVERSED', { id: 'X1', custom_id: `${KEY}.charge` }, { kind: 'declined', reason: 'reversed' }],
    ['PAYMENT.CAPTURE.REFUNDED', refund('COMPLETED'), { kind: 'done', approvalCode: 0, note: noted('R1') }],
    ['PAYMENT.REFUND.PENDING', refund('PENDING'), { kind: 'pending', askAgainMs: 14_400_000, note: noted('R1') }],
    ['PAYMENT.REFUND.FAILED', refund('FAILED'), { kind: 'declined', reason: 'not-honoured', note: noted('R1') }],
    // Somebody has given it back at PayPal by hand: not an order from here, and not the charge whose name it has.
    ['PAYMENT.CAPTURE.REFUNDED', { ...refund('COMPLETED'), custom_id: `${KEY}.charge` }, undefined],
    ['PAYMENT.CAPTURE.COMPLETED', { ...capture('COMPLETED'), custom_id: `${KEY}.refund-1` }, undefined],
    ['PAYMENT.CAPTURE.COMPLETED', { ...capture('COMPLETED'), custom_id: 'an order of another shop' }, undefined],
    ['PAYMENT.CAPTURE.COMPLETED', { ...capture('COMPLETED'), custom_id: undefined }, undefined],
    ['CHECKOUT.ORDER.APPROVED', capture('COMPLETED'), undefined],
  ])('%s of %o says %o', async (type, resource, outcome) => {
    const { read } = receiver();
    const key = type.includes('REFUND') ? `${KEY}:refund-2` : `${KEY}:charge`;
    expect(await read(event(type, resource))).toEqual(outcome === undefined ? [] : [{ key, outcome }]);
  });

  it('in a status that nobody knows is refused, so that PayPal sends it again', async () => {
    const { read } = receiver();
    await expect(read(event('PAYMENT.CAPTURE.COMPLETED', capture('LOST')))).rejects.toThrow();
  });

  it('is taken at any age, while the certificate is of its time', async () => {
    const { clock, signer, webhooks } = receiver();
    const { body, headers } = signer.signed(CAPTURED, clock.now());
    await clock.advance(3 * 24 * 3_600_000);
    expect(await webhooks.read(body, headers)).toHaveLength(1);
    await clock.advance(YEAR_MS);
    await expect(webhooks.read(body, headers)).rejects.toThrow('its certificate is of another time');
  });

  it('under a certificate that is not valid yet is refused', async () => {
    const { clock, answers, read } = receiver();
    answers.body = certificateOf(
      otherKey(),
      'messageverificationcerts.paypal.com',
      clock.now() + 1_000,
      clock.now() + YEAR_MS,
    );
    await expect(read(CAPTURED)).rejects.toThrow('its certificate is of another time');
  });

  it('fetches a certificate once', async () => {
    const { read, fetched, signer } = receiver();
    await read(CAPTURED);
    await read(CAPTURED);
    expect(fetched).toEqual([ADDRESS + signer.certificatePath]);
    expect(signer.certificatePath).toMatch(/^\/v1\/notifications\/certs\/CERT(-[0-9a-f]{8}){3}$/);
    for (let n = 0; n < 9; n += 1)
      await read(CAPTURED, { 'paypal-cert-url': `${ADDRESS}/v1/notifications/certs/${n}` });
    expect(fetched).toHaveLength(10);
    await read(CAPTURED);
    expect(fetched).toHaveLength(11);
    expect(signer.certificate).toContain('BEGIN CERTIFICATE');
  });

  it.each([
    'paypal-auth-algo',
    'paypal-cert-url',
    'paypal-transmission-id',
    'paypal-transmission-time',
    'paypal-transmission-sig',
  ])('without %s, or with another one, is refused', async (name) => {
    const { read } = receiver();
    await expect(read(CAPTURED, { [name]: '' })).rejects.toThrow('the headers that sign it are missing');
    await expect(read(CAPTURED, { [name]: 'AAAA' })).rejects.toThrow();
  });

  it.each([
    'http://api.paypal.example/v1/notifications/certs/CERT-1',
    'https://api.paypal.example.evil.example/v1/notifications/certs/CERT-1',
    'https://api.paypal.example@evil.example/v1/notifications/certs/CERT-1',
    'https://evil.example/v1/notifications/certs/CERT-1',
    'https://api.paypal.example:8443/v1/notifications/certs/CERT-1',
    'https://api.paypal.example/v1/notifications/certs/../../checkout/orders',
    'https://api.paypal.example/CERT-1',
    'CERT-1',
  ])('whose certificate is at %s is refused, and the certificate not fetched', async (url) => {
    const { read, fetched } = receiver();
    await expect(read(CAPTURED, { 'paypal-cert-url': url })).rejects.toThrow(
      'its certificate is not at https://api.paypal.example or https://api-m.paypal.example',
    );
    expect(fetched).toEqual([]);
  });

  it('signed for another receiver, or by another key, is refused', async () => {
    const { clock, webhooks, answers, read } = receiver();
    const other = new WebhookSigner('8PT597110X687430LKGECATA', ADDRESS, clock.now());
    const { body, headers } = other.signed(CAPTURED, clock.now());
    await expect(webhooks.read(body, headers)).rejects.toThrow('PayPal has not signed it');
    answers.body = certificateOf(otherKey(), 'messageverificationcerts.paypal.com', 0, clock.now() + YEAR_MS);
    const url = `${ADDRESS}/v1/notifications/certs/CERT-2`;
    await expect(read(CAPTURED, { 'paypal-cert-url': url })).rejects.toThrow('PayPal has not signed it');
  });

  it('whose certificate cannot be had is refused, and taken once it can', async () => {
    const { read, answers } = receiver();
    answers.status = 503;
    await expect(read(CAPTURED)).rejects.toThrow('its certificate is not there (503)');
    answers.status = 200;
    expect(await read(CAPTURED)).toHaveLength(1);
  });
});

/** A key of somebody else. */
function otherKey() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
  };
}
