import { describe, expect, it } from 'vitest';
import { decodeDown, hexOf } from '../../../device/safe-mobile/index.ts';
import { viewPayment, viewReceipt } from '../../../server/http/views.ts';
import type { Outcome, Rail } from '../../../server/index.ts';
import { ScriptedRail } from '../rails/scripted-rail.ts';
import { rotate } from '../rotate.ts';
import { DEPOSIT, PIN, shop } from '../world.ts';

const eur = (minor: number) => ({ minor, currency: 'EUR' }) as const;
const done: Outcome = { kind: 'done', approvalCode: 4711 };
const declined: Outcome = { kind: 'declined', reason: '51' };
const unknown: Outcome = { kind: 'unknown', reason: 'no answer' };

/** A payment of EUR 12.50 that was paid. */
async function paid(rail?: Rail) {
  if (rail instanceof ScriptedRail) rail.charges.push(done);
  const base = await shop('refunds', rail === undefined ? {} : { rails: [rail] });
  const { world, customer, merchant } = base;
  const { txn } = await world.request(merchant);
  await world.clock.advance(2_000);
  customer.phone.approve(PIN);
  await world.clock.advance(3_000);
  const payment = () => world.service.payment(txn);
  const refunds = async () =>
    (await world.service.refunds(await payment())).map(({ key, amount, state }) => [key, amount.minor, state]);
  const statuses = () => customer.phone.receipts().map(({ status }) => status);
  const has = async () => (await world.service.holdings(customer.person.id))[0]?.minor;
  return { ...base, txn, payment, refunds, statuses, has };
}

