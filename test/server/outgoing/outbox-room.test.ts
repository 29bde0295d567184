import { describe, expect, it } from 'vitest';
import type { SendOutcome, SmsBearer } from '../../../modem/index.ts';
import { Journal } from '../../../server/journal/journal.ts';
import { Outbox } from '../../../server/outgoing/outbox.ts';
import { Timers } from '../../../server/time/timers.ts';
import { deviceId } from '../../../server/vocabulary/ids.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { memoryStore } from '../memory-store.ts';

const PHONE = deviceId(7);
const SENT: SendOutcome = { kind: 'sent', references: [1] };

/** An outbox whose bearer holds `atOnce` messages, until the test says what became of them. */
async function open(atOnce: number) {
  const clock = new VirtualClock();
  let fault = '';
  const transactions: string[] = [];
  const store = memoryStore(clock, {
    beforeTransaction: (name) => transactions.push(name),
    beforeStatement: (sql) => {
      if (fault !== '' && sql.startsWith(fault)) throw new Error('disk I/O error');
    },
  });
  const journal = new Journal(clock);
  const timers = new Timers(store, clock, journal);
  const taken: string[] = [];
  const atBearer: ((outcome: SendOutcome) => void)[] = [];
  const bearer: SmsBearer = {
    send: ({ content }) => {
      taken.push(content.kind === 'data' ? String.fromCharCode(...content.data) : '');
      return new Promise((resolve) => atBearer.push(resolve));
    },
    receive: () => {},
    close: async () => {},
  };
  const room = { canSend: () => true, atOnce };
  const outbox = new Outbox(store, clock, bearer, timers, journal, room);
  await store.transaction('phone', async (tx) => {
    await tx.run("INSERT INTO person VALUES (1, '+391', 'Anna', 'en', 0)");
    await tx.run(
      `INSERT INTO device (id, person_id, state, code_mac, code_tries_left, code_expires_at, created_at)
       VALUES (7, 1, 'active', x'00', 0, 0, 0)`,
    );
  });
  await outbox.start();
  const add = (text: string, work: () => Promise<void> = async () => {}) =>
    store.transaction('add', async (tx) => {
      const frame = new TextEncoder().encode(text);
      const usefulUntil = clock.now() + 60_000;
      await outbox.add(tx, { deviceId: PHONE, number: '+391', message: 'RECEIPT', ref: text, frame, usefulUntil });
      await work();
    });
  const withdraw = (text: string) => store.transaction('withdraw', (tx) => outbox.withdraw(tx, PHONE, 'RECEIPT', text));
  const states = () => store.read((tx) => tx.all('SELECT state FROM outbox ORDER BY id', (row) => row.text('state')));
  const settle = async (outcome: SendOutcome = SENT) => {
    atBearer.shift()?.(outcome);
    await clock.advance(0);
  };
  const settleAll = async () => {
    for (const tell of atBearer.splice(0)) tell(SENT);
    await clock.advance(0);
  };
  const failing = (statement: string) => {
    fault = statement;
  };
  return { clock, store, outbox, transactions, settleAll, failing, room, taken, add, withdraw, states, settle };
}

