import { describe, expect, it, vi } from 'vitest';
import { PostgresBatch } from '../../../server/store/postgres-batch.ts';
import { CUSTOMER_NUMBER, PIN, World } from '../world.ts';

/** What one payment costs in messages to the server of PostgreSQL, with the ledger rail. Each is a wait, on both sides. */
const MESSAGES = 18;

/** The looks for keys of the service that another process has made, once in five seconds. */
const LOOKS_FOR_KEYS = 2;

describe('a payment with the ledger rail on PostgreSQL', () => {
  it(`is ${MESSAGES} messages to the server and back`, async () => {
    const world = new World();
    await world.open();
    const customer = await world.subscriber(CUSTOMER_NUMBER);
    const { merchant } = await world.merchant();
    const pay = async () => {
      const { txn } = await world.request(merchant);
      await world.clock.advance(2_000);
      customer.phone.approve(PIN);
      await world.clock.advance(3_000);
      expect((await world.service.payment(txn)).state).toBe('CAPTURED');
    };
    await pay();
    const submit = vi.spyOn(PostgresBatch.prototype, 'submit');
    await pay();
    const readBack = 1;
    expect(submit.mock.calls.length - LOOKS_FOR_KEYS - readBack).toBe(MESSAGES);
    submit.mockRestore();
  });
});
