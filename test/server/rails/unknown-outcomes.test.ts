import { describe, expect, it } from 'vitest';
import { octetsOf } from '../../../device/safe-mobile/index.ts';
import { DEPOSIT } from '../world.ts';
import { approved } from './approved.ts';
import { ScriptedRail } from './scripted-rail.ts';

const done = { kind: 'done', approvalCode: 4711 } as const;
const declined = { kind: 'declined', reason: '51' } as const;

describe('a rail whose answer is lost', () => {
  it('is "in progress" to a phone that asks, and the request does not come again', async () => {
    const { world, customer, txn, state } = await approved(new ScriptedRail());
    expect(await state()).toBe('UNKNOWN');
    const asked = customer.phone.asked.length;
    customer.phone.query(octetsOf(txn));
    await world.clock.advance(3_000);
    expect(customer.phone.receipts().at(-1)).toMatchObject({ status: 'in-progress', rail: 'none', approvalCode: 0 });
    expect(customer.phone.asked).toHaveLength(asked);
  });

  it('outside the service does not touch the prepaid account, whatever it answers', async () => {
    const rail = new ScriptedRail();
    rail.inquiries = [{ kind: 'unknown', reason: 'still nothing' }, declined];
    const { world, customer, state } = await approved(rail);
    const balance = async (number: number) => {
      customer.phone.query(new Uint8Array(8).fill(number), 'balance');
      await world.clock.advance(2_500);
      return customer.phone.received.findLast(({ type }) => type === 'BALANCE');
    };
    expect(await balance(1)).toMatchObject({ amounts: [DEPOSIT] });
    await world.clock.advance(10_000);
    expect(await state()).toBe('DECLINED');
    expect(await balance(2)).toMatchObject({ amounts: [DEPOSIT] });
  });

  it('is asked what became of the charge, until it says', async () => {
    const rail = new ScriptedRail();
    rail.inquiries = [{ kind: 'unknown', reason: 'still nothing' }, done];
    const { world, customer, state } = await approved(rail);
    expect(await state()).toBe('UNKNOWN');
    await world.clock.advance(10_000);
    expect(rail.calls).toEqual(['charge', 'inquire charge', 'inquire charge']);
    expect(await state()).toBe('CAPTURED');
    expect(customer.phone.receipts().at(-1)).toMatchObject({ status: 'paid', approvalCode: 4711, rail: 'card' });
    expect(await world.breaches()).toEqual([]);
  });

  it('gets the same order again when it never saw it', async () => {
    const rail = new ScriptedRail();
    rail.inquiries = [{ kind: 'absent', final: true }];
    rail.charges = [{ kind: 'unknown', reason: 'connection lost' }, done];
    const { state } = await approved(rail);
    expect(rail.calls).toEqual(['charge', 'inquire charge', 'charge']);
    expect(await state()).toBe('CAPTURED');
  });

  it('may have declined: no money moves', async () => {
    const rail = new ScriptedRail();
    rail.inquiries = [declined];
    const { world, customer, state } = await approved(rail);
    expect(await state()).toBe('DECLINED');
    expect(await world.service.holdings(customer.person.id)).toEqual([DEPOSIT]);
    expect(await world.breaches()).toEqual([]);
  });

  it('that never answers ends with a person who looks, and never with "failed"', async () => {
    const { world, customer, txn, state } = await approved(new ScriptedRail());
    await world.clock.advance(3 * 3_600_000);
    expect(await state()).toBe('REVIEW');
    expect(world.journal.map(({ event }) => event)).toContainEqual({
      kind: 'alarm',
      alarm: 'payment-needs-review',
      ref: txn,
    });
    customer.phone.query(Buffer.from(txn, 'hex'));
    await world.clock.advance(3_000);
    expect(customer.phone.receipts().at(-1)).toMatchObject({ status: 'in-progress', rail: 'none', approvalCode: 0 });
    expect(await world.breaches()).toEqual([]);
  });

  it('that works by reversal takes the charge back', async () => {
    const rail = new ScriptedRail({ onUnknown: 'reverse', retryMs: [1_000, 5_000] });
    rail.reversals = [
      { kind: 'unknown', reason: 'no answer' },
      { kind: 'done', approvalCode: 0 },
    ];
    const { world, customer, state } = await approved(rail);
    expect(await state()).toBe('REVERSING');
    await world.clock.advance(10_000);
    expect(rail.calls).toEqual(['charge', 'reversal', 'reversal']);
    expect(await state()).toBe('REVERSED');
    expect(customer.phone.receipts().at(-1)?.status).toBe('reversed');
    expect(await world.service.holdings(customer.person.id)).toEqual([DEPOSIT]);
    expect(await world.breaches()).toEqual([]);
  });

  it('is asked again after a restart', async () => {
    const rail = new ScriptedRail();
    const { world, state } = await approved(rail);
    world.kill();
    rail.inquiries = [done];
    await world.open();
    await world.clock.advance(10_000);
    expect(await state()).toBe('CAPTURED');
  });
});
