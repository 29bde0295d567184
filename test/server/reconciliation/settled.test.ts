import { describe, expect, it } from 'vitest';
import type { SettlementLine } from '../../../server/index.ts';
import { checkLedger } from '../../../server/ledger/invariants.ts';
import { type Account, balanceOf } from '../../../server/ledger/ledger.ts';
import { byKey, compare } from '../../../server/reconciliation/compare.ts';
import { DAY_MS, dayOf } from '../../../server/time/days.ts';
import { look } from '../database.ts';
import { approved } from '../rails/approved.ts';
import { ScriptedRail } from '../rails/scripted-rail.ts';
import { DEPOSIT, PIN, shop } from '../world.ts';

const DONE = { kind: 'done', approvalCode: 4711 } as const;
const REFUND = 300;

/** EUR 12.50 paid by card, EUR 3.00 of it given back, and what the accounts of the rail have after a comparison of some days. */
async function office() {
  const rail = new ScriptedRail();
  rail.charges = [DONE];
  rail.refunds = [DONE];
  const { world, txn } = await approved(rail);
  await world.service.refund(txn, { key: 'a', amount: { minor: REFUND, currency: 'EUR' } }, 0);
  await world.clock.advance(1_000);
  const at = world.clock.now();
  const [charge, refund] = [`${txn}:charge`, `${txn}:refund-1`];
  const settle = (key: string, minor: number, more: Partial<SettlementLine> = {}) =>
    rail.lines.push({ key, at, amount: { minor, currency: 'EUR' }, ...more });
  await world.clock.advance(3 * DAY_MS);
  const run = async (days = 1) => {
    const from = dayOf(at);
    const order = { rail: 'card', from, to: from + (days - 1) * DAY_MS };
    const [report] = await world.clock.run(world.service.reconciliations.compare(order));
    return report?.findings.map(({ kind, detail }) => `${kind}: ${detail}`);
  };
  const accounts = async () => {
    const posted = async (account: Account) =>
      (await look(world.database, (tx) => balanceOf(tx, account, 'EUR'))).posted;
    return {
      clearing: await posted('clearing:card'),
      cash: (await posted('cash')) + DEPOSIT.minor,
      fees: await posted('fees:card'),
      losses: await posted('losses:card'),
    };
  };
  return { world, rail, at, charge, refund, settle, run, accounts };
}

const OPEN = { clearing: REFUND - 1_250, cash: 0, fees: 0, losses: 0 };

describe('what a rail has settled is booked once', () => {
  it.each<readonly [string, chargeFee: number | undefined, refundFee: number | undefined, fees: number]>([
    ['without a fee', undefined, undefined, 0],
    ['with a fee of the charge', 20, undefined, 20],
    ['with fees of both', 20, 5, 25],
    ['with a fee that is given back with the refund', 20, -5, 15],
    ['with a fee of the whole amount', 1_250, undefined, 1_250],
    ['with a fee above the amount', 1_300, undefined, 1_300],
  ])('%s', async (_, chargeFee, refundFee, fees) => {
    const { world, charge, refund, settle, run, accounts } = await office();
    settle(charge, 1_250, { fee: chargeFee });
    settle(refund, REFUND, { fee: refundFee });
    for (let times = 0; times < 2; times += 1) {
      expect(await run()).toEqual([]);
      expect(await accounts()).toEqual({ clearing: 0, cash: fees - 950, fees: 0 - fees, losses: 0 });
    }
    expect(await look(world.database, checkLedger)).toEqual([]);
  });

  it('also when it was settled on another day', async () => {
    const { at, charge, settle, run, accounts } = await office();
    settle(charge, 1_250, { at: at + DAY_MS, fee: 20 });
    expect((await run(2))?.map((finding) => finding.split(':')[0])).toEqual(['other-day', 'only-here']);
    expect(await accounts()).toEqual({ clearing: REFUND, cash: 20 - 1_250, fees: -20, losses: 0 });
  });

  it.each<readonly [string, (it: Awaited<ReturnType<typeof office>>) => void]>([
    ['another amount', ({ charge, settle }) => settle(charge, 1_251)],
    ['something unknown', ({ settle }) => settle('FEE 1', 1_250)],
    ['nothing', () => {}],
  ])('%s is not booked', async (_, plant) => {
    const opened = await office();
    plant(opened);
    await opened.run();
    expect(await opened.accounts()).toEqual(OPEN);
  });
});

