import { describe, expect, it } from 'vitest';
import { rows, write } from './database.ts';
import { rotate } from './rotate.ts';
import { throughSql } from './run-twice.ts';
import { PIN, shop, type World } from './world.ts';

/**
 * As on PostgreSQL, when another transaction commits between a look and what follows it: of each transaction of this name the
 * first statement with `look` in its text finds nothing.
 */
function lookTooEarly(world: World, transaction: string, look: string): void {
  world.body = (name, work) => (tx) => {
    let looked = name !== transaction;
    return work(
      throughSql(tx, (sql) => {
        if (looked || !sql.includes(look)) return sql;
        looked = true;
        return sql.replace(look, `1 = 0 AND ${look}`);
      }),
    );
  };
}

describe('of two transactions at once', () => {
  it.each([
    ['the same content: both get the one payment', {}, 'repeated'],
    ['another content: the later one is refused', { reference: 'another' }, 'conflict'],
  ])('with one mref and %s', async (_, change, outcome) => {
    const { world, merchant, customer } = await shop();
    const order = {
      mref: 'once',
      customer: customer.person.number,
      amount: { minor: 1_250, currency: 'EUR' },
    } as const;
    const first = await world.service.requestPayment(merchant, order);
    lookTooEarly(world, 'request', 'merchant_id = ? AND mref = ?');
    const frames = world.air.sent.length;
    const second = world.service.requestPayment(merchant, { ...order, ...change });
    if (outcome === 'conflict') await expect(second).rejects.toMatchObject({ code: 'conflict' });
    else expect(await second).toEqual({ payment: first.payment, repeated: true });
    await world.clock.advance(2_000);
    expect(await world.service.payments({ limit: 10 })).toHaveLength(1);
    expect(world.air.sent).toHaveLength(frames);
    expect(world.journal.filter(({ event }) => event.kind === 'payment' && event.event === 'request')).toHaveLength(1);
  });

  it('that compose a receipt the earlier one counts', async () => {
    const { world, merchant, customer } = await shop();
    const { txn } = await world.request(merchant);
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(3_000);
    const first = await world.service.receipt(txn);
    await rotate(world, 'signing');
    await world.service.close();
    await world.open(world.database);
    lookTooEarly(world, 'receipt', 'txn = ? AND state = ?');
    expect(await world.service.receipt(txn)).toEqual(first);
  });

  it('another frame with a used counter is still an alarm', async () => {
    const { world, customer } = await shop();
    const ctr = Math.floor(world.clock.now() / 1_000) + 5;
    customer.phone.say({ type: 'STATUS_QUERY', ref: new Uint8Array(8), kind: 'balance' }, ctr);
    await world.clock.advance(3_000);
    customer.phone.say({ type: 'STATUS_QUERY', ref: new Uint8Array(8).fill(1), kind: 'balance' }, ctr);
    await world.clock.advance(3_000);
    expect(world.journal.flatMap(({ event }) => (event.kind === 'alarm' ? event.alarm : []))).toEqual([
      'reused-counter',
    ]);
  });
});

describe('a frame that another process has dealt with meanwhile', () => {
  async function failing() {
    const { world, customer, merchant } = await shop();
    await world.request(merchant);
    await world.clock.advance(2_000);
    world.beforeStatement = (sql) => {
      if (sql.startsWith('INSERT INTO evidence')) throw new Error('out of order');
    };
    const dealtElsewhere = "UPDATE inbox SET frame = NULL, result = 'elsewhere' WHERE result IS NULL";
    const results = async () => (await rows(world.database, 'SELECT result, tries FROM inbox ORDER BY id')).at(-1);
    const faults = () => world.journal.filter(({ event }) => event.kind === 'fault').length;
    return { world, customer, dealtElsewhere, results, faults };
  }

  it('is not dealt with again when its pause is over', async () => {
    const { world, customer, dealtElsewhere, results, faults } = await failing();
    customer.phone.approve(PIN);
    await world.clock.advance(1_500);
    expect([await results(), faults()]).toEqual([{ result: null, tries: 1 }, 1]);
    await write(world.database, dealtElsewhere);
    await world.clock.advance(10_000);
    expect([await results(), faults()]).toEqual([{ result: 'elsewhere', tries: 1 }, 1]);
  });

  it('is not counted as a failure, and not set aside', async () => {
    const { world, customer, dealtElsewhere, results, faults } = await failing();
    world.body = (name, work) => async (tx) => {
      if (name === 'frame failed') await tx.run(dealtElsewhere);
      return work(tx);
    };
    customer.phone.approve(PIN);
    await world.clock.advance(5_000);
    expect([await results(), faults()]).toEqual([{ result: 'elsewhere', tries: 1 }, 1]);
  });
});
