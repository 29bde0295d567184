import { describe, expect, it } from 'vitest';
import { consequenceOf, triesLeft } from '../../../server/approvals/pin-policy.ts';
import { write } from '../database.ts';
import { WIDE_LIMITS } from '../wide-limits.ts';
import { PIN, shop } from '../world.ts';

const DAY = 24 * 3_600_000;

/** How long an answer of a phone travels. */
const IN_THE_AIR_MS = 1_000;

describe('what wrong PINs lead to', () => {
  it.each([
    // in this challenge, in a row, in 90 days
    [1, 1, 1, 'try-again', 2],
    [2, 2, 2, 'try-again', 1],
    [3, 3, 3, 'refuse', 0],
    [1, 4, 4, 'try-again', 1],
    [2, 5, 5, 'block', 0],
    [1, 6, 6, 'try-again', 2],
    [1, 1, 9, 'try-again', 1],
    [1, 1, 10, 'block-for-good', 0],
    [2, 10, 10, 'block-for-good', 0],
    [3, 5, 5, 'block', 0],
    [3, 3, 10, 'block-for-good', 0],
    // In a row, but over more than 90 days.
    [1, 9, 4, 'try-again', 1],
    [1, 10, 5, 'block', 0],
    [3, 15, 9, 'block', 0],
  ])(
    '%i in the request, %i in a row, %i in 90 days: %s, %i left',
    (inChallenge, inRow, inWindow, consequence, left) => {
      expect(consequenceOf({ inChallenge, inRow, inWindow })).toBe(consequence);
      expect(triesLeft({ inChallenge, inRow, inWindow })).toBe(left);
    },
  );
});