describe('a fee that the rail was not to keep', () => {
  it('is a difference, and booked when an operator has accepted it and the day is compared again', async () => {
    const { world, rail, charge, settle, run, accounts } = await office();
    rail.fee = 15;
    settle(charge, 1_250, { fee: 20 });
    const other = 'other-fee: the rail kept a fee of EUR 0.20, it was to keep EUR 0.15';
    expect(await run()).toContain(other);
    expect(await accounts()).toEqual(OPEN);
    await world.service.reconciliations.accept({ rail: 'card', key: charge, kind: 'other-fee', reason: 'new tariff' });
    expect(await run()).not.toContain(other);
    expect(await accounts()).toMatchObject({ clearing: REFUND, fees: -20 });
    rail.lines = [];
    settle(charge, 1_250, { fee: -1 });
    expect(await run()).toContain('other-fee: the rail kept a fee of -EUR 0.01, it was to keep EUR 0.20');
    expect(await accounts()).toMatchObject({ clearing: REFUND, fees: -20 });
  });

  it('is not booked in the place of the one that was', async () => {
    const { world, rail, charge, settle, run, accounts } = await office();
    settle(charge, 1_250);
    await run();
    rail.lines = [];
    settle(charge, 1_250, { fee: 20 });
    expect(await run()).toContain('other-fee: the rail kept a fee of EUR 0.20, it was to keep EUR 0.00');
    await world.service.reconciliations.accept({ rail: 'card', key: charge, kind: 'other-fee', reason: 'late' });
    await run();
    expect(await accounts()).toMatchObject({ clearing: REFUND, fees: 0 });
  });

  it('is none when the settlement does not say: then what was agreed is booked', async () => {
    const { rail, charge, refund, settle, run, accounts } = await office();
    rail.fee = 15;
    settle(charge, 1_250);
    settle(refund, REFUND, { fee: 15 });
    expect(await run()).toEqual([]);
    expect(await accounts()).toEqual({ clearing: 0, cash: 30 - 950, fees: -30, losses: 0 });
  });
});

