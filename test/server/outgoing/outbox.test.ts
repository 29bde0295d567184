import { describe, expect, it } from 'vitest';
import type { SendOutcome } from '../../../modem/index.ts';
import { CUSTOMER_NUMBER, PIN, shop } from '../world.ts';

const failed = (retry: boolean): SendOutcome & { kind: 'failed' } => ({ kind: 'failed', reason: 'no network', retry });

/** A customer whose phone has just approved, so that one receipt is on its way. */
async function withReceiptToSend() {
  const base = await shop();
  await base.world.request(base.merchant);
  await base.world.clock.advance(2_000);
  base.world.air.sent.length = 0;
  return base;
}

describe('the outbox', () => {
  it('sends binary SMS from and to port 16001, each of 133 octets, valid as long as they help', async () => {
    const { world, merchant } = await shop();
    world.air.sent.length = 0;
    await world.request(merchant);
    await world.clock.advance(1_000);
    expect(world.air.sent).toMatchObject([
      {
        destination: CUSTOMER_NUMBER,
        content: { kind: 'data', data: { length: 133 }, ports: { destination: 16001, source: 16001 } },
        validityMs: 125_000,
      },
    ]);
  });

  it('tries again after longer and longer pauses, and gives up with a word in the journal', async () => {
    const { world, customer } = await withReceiptToSend();
    const begin = world.clock.now();
    const times: number[] = [];
    world.air.fate = () => {
      times.push(world.clock.now() - begin);
      return failed(true);
    };
    customer.phone.approve(PIN);
    await world.clock.advance(3_600_000);
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(pauses).toEqual([5_000, 15_000, 60_000, 300_000, 900_000]);
    expect(world.journal.at(-1)?.event).toMatchObject({
      kind: 'undelivered',
      message: 'RECEIPT',
      reason: 'no network',
    });
  });

  it('does not try again what the bearer says cannot succeed', async () => {
    const { world, customer } = await withReceiptToSend();
    world.air.fate = () => failed(false);
    customer.phone.approve(PIN);
    await world.clock.advance(3_600_000);
    expect(world.air.sent).toHaveLength(1);
  });

  it('sends again what may have been lost, because phones know a frame that comes twice', async () => {
    const { world, customer } = await withReceiptToSend();
    world.air.fate = () => (world.air.sent.length === 1 ? { kind: 'unknown', reason: 'no answer' } : 'deliver');
    customer.phone.approve(PIN);
    await world.clock.advance(60_000);
    expect(world.air.sent).toHaveLength(2);
    expect(world.air.sent[0]?.content).toEqual(world.air.sent[1]?.content);
  });

  it('does not send what helps nobody any more', async () => {
    const { world, merchant } = await shop();
    world.air.sent.length = 0;
    world.air.fate = () => failed(true);
    await world.request(merchant);
    await world.clock.advance(600_000);
    const requests = world.air.sent.filter(({ validityMs = 0 }) => validityMs < 130_000);
    expect(requests.every(({ validityMs = 0 }) => validityMs > 0)).toBe(true);
    expect(requests).toHaveLength(4);
  });

  it('sends again after a crash what was handed over without an outcome', async () => {
    const { world, merchant, customer } = await shop();
    world.air.sent.length = 0;
    world.air.fate = () => {
      world.kill();
      return 'lose';
    };
    await world.request(merchant);
    await world.clock.advance(0);
    expect(world.air.sent).toHaveLength(1);
    world.air.fate = () => 'deliver';
    await world.open();
    await world.clock.advance(2_000);
    expect(customer.phone.lastAsked().message.type).toBe('PAY_REQUEST');
  });
});
