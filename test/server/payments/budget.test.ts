import { describe, expect, it } from 'vitest';
import { CUSTOMER_NUMBER, PIN, World } from '../world.ts';

/** What one payment costs the database, with the ledger rail, from the merchant's request to the receipt on the phone. */
const STATEMENTS = 36;

/** The looks for keys that another process has made: each process looks once in five seconds, however many payments it has. */
const LOOKS_FOR_KEYS = ['SELECT * FROM vault WHERE id = 1', 'SELECT * FROM service_key ORDER BY kid'];

const TRANSACTIONS = ['request', 'outcomes of frames', 'message', 'outcomes of frames'];

/** A shop whose every statement and transaction is noted from now on. */
async function counted() {
  const statements: string[] = [];
  const transactions: string[] = [];
  let commits = 0;
  const world = new World(1, {
    probe: {
      beforeStatement: (sql) => statements.push(sql),
      beforeTransaction: (name) => transactions.push(name),
      afterCommit: () => {
        commits += 1;
      },
    },
  });
  await world.open();
  const customer = await world.subscriber(CUSTOMER_NUMBER);
  const { merchant } = await world.merchant();
  const pay = async () => {
    const { txn } = await world.request(merchant);
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(3_000);
    expect((await world.service.payment(txn)).state).toBe('CAPTURED');
  };
  await pay();
  const forget = () => {
    statements.length = 0;
    transactions.length = 0;
    commits = 0;
  };
  return { world, merchant, customer, pay, forget, statements, transactions, commits: () => commits };
}

describe('a payment with the ledger rail', () => {
  it(`takes ${STATEMENTS} statements in ${TRANSACTIONS.length} transactions`, async () => {
    const { pay, forget, statements, transactions } = await counted();
    forget();
    await pay();
    const readBack = 1;
    const looks = statements.filter((sql) => LOOKS_FOR_KEYS.includes(sql));
    expect(looks).toEqual(LOOKS_FOR_KEYS);
    expect(statements.length - looks.length - readBack, statements.join('\n')).toBe(STATEMENTS);
    expect(transactions).toEqual(TRANSACTIONS);
  });

  it('shares its commits with all that happens in the same turn', async () => {
    const { world, merchant, forget, transactions, commits } = await counted();
    forget();
    const asked = Array.from({ length: 64 }, (_, n) =>
      world.request(merchant, { mref: `at once ${n}`, customer: CUSTOMER_NUMBER }),
    );
    await Promise.all(asked);
    expect([transactions.filter((name) => name === 'request').length, commits()]).toEqual([64, 1]);
  });
});