describe('a refund', () => {
  it('in parts goes to the last unit and no further, each under its key', async () => {
    const { world, txn, payment, refunds, statuses, has } = await paid();
    const { service } = world;
    await service.refund(txn, { key: 'a', amount: eur(1_000), reason: '' });
    await service.refund(txn, { key: 'a', amount: eur(1_000) });
    expect((await payment()).state).toBe('CAPTURED');
    await expect(service.refund(txn, { key: 'b', amount: eur(251) })).rejects.toThrow('EUR 2.50 of payment');
    for (const other of [eur(1), { minor: 1_000, currency: 'USD' } as const]) {
      await expect(service.refund(txn, { key: 'a', amount: other })).rejects.toThrow(
        'key a was used for a refund of EUR 10.00',
      );
    }
    await service.refund(txn, { key: 'b', amount: eur(249) });
    await world.clock.advance(3_000);
    expect(statuses()).not.toContain('refunded');
    await service.refund(txn, { key: 'c', amount: eur(1), reason: 'the last cent' });
    expect((await payment()).state).toBe('REFUNDED');
    expect((await service.refunds(await payment())).map(({ reason }) => reason)).toEqual([
      '',
      undefined,
      'the last cent',
    ]);
    expect(await refunds()).toEqual([
      ['a', 1_000, 'refunded'],
      ['b', 249, 'refunded'],
      ['c', 1, 'refunded'],
    ]);
    await world.clock.advance(3_000);
    expect(statuses().at(-1)).toBe('refunded');
    expect(await has()).toBe(DEPOSIT.minor);
    await expect(service.refund(txn, { key: 'd', amount: eur(1) })).rejects.toThrow('is REFUNDED');
    expect(await world.breaches()).toEqual([]);
  });

  it('without an amount gives back what is left', async () => {
    const { world, txn, refunds, payment } = await paid();
    await world.service.refund(txn, { key: 'a', amount: eur(250) });
    for (const amount of [undefined, undefined, eur(1_000)]) await world.service.refund(txn, { amount });
    await expect(world.service.refund(txn, { amount: eur(100) })).rejects.toThrow(
      'a refund of EUR 10.00 was asked for without a key: give this one a key',
    );
    expect(await refunds()).toEqual([
      ['a', 250, 'refunded'],
      [undefined, 1_000, 'refunded'],
    ]);
    expect((await payment()).state).toBe('REFUNDED');
  });

  it.each([
    ['a part without a key', { amount: eur(100) }, 'needs a key'],
    ['another currency', { key: 'a', amount: { minor: 100, currency: 'JPY' } }, 'not JPY'],
    ['nothing', { key: 'a', amount: eur(0) }, 'is left to be refunded'],
  ] as const)('of %s is refused, and changes nothing', async (_, order, message) => {
    const { world, txn, payment, refunds } = await paid();
    await expect(world.service.refund(txn, order)).rejects.toThrow(message);
    expect(await refunds()).toEqual([]);
    expect(await payment()).toMatchObject({ state: 'CAPTURED', refunded: 0 });
  });

  it('ten at once give back no more than was paid', async () => {
    const { world, txn, payment, has } = await paid();
    const asked = Array.from({ length: 10 }, (_, n) => world.service.refund(txn, { key: `k${n}`, amount: eur(300) }));
    const results = await Promise.allSettled(asked);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    expect((await payment()).refunded).toBe(1_200);
    expect(await has()).toBe(DEPOSIT.minor - 50);
    expect(await world.breaches()).toEqual([]);
  });

  it('that the rail declines leaves the payment paid, and may be tried again under another key at the rail', async () => {
    const rail = new ScriptedRail();
    rail.refunds = [declined, done];
    const { world, txn, payment, refunds, statuses } = await paid(rail);
    expect(await world.service.refund(txn)).toMatchObject({ state: 'CAPTURED', refunded: 0 });
    expect(statuses().at(-1)).toBe('paid');
    expect(await world.service.refund(txn)).toMatchObject({ state: 'REFUNDED', refunded: 1_250 });
    expect(await refunds()).toEqual([
      [undefined, 1_250, 'declined'],
      [undefined, 1_250, 'refunded'],
    ]);
    const [, first, second] = rail.orders.map(({ key }) => key);
    expect([first, second]).toEqual([`${txn}:refund-1`, `${txn}:refund-2`]);
    expect((await payment()).state).toBe('REFUNDED');
    expect(await world.breaches()).toEqual([]);
  });

  it('that the rail declines counts for its own payment alone', async () => {
    const rail = new ScriptedRail();
    rail.refunds = [done, declined];
    const { world, customer, merchant, txn, payment } = await paid(rail);
    rail.charges.push(done);
    const other = await world.request(merchant);
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(3_000);
    await world.service.refund(txn, { key: 'a', amount: eur(500) });
    expect(await world.service.refund(other.txn, { key: 'a', amount: eur(300) })).toMatchObject({ refunded: 0 });
    expect(rail.orders.at(-1)?.key).toBe(`${other.txn}:refund-1`);
    expect(await payment()).toMatchObject({ state: 'CAPTURED', refunded: 500 });
    expect(await world.breaches()).toEqual([]);
  });

  it('whose key was declined stays declined', async () => {
    const rail = new ScriptedRail();
    rail.refunds = [declined, done];
    const { world, txn, refunds } = await paid(rail);
    for (let time = 0; time < 2; time += 1) await world.service.refund(txn, { key: 'a' });
    expect(await refunds()).toEqual([['a', 1_250, 'declined']]);
    expect(rail.calls).toEqual(['charge', 'refund']);
  });

  it('whose answer was lost is asked about until the rail says, also over a restart', async () => {
    const rail = new ScriptedRail();
    rail.refunds = [unknown];
    rail.inquiries = [unknown];
    const { world, txn, payment, refunds, statuses } = await paid(rail);
    const refunding = world.service.refund(txn, {}, 0);
    await world.clock.advance(1_000);
    expect((await refunding).state).toBe('REFUNDING');
    world.kill();
    await world.open();
    await world.clock.advance(3_000);
    expect(statuses()).not.toContain('refunded');
    rail.inquiries = [done];
    await world.clock.advance(60_000);
    expect((await payment()).state).toBe('REFUNDED');
    expect(await refunds()).toEqual([[undefined, 1_250, 'refunded']]);
    expect(rail.calls.slice(0, 3)).toEqual(['charge', 'refund', 'inquire refund']);
    expect(rail.calls.filter((call) => call === 'refund')).toHaveLength(1);
    expect(statuses().at(-1)).toBe('refunded');
    expect(await world.breaches()).toEqual([]);
  });

  it('that is waited for is not ended by another one of the same payment', async () => {
    const first = Promise.withResolvers<Outcome>();
    const rail = new ScriptedRail();
    rail.refunds = [first.promise, done];
    const { world, txn } = await paid(rail);
    const ended: string[] = [];
    const refund = (key: string) =>
      world.service.refund(txn, { key, amount: eur(500) }).then(({ state }) => ended.push(`${key} ${state}`));
    const waits = refund('a');
    await world.clock.advance(10);
    await refund('b');
    await world.clock.advance(1_000);
    expect(ended).toEqual(['b REFUNDING']);
    first.resolve(done);
    await waits;
    expect(ended).toEqual(['b REFUNDING', 'a CAPTURED']);
  });

  it('that the rail never knew of is sent again under the same key', async () => {
    const rail = new ScriptedRail();
    rail.refunds = [unknown, done];
    rail.inquiries = [{ kind: 'absent', final: true }];
    const { world, txn, payment } = await paid(rail);
    const refunding = world.service.refund(txn);
    await world.clock.advance(1_000);
    await refunding;
    expect((await payment()).state).toBe('REFUNDED');
    expect(rail.orders.slice(1).map(({ key }) => key)).toEqual([`${txn}:refund-1`, `${txn}:refund-1`]);
  });

  it.each([
    [true, 'REFUNDED', 'refunded'],
    [false, 'CAPTURED', 'declined'],
  ])('whose outcome nobody tells ends with a person: moved %s, %s', async (moved, state, refund) => {
    const { world, txn, payment, refunds } = await paid(new ScriptedRail());
    const refunding = world.service.refund(txn, {}, 0);
    await world.clock.advance(3 * 3_600_000);
    await refunding;
    expect(await refunds()).toEqual([[undefined, 1_250, 'review']]);
    expect(world.journal.map(({ event }) => event)).toContainEqual({
      kind: 'alarm',
      alarm: 'refund-needs-review',
      ref: `${txn}:refund-1`,
    });
    await world.service.resolve(txn, { moved, reason: 'report of the acquirer, line 7' });
    expect((await payment()).state).toBe(state);
    expect(await refunds()).toEqual([[undefined, 1_250, refund]]);
    expect(await world.breaches()).toEqual([]);
  });

  it('is resolved one by one, by its key, when several are in review', async () => {
    const { world, txn, payment, refunds } = await paid(new ScriptedRail({ retryMs: [] }));
    for (const key of ['a', 'b']) {
      void world.service.refund(txn, { key, amount: eur(500) }, 0);
      await world.clock.advance(1_000);
    }
    expect(await refunds()).toEqual([
      ['a', 500, 'review'],
      ['b', 500, 'review'],
    ]);
    const resolve = (moved: boolean, key?: string) => world.service.resolve(txn, { key, moved, reason: 'line 7' });
    await expect(resolve(true)).rejects.toThrow(`say which: ${txn}:refund-1, ${txn}:refund-2`);
    await expect(resolve(true, `${txn}:charge`)).rejects.toThrow(`${txn}:charge is not in review`);
    expect((await resolve(false, `${txn}:refund-2`)).state).toBe('REFUNDING');
    await expect(resolve(true, `${txn}:refund-2`)).rejects.toThrow(`${txn}:refund-2 is not in review`);
    expect(await resolve(true)).toMatchObject({ state: 'CAPTURED', refunded: 500 });
    await expect(resolve(true)).rejects.toThrow('nothing of it is in review');
    expect(await refunds()).toEqual([
      ['a', 500, 'refunded'],
      ['b', 500, 'declined'],
    ]);
    expect(await payment()).toMatchObject({ state: 'CAPTURED' });
    expect(await world.breaches()).toEqual([]);
  });

  it('is refused by a rail that gives nothing back, or only all', async () => {
    const none = await paid(new ScriptedRail({ refund: 'none' }));
    await expect(none.world.service.refund(none.txn)).rejects.toThrow('gives back nothing');
    const full = new ScriptedRail({ refund: 'full' });
    full.refunds = [done];
    const all = await paid(full);
    await expect(all.world.service.refund(all.txn, { key: 'a', amount: eur(1) })).rejects.toThrow('all or nothing');
    expect((await all.world.service.refund(all.txn)).state).toBe('REFUNDED');
  });

  it('of a payment whose rail is not there any more is not possible', async () => {
    const rail = new ScriptedRail();
    const { world, txn } = await paid(rail);
    world.kill();
    await world.open(undefined, { rails: [] });
    await expect(world.service.refund(txn)).rejects.toThrow('runs without the rail card');
  });
});

