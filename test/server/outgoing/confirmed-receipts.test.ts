import { describe, expect, it } from 'vitest';
import type { OutgoingSms } from '../../../modem/index.ts';
import type { Outcome } from '../../../server/index.ts';
import { ScriptedRail } from '../rails/scripted-rail.ts';
import { CUSTOMER_NUMBER, MERCHANT_NUMBER, PIN, shop } from '../world.ts';

const MINUTE = 60_000;

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

  it('is sent after 1, 10 and 60 minutes again while nobody says that the phone has it, and then no more', async () => {
    const { world, txn } = await paid();
    const begin = world.clock.now();
    const minutes: number[] = [];
    world.air.fate = () => {
      minutes.push(Math.round((world.clock.now() - begin) / MINUTE));
      return 'lose';
    };
    await world.service.refund(txn);
    await world.clock.advance(24 * 60 * MINUTE);
    expect(minutes).toEqual([0, 1, 11, 71]);
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
      if (fault !== 'all is well' && sql.includes('created_at FROM outbox')) throw new Error('disk I/O error');
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
