import { describe, expect, it } from 'vitest';
import type { Notice, Outcome } from '../../../server/index.ts';
import { ref } from '../../../server/vocabulary/ids.ts';
import { approved } from '../rails/approved.ts';
import { ScriptedRail } from '../rails/scripted-rail.ts';

const HOUR = 3_600_000;
const done: Outcome = { kind: 'done', approvalCode: 4711 };
const declined: Outcome = { kind: 'declined', reason: '51' };
const unknown: Outcome = { kind: 'unknown', reason: 'no answer' };
const pending: Outcome = { kind: 'pending' };
const MESSAGE = Uint8Array.of(1, 2, 3);

/** A payment whose charge was answered so, and a way to tell of it. */
async function answered(answer: Outcome, capabilities = {}) {
  const rail = new ScriptedRail(capabilities);
  rail.charges = [answer];
  const base = await approved(rail);
  const tell = async (...outcomes: Outcome[]) => {
    rail.notices = outcomes.map((outcome): Notice => ({ key: `${base.txn}:charge`, outcome }));
    await base.world.service.notice('card', MESSAGE);
    await base.world.clock.advance(10);
    return base.state();
  };
  return { ...base, rail, tell };
}

describe('a notice', () => {
  it.each([
    ['done', [done], 'CAPTURED', []],
    ['done, twice', [done, done], 'CAPTURED', []],
    ['done, then an older one', [done, pending], 'CAPTURED', []],
    ['declined', [declined], 'DECLINED', []],
    ['still pending', [pending], 'PENDING', []],
    ['of no use', [unknown], 'PENDING', []],
    ['done, then declined', [done, declined], 'CAPTURED', ['rail-contradicts-itself']],
    ['declined, then done', [declined, done], 'DECLINED', ['rail-contradicts-itself']],
  ] as const)('about a pending charge: %s', async (_, outcomes, expected, raised) => {
    const { world, tell, alarms } = await answered(pending);
    expect(await tell(...outcomes)).toBe(expected);
    expect(alarms()).toEqual(raised);
    expect(await world.breaches()).toEqual([]);
  });

  it('of "pending" about a charge whose answer was lost says that the rail has it', async () => {
    const { rail, world, tell, state } = await answered(unknown, { retryMs: [60_000] });
    expect(await state()).toBe('UNKNOWN');
    expect(await tell(pending)).toBe('PENDING');
    await world.clock.advance(HOUR - 1_000);
    expect(rail.calls).toEqual(['charge']);
    rail.inquiries = [done];
    await world.clock.advance(2_000);
    expect(await state()).toBe('CAPTURED');
  });

  it('may come before the answer, which says the same', async () => {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const rail = new ScriptedRail();
    rail.charges = [promise];
    const { world, txn, customer, state, alarms } = await approved(rail);
    rail.notices = [{ key: `${txn}:charge`, outcome: done }];
    await world.service.notice('card', MESSAGE);
    resolve(done);
    await world.clock.advance(3 * HOUR);
    expect(await state()).toBe('CAPTURED');
    expect(alarms()).toEqual([]);
    expect(customer.phone.receipts().map(({ status }) => status)).toEqual(['active', 'paid']);
  });

  it('about an order of nobody, or of another rail, changes nothing', async () => {
    const { world, txn, state, alarms, rail } = await answered(pending);
    rail.notices = [{ key: `${ref('f'.repeat(16))}:charge`, outcome: done }];
    await world.service.notice('card', MESSAGE);
    expect(alarms()).toEqual(['notice-of-unknown-order']);
    world.kill();
    const other = Object.assign(new ScriptedRail(), { name: 'bank' });
    other.notices = [{ key: `${txn}:charge`, outcome: done }];
    await world.open(undefined, { rails: [rail, other] });
    await world.service.notice('bank', MESSAGE);
    expect(alarms()).toEqual(['notice-of-unknown-order', 'notice-of-unknown-order']);
    expect(await state()).toBe('PENDING');
  });

  it('that is not of the host is refused, and changes nothing', async () => {
    const { world, rail, state } = await answered(pending);
    rail.accept = async () => {
      throw new Error('a bad signature');
    };
    await expect(world.service.notice('card', MESSAGE)).rejects.toThrow('a bad signature');
    expect(await state()).toBe('PENDING');
  });

  it.each(['ledger', 'paypal'] as const)('for %s is not for anybody here', async (name) => {
    const { world } = await answered(pending);
    await expect(world.service.notice(name, MESSAGE)).rejects.toThrow(`there is no rail ${name} that takes messages`);
  });

  it('is on disk when the caller hears of it', async () => {
    const { world, txn, rail, state } = await answered(pending);
    rail.notices = [{ key: `${txn}:charge`, outcome: done }];
    await world.service.notice('card', MESSAGE);
    world.kill();
    await world.open();
    expect(await state()).toBe('CAPTURED');
  });

  it.each([
    [done, 'REFUNDED'],
    [declined, 'CAPTURED'],
  ])('ends a refund that nobody told of: %o, %s', async (outcome, expected) => {
    const { world, txn, rail, state } = await answered(done);
    const refunding = world.service.refund(txn, {}, 0);
    await world.clock.advance(3 * HOUR);
    await refunding;
    expect(await state()).toBe('REFUNDING');
    rail.notices = [{ key: `${txn}:refund-1`, outcome }];
    await world.service.notice('card', MESSAGE);
    expect(await state()).toBe(expected);
    expect(await world.breaches()).toEqual([]);
  });
});
