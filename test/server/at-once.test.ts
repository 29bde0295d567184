import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../server/index.ts';
import { ScriptedRail } from './rails/scripted-rail.ts';
import { ends, tally, times } from './tally.ts';
import { WIDE_LIMITS } from './wide-limits.ts';
import { DEPOSIT, PIN, shop } from './world.ts';

// On PostgreSQL the transactions of these tests run beside each other; on SQLite one after another, with the same outcome.

const eur = (minor: number) => ({ minor, currency: 'EUR' }) as const;

describe('at once', { timeout: 60_000 }, () => {
  it('registrations: one person a number, one merchant a key, one phone that is not finished, one deposit a reference', async () => {
    const { world, customer, merchant } = await shop();
    const { service } = world;
    const person = { number: '+393400000077', name: 'Carla', language: 'en' } as const;
    expect(
      tally(
        await ends(
          times(6, () => service.addPerson(person)),
          () => 'added',
        ),
      ),
    ).toEqual({ added: 1, conflict: 5 });
    const shopOf = (name: string) => service.addMerchant({ name, currency: 'EUR' }, 'one key');
    const merchants = await ends(
      [...times(5, () => shopOf('Bar')), shopOf('Other')],
      ({ merchant: { id }, repeated }) => `${id > merchant.id} ${repeated}`,
    );
    expect(merchants.filter((end) => end === 'true false')).toHaveLength(1);
    expect(merchants.filter((end) => end === 'conflict').length).toBeGreaterThan(0);
    await Promise.all(times(5, () => service.activate(customer.person.id)));
    const states = (await service.devices(customer.person.id)).map(({ state }) => state);
    expect(tally(states)).toEqual({ active: 1, revoked: 4, registered: 1 });
    const deposits = times(6, () => service.deposit(customer.person.id, eur(5), 'gift'));
    expect(tally(await ends(deposits, (repeated) => repeated))).toEqual({ false: 1, true: 5 });
    expect(await service.holdings(customer.person.id)).toEqual([eur(DEPOSIT.minor + 5)]);
    expect(await world.breaches()).toEqual([]);
  });

  it('requests: one payment a key, three that wait, and each has one end', async () => {
    const { world, customer, merchant } = await shop(1, { limits: WIDE_LIMITS });
    const requests = times(6, () => world.request(merchant, { mref: 'one' }));
    const txns = await ends(requests, ({ txn }) => txn);
    expect(new Set(txns).size).toBe(1);
    const others = await ends(
      times(6, (n) => world.request(merchant, { mref: `other ${n}` })),
      ({ state, reason }) => reason ?? state,
    );
    expect(tally(others)).toEqual({ REQUESTED: 2, 'customer-busy': 4 });
    await world.clock.advance(2_000);
    for (const asked of customer.phone.asked.slice(-3)) customer.phone.approve(PIN, asked);
    await world.clock.advance(1_000);
    const waiting = await world.service.payments({ limit: 10, state: 'REQUESTED' });
    await Promise.allSettled(waiting.map(({ txn }) => world.service.cancel(txn)));
    await world.clock.advance(3_000);
    const payments = (await world.service.payments({ limit: 10 })).map(({ state }) => state);
    expect(payments.filter((state) => state === 'REQUESTED')).toEqual([]);
    const paid = payments.filter((state) => state === 'CAPTURED').length;
    expect(await world.service.holdings(customer.person.id)).toEqual([eur(DEPOSIT.minor - paid * 1_250)]);
    expect(world.journal.filter(({ event }) => event.kind === 'fault')).toEqual([]);
    expect(await world.breaches()).toEqual([]);
  });

  it('wrong PINs: each counts', async () => {
    const { world, customer, merchant } = await shop();
    const { txn } = await world.request(merchant);
    await world.clock.advance(2_000);
    for (const pin of ['00001', '00002', '00003']) customer.phone.approve(pin);
    await world.clock.advance(3_000);
    expect(await world.service.payment(txn)).toMatchObject({ state: 'REFUSED', reason: 'wrong-pin' });
    expect((await world.service.devices(customer.person.id)).map(({ failuresInRow }) => failuresInRow)).toEqual([3]);
    expect(customer.phone.receipts().at(-1)).toMatchObject({ status: 'wrong-pin', triesLeft: 0 });
    expect(world.journal.filter(({ event }) => event.kind === 'fault')).toEqual([]);
  });

  it('refunds and charges between the same accounts: nobody gives more than was paid', async () => {
    const { world, customer, merchant } = await shop();
    const { txn: first } = await world.request(merchant, { mref: 'first' });
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(3_000);
    const { txn: second } = await world.request(merchant, { mref: 'second' });
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    // The approval arrives in the same moment in which the refunds are asked for.
    const parts = times(
      6,
      (n) =>
        new Promise((resolve) => {
          world.clock.after(1_000, () => resolve(world.service.refund(first, { key: `part ${n}`, amount: eur(400) })));
        }),
    );
    const refunds = ends(parts, () => 'refunded');
    await world.clock.advance(4_000);
    expect(tally(await refunds)).toEqual({ refunded: 3, conflict: 3 });
    expect((await world.service.payment(second)).state).toBe('CAPTURED');
    expect(await world.service.payment(first)).toMatchObject({ state: 'CAPTURED', refunded: 1_200 });
    expect(await world.service.holdings(customer.person.id)).toEqual([eur(DEPOSIT.minor - 1_300)]);
    expect(await world.breaches()).toEqual([]);
  });

  it('answers of a rail about refunds of one payment: the last one ends the refunding', async () => {
    const rail = new ScriptedRail();
    const { world, customer, merchant } = await shop(1, { rails: [rail] });
    rail.charges = [{ kind: 'done', approvalCode: 7 }];
    const { txn } = await world.request(merchant);
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(3_000);
    const answers: ((outcome: Outcome) => void)[] = [];
    rail.refunds = times(5, () => new Promise((resolve) => answers.push(resolve)));
    const asked = times(5, (n) => world.service.refund(txn, { key: `part ${n}`, amount: eur(250) }));
    while (rail.calls.length < 6) await world.clock.advance(10);
    expect((await world.service.payment(txn)).state).toBe('REFUNDING');
    for (const answer of answers) answer({ kind: 'done', approvalCode: 0 });
    await world.clock.advance(1_000);
    await Promise.all(asked);
    expect(await world.service.payment(txn)).toMatchObject({ state: 'REFUNDED', refunded: 1_250 });
    expect(await world.breaches()).toEqual([]);
  });
});
