import { describe, expect, it } from 'vitest';
import { type IncomingSms, systemClock } from '../../modem/index.ts';
import { APPLICATION_PORT } from '../../server/index.ts';
import type { Tx } from '../../server/store/store.ts';
import { bank } from './authentications/bank.ts';
import { write } from './database.ts';
import type { TestPhone } from './phone.ts';
import { ScriptedRail } from './rails/scripted-rail.ts';
import { PIN, shop, type World } from './world.ts';

/** How long a transaction is given to end, or to wait for a lock, ms. */
const HEAD_START_MS = 300;

/**
 * In the transaction of this name, the `nth` one, right after the first statement with `look` in its text another piece of work
 * begins; after the next one, when the body does not wait for this statement. It has ended when the first one goes on, or it waits for a row that the first one has locked.
 */
function meanwhile(world: World, transaction: string, look: string, other: () => Promise<unknown>, nth = 1): void {
  let left = nth;
  world.body = (name, work) => (tx) => {
    if (name !== transaction) return work(tx);
    left -= 1;
    if (left !== 0) return work(tx);
    let begun = false;
    let isReached = false;
    const reach = (sql: string) => {
      isReached ||= sql.includes(look);
      return sql;
    };
    const after = async <T>(sql: string, result: Promise<T>): Promise<T> => {
      const found = await result;
      reach(sql);
      if (begun || !isReached) return found;
      begun = true;
      await Promise.race([other(), pause(HEAD_START_MS)]);
      return found;
    };
    const watched: Tx = {
      run: (sql, ...values) => after(sql, tx.run(sql, ...values)),
      get: (sql, read, ...values) => after(sql, tx.get(sql, read, ...values)),
      all: (sql, read, ...values) => after(sql, tx.all(sql, read, ...values)),
      insert: (sql, key, ...values) => after(sql, tx.insert(sql, key, ...values)),
      sequence: (of) => tx.sequence(of),
      later: (sql, ...values) => tx.later(reach(sql), ...values),
      laterInsert: (sql, key, ...values) => tx.laterInsert(reach(sql), key, ...values),
      mustChange: (otherwise, sql, ...values) => tx.mustChange(otherwise, reach(sql), ...values),
      wake: (topic, key) => tx.wake(topic, key),
      afterCommit: (task) => tx.afterCommit(task),
    };
    return work(watched);
  };
}

const pause = (ms: number) => new Promise<void>((resolve) => systemClock.after(ms, resolve));

/** Takes the next frame of a phone out of the air. @returns what hands it over */
function catchFrame({ air, clock }: World, phone: TestPhone, send: () => void): () => Promise<void> {
  let caught: Uint8Array | undefined;
  phone.sendWith((frame) => {
    caught = frame;
  });
  send();
  if (caught === undefined) throw new Error('the phone sent nothing');
  const ports = { destination: APPLICATION_PORT, source: APPLICATION_PORT };
  const sms: IncomingSms = {
    originator: phone.number,
    sentAt: clock.now(),
    content: { kind: 'data', data: caught, ports },
  };
  return () => air.handOverAgain(sms);
}

const troubles = ({ journal }: World) =>
  journal.flatMap(({ event }) =>
    event.kind === 'fault' ? [event.reason] : event.kind === 'alarm' ? [event.alarm] : [],
  );

