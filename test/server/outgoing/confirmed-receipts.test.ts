import { describe, expect, it } from 'vitest';
import { octetsOf } from '../../../device/safe-mobile/index.ts';
import type { OutgoingSms } from '../../../modem/index.ts';
import type { Outcome } from '../../../server/index.ts';
import { ScriptedRail } from '../rails/scripted-rail.ts';
import { CUSTOMER_NUMBER, MERCHANT_NUMBER, PIN, shop, type World } from '../world.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A payment that was paid; what the service sends from now on is counted. */
async function paid() {
  const base = await shop();
  const { world, customer, merchant } = base;
  const { txn } = await world.request(merchant);
  await world.clock.advance(2_000);
  customer.phone.approve(PIN);
  await world.clock.advance(MINUTE);
  const { sent } = world.air;
  sent.length = 0;
  return { ...base, txn, sent };
}

const asksForReport = ({ statusReport }: OutgoingSms) => statusReport === true;

describe('the receipt of a refund', () => {
  it('that the network lost is sent again, and reaches the phone', async () => {
    const { world, customer, txn, sent } = await paid();
    world.air.fate = () => 'lose';
    await world.service.refund(txn);
    await world.clock.advance(59_000);
    expect(sent.map(asksForReport)).toEqual([true]);
    world.air.fate = () => 'deliver';
    await world.clock.advance(3_000);
    expect(sent.map(asksForReport)).toEqual([true, true]);
    expect(sent[0]?.content).toEqual(sent[1]?.content);
    expect(customer.phone.receipts().map(({ status }) => status)).toEqual(['active', 'paid', 'refunded']);
  });

  it('is sent again after 1, 10 and 60 minutes, 6 and 24 hours while nobody says that the phone has it, and then no more', async () => {
    const { world, txn } = await paid();
    const begin = world.clock.now();
    const minutes: number[] = [];
    world.air.fate = () => {
      minutes.push(Math.round((world.clock.now() - begin) / MINUTE));
      return 'lose';
    };
    await world.service.refund(txn);
    await world.clock.advance(10 * DAY);
    expect(minutes).toEqual([0, 1, 11, 71, 71 + 6 * 60, 71 + 30 * 60]);
  });

  it.each([
    ['delivered', 1, 'all is well'],
    ['trying', 2, 'all is well'],
    ['failed', 2, 'all is well'],
    ['delivered', 2, 'the database fails'],
  ] as const)('with the report "%s" is sent %i times within two minutes when %s', async (outcome, times, fault) => {
    const { world, txn, sent } = await paid();
    await world.service.refund(txn);
    await world.clock.advance(2_000);
    world.beforeStatement = (sql) => {
      if (fault !== 'all is well' && sql.includes('message, ref FROM outbox')) throw new Error('disk I/O error');
    };
    world.air.report(sent[0], outcome);
    world.air.report(sent[0] && { ...sent[0], id: 'of nobody' }, 'delivered');
    await world.clock.advance(2 * MINUTE);
    const faults = world.journal.flatMap(({ event }) => (event.kind === 'fault' ? [event.reason] : []));
    expect(faults).toEqual(fault === 'all is well' ? [] : ['disk I/O error']);
    expect(sent).toHaveLength(times);
  });

  it('is sent again after a restart', async () => {
    const { world, customer, txn } = await paid();
    world.air.fate = () => 'lose';
    await world.service.refund(txn);
    await world.clock.advance(2_000);
    world.kill();
    world.air.fate = () => 'deliver';
    await world.open();
    await world.clock.advance(MINUTE);
    expect(customer.phone.receipts().at(-1)?.status).toBe('refunded');
  });

  it("reaches the merchant's phone too, each its own", async () => {
    const { world, customer } = await shop();
    const owner = await world.subscriber(MERCHANT_NUMBER);
    await world.merchant(owner.person.id);
    owner.phone.payInit({ kind: 'number', digits: CUSTOMER_NUMBER.slice(1) }, { minor: 100, currency: 'EUR' }, '');
    await world.clock.advance(3_000);
    customer.phone.approve(PIN);
    await world.clock.advance(3_000);
    const [payment] = await world.service.payments({ personId: customer.person.id, limit: 1 });
    world.air.sent.length = 0;
    world.air.fate = (sms) => (sms.destination === MERCHANT_NUMBER ? 'lose' : 'deliver');
    await world.service.refund(payment?.txn ?? '');
    await world.clock.advance(2_000);
    world.air.report(
      world.air.sent.find(({ destination }) => destination === CUSTOMER_NUMBER),
      'delivered',
    );
    world.air.fate = () => 'deliver';
    await world.clock.advance(2 * MINUTE);
    expect(world.air.sent.map(({ destination }) => destination).toSorted()).toEqual([
      CUSTOMER_NUMBER,
      MERCHANT_NUMBER,
      MERCHANT_NUMBER,
    ]);
    expect(owner.phone.receipts().at(-1)?.status).toBe('refunded');
  });
});

