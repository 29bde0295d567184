import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { takenOver } from '../../server/service/taken-over.ts';
import { DAY_MS } from '../../server/time/days.ts';
import { onPostgres } from './database.ts';
import { ScriptedRail } from './rails/scripted-rail.ts';
import { CUSTOMER_NUMBER, PIN, World } from './world.ts';

const MINUTE = 60_000;

const SHARE = onPostgres ? 12 : 4;
/** Of how many commits one is tried: a world a commit is for a quiet hour. */
const EACH = process.env['CASH_MOBILE_KILLS'] === undefined ? SHARE : 1;

/** Reasons of promises that nobody listened to: each would have ended the process. */
const unheard: unknown[] = [];
const note = (reason: unknown) => void unheard.push(reason);
beforeAll(() => void process.on('unhandledRejection', note));
afterAll(() => void process.off('unhandledRejection', note));

/** A shop on a rail that loses an answer. From the `nth` commit on every statement fails for four minutes. */
async function shopOnBrokenDisk(nth: number) {
  const rail = new ScriptedRail({ retryMs: Array.from({ length: 9 }, () => 60_000) });
  rail.charges = [{ kind: 'unknown', reason: 'no answer' }];
  rail.otherwise = { kind: 'done', approvalCode: 7 };
  vi.spyOn(rail, 'settlement').mockRejectedValueOnce(new Error('connection refused'));
  const world = new World('broken', { rails: [rail] });
  await world.open();
  const customer = await world.subscriber(CUSTOMER_NUMBER);
  const { merchant } = await world.merchant();
  let commits = 0;
  let broken = false;
  world.afterCommit = () => {
    commits += 1;
    if (commits !== nth) return;
    broken = true;
    world.clock.after(4 * MINUTE, () => {
      broken = false;
    });
  };
  world.beforeStatement = () => {
    if (broken) throw Object.assign(new Error('disk I/O error'), { errcode: 10 });
  };
  return { world, customer, merchant, rail, commits: () => commits };
}

/** The customer pays, gets the money back, and a day passes; each asks again until there is an answer. */
async function payAndRefund({ world, customer, merchant }: Awaited<ReturnType<typeof shopOnBrokenDisk>>) {
  const again = async <T>(ask: () => Promise<T>): Promise<T> => {
    for (;;) {
      const [answer] = await Promise.allSettled([ask()]);
      if (answer.status === 'fulfilled') return answer.value;
      await new Promise<void>((resolve) => void world.clock.after(MINUTE, resolve));
    }
  };
  // Some SMS are not taken at the first time, and the network tells of each that it was delivered.
  let sends = 0;
  world.air.fate = (sms) => {
    sends += 1;
    if (sends % 3 === 0) return { kind: 'failed', reason: 'no network', retry: true };
    if (sms.statusReport === true) world.clock.after(2_000, () => world.air.report(sms, 'delivered'));
    return 'deliver';
  };
  customer.phone.onMessage = (message) => {
    if (message.type !== 'PAY_REQUEST') return;
    customer.phone.approve(PIN);
    for (const minutes of [1, 2, 4, 8]) world.clock.after(minutes * MINUTE, () => customer.phone.query(message.txn));
  };
  const paying = again(() => world.request(merchant, { mref: 'a', ttl: 600 }));
  const { txn } = await world.clock.run(paying);
  await world.clock.advance(20 * MINUTE);
  await world.clock.run(again(() => world.service.refund(txn, { key: 'r' }, 0)));
  await world.clock.advance(DAY_MS);
  return txn;
}

describe('a database that fails for some time', () => {
  it('ends nothing for good and never the process, whichever commit was the last before', async () => {
    const undisturbed = await shopOnBrokenDisk(0);
    await payAndRefund(undisturbed);
    const commits = undisturbed.commits();
    expect(commits).toBeGreaterThan(20);

    for (let nth = 1; nth <= commits; nth += EACH) {
      const shop = await shopOnBrokenDisk(nth);
      const txn = await payAndRefund(shop);
      const { world, customer } = shop;
      const where = `broken after commit ${nth}`;
      expect(unheard, where).toEqual([]);
      expect((await world.service.payment(txn)).state, where).toBe('REFUNDED');
      expect(customer.phone.receipts().at(-1)?.status, where).toBe('refunded');
      expect(await world.breaches(), where).toEqual([]);
      expect(await world.look((tx) => takenOver(tx, world.clock.now())), where).toEqual({
        requests: 0,
        framesToSend: 0,
        framesToDealWith: 0,
        attempts: 0,
        timersOverdue: 0,
      });
      await world.service.close();
    }
  }, 60_000);
});
