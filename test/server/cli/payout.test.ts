import { dirname } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { cashServer } from '../../../server/cli/cash-server-program.ts';
import { inProcess } from '../../in-process.ts';
import { PIN, shop } from '../world.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const end of ends.splice(0)) await end();
});

/** A merchant with a payment that was paid and given back in part, and the command line to its service. */
async function office() {
  const { world, customer, merchant } = await shop();
  const url = await world.service.http.listen({ host: '127.0.0.1', port: 0 });
  ends.push(() => world.service.close());
  vi.stubEnv('CASH_SERVER_ADMIN_KEY', world.adminKey);
  const { txn } = await world.request(merchant, { mref: 'order-1' });
  await world.clock.advance(2_000);
  customer.phone.approve(PIN);
  await world.clock.advance(2_000);
  await world.service.refund(txn, { key: 'a', amount: { minor: 250, currency: 'EUR' } });
  const run = (...args: readonly string[]) => inProcess(cashServer, 'payout', ...args);
  const pay = (...args: readonly string[]) => run('--server', url, '--merchant', '1', ...args);
  const statement = (...args: readonly string[]) =>
    run('statement', '--data', dirname(world.database), '--merchant', '1', ...args);
  return { world, txn, pay, statement };
}

/** The columns of a line, without the time. */
const columns = (line: string) =>
  line
    .replace(/^\d{4}-\S+Z/, '')
    .trim()
    .split(/ {2,}| (?=-?\d+\.\d\d EUR)/);

it('cash-server payout books once a reference, and the statement has it', async () => {
  const { txn, pay, statement } = await office();
  expect(await pay('--reference', 'march', '--minor', '900')).toEqual({
    ...{ code: 0, err: '', out: 'Booked: 9.00 EUR to merchant 1\n' },
  });
  expect((await pay('--reference', 'march')).out).toBe(
    'Reference march was booked before, 9.00 EUR to merchant 1: nothing was booked again\n',
  );
  expect((await pay('--reference', 'april')).out).toBe('Booked: 1.00 EUR to merchant 1\n');
  const { out } = await statement();
  expect(out.trimEnd().split('\n').map(columns)).toEqual([
    ['Merchant 1, Edicola Città'],
    ['owed at the beginning', '0.00 EUR'],
    ['payment order-1', 'ledger', '12.50 EUR', '12.50 EUR'],
    ['refund order-1', 'ledger', '-2.50 EUR', '10.00 EUR'],
    ['payout march', '-9.00 EUR', '1.00 EUR'],
    ['payout april', '-1.00 EUR', '0.00 EUR'],
    ['owed at the end', '0.00 EUR'],
    ['1 payments', '12.50 EUR, 1 refunds', '-2.50 EUR, 2 payouts', '-10.00 EUR'],
  ]);
  const lines = (await statement('--json')).out.trimEnd().split('\n');
  const eur = (minor: number) => ({ minor, currency: 'EUR' });
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { event: 'opening', merchant: 1, balance: eur(0) },
    { event: 'payment', reference: 'order-1', rail: 'ledger', txn, amount: eur(1_250), balance: eur(1_250) },
    { event: 'refund', reference: 'order-1', rail: 'ledger', txn, amount: eur(-250) },
    { event: 'payout', reference: 'march', amount: eur(-900) },
    { event: 'payout', reference: 'april', amount: eur(-100), balance: eur(0) },
    {
      ...{ event: 'closing', balance: eur(0), payments: { count: 1, amount: eur(1_250) } },
      ...{ refunds: { count: 1, amount: eur(-250) }, payouts: { count: 2, amount: eur(-1_000) } },
    },
  ]);
});

it('what is wrong is one line', async () => {
  const { pay, statement } = await office();
  const refused = await pay('--reference', 'x', '--minor', '1001');
  expect([refused.code, refused.err.split('\n').length]).toEqual([1, 2]);
  expect(refused.err).toContain('merchant 1 is owed EUR 10.00');
  expect(await pay('--reference', 'x', '--currency', 'EUR')).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^cash-server: --currency is of --minor: .*\n$/),
  });
  for (const [args, line] of [
    [['--currency', 'JPY'], 'merchant 1 never had JPY: give --currency EUR'],
    [['--merchant', '9'], 'there is no merchant 9'],
  ] as const) {
    const { code, err } = await statement(...args);
    expect([code, err.trimEnd()]).toEqual([1, expect.stringContaining(line)]);
  }
  expect((await statement('--from', '2010-03-02', '--to', '2010-03-01')).code).toBe(2);
});