describe('by what a payment was paid', () => {
  it('is the same in the payment and its receipt when the service runs without the rail', async () => {
    const rail = new ScriptedRail();
    rail.digits = '4242';
    const { world, txn } = await paid(rail);
    const view = async () => [
      await viewPayment(world.service, await world.service.payment(txn)),
      viewReceipt(txn, await world.service.receipt(txn)),
    ];
    const before = await view();
    expect(before).toMatchObject([
      { rail: 'card', lastDigits: '4242' },
      { rail: 'card', lastDigits: '4242', status: 'paid' },
    ]);
    world.kill();
    await world.open(undefined, { rails: [] });
    expect(await view()).toEqual(before);
  });
});

describe('a payment in review', () => {
  it.each([
    [true, 'CAPTURED', 'paid'],
    [false, 'DECLINED', 'declined'],
  ])('leaves it when an operator says: moved %s, %s', async (moved, state, status) => {
    const rail = new ScriptedRail();
    const base = await shop('review', { rails: [rail] });
    const { world, customer } = base;
    const { txn } = await world.request(base.merchant);
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(3 * 3_600_000);
    expect((await world.service.payment(txn)).state).toBe('REVIEW');
    const reason = 'report of the acquirer, line 7';
    // The rail has told no number, and an operator knows none.
    expect(await world.service.resolve(txn, { moved, reason })).toMatchObject({ state, approvalCode: 0 });
    await world.clock.advance(3_000);
    expect(customer.phone.receipts().at(-1)).toMatchObject({ status, approvalCode: 0 });
    expect(world.journal.map(({ event }) => event)).toContainEqual({
      kind: 'resolved',
      txn,
      key: `${txn}:charge`,
      moved,
      reason,
    });
    expect(await world.breaches()).toEqual([]);
    await expect(world.service.resolve(txn, { moved, reason })).rejects.toThrow('nothing of it is in review');
  });
});