describe('while', { timeout: 60_000 }, () => {
  it('an approval is dealt with, a cancel comes too late', async () => {
    const { world, customer, merchant } = await shop();
    const { txn } = await world.request(merchant);
    await world.clock.advance(2_000);
    const approve = catchFrame(world, customer.phone, () => customer.phone.approve(PIN));
    let cancelled: Promise<unknown> | undefined;
    meanwhile(world, 'message', 'FROM challenge WHERE ref', () => {
      cancelled = world.service.cancel(txn).catch((error) => error.code);
      return cancelled;
    });
    await approve();
    expect(await cancelled).toBe('conflict');
    expect((await world.service.payment(txn)).state).toBe('CAPTURED');
    expect(troubles(world)).toEqual([]);
  });

  it('a cancel is dealt with, an approval comes too late', async () => {
    const { world, customer, merchant } = await shop();
    const { txn } = await world.request(merchant);
    await world.clock.advance(2_000);
    const approve = catchFrame(world, customer.phone, () => customer.phone.approve(PIN));
    let approved: Promise<void> | undefined;
    meanwhile(world, 'cancel', 'UPDATE challenge', () => {
      approved = approve();
      return approved;
    });
    expect((await world.service.cancel(txn)).state).toBe('CANCELLED');
    await approved;
    await world.clock.advance(3_000);
    expect((await world.service.payment(txn)).state).toBe('CANCELLED');
    expect(customer.phone.receipts().at(-1)?.status).toBe('cancelled');
    expect(troubles(world)).toEqual([]);
  });

  it('a charge without an answer is given up and reversed, its answer comes too late', async () => {
    const rail = new ScriptedRail({ onUnknown: 'reverse', retryMs: [] });
    const { world, customer, merchant } = await shop(1, { rails: [rail] });
    rail.charges = [new Promise(() => {})];
    rail.reversals = [{ kind: 'done', approvalCode: 0 }];
    const { txn } = await world.request(merchant);
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(3_000);
    rail.notices = [{ key: `${txn}:charge`, outcome: { kind: 'done', approvalCode: 7 } }];
    let told: Promise<void> | undefined;
    const notice = () => {
      told = world.service.notice('card', new Uint8Array());
      return told;
    };
    meanwhile(world, 'timer attempt', 'JOIN attempt', notice, 2);
    await world.clock.advance(30_000);
    await told;
    expect(rail.calls).toEqual(['charge', 'reversal']);
    expect((await world.service.payment(txn)).state).toBe('REVERSED');
    expect(troubles(world)).toEqual(['answer-after-reversal']);
  });

  it('another activation is made, the confirmation of the one before comes too late', async () => {
    const { world, customer } = await shop();
    const phone = world.phone(customer.person.number);
    const { deviceId, activationCode } = await world.service.activate(customer.person.id);
    phone.enrol(deviceId, activationCode, PIN);
    await world.clock.advance(3_000);
    const confirm = catchFrame(world, phone, () => phone.approve(PIN));
    let confirmed: Promise<void> | undefined;
    meanwhile(world, 'activation', 'ORDER BY d.serial', () => {
      confirmed = confirm();
      return confirmed;
    });
    await world.service.activate(customer.person.id);
    await confirmed;
    const states = (await world.service.devices(customer.person.id)).map(({ state }) => state);
    expect(states).toEqual(['active', 'revoked', 'registered']);
    expect(troubles(world)).toEqual([]);
  });

  it('a relying party asks anew, its cancel of the request before ends what has given way', async () => {
    const { world, party, order, ask, stateOf } = await bank();
    const first = await ask();
    let cancelled: Promise<unknown> | undefined;
    meanwhile(world, 'authentication', 'UPDATE challenge', () => {
      cancelled = world.service.authentications.cancel(party, first.id).then(
        ({ state }) => state,
        (error) => error.code,
      );
      return cancelled;
    });
    await world.service.authentications.request(party, order());
    expect([await cancelled, await stateOf(first.id)]).toEqual(['cancelled', 'cancelled']);
    expect(troubles(world)).toEqual([]);
  });

  // The person answers whether the party may ask from now on, and the party takes its request back.
  it.each([
    ['a cancel has read what it cancels, a consent is given', 'cancel authentication', 'FROM authentication', 'given'],
    ['a consent is dealt with, a cancel takes what it leads to', 'message', 'FROM challenge WHERE ref', 'given'],
    ['a cancel is dealt with, a consent comes too late', 'cancel authentication', 'UPDATE challenge', 'cancelled'],
  ])('%s', async (_, transaction, look, to) => {
    const { world, customer, party, ask, stateOf, heard } = await bank();
    await write(world.database, 'DELETE FROM party_consent');
    const { id } = await ask();
    const approve = catchFrame(world, customer.phone, () => customer.phone.approve(PIN));
    const cancel = () => world.service.authentications.cancel(party, id);
    const isCancelFirst = transaction === 'cancel authentication';
    let second: Promise<unknown> | undefined;
    meanwhile(world, transaction, look, () => {
      second = isCancelFirst ? approve() : cancel();
      return second;
    });
    await (isCancelFirst ? cancel() : approve());
    await second;
    await world.clock.advance(3_000);
    expect(await stateOf(id)).toBe('cancelled');
    expect(world.journal.flatMap(({ event }) => (event.kind === 'consent' ? [event.to] : []))).toEqual(['asked', to]);
    expect(heard().at(-1)).toBe('RECEIPT cancelled');
    expect(troubles(world)).toEqual([]);
  });
});
