import { describe, expect, it } from 'vitest';
import { onPostgres, rows } from './database.ts';
import { cardDay, day } from './days.ts';
import { runTwice } from './run-twice.ts';
import { DEPOSIT, PIN, shop } from './world.ts';

/** The numbers of rows, which this test compares, are those of SQLite: on PostgreSQL a row that was undone uses up its number. */
function itCounts(name: string, test: () => Promise<void>): void {
  if (!onPostgres) it(name, test);
}

describe('a body of a transaction that is run twice', () => {
  itCounts('has done what one run does, when the first run was undone: with the ledger', async () => {
    const once = await day();
    expect(once.payments).toHaveLength(10);
    expect(await day(runTwice(() => 'undone'))).toEqual(once);
  });

  itCounts('has done what one run does, when the first run was undone: with a rail outside the service', async () => {
    const once = await cardDay();
    expect(await cardDay(runTwice(() => 'undone'))).toEqual(once);
  });

  it('has registered a person and a merchant once, also without a key, when the first run was committed', async () => {
    const { world } = await shop();
    const { service } = world;
    const merchants = (await rows(world.database, 'SELECT id FROM merchant')).length;
    world.body = runTwice(() => 'kept');
    const wanted = { number: '+393400000077', name: 'Carla', language: 'en' } as const;
    const carla = await service.addPerson(wanted);
    expect(await service.personByNumber(wanted.number)).toEqual(carla);
    await expect(service.addPerson(wanted)).rejects.toMatchObject({ code: 'conflict' });
    const bar = { name: 'Bar', currency: 'EUR' } as const;
    for (const order of [bar, { ...bar, personId: carla.id }, bar]) {
      const { merchant, apiKey, repeated } = await service.addMerchant(order);
      expect([await service.merchantByApiKey(apiKey), repeated]).toEqual([merchant, false]);
    }
    await expect(service.addMerchant({ ...bar, personId: carla.id })).rejects.toMatchObject({ code: 'conflict' });
    expect(await rows(world.database, 'SELECT id FROM merchant')).toHaveLength(merchants + 3);
  });

  // A second activation takes the place of the first.
  it('has done it once, when the first run was committed and nobody heard of it', async () => {
    const { world, merchant, customer } = await shop();
    // A frame that is marked as handed over, and that nobody has, leaves after the next start.
    world.body = runTwice((name) => (name === 'hand over' ? 'not-run' : 'kept'));
    /** What was to follow the first COMMIT comes after the end of the process, as every frame without an outcome. */
    const restart = async () => {
      world.kill();
      await world.open();
      await world.clock.advance(3_000);
    };
    expect(await world.service.deposit(customer.person.id, DEPOSIT, 'second')).toBe(true);
    const { txn } = await world.request(merchant);
    await restart();
    customer.phone.approve(PIN);
    await world.clock.advance(2_000);
    await restart();
    const part = { key: 'part', amount: { minor: 300, currency: 'EUR' } } as const;
    expect(await world.service.refund(txn, part)).toMatchObject({ state: 'CAPTURED', refunded: 300 });
    await world.service.refund(txn);
    expect(await world.service.receipt(txn)).toEqual(await world.service.receipt(txn));
    const cancelled = await world.request(merchant, { mref: 'cancelled' });
    await restart();
    await world.service.cancel(cancelled.txn);
    await restart();
    expect(customer.phone.receipts().map(({ status }) => status)).toEqual(['active', 'paid', 'refunded', 'cancelled']);
    expect(await world.service.holdings(customer.person.id)).toEqual([{ ...DEPOSIT, minor: 2 * DEPOSIT.minor }]);
    expect((await world.service.payments({ limit: 10 })).map(({ state }) => state)).toEqual(['CANCELLED', 'REFUNDED']);
    expect(world.journal.filter(({ event }) => event.kind === 'alarm' || event.kind === 'fault')).toEqual([]);
    await world.service.close();
    expect(await world.breaches()).toEqual([]);
  });
});