describe("a merchant's receipt", () => {
  it('says when the payment came into its state, however late the merchant asks', async () => {
    const { world, txn, payment } = await paid();
    const timeOf = async () => {
      const decoded = decodeDown((await world.service.receipt(txn)).receipt);
      return decoded.type === 'RECEIPT' && { time: decoded.time, status: decoded.status, code: decoded.approvalCode };
    };
    const captured = await payment();
    await world.clock.advance(86_400_000);
    expect(captured.changedAt).toBeGreaterThan(captured.createdAt + 1_000);
    const code = captured.approvalCode;
    expect(await timeOf()).toEqual({ time: Math.floor(captured.changedAt / 1000), status: 'paid', code });
    await world.service.refund(txn);
    await world.clock.advance(86_400_000);
    const refunded = await payment();
    expect(await timeOf()).toEqual({ time: Math.floor(refunded.changedAt / 1000), status: 'refunded', code });
  });

  it('of a payment that was refunded since is another one, and each stays as it was', async () => {
    const { world, txn } = await paid();
    const whenPaid = await world.service.receipt(txn);
    await world.service.refund(txn);
    const whenRefunded = await world.service.receipt(txn);
    expect([whenPaid.status, whenRefunded.status]).toEqual(['paid', 'refunded']);
    await world.clock.advance(60_000);
    expect(await world.service.receipt(txn)).toEqual(whenRefunded);
  });

  it('is the same octets however often, also when the service runs with another rail and signs with another key', async () => {
    const rail = new ScriptedRail();
    const { world, txn } = await paid(rail);
    const first = await world.service.receipt(txn);
    await rotate(world, 'signing');
    world.kill();
    await world.open(undefined, { rails: [] });
    const again = await world.service.receipt(txn);
    expect(again).toEqual(first);
    expect(hexOf(again.receipt)).toBe(hexOf(first.receipt));
  });
});
