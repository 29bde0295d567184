import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hexOf, octetsOf } from '../../../device/safe-mobile/index.ts';
import { isSettled, PAYMENT_STATES, type PaymentState } from '../../../server/index.ts';
import { inFull } from '../../in-full.ts';
import { onPostgres } from '../database.ts';
import { DEPOSIT, PIN, shop } from '../world.ts';

type Shop = Awaited<ReturnType<typeof shop>> & { readonly txn: string };

/** Everything that can happen to a payment, in any order and any number. */
const ACTIONS: Readonly<Record<string, (base: Shop) => void | Promise<void>>> = {
  approve: ({ customer }) => answer(customer.phone, (phone) => phone.approve(PIN)),
  'wrong PIN': ({ customer }) => answer(customer.phone, (phone) => phone.approve('11111')),
  refuse: ({ customer }) => answer(customer.phone, (phone) => phone.refuse()),
  repeat: ({ customer }) => customer.phone.repeat(),
  'hand over again': ({ world }) => {
    const last = world.air.toService.at(-1);
    if (last !== undefined) void world.air.handOverAgain(last);
  },
  cancel: async ({ world, txn }) => {
    try {
      await world.service.cancel(txn);
    } catch {
      // Somebody was faster.
    }
  },
  query: ({ customer, txn }) => customer.phone.query(octetsOf(txn)),
  crash: async ({ world }) => {
    world.kill();
    await world.open();
  },
  'lose what the service sends': ({ world }) => {
    world.air.fate = () => 'lose';
  },
  'lose answers of the modem': ({ world }) => {
    world.air.fate = (sms) => (sms.id.endsWith('1') ? 'deliver' : { kind: 'unknown', reason: 'no answer' });
  },
  'have a good network': ({ world }) => {
    world.air.fate = () => 'deliver';
  },
  'wait a moment': ({ world }) => world.clock.advance(400),
  'wait for an SMS': ({ world }) => world.clock.advance(1_500),
  'wait for a resend': ({ world }) => world.clock.advance(21_000),
  'wait for the end': ({ world }) => world.clock.advance(126_000),
};

/** A phone answers only what it was asked. */
function answer(phone: Shop['customer']['phone'], how: (phone: Shop['customer']['phone']) => void): void {
  if (phone.lastAsked().message.type === 'PAY_REQUEST') how(phone);
}

describe('a payment under any interleaving', () => {
  it('is charged once or not at all, ends, and tells the customer how', async () => {
    const steps = fc.array(fc.constantFrom(...Object.keys(ACTIONS)), { minLength: 1, maxLength: 14 });
    await fc.assert(
      fc.asyncProperty(steps, async (names) => {
        const base = await shop();
        const { world, customer } = base;
        const { txn } = await world.request(base.merchant);
        await world.clock.advance(1_500);
        const seen: PaymentState[] = [];
        for (const name of names) {
          await ACTIONS[name]?.({ ...base, txn });
          seen.push((await world.service.payment(txn)).state);
          expect(await world.breaches()).toEqual([]);
        }
        world.air.fate = () => 'deliver';
        await world.clock.advance(200_000);
        customer.phone.query(octetsOf(txn));
        await world.clock.advance(20 * 60_000);

        const end = (await world.service.payment(txn)).state;
        expect(isSettled(end)).toBe(true);
        const settledEarlier = seen.filter(isSettled);
        expect(new Set([...settledEarlier, end]).size).toBe(1);
        const paid = end === 'CAPTURED';
        expect(await world.service.holdings(customer.person.id)).toEqual([
          { ...DEPOSIT, minor: DEPOSIT.minor - (paid ? 1_250 : 0) },
        ]);
        const last = customer.phone
          .receipts()
          .filter(({ ref }) => hexOf(ref) === txn)
          .at(-1);
        const { status } = PAYMENT_STATES[end];
        expect(end === 'REFUSED' ? ['refused', 'wrong-pin', 'blocked'] : [status]).toContain(last?.status);
        expect(await world.breaches()).toEqual([]);
      }),
      { numRuns: onPostgres ? 10 : inFull(60, 30) },
    );
  }, 60_000);
});