describe('a new frame', () => {
  it('leaves right after its commit when the bearer has room', async () => {
    const { taken, add, states, settle } = await open(1);
    await add('a');
    expect(taken).toEqual(['a']);
    expect(await states()).toEqual(['handed']);
    await settle();
    expect(await states()).toEqual(['sent']);
  });

  it('waits while the bearer holds as many as it may, also those of the same commit, and follows in order', async () => {
    const { taken, add, states, settle } = await open(2);
    await Promise.all(['a', 'b', 'c', 'd'].map((text) => add(text)));
    expect(taken).toEqual(['a', 'b']);
    expect(await states()).toEqual(['handed', 'handed', 'waiting', 'waiting']);
    await settle();
    expect(taken).toEqual(['a', 'b', 'c']);
    await add('e');
    for (let left = 0; left < 4; left += 1) await settle();
    expect(taken).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await states()).toEqual(['sent', 'sent', 'sent', 'sent', 'sent']);
  });

  it.each([
    ['before the time when it helps nobody', 59_999, ['a'], 'handed'],
    ['at the time when it helps nobody', 60_000, [], 'dropped'],
  ])('that waited leaves %s: after %i ms %j', async (_, after, left, state) => {
    const { room, outbox, clock, taken, add, states } = await open(1);
    room.canSend = () => false;
    await add('a');
    await clock.advance(after);
    room.canSend = () => true;
    outbox.look();
    await clock.advance(0);
    expect(taken).toEqual(left);
    expect(await states()).toEqual([state]);
  });

  it('does not overtake one that waits', async () => {
    const { room, outbox, clock, taken, add } = await open(1);
    room.canSend = () => false;
    await add('a');
    room.canSend = () => true;
    await add('b');
    await clock.advance(0);
    expect(taken).toEqual(['a']);
    outbox.look();
    await clock.advance(0);
    expect(taken).toEqual(['a']);
  });

  it('waits while nothing can be sent', async () => {
    const { room, outbox, clock, taken, add, states } = await open(4);
    room.canSend = () => false;
    await add('a');
    expect([taken, await states()]).toEqual([[], ['waiting']]);
    room.canSend = () => true;
    outbox.look();
    await clock.advance(0);
    expect([taken, await states()]).toEqual([['a'], ['handed']]);
  });

  it('does not leave when its transaction fails', async () => {
    const { taken, add, states } = await open(1);
    const failed = add('a', async () => {
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    await add('b');
    expect([taken, await states()]).toEqual([['b'], ['handed']]);
  });

  it.each(['in the same commit', 'later, while it waits'])('that is withdrawn %s never leaves', async (when) => {
    const { taken, add, withdraw, states, settle } = await open(when === 'in the same commit' ? 2 : 1);
    await add('first');
    const added = add('a');
    if (when !== 'in the same commit') await added;
    await withdraw('a');
    await settle();
    await settle();
    expect([taken, await states()]).toEqual([['first'], ['sent', 'dropped']]);
  });

  it('that is withdrawn in the same commit takes no other one of its phone with it', async () => {
    const { taken, add, withdraw } = await open(2);
    await Promise.all([add('a'), add('b'), withdraw('a')]);
    expect(taken).toEqual(['b']);
  });

  it('waits behind one that was claimed by the commit before, and is not at the bearer yet', async () => {
    const { clock, store, room, outbox, taken, add, states } = await open(1);
    room.canSend = () => false;
    await add('a');
    await clock.advance(0);
    room.canSend = () => true;
    outbox.look();
    let added: Promise<void> | undefined;
    await store.transaction('with the claim', async (tx) =>
      tx.afterCommit(() => {
        added = add('b');
      }),
    );
    await added;
    expect([taken, await states()]).toEqual([['a'], ['handed', 'waiting']]);
  });

  it('that is withdrawn at the bearer stays withdrawn, whatever the outcome', async () => {
    for (const outcome of [SENT, { kind: 'failed', reason: 'no network', retry: true } as const]) {
      const { clock, add, withdraw, states, settle, taken } = await open(1);
      await add('a');
      await withdraw('a');
      await settle(outcome);
      await clock.advance(60_000);
      expect([taken, await states()]).toEqual([['a'], ['dropped']]);
    }
  });

  it('stays for the next start when the service has stopped', async () => {
    const { outbox, taken, add, states, settle, clock } = await open(4);
    await add('a');
    const stopped = outbox.stop();
    await add('b');
    await settle();
    await stopped;
    expect([taken, await states()]).toEqual([['a'], ['sent', 'waiting']]);
    await outbox.start();
    await clock.advance(0);
    expect(taken).toEqual(['a', 'b']);
  });
});

describe('outcomes of frames', () => {
  it('that come at the same time are written by two transactions at most', async () => {
    const { add, settleAll, states, transactions } = await open(8);
    for (const text of 'abcdefgh') await add(text);
    transactions.length = 0;
    await settleAll();
    expect(await states()).toEqual(Array.from({ length: 8 }, () => 'sent'));
    expect(transactions.filter((name) => name === 'outcomes of frames').length).toBeLessThanOrEqual(2);
  });

  it('that a fault kept from being written are written with the next one', async () => {
    const { add, settle, states, failing, store } = await open(3);
    for (const text of 'abc') await add(text);
    failing('UPDATE outbox SET state = ?');
    await settle();
    await settle({ kind: 'failed', reason: 'no network', retry: false });
    expect(await states()).toEqual(['handed', 'handed', 'handed']);
    failing('');
    await settle();
    expect(await states()).toEqual(['sent', 'dropped', 'sent']);
    const faults = await store.read((tx) => tx.all('SELECT event FROM journal', (row) => row.text('event')));
    expect(faults.filter((event) => event.includes('disk I/O error'))).toHaveLength(2);
  });
});