describe('a receipt that the phone asks for by itself', () => {
  it('is sent once, and no report is asked for', async () => {
    const { world, customer, merchant, sent } = await paid();
    await world.request(merchant);
    await world.clock.advance(2_000);
    customer.phone.refuse();
    await world.clock.advance(60 * MINUTE);
    expect(sent.map(asksForReport)).toEqual([false, false]);
  });
});

describe('a receipt that comes when the phone has stopped to ask', () => {
  it.each([
    ['in the last moment of the phone', 8 * MINUTE, false],
    ['a moment later', 8 * MINUTE + 1, true],
  ])('begins 8 minutes after the request: %s, %i ms, report %s', async (_, after, reported) => {
    const answer = Promise.withResolvers<Outcome>();
    const rail = new ScriptedRail({ timeoutMs: 20 * MINUTE });
    rail.charges = [answer.promise];
    const { world, customer, merchant } = await shop('late', { rails: [rail] });
    const { createdAt } = await world.request(merchant);
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(createdAt + after - world.clock.now());
    world.air.sent.length = 0;
    answer.resolve({ kind: 'done', approvalCode: 1 });
    await world.clock.advance(0);
    expect(world.air.sent.map(asksForReport)).toEqual([reported]);
  });

  /** Everything is lost from the late receipt on, until the refund. */
  async function late() {
    const rail = new ScriptedRail();
    rail.refunds = [{ kind: 'done', approvalCode: 1 }];
    const base = await shop('late', { rails: [rail] });
    const { world, customer, merchant } = base;
    const { txn } = await world.request(merchant);
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(5 * MINUTE);
    rail.otherwise = { kind: 'done', approvalCode: 4711 };
    world.air.sent.length = 0;
    world.air.fate = () => 'lose';
    await world.clock.advance(9 * MINUTE);
    return { ...base, txn };
  }

  it('is sent again until the phone has it', async () => {
    const { world, customer } = await late();
    world.air.fate = () => 'deliver';
    await world.clock.advance(10 * MINUTE);
    expect(world.air.sent.every(asksForReport)).toBe(true);
    expect(customer.phone.receipts().at(-1)?.status).toBe('paid');
  });

  it('and was delivered late does not end the repeats of the one that took its place', async () => {
    const { world, customer, txn } = await late();
    const [old] = world.air.sent;
    await world.service.refund(txn);
    await world.clock.advance(2_000);
    world.air.report(old, 'delivered');
    world.air.fate = () => 'deliver';
    await world.clock.advance(2 * MINUTE);
    expect(customer.phone.receipts().at(-1)?.status).toBe('refunded');
  });
});

/** When a receipt is sent after the phone's last query, minutes after that. */
const TAIL: readonly number[] = [0, 10, 70, 70 + 6 * 60, 70 + 30 * 60];

/** When the application asks for a receipt that it misses, ms after its answer. */
const QUERIES: readonly number[] = [1 * MINUTE, 3 * MINUTE, 8 * MINUTE];

/** The network takes no message, and then loses the first one that it takes. */
function refuseUntil(world: World, time: number): void {
  let lost = 0;
  world.air.fate = () => {
    if (world.clock.now() < time) return { kind: 'failed', reason: '+CMS ERROR: 38', retry: true };
    lost += 1;
    return lost === 1 ? 'lose' : 'deliver';
  };
}

