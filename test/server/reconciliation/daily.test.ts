import { describe, expect, it } from 'vitest';
import type { SettlementLine } from '../../../server/index.ts';
import { DAY_MS, dayOf } from '../../../server/time/days.ts';
import { ScriptedRail } from '../rails/scripted-rail.ts';
import { PIN, shop, type World } from '../world.ts';

const HOUR = 3_600_000;

/** A card rail that notes for which days it was asked, and may fail. */
class NotingRail extends ScriptedRail {
  readonly asked: string[] = [];
  fails = false;

  override async settlement(from?: number, to?: number): Promise<readonly SettlementLine[]> {
    if (this.fails) throw new Error('connection refused');
    // The four days around the one that is compared.
    this.asked.push(new Date((from ?? 0) + 4 * DAY_MS).toISOString().slice(0, 10));
    expect((to ?? 0) - (from ?? 0)).toBe(9 * DAY_MS);
    return this.lines;
  }
}

async function paidByCard(options: { readonly lost?: true } = {}) {
  const rail = new NotingRail();
  if (options.lost === undefined) rail.charges = [{ kind: 'done', approvalCode: 4711 }];
  const base = await shop('daily', { rails: [rail] });
  const { world, customer, merchant } = base;
  const { txn } = await world.request(merchant);
  await world.clock.advance(2_000);
  customer.phone.approve(PIN);
  await world.clock.advance(2_500);
  const paidAt = world.clock.now();
  return { ...base, rail, txn, paidAt };
}

/** A shop with the card rail and another one after it. */
async function twoRails<Bank extends NotingRail>(bank: Bank) {
  const rail = new NotingRail();
  const { world } = await shop('two rails', { rails: [rail, bank] });
  return { world, rail, bank, paidAt: world.clock.now() };
}

/** Moves the clock to the hour of a day, counted from the day of the payment. */
async function moveTo({ clock }: World, paidAt: number, days: number, hour: number) {
  await clock.advance(dayOf(paidAt) + days * DAY_MS + hour * HOUR - clock.now());
}

const alarmsOf = (world: World) =>
  world.journal.flatMap(({ event }) => (event.kind === 'alarm' ? [`${event.alarm} ${event.ref}`] : []));

