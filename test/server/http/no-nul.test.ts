import { expect, it } from 'vitest';
import { CUSTOMER_NUMBER } from '../world.ts';
import { open } from './api.ts';

it('a text with the character U+0000, which PostgreSQL does not take, is refused wherever it stands', async () => {
  const { call, admin, order } = await open();
  const person = { number: '+393400000009', name: 'An\0na', language: 'it' };
  const answers = [
    await call('POST', '/v1/payments', order({ reference: 'a\0' })),
    await call('POST', '/v1/payments', order({ amount: { minor: 1, currency: 'EU\0' } })),
    await call('GET', '/v1/payments?mref=%00'),
    await call('GET', '/v1/payments/%00'),
    await admin('POST', '/v1/people', person),
  ];
  for (const { status, type, body } of answers) {
    expect([status, type]).toEqual([400, 'application/problem+json']);
    expect(body.detail).toBe('A text has the character U+0000: leave it out');
  }
  expect((await call('POST', '/v1/payments', order())).status).toBe(201);
  expect((await call('GET', `/v1/payments?mref=order-1`)).body.payments[0].customer).toBe(CUSTOMER_NUMBER);
});