describe('a receipt of which the phone may have asked for the last time', () => {
  /** The customer approves, and what follows is lost; the phone's queries are sent by the test. */
  async function approved() {
    const base = await shop('last query');
    const { world, customer, merchant } = base;
    const owner = await world.subscriber(MERCHANT_NUMBER);
    await world.merchant(owner.person.id);
    const { txn, createdAt } = await world.request(merchant);
    await world.clock.advance(2_000);
    const approve = async () => {
      customer.phone.approve(PIN);
      await world.clock.advance(2_000);
    };
    const query = () => customer.phone.query(octetsOf(txn));
    const until = (after: number) => world.clock.advance(createdAt + after - world.clock.now());
    const statuses = () => customer.phone.receipts().map(({ status }) => status);
    const { sent } = world.air;
    sent.length = 0;
    return { ...base, owner, createdAt, approve, query, until, statuses, sent };
  }

  it('waited for the network while the phone asked, and was lost: it comes all the same', async () => {
    const { world, createdAt, approve, query, until, statuses, sent } = await approved();
    refuseUntil(world, createdAt + 10 * MINUTE);
    await approve();
    for (const time of QUERIES) world.clock.after(time, query);
    await until(27 * MINUTE);
    expect(statuses()).toEqual(['active']);
    await until(30 * MINUTE);
    expect(statuses()).toEqual(['active', 'paid']);
    expect(sent.map(asksForReport)).toEqual([false, false, false, false, false, true, true]);
  });

  it('was lost, and so is the answer to a query that came after an outage: it comes all the same', async () => {
    const { world, approve, query, until, statuses, sent } = await approved();
    world.air.fate = () => 'lose';
    await approve();
    await until(20 * MINUTE);
    query();
    await world.clock.advance(2_000);
    expect(sent.map(asksForReport)).toEqual([false, true]);
    world.air.fate = () => 'deliver';
    await until(31 * MINUTE);
    expect(statuses()).toEqual(['active', 'paid']);
  });

  it('is at a bearer that has not said what became of it, and was lost: it comes all the same', async () => {
    const { world, approve, query, until, statuses } = await approved();
    const hangs = Promise.withResolvers<void>();
    world.air.delay = hangs.promise;
    world.air.fate = () => 'lose';
    await approve();
    await until(9 * MINUTE);
    query();
    await world.clock.advance(2_000);
    world.air.fate = () => 'deliver';
    world.air.delay = undefined;
    hangs.resolve();
    await until(20 * MINUTE);
    expect(statuses()).toEqual(['active', 'paid']);
  });

  it('is at such a bearer for two hours, after three answers: it is sent again an hour after the last look', async () => {
    const { world, approve, query, until, sent } = await approved();
    const hangs = Promise.withResolvers<void>();
    await approve();
    for (const time of [1, 2, 9]) {
      await until(time * MINUTE);
      if (time === 9) world.air.delay = hangs.promise;
      query();
    }
    await until(100 * MINUTE);
    expect(sent).toHaveLength(4);
    world.air.delay = undefined;
    hangs.resolve();
    await until(131 * MINUTE);
    expect(sent).toHaveLength(5);
  });

  it("reaches the merchant's phone too", async () => {
    const { world, owner, customer } = await approved();
    const { phone } = owner;
    const mref = phone.payInit({ kind: 'number', digits: CUSTOMER_NUMBER.slice(1) }, { minor: 1, currency: 'EUR' }, '');
    await world.clock.advance(3_000);
    world.air.fate = () => 'lose';
    customer.phone.approve(PIN);
    await world.clock.advance(9 * MINUTE);
    phone.query(mref, 'request');
    await world.clock.advance(2_000);
    world.air.fate = () => 'deliver';
    await world.clock.advance(11 * MINUTE);
    expect(phone.receipts().at(-1)?.status).toBe('paid');
  });

  it.each([
    ['8 minutes after the request', 8 * MINUTE, [0]],
    ['a moment later', 8 * MINUTE + 1, TAIL],
    ['once more after two answers', [1 * MINUTE, 2 * MINUTE, 20 * MINUTE], [0, 0, 0, 60, 60 + 24 * 60]],
    ['once more after three answers', [1 * MINUTE, 2 * MINUTE, 3 * MINUTE, 20 * MINUTE], [0, 0, 0, 0, 60]],
    [
      'once more after six answers',
      [...[1, 2, 3, 4, 5, 6].map((minute) => minute * MINUTE), 20 * MINUTE],
      [0, 0, 0, 0, 0, 0, 0, 60],
    ],
    ['three days later', 3 * DAY, TAIL],
    ['when the receipt is of no use any more', 3 * DAY + 5_000, [0]],
  ])('is sent again, as long as nobody says that the phone has it: asked for %s', async (_, times, minutes) => {
    const { world, approve, createdAt, query, until } = await approved();
    await approve();
    const asked = [times].flat();
    for (const time of asked) {
      await until(time - 1_000);
      query();
    }
    await world.clock.advance(500);
    const after: number[] = [];
    world.air.fate = () => {
      after.push(Math.round((world.clock.now() - createdAt - (asked.at(-1) ?? 0)) / MINUTE));
      return 'lose';
    };
    await world.clock.advance(2 * DAY);
    expect(after).toEqual(minutes.slice(asked.length - 1));
  });

  it('is sent once when the network says that the phone has it', async () => {
    const { world, approve, query, until, sent } = await approved();
    await approve();
    await until(9 * MINUTE);
    query();
    await world.clock.advance(3_000);
    world.air.report(sent.at(-1), 'delivered');
    await world.clock.advance(2 * DAY);
    expect(sent.map(asksForReport)).toEqual([false, true]);
  });

  it('is sent ten times at most, however often the phone asks', async () => {
    const { world, approve, query, sent } = await approved();
    world.air.fate = () => 'lose';
    await approve();
    for (let asked = 0; asked < 30; asked += 1) {
      await world.clock.advance(16 * MINUTE);
      query();
    }
    await world.clock.advance(2 * DAY);
    expect(sent.filter(asksForReport)).toHaveLength(10);
    expect(sent).toHaveLength(11);
  });
});
