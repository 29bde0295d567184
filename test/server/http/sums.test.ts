import { describe, expect, it } from 'vitest';
import { LARGEST_SUM } from '../../../server/ledger/ledger.ts';
import { write } from '../database.ts';
import { ScriptedRail } from '../rails/scripted-rail.ts';
import { PIN, shop, type World } from '../world.ts';

/** Accounts with sums that take many years to come together. */
function spoil(world: World, owner: string, columns: string): Promise<void> {
  return write(
    world.database,
    `INSERT INTO account (owner, currency) VALUES ('${owner}', 'EUR') ON CONFLICT DO NOTHING`,
    `UPDATE account SET ${columns} WHERE owner = '${owner}' AND currency = 'EUR'`,
  );
}

async function depositing(world: World, person: number, minor: number, reference: string) {
  const response = await world.service.http.inject({
    method: 'POST',
    url: `/v1/people/${person}/deposits`,
    headers: { authorization: `Bearer ${world.adminKey}` },
    payload: { amount: { minor, currency: 'EUR' }, reference },
  });
  return { status: response.statusCode, ...response.json<{ detail?: string; type?: string; repeated?: boolean }>() };
}

async function pay({ world, customer, merchant }: Awaited<ReturnType<typeof shop>>) {
  const { txn } = await world.request(merchant);
  await world.clock.advance(3_000);
  customer.phone.approve(PIN);
  await world.clock.advance(5_000);
  return txn;
}

const TOO_MUCH = {
  status: 422,
  type: 'urn:cash-mobile:problem:limit-exceeded',
  detail: 'the deposits in EUR, of person 1 or of all people, would be more than can be counted exactly: deposit less',
};

describe('sums up to 2⁵³', () => {
  it.each([
    [
      'all deposits of a person',
      'person:1',
      (left: number) => `credits_posted = ${LARGEST_SUM - left}, debits_posted = 0`,
    ],
    [
      'all deposits of a person who has spent them',
      'person:1',
      (left: number) => `credits_posted = ${LARGEST_SUM - left}, debits_posted = ${LARGEST_SUM - left}`,
    ],
    ['all deposits of all people', 'cash', (left: number) => `debits_posted = ${LARGEST_SUM - left}`],
    [
      'all deposits of all people, one of them pending',
      'cash',
      (left: number) => `debits_posted = ${LARGEST_SUM - left - 5}, debits_pending = 5`,
    ],
  ])(
    '%s: exactly the largest sum passes, one unit more does not, and a repetition is told as ever',
    async (_, owner, columns) => {
      const { world } = await shop();
      await spoil(world, owner, columns(7));
      expect(await depositing(world, 1, 8, 'more')).toMatchObject(TOO_MUCH);
      expect(await depositing(world, 1, 7, 'just')).toMatchObject({ status: 201, repeated: false });
      expect(await depositing(world, 1, 1, 'one')).toMatchObject(TOO_MUCH);
      expect(await depositing(world, 1, 7, 'just')).toMatchObject({ status: 200, repeated: true });
      expect(await depositing(world, 1, 8, 'just')).toMatchObject({ status: 409 });
      await world.service.close();
    },
  );

  it('a refund that the person could not count is declined, and a payment that the merchant could not', async () => {
    const base = await shop();
    const { world, merchant } = base;
    const txn = await pay(base);
    await spoil(world, 'person:1', `credits_posted = ${LARGEST_SUM - 1_249}, debits_posted = 0`);
    await world.service.refund(txn);
    const [refund] = await world.service.refunds(await world.service.payment(txn));
    expect(refund?.state).toBe('declined');
    expect(world.journal.map(({ event }) => event)).toContainEqual(
      expect.objectContaining({ kind: 'refund', state: 'declined', reason: 'limit-exceeded' }),
    );
    await spoil(world, `merchant:${merchant.id}`, `credits_posted = ${LARGEST_SUM - 1_249}, debits_posted = 0`);
    expect(await world.service.payment(await pay(base))).toMatchObject({ state: 'DECLINED', reason: 'limit-exceeded' });
    expect(world.journal.filter(({ event }) => event.kind === 'fault')).toEqual([]);
    await world.service.close();
  });

  it('a rail outside is not asked for what the merchant could not count', async () => {
    const rail = new ScriptedRail();
    const base = await shop('sums', { rails: [rail] });
    await spoil(base.world, `merchant:${base.merchant.id}`, `credits_posted = ${LARGEST_SUM - 1_249}`);
    expect(await base.world.service.payment(await pay(base))).toMatchObject({
      state: 'DECLINED',
      reason: 'limit-exceeded',
    });
    expect(rail.calls).toEqual([]);
    await spoil(base.world, `merchant:${base.merchant.id}`, `credits_posted = 0`);
    await spoil(base.world, 'clearing:card', `debits_posted = ${LARGEST_SUM - 1_249}`);
    expect(await base.world.service.payment(await pay(base))).toMatchObject({
      state: 'DECLINED',
      reason: 'limit-exceeded',
    });
    expect(rail.calls).toEqual([]);
    await base.world.service.close();
  });
});