describe('a wrong PIN', () => {
  async function requested() {
    const base = await shop(1, { limits: WIDE_LIMITS });
    const ask = async (mref: string) => {
      const payment = await base.world.request(base.merchant, { mref });
      await base.world.clock.advance(2_000);
      return payment;
    };
    const type = async (...pins: string[]) => {
      for (const pin of pins) {
        base.customer.phone.approve(pin);
        await base.world.clock.advance(3_000);
      }
    };
    const statuses = () => base.customer.phone.receipts().map(({ status, triesLeft: left }) => `${status} ${left}`);
    return { ...base, ask, type, statuses };
  }

  it('leaves the request open, and the right one pays', async () => {
    const { world, ask, type, statuses } = await requested();
    const payment = await ask('a');
    await type('11111', PIN);
    expect(statuses()).toEqual(['active 3', 'wrong-pin 2', 'paid 2']);
    expect((await world.service.payment(payment.txn)).state).toBe('CAPTURED');
    expect(await world.breaches()).toEqual([]);
  });

  it('is in no row with those before a right one', async () => {
    const { ask, type, statuses } = await requested();
    await ask('a');
    await type('11111', PIN);
    await ask('b');
    await type('11111', '11112', '11113');
    await ask('c');
    await type('11114', PIN);
    expect(statuses().slice(-2)).toEqual(['wrong-pin 1', 'paid 2']);
  });

  it('counts once, though its message comes twice', async () => {
    const { world, customer, ask, type, statuses } = await requested();
    await ask('a');
    await type('11111');
    customer.phone.repeat();
    await world.clock.advance(3_000);
    await type(PIN);
    expect(statuses()).toEqual(['active 3', 'wrong-pin 2', 'wrong-pin 2', 'paid 2']);
  });

  it('refuses the request at the third try, and the right one comes too late', async () => {
    const { world, ask, type, statuses } = await requested();
    const payment = await ask('a');
    await type('11111', '11112', '11113', PIN);
    expect(statuses()).toEqual(['active 3', 'wrong-pin 2', 'wrong-pin 1', 'wrong-pin 0', 'wrong-pin 0']);
    expect(await world.service.payment(payment.txn)).toMatchObject({ state: 'REFUSED', reason: 'wrong-pin' });
    const { txn: ref, deviceId } = payment;
    const told = world.journal.map(({ event }) => event).filter(({ kind }) => kind === 'wrong-pin');
    expect(told).toEqual([2, 1, 0].map((left) => ({ kind: 'wrong-pin', deviceId, ref, triesLeft: left })));
  });

  it('blocks the phone at the fifth in a row, for an hour', async () => {
    const { world, merchant, customer, ask, type, statuses } = await requested();
    await ask('a');
    await type('11111', '11112', '11113');
    await ask('b');
    await type('11114', '11115');
    expect(statuses().at(-1)).toBe('blocked 0');
    expect((await world.service.devices(customer.person.id)).at(-1)?.state).toBe('blocked');
    await expect(world.request(merchant, { mref: 'c' })).rejects.toMatchObject({ code: 'customer-unreachable' });
    await world.clock.advance(3_600_000);
    const payment = await ask('d');
    await type(PIN);
    expect((await world.service.payment(payment.txn)).state).toBe('CAPTURED');
  });

  it('blocks only in a row: a right one between them begins a new row', async () => {
    const { world, customer, ask, type, statuses } = await requested();
    const state = async () => (await world.service.devices(customer.person.id)).at(-1)?.state;
    await ask('a');
    await type('11111', '11112', '11113');
    await ask('b');
    await type('11114', PIN);
    await ask('c');
    await type('11115', '11116', '11117');
    await ask('d');
    await type('11118');
    expect(statuses().at(-1)).toBe('wrong-pin 1');
    expect(await state()).toBe('active');
    await type('11119');
    expect(await state()).toBe('blocked');
  });

  it.each([
    ['the last moment of the hour', 3_600_000 - 1, 'blocked'],
    ['its end', 3_600_000, 'active'],
  ])('blocks the phone in %s: after %i ms it is %s', async (_, after, state) => {
    const { world, customer, ask, type } = await requested();
    await ask('a');
    await type('11111', '11112', '11113');
    await ask('b');
    await type('11114', '11115');
    const blocked = world.journal.findLast(({ event }) => event.kind === 'device' && event.state === 'blocked');
    await world.clock.advance((blocked?.at ?? 0) + after - world.clock.now());
    expect((await world.service.devices(customer.person.id)).at(-1)?.state).toBe(state);
  });

  it.each([
    ['counts in the last moment of 90 days', 90 * DAY - 1, 'wrong-pin 1'],
    ['does not count after them', 90 * DAY, 'wrong-pin 2'],
  ])('%s', async (_, after, status) => {
    const { world, ask, type, statuses } = await requested();
    await ask('a0');
    await type('11111');
    const first = world.journal.findLast(({ event }) => event.kind === 'wrong-pin')?.at ?? 0;
    await type(PIN);
    for (let n = 1; n < 8; n += 1) {
      await ask(`a${n}`);
      await type('11111', PIN);
    }
    await world.clock.advance(first + after - world.clock.now() - 20_000);
    await ask('last');
    await world.clock.advance(first + after - IN_THE_AIR_MS - world.clock.now());
    await type('11111');
    expect(statuses().at(-1)).toBe(status);
  });

  it('refuses other requests of a blocked phone without looking at the PIN', async () => {
    const { world, customer, ask, type } = await requested();
    const waiting = await ask('w');
    const asked = customer.phone.lastAsked();
    await ask('a');
    await type('11111', '11112', '11113');
    await ask('b');
    await type('11114', '11115');
    customer.phone.approve(PIN, asked);
    await world.clock.advance(3_000);
    expect(await world.service.payment(waiting.txn)).toMatchObject({ state: 'REFUSED', reason: 'blocked' });
    expect(customer.phone.receipts().at(-1)?.status).toBe('blocked');
  });

  it('blocks for good at the tenth within 90 days, right ones between them or not', async () => {
    const { world, merchant, customer, ask, type, statuses } = await requested();
    for (let n = 1; n <= 9; n += 1) {
      await ask(`a${n}`);
      await type('11111', PIN);
      await world.clock.advance(2 * DAY);
    }
    await ask('last');
    await type('11111');
    expect(statuses().at(-1)).toBe('blocked 0');
    await world.clock.advance(30 * DAY);
    await expect(world.request(merchant, { mref: 'z' })).rejects.toMatchObject({ code: 'customer-unreachable' });
    await world.enrolPhone(customer.person);
    expect((await world.request(merchant, { mref: 'zz' })).state).toBe('REQUESTED');
  });

  it('blocks for good at the tenth also after a block that has ended', async () => {
    const { world, customer, ask, type } = await requested();
    const block = async (...mrefs: readonly string[]) => {
      for (const mref of mrefs) {
        await ask(mref);
        await type('11111', '11112', '11113');
      }
      await world.clock.advance(DAY);
    };
    await block('a', 'b');
    expect((await world.service.devices(customer.person.id)).at(-1)).toMatchObject({ state: 'active' });
    await block('c', 'd');
    expect((await world.service.devices(customer.person.id)).at(-1)).toMatchObject({
      state: 'blocked',
      blockedUntil: undefined,
    });
  });

  it('counts for its own phone, and the right one of another phone neither', async () => {
    const { world, merchant, customer, ask } = await requested();
    const other = await world.subscriber('+393400000005');
    world.kill();
    const failures = Array.from({ length: 8 }, () => `(${customer.person.id}, ${world.clock.now()})`);
    await write(
      world.database,
      `UPDATE device SET failures_in_row = 4 WHERE person_id = ${customer.person.id}`,
      `INSERT INTO pin_failure (device_id, at)
       SELECT id, column2 FROM (VALUES ${failures}) AS failures JOIN device ON person_id = column1`,
    );
    await world.open();
    await ask('a');
    const { txn } = await world.request(merchant, { customer: other.person.number });
    await world.clock.advance(2_000);
    for (const pin of ['11111', PIN]) {
      other.phone.approve(pin);
      await world.clock.advance(3_000);
    }
    expect((await world.service.payment(txn)).state).toBe('CAPTURED');
    expect(other.phone.receipts().at(-2)).toMatchObject({ status: 'wrong-pin', triesLeft: 2 });
    customer.phone.approve('11111');
    await world.clock.advance(3_000);
    const devices = await Promise.all([customer, other].map(({ person }) => world.service.devices(person.id)));
    expect(devices.flat()).toMatchObject([{ state: 'blocked' }, { state: 'active', blockedUntil: undefined }]);
  });

  it('a block for good is not ended by the timer of an earlier block', async () => {
    const { world, customer } = await requested();
    world.kill();
    await write(
      world.database,
      "UPDATE device SET state = 'blocked', blocked_until = NULL",
      "INSERT INTO timer (kind, subject, due) SELECT 'device-unblock', id, 0 FROM device",
    );
    await world.open();
    await world.clock.advance(DAY);
    expect((await world.service.devices(customer.person.id)).at(-1)?.state).toBe('blocked');
  });

  it('is forgotten after 90 days', async () => {
    const { world, ask, type, statuses } = await requested();
    for (let n = 1; n <= 9; n += 1) {
      await ask(`a${n}`);
      await type('11111', PIN);
    }
    await world.clock.advance(91 * DAY);
    await ask('later');
    await type('11111', PIN);
    expect(statuses().slice(-2)).toEqual(['wrong-pin 2', 'paid 2']);
  });
});
