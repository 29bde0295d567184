import { describe, expect, it } from 'vitest';
import { checkLedger } from '../../../server/ledger/invariants.ts';
import { balanceOf, hold, post } from '../../../server/ledger/ledger.ts';
import { payOut } from '../../../server/ledger/payout.ts';
import { merchantId } from '../../../server/vocabulary/ids.ts';
import { look, rows, testStore } from '../database.ts';
import { open } from '../http/api.ts';
import { PIN } from '../world.ts';

const eur = (minor: number) => ({ minor, currency: 'EUR' }) as const;

/** A merchant who earned EUR 12.50, and a treasurer who asks the API. */
async function office() {
  const base = await open();
  const { world, customer, merchant, call } = base;
  await world.request(merchant);
  await world.clock.advance(2_000);
  customer.phone.approve(PIN);
  await world.clock.advance(2_000);
  const { apiKey } = await world.service.operators.add({ name: 'anna', role: 'treasurer' });
  const pay = (body: object, id = 1) => call('POST', `/v1/merchants/${id}/payouts`, body, apiKey);
  const owed = async () => (await look(world.database, (tx) => balanceOf(tx, 'merchant:1', 'EUR'))).posted;
  const told = () => world.journal.map(({ event }) => event).filter(({ kind }) => kind === 'payout');
  return { ...base, pay, owed, told };
}

describe('a payout', () => {
  it('is all that the merchant is owed, once a reference, with an entry in the journal and a row in the audit log', async () => {
    const { world, pay, owed, told } = await office();
    const payout = { merchantId: 1, reference: '2010-03', amount: eur(1_250) };
    expect(await pay({ reference: '2010-03' })).toMatchObject({ status: 201, body: { ...payout, repeated: false } });
    expect(await owed()).toBe(0);
    for (const again of [{ reference: '2010-03' }, { reference: '2010-03', amount: eur(1_250) }]) {
      expect(await pay(again)).toMatchObject({ status: 200, body: { ...payout, repeated: true } });
    }
    expect(await owed()).toBe(0);
    expect(told()).toEqual([{ kind: 'payout', ...payout }]);
    const [row] = await rows(world.database, 'SELECT operator, subject, outcome FROM audit ORDER BY seq');
    expect(row).toEqual({ operator: 'anna', subject: 'payout:1:2010-03', outcome: 'done' });
    expect(await look(world.database, checkLedger)).toEqual([]);
  });

  it('may be a part, and the rest comes later; a merchant that was revoked gets it too', async () => {
    const { world, pay, owed } = await office();
    expect((await pay({ reference: 'a', amount: eur(1_000) })).status).toBe(201);
    await world.service.merchantKeys.revoke(1);
    expect(await pay({ reference: 'b' })).toMatchObject({ status: 201, body: { amount: eur(250) } });
    expect(await owed()).toBe(0);
  });

  it('of one reference that is asked for twice at once is booked once', async () => {
    const { world, owed, told } = await office();
    const both = [1, 2].map(() => world.service.payouts.pay(1, { reference: 'a' }));
    const payouts = await world.clock.run(Promise.all(both));
    expect(payouts.map(({ repeated }) => repeated).toSorted()).toEqual([false, true]);
    expect(await owed()).toBe(0);
    expect(told()).toHaveLength(1);
  });

  it.each([
    ['more than is owed', { reference: 'b', amount: eur(1_251) }, 409, 'merchant 1 is owed EUR 12.50,'],
    ['money of another currency', { reference: 'b', amount: { minor: 1, currency: 'JPY' } }, 409, 'is owed JPY 0,'],
    ['another amount under a reference that was used', { reference: 'a', amount: eur(1) }, 409, 'of EUR 10.00: use a'],
    ['nothing', { reference: 'b', amount: eur(0) }, 400, 'minor'],
    ['without a reference', {}, 400, 'reference'],
    ['a reference with a colon', { reference: 'a:b' }, 400, 'reference'],
  ])('%s is refused, and nothing is booked', async (what, body, status, detail) => {
    const { world, pay, owed } = await office();
    if (what.includes('was used')) await pay({ reference: 'a', amount: eur(1_000) });
    const before = await owed();
    const events = world.journal.length;
    const refused = await pay(body);
    expect(refused.status).toBe(status);
    expect(refused.body.detail).toContain(detail);
    expect([await owed(), world.journal.length]).toEqual([before, events]);
  });

  it('of nothing owed, or to nobody, is refused', async () => {
    const { pay } = await office();
    await pay({ reference: 'a' });
    expect((await pay({ reference: 'b' })).body.detail).toContain('merchant 1 is owed EUR 0.00');
    expect((await pay({ reference: 'b' }, 9)).status).toBe(404);
  });

  it('leaves what open refunds may take', async () => {
    const store = await testStore();
    const payee = { id: merchantId(1), currency: 'EUR' } as const;
    await store.transaction('earned', async (tx) => {
      const earned = { id: 'a', debit: 'clearing:card', credit: 'merchant:1', amount: eur(100) } as const;
      await hold(tx, earned, 0);
      await post(tx, earned, 0);
      await hold(tx, { id: 'b', debit: 'merchant:1', credit: 'clearing:card', amount: eur(30) }, 0);
    });
    const pay = (reference: string) => store.transaction('payout', (tx) => payOut(tx, payee, { reference }, 1));
    expect((await pay('first')).amount).toEqual(eur(70));
    await expect(pay('second')).rejects.toThrow('owed EUR 0.00');
    const inYen = { ...payee, currency: 'JPY' } as const;
    const again = store.transaction('payout', (tx) => payOut(tx, inYen, { reference: 'first' }, 2));
    await expect(again).rejects.toThrow('reference first was used for another payout, of EUR 0.70');
    await store.close();
  });
});
