import { describe, expect, it } from 'vitest';
import { octetsOf } from '../../../device/safe-mobile/index.ts';
import type { SendOutcome } from '../../../modem/index.ts';
import { ScriptedRail } from '../rails/scripted-rail.ts';
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
    const { world, customer, merchant } = await shop('validity', { rails: [new ScriptedRail({ retryMs: [] })] });
    const { phone } = customer;
    const stranger = new Uint8Array(8).fill(9);
    const messages: string[] = [];
    world.air.fate = (sms) => {
      expect(sms).toMatchObject({
        id: expect.stringMatching(/^outbox-[0-9]+$/),
        destination: CUSTOMER_NUMBER,
        content: { kind: 'data', data: { length: 133 }, ports: { destination: 16001, source: 16001 } },
      });
      messages.push(`for ${sms.validityMs} ms`);
      return 'deliver';
    };
    phone.onMessage = ({ type }) => messages.push(type);
    const { txn } = await world.request(merchant);
    await world.clock.advance(2_000);
    for (const say of [
      () => phone.approve(PIN),
      () => phone.query(octetsOf(txn)),
      () => phone.query(stranger),
      () => phone.query(stranger, 'balance'),
      () => phone.say({ type: 'TIME_REQUEST', nonce: stranger }),
    ]) {
      say();
      await world.clock.advance(3_000);
    }
    await world.service.resolve(txn, { moved: true, reason: 'line 7' });
    await world.clock.advance(3_000);
    phone.query(octetsOf(txn));
    await world.clock.advance(3_000);
    const [threeDays, tenMinutes] = ['for 259200000 ms', 'for 600000 ms'];
    expect(messages).toEqual([
      ...['for 125000 ms', 'PAY_REQUEST'],
      ...[threeDays, 'RECEIPT'],
      ...[tenMinutes, 'NAK', tenMinutes, 'BALANCE', tenMinutes, 'TIME_RESPONSE'],
      ...[threeDays, 'RECEIPT', threeDays, 'RECEIPT'],
    ]);
    expect(phone.received.find(({ type }) => type === 'NAK')).toMatchObject({ argument: 0 });
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