describe('the daily reconciliation', () => {
  it('compares a day from three o clock of the day after the next, and then each day', async () => {
    const { world, rail, txn, paidAt } = await paidByCard();
    const day = (offset: number) => new Date(paidAt + offset * DAY_MS).toISOString().slice(0, 10);
    await moveTo(world, paidAt, 1, 4);
    // The first run has never compared anything: it looks back a month.
    expect(rail.asked).toHaveLength(31);
    expect(rail.asked.at(-1)).toBe(day(-1));
    rail.asked.length = 0;
    await moveTo(world, paidAt, 2, 2);
    expect(rail.asked).toEqual([]);
    // A difference that an administrator found before leaves the day one to be compared, once.
    await world.service.reconciliations.compare({ rail: 'card', from: dayOf(paidAt), to: dayOf(paidAt) });
    rail.asked.length = 0;
    await moveTo(world, paidAt, 2, 4);
    expect(rail.asked).toEqual([day(0)]);
    expect(alarmsOf(world)).toEqual([`settlement-only-here ${txn}:charge`]);
    await world.service.close();
  });

  it('looks again at days with differences until these end, and writes each alarm once', async () => {
    const { world, rail, txn, paidAt } = await paidByCard();
    const day = (offset: number) => new Date(paidAt + offset * DAY_MS).toISOString().slice(0, 10);
    await moveTo(world, paidAt, 3, 4);
    rail.asked.length = 0;
    await moveTo(world, paidAt, 4, 4);
    expect(rail.asked).toEqual([day(0), day(2)]);
    rail.lines = [{ key: `${txn}:charge`, at: paidAt, amount: { minor: 1_250, currency: 'EUR' } }];
    await moveTo(world, paidAt, 5, 4);
    await moveTo(world, paidAt, 6, 4);
    expect(rail.asked).toEqual([day(0), day(2), day(0), day(3), day(4)]);
    expect(alarmsOf(world)).toEqual([`settlement-only-here ${txn}:charge`]);
    expect(world.journal.at(-1)?.event).toEqual({
      kind: 'difference-ended',
      rail: 'card',
      key: `${txn}:charge`,
      difference: 'only-here',
    });
    await world.service.close();
  });

  it.each([
    ['in it', false],
    ['at its first moment', true],
  ])('looks again at a day with a difference %s for a month', async (_, atMidnight) => {
    const { world, rail, txn, paidAt } = await paidByCard();
    if (atMidnight)
      rail.lines = [
        { key: `${txn}:charge`, at: paidAt, amount: { minor: 1_250, currency: 'EUR' } },
        { key: 'FEE 1', at: dayOf(paidAt), amount: { minor: 5, currency: 'EUR' } },
      ];
    const day = (offset: number) => new Date(paidAt + offset * DAY_MS).toISOString().slice(0, 10);
    await moveTo(world, paidAt, 3, 4);
    for (const [days, again] of [
      [32, true],
      [33, false],
    ] as const) {
      world.kill();
      await moveTo(world, paidAt, days, 2);
      rail.asked.length = 0;
      await world.open();
      await moveTo(world, paidAt, days, 4);
      expect(rail.asked.includes(day(0))).toBe(again);
    }
    await world.service.close();
  });

  it('compares a month at most when the service has not run for longer', async () => {
    const { world, rail, paidAt } = await paidByCard();
    await moveTo(world, paidAt, 3, 4);
    world.kill();
    await moveTo(world, paidAt, 63, 2);
    rail.asked.length = 0;
    await world.open();
    await moveTo(world, paidAt, 63, 4);
    expect(rail.asked).toHaveLength(31);
    await world.service.close();
  });

  it('says when a rail gives no settlement, goes on with the others, and makes up for it', async () => {
    const { world, rail, txn, paidAt } = await paidByCard();
    rail.fails = true;
    await moveTo(world, paidAt, 2, 4);
    expect(alarmsOf(world)).toEqual(['settlement-missing card', 'settlement-missing card']);
    expect(world.journal.at(-1)?.event).toMatchObject({
      detail: 'card did not give its settlement: connection refused. The next daily run compares these days as well',
    });
    rail.fails = false;
    rail.lines = [{ key: `${txn}:charge`, at: paidAt, amount: { minor: 1_000, currency: 'EUR' } }];
    await moveTo(world, paidAt, 3, 4);
    expect(alarmsOf(world).slice(2)).toEqual([`settlement-other-amount ${txn}:charge`]);
    await world.service.close();
  });

  it('compares the rails after one that gives no settlement, and after one whose settlement is a fault', async () => {
    class BankRail extends NotingRail {
      override readonly name = 'bank';
    }
    for (const fails of [true, false]) {
      const { world, rail, bank, paidAt } = await twoRails(new BankRail());
      if (fails) rail.fails = true;
      else rail.settlement = async () => JSON.parse('[null]');
      bank.lines = [{ key: 'FEE 1', at: paidAt, amount: { minor: 5, currency: 'EUR' } }];
      await moveTo(world, paidAt, 2, 4);
      expect(alarmsOf(world)).toContain('settlement-only-there FEE 1');
      const faults = world.journal.flatMap(({ event }) => (event.kind === 'fault' ? [event.reason] : []));
      expect(faults.length > 0).toBe(!fails);
      await world.service.close();
    }
  });

  it('goes on after a restart, and finds nothing to say about the ledger rail', async () => {
    const { world, customer, merchant } = await shop('ledger rail');
    const { txn } = await world.request(merchant);
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(2_000);
    await world.service.refund(txn, { key: 'a', amount: { minor: 250, currency: 'EUR' } });
    const paidAt = world.clock.now();
    await moveTo(world, paidAt, 2, 2);
    world.kill();
    await world.open();
    await moveTo(world, paidAt, 2, 4);
    const [today] = await world.service.reconciliations.compare({ from: dayOf(paidAt), to: dayOf(paidAt) });
    expect(today).toMatchObject({ rail: 'ledger', matched: 2, findings: [] });
    expect(alarmsOf(world)).toEqual([]);
    await world.service.close();
  });
});