describe('a chargeback', () => {
  it('is a difference of its own beside the charge, and a loss, once', async () => {
    const { world, charge, settle, run, accounts } = await office();
    settle(charge, 1_250, { fee: 20 });
    settle(charge, 1_000, { isChargeback: true });
    for (let times = 0; times < 2; times += 1) {
      expect(await run()).toContain("chargeback: the customer's bank took EUR 10.00 back on 2010-03-01");
      expect(await accounts()).toEqual({ clearing: REFUND, cash: 20 - 1_250 + 1_000, fees: -20, losses: -1_000 });
    }
    expect(world.journal.filter(({ event }) => event.kind === 'alarm').map(({ event }) => event)).toContainEqual(
      expect.objectContaining({ alarm: 'settlement-chargeback', ref: charge }),
    );
  });

  it('that comes twice says so, and is booked once', async () => {
    const { charge, settle, run, accounts } = await office();
    settle(charge, 1_250);
    for (const minor of [1_250, 1_250]) settle(charge, minor, { isChargeback: true });
    expect(await run()).toContain("chargeback: the customer's bank took EUR 12.50 back on 2010-03-01, 2 times");
    expect(await accounts()).toMatchObject({ cash: 0, losses: -1_250 });
  });

  it.each([
    [1_500, -1_500],
    [-200, 200],
  ])('has a fee of its own: %i', async (fee, fees) => {
    const { charge, settle, run, accounts } = await office();
    settle(charge, 1_250);
    settle(charge, 1_250, { isChargeback: true, fee });
    for (let times = 0; times < 2; times += 1) {
      await run();
      expect(await accounts()).toEqual({ clearing: REFUND, cash: fee, fees, losses: -1_250 });
    }
  });

  it.each<readonly [string, minors: readonly number[], of: 'charge' | 'refund' | 'nobody', words: string]>([
    [
      'of more than the charge',
      [1_251],
      'charge',
      'took EUR 12.51 back on 2010-03-01; not booked: the charge was EUR 12.50',
    ],
    [
      'of two amounts',
      [500, 700],
      'charge',
      'took EUR 5.00 and EUR 7.00 back on 2010-03-01; not booked: which of the amounts holds is to be asked',
    ],
    [
      'of a refund',
      [100],
      'refund',
      'took EUR 1.00 back on 2010-03-01; not booked: here no charge of this key is done',
    ],
    ['of nothing', [800], 'nobody', 'took EUR 8.00 back on 2010-03-01; not booked: here no charge of this key is done'],
  ])('%s is told, and not booked', async (_, minors, of, words) => {
    const { charge, refund, settle, run, accounts } = await office();
    const key = { charge, refund, nobody: 'TERM0009/1/2' }[of];
    for (const minor of minors) settle(key, minor, { isChargeback: true });
    expect(await run()).toContain(`chargeback: the customer's bank ${words}`);
    expect(await accounts()).toEqual(OPEN);
  });

  it.each([
    ['on the same day', 0],
    ['ten days later', 10],
  ])('that is won back is booked back, once, and the difference ends: %s', async (_, days) => {
    const { world, at, charge, settle, run, accounts } = await office();
    settle(charge, 1_250, { fee: 20 });
    settle(charge, 1_000, { isChargeback: true, fee: 1_500 });
    if (days > 0) await run();
    await world.clock.advance(days * DAY_MS);
    settle(charge, 1_000, { isWonBack: true, fee: -1_500, at: at + days * DAY_MS });
    for (let times = 0; times < 2; times += 1) {
      await run(days + 1);
      expect(await accounts()).toEqual({ clearing: REFUND, cash: 20 - 1_250, fees: -20, losses: 0 });
    }
    // Also of the day of the chargeback, from which its end is not seen.
    expect((await run())?.filter((finding) => finding.startsWith('chargeback'))).toEqual([]);
    const ended = world.journal.filter(
      ({ event }) => event.kind === 'difference-ended' && event.difference === 'chargeback',
    );
    expect(ended).toHaveLength(days > 0 ? 1 : 0);
    expect(await look(world.database, checkLedger)).toEqual([]);
  });

  it.each([
    { when: 'in one file', won: 0, again: 0, minor: 1_000 },
    { when: 'a day after it was won', won: 0, again: 1, minor: 1_000 },
    { when: 'ten days after it was won', won: 5, again: 15, minor: 400 },
    { when: 'when the settlement of before is not there any more', won: 5, again: 15, minor: 1_000, isForgotten: true },
  ])(
    'that comes again after it was won is told, and not booked: $when',
    async ({ won, again, minor, isForgotten = false }) => {
      const { world, rail, at, charge, settle, run, accounts } = await office();
      settle(charge, 1_250);
      settle(charge, 1_000, { isChargeback: true, at });
      settle(charge, 1_000, { isWonBack: true, at: at + won * DAY_MS });
      for (const day of new Set([won, again])) {
        await world.clock.advance(at + (day + 1) * DAY_MS - world.clock.now());
        await run(day + 1);
      }
      if (isForgotten) rail.lines = [];
      settle(charge, minor, { isChargeback: true, at: at + again * DAY_MS });
      const day = `2010-03-${String(1 + again).padStart(2, '0')}`;
      const words = `took EUR ${minor / 100}.00 back again on ${day}, after a chargeback that was won`;
      for (let times = 0; times < 2; times += 1) {
        const told = `chargeback: the customer's bank ${words}; not booked: ask the rail which holds`;
        expect(await run(again + 1)).toContain(told);
        expect(await accounts()).toMatchObject({ losses: 0 });
      }
    },
  );

  it.each([
    ['of another amount', 1_000, 'the chargeback was EUR 10.00'],
    ['that never was', undefined, 'no chargeback of it is booked'],
  ])('%s is not won back: that is told, and not booked', async (_, taken, why) => {
    const { charge, settle, run, accounts } = await office();
    settle(charge, 1_250);
    if (taken !== undefined) settle(charge, taken, { isChargeback: true });
    settle(charge, 999, { isWonBack: true });
    expect(await run()).toContain(
      `chargeback: the rail gave EUR 9.99 of a chargeback back on 2010-03-01; not booked: ${why}`,
    );
    expect(await accounts()).toMatchObject({ losses: 0 - (taken ?? 0) });
  });

  it('of another amount than the one that is booked is told with both', async () => {
    const { rail, charge, settle, run, accounts } = await office();
    settle(charge, 1_000, { isChargeback: true });
    await run();
    rail.lines = [];
    settle(charge, 500, { isChargeback: true });
    const words = 'EUR 5.00 back on 2010-03-01; not booked: EUR 10.00 is booked as taken back';
    expect(await run()).toContain(`chargeback: the customer's bank took ${words}`);
    expect(await accounts()).toMatchObject({ losses: -1_000 });
  });

  it('is booked when its day is compared', async () => {
    const { at, charge, settle, run, accounts } = await office();
    settle(charge, 1_000, { isChargeback: true, at: at + DAY_MS });
    await run();
    expect(await accounts()).toEqual(OPEN);
    await run(2);
    expect(await accounts()).toMatchObject({ losses: -1_000 });
  });

  it('of a charge that was declined is not booked', () => {
    const amount = { minor: 1_250, currency: 'EUR' } as const;
    const nothing = {
      booked: undefined,
      isSettled: false,
      wonBackAt: undefined,
      fee: undefined,
      takenBack: undefined,
    } as const;
    const declined = { key: 'k', isRefund: false, state: 'declined', amount, ...nothing, at: 1 } as const;
    const lines = byKey([{ key: 'k', at: 1, amount, isChargeback: true }]);
    expect(compare(['k'], lines, new Map([['k', declined]])).takenBack).toEqual([]);
  });

  it('in another currency than the charge is not booked', async () => {
    const { charge, settle, run, accounts } = await office();
    settle(charge, 1_000, { isChargeback: true, amount: { minor: 1_000, currency: 'USD' } });
    expect(await run()).toContainEqual(expect.stringContaining('; not booked: the charge was EUR 12.50'));
    expect(await accounts()).toEqual(OPEN);
  });
});

it('the ledger has nothing to settle with itself', async () => {
  const { world, customer, merchant } = await shop();
  await world.request(merchant);
  await world.clock.advance(2_000);
  customer.phone.approve(PIN);
  await world.clock.advance(DAY_MS);
  const today = dayOf(world.clock.now());
  const order = { rail: 'ledger', from: today - DAY_MS, to: today };
  const [report] = await world.clock.run(world.service.reconciliations.compare(order));
  expect(report?.matched).toBe(1);
  expect((await look(world.database, (tx) => balanceOf(tx, 'clearing:ledger', 'EUR'))).posted).toBe(0);
});
