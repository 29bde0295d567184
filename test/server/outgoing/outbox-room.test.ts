import { describe, expect, it } from 'vitest';
import type { OutgoingSms, SendOutcome, SmsBearer } from '../../../modem/index.ts';
import { Journal } from '../../../server/journal/journal.ts';
import { atOnceOf } from '../../../server/outgoing/bearer-room.ts';
import { Outbox } from '../../../server/outgoing/outbox.ts';
import type { OutgoingFrame } from '../../../server/outgoing/outgoing-frame.ts';
import { isUnsent, isUntouched } from '../../../server/outgoing/unsent.ts';
import { Processes } from '../../../server/processes/processes.ts';
import { StoreError } from '../../../server/store/store.ts';
import { Timers } from '../../../server/time/timers.ts';
import { deviceId } from '../../../server/vocabulary/ids.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { testStore } from '../database.ts';

const PHONE = deviceId(7);
const SENT: SendOutcome = { kind: 'sent', references: [1] };
const FAILED: SendOutcome = { kind: 'failed', reason: 'no network', retry: true };

/** An outbox whose bearer holds `atOnce` messages, until the test says what became of them. */
async function open(atOnce: number, starts: boolean = true) {
  const clock = new VirtualClock();
  let fault = '';
  let atFault = () => {};
  const transactions: string[] = [];
  const store = await testStore(clock, {
    beforeTransaction: (name) => transactions.push(name),
    beforeStatement: (sql) => {
      if (fault === '' || !sql.startsWith(fault)) return;
      atFault();
      throw new Error('disk I/O error');
    },
  });
  const plain = store.transaction.bind(store);
  let refused: readonly string[] = [];
  store.transaction = (name, work, whenFull) =>
    refused.includes(name) ? Promise.reject(new StoreError(`${name} did not begin`)) : plain(name, work, whenFull);
  const refusing = (...names: readonly string[]) => {
    refused = names;
  };
  const journal = new Journal(clock);
  const timers = new Timers(store, clock, journal);
  const taken: string[] = [];
  const sent: OutgoingSms[] = [];
  const atBearer: ((outcome: SendOutcome) => void)[] = [];
  const bearer: SmsBearer = {
    send: (sms) => {
      const { content } = sms;
      taken.push(content.kind === 'data' ? String.fromCharCode(...content.data) : '');
      sent.push(sms);
      return new Promise((resolve) => atBearer.push(resolve));
    },
    receive: () => {},
    close: async () => {},
  };
  const room = { canSend: () => true, atOnce };
  const processes = new Processes(store, clock, journal, 'this', { readyHere: 0, readyElsewhere() {} });
  const outbox = new Outbox(store, clock, bearer, timers, journal, processes, room);
  await store.transaction('phone', async (tx) => {
    await tx.run("INSERT INTO person VALUES (1, '+391', 'Anna', 'en', 0), (2, '+392', 'Bruno', 'it', 0)");
    await tx.run(
      `INSERT INTO device (id, person_id, state, code_mac, code_tries_left, code_expires_at, created_at)
       VALUES (7, 1, 'active', x'00', 0, 0, 0), (8, 2, 'active', x'00', 0, 0, 0)`,
    );
  });
  const start = async () => {
    await processes.start(outbox);
    await outbox.start();
  };
  if (starts) await start();
  const restart = async () => {
    await processes.stop();
    await start();
  };
  const add = (text: string, other: Partial<OutgoingFrame> = {}, work: () => Promise<void> = async () => {}) =>
    store.transaction('add', async (tx) => {
      const frame = new TextEncoder().encode(text);
      const usefulUntil = clock.now() + 60_000;
      const usual = { deviceId: PHONE, number: '+391', message: 'RECEIPT', ref: text, frame, usefulUntil };
      await outbox.add(tx, { ...usual, ...other });
      await work();
    });
  const withdraw = (text: string) => store.transaction('withdraw', (tx) => outbox.withdraw(tx, PHONE, 'RECEIPT', text));
  const states = () => store.read((tx) => tx.all('SELECT state FROM outbox ORDER BY id', (row) => row.text('state')));
  const begun = clock.now();
  /** What is kept of each frame: the state, why, the octets, and when it ended, ms after the begin. */
  const rows = () =>
    store.read((tx) =>
      tx.all(
        "SELECT state, coalesce(trouble, '') AS trouble, hex(frame) AS octets, ended_at FROM outbox ORDER BY id",
        (row) => {
          const endedAt = row.optionalInteger('ended_at');
          const ended = endedAt === undefined ? [] : [`after ${endedAt - begun} ms`];
          return [row.text('state'), row.text('trouble'), row.text('octets'), ...ended];
        },
      ),
    );
  const isWaiting = (message: string, ref: string) => store.read((tx) => isUnsent(tx, message, ref));
  const events = () =>
    store.read((tx) =>
      tx.all('SELECT event FROM journal ORDER BY seq', (row): unknown => JSON.parse(row.text('event'))),
    );
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
  /** The first of these statements fails; in that moment another transaction is asked for, and then the bearer says that another frame was sent. */
  const failingBeside = (statement: string) => {
    fault = statement;
    atFault = () => {
      fault = '';
      void add('another');
      atBearer.shift()?.(SENT);
    };
  };
  const pauses = () =>
    store.read((tx) =>
      tx.all('SELECT kind, subject, due FROM timer ORDER BY id', (row) => {
        return `${row.text('kind')} ${row.text('subject')} ${row.integer('due') - clock.now()}`;
      }),
    );
  const retry = (id: number) => store.transaction('retry', (tx) => outbox.retry(tx, String(id)));
  return {
    ...{ clock, store, outbox, transactions, settleAll, failing, room, taken, sent, add, withdraw, states, settle },
    ...{ processes, restart, rows, isWaiting, events, pauses, retry, refusing, failingBeside },
  };
}

it.each([
  ['of one modem', 1, 16],
  ['of three modems', 3, 48],
  ['whose modems are not watched', 0, 256],
])('a bearer %s holds so many messages at once', (_, modems, atOnce) => {
  expect(atOnceOf(modems)).toBe(atOnce);
});

describe('a new frame', () => {
  it('leaves right after its commit when the bearer has room', async () => {
    const { taken, outbox, add, withdraw, rows, settle } = await open(1);
    await add('a');
    expect([taken, outbox.atBearer]).toEqual([['a'], 1]);
    expect(await rows()).toEqual([['handed', '', '61']]);
    await settle();
    expect(outbox.atBearer).toBe(0);
    // What has left cannot be taken back.
    await withdraw('a');
    expect(await rows()).toEqual([['sent', '', '', 'after 0 ms']]);
  });

  it.each([true, false])('is the same message whether it leaves at once or has waited: report %s', async (report) => {
    const { clock, sent, add, settle, retry, pauses } = await open(1);
    await add('a', { report });
    await add('a', { report });
    for (const pause of [5_000, 15_000]) {
      await settle(FAILED);
      await settle(FAILED);
      expect(await pauses()).toEqual([`outbox-retry 1 ${pause}`, `outbox-retry 2 ${pause}`]);
      for (const id of [1, 2]) await retry(id);
      await clock.advance(0);
    }
    const messages = sent.map(({ id: _, ...message }) => message);
    expect(messages).toEqual(messages.map(() => messages[0]));
    expect(messages[0]).toEqual({
      destination: '+391',
      content: { kind: 'data', data: Uint8Array.of(0x61), ports: { destination: 16001, source: 16001 } },
      validityMs: 60_000,
      ...(report && { statusReport: true }),
    });
    expect(sent.map(({ id }) => id)).toEqual(['outbox-1', 'outbox-2', 'outbox-1', 'outbox-2', 'outbox-1']);
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
    [
      'before the time when it helps nobody',
      59_999,
      ['a', 'b'],
      [
        ['handed', '', '61'],
        ['handed', '', '62'],
      ],
    ],
    [
      'at the time when it helps nobody',
      60_000,
      ['b'],
      [
        ['dropped', 'it was not sent in time', '', 'after 60000 ms'],
        ['handed', '', '62'],
      ],
    ],
  ])('that waited leaves %s: after %i ms %j', async (_, after, left, kept) => {
    const { room, outbox, clock, taken, add, rows, events } = await open(2);
    room.canSend = () => false;
    await add('a');
    await add('b', { usefulUntil: clock.now() + 3_600_000 });
    await clock.advance(after);
    room.canSend = () => true;
    outbox.look();
    await clock.advance(0);
    expect(taken).toEqual(left);
    expect(await rows()).toEqual(kept);
    const told = { kind: 'undelivered', deviceId: PHONE, message: 'RECEIPT', reason: 'it was not sent in time' };
    expect(await events()).toEqual(left.length === 2 ? [] : [told]);
  });

  it('that helps nobody any more makes place for the next one that waits', async () => {
    const { room, outbox, clock, taken, add } = await open(1);
    room.canSend = () => false;
    await add('a');
    await add('b', { usefulUntil: clock.now() + 3_600_000 });
    await clock.advance(60_000);
    room.canSend = () => true;
    outbox.look();
    await clock.advance(0);
    expect(taken).toEqual(['b']);
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
    const failed = add('a', {}, async () => {
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

  it.each(['in the same commit', 'while it waits'])('that is withdrawn %s takes no other one with it', async (when) => {
    const { room, outbox, clock, taken, add, withdraw, rows } = await open(5);
    room.canSend = () => when === 'in the same commit';
    await Promise.all([
      ...[add('a'), add('b'), add('c', { ref: 'a', message: 'NAK' }), add('d', { ref: 'a', deviceId: deviceId(8) })],
      withdraw('a'),
    ]);
    room.canSend = () => true;
    outbox.look();
    await clock.advance(0);
    expect(taken).toEqual(['b', 'c', 'd']);
    expect((await rows())[0]).toEqual(['dropped', 'withdrawn', '', 'after 0 ms']);
  });

  it('is waited for by its message and ref until it has an outcome', async () => {
    const { add, isWaiting, settle } = await open(1);
    await add('a');
    const asked = () => Promise.all([isWaiting('RECEIPT', 'a'), isWaiting('RECEIPT', 'b'), isWaiting('NAK', 'a')]);
    expect(await asked()).toEqual([true, false, false]);
    await settle();
    expect(await asked()).toEqual([false, false, false]);
  });

  it('is untouched until a bearer has had it, and no more when it waits again', async () => {
    const { store, room, outbox, clock, add, settle, retry, states } = await open(1);
    const untouched = () => store.read((tx) => isUntouched(tx, 'RECEIPT', 'a'));
    room.canSend = () => false;
    await add('a');
    expect([await states(), await untouched()]).toEqual([['waiting'], true]);
    room.canSend = () => true;
    outbox.look();
    await clock.advance(0);
    expect([await states(), await untouched()]).toEqual([['handed'], false]);
    room.canSend = () => false;
    await settle(FAILED);
    await retry(1);
    expect([await states(), await untouched()]).toEqual([['waiting'], false]);
  });

  it('that rests leaves when its own pause is over, not with another one, and not when it was withdrawn', async () => {
    const { clock, taken, add, withdraw, settle, retry, rows } = await open(1);
    for (const text of ['a', 'b', 'c']) {
      await add(text);
      await settle(FAILED);
    }
    expect((await rows())[0]).toEqual(['resting', 'no network', '61']);
    await withdraw('b');
    for (const [id, left] of [
      [1, ['a', 'b', 'c', 'a']],
      [2, ['a', 'b', 'c', 'a']],
      [3, ['a', 'b', 'c', 'a', 'c']],
    ] as const) {
      await retry(id);
      await clock.advance(0);
      await settle();
      expect(taken).toEqual(left);
    }
    expect((await rows())[1]).toEqual(['dropped', 'withdrawn', '', 'after 0 ms']);
  });

  it('that is written down while the service starts waits behind those of before', async () => {
    const { processes, outbox, taken, add, states } = await open(1, false);
    await add('a');
    await processes.start(outbox);
    await Promise.all([outbox.start(), add('b')]);
    expect([taken, await states()]).toEqual([['a'], ['handed', 'waiting']]);
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

  it('takes one transaction and its outcome another, also after frames have waited', async () => {
    const { add, settle, room, outbox, clock, transactions } = await open(2);
    room.canSend = () => false;
    await Promise.all([add('a'), add('b')]);
    room.canSend = () => true;
    outbox.look();
    await clock.advance(0);
    for (const _ of ['a', 'b']) await settle();
    transactions.length = 0;
    await Promise.all([add('c'), add('d')]);
    for (const _ of ['c', 'd']) await settle();
    await add('e');
    await settle();
    const alone = ['add', 'outcomes of frames'];
    const counted = transactions.slice();
    await Promise.all(['f', 'g', 'h'].map((text) => add(text)));
    expect(outbox.atBearer).toBe(2);
    expect(counted.filter((name) => name !== 'read')).toEqual(['add', 'add', alone[1], alone[1], ...alone]);
  });

  it('that waits leaves 5 s after a fault of the database, with the fault in the journal', async () => {
    const { add, taken, failing, clock, room, outbox, events } = await open(1);
    room.canSend = () => false;
    await add('a');
    room.canSend = () => true;
    failing('SELECT * FROM outbox');
    outbox.look();
    await clock.advance(4_999);
    failing('');
    expect([taken, await events()]).toEqual([[], [{ kind: 'fault', reason: 'disk I/O error' }]]);
    await clock.advance(1);
    expect(taken).toEqual(['a']);
  });

  it('that could not be claimed though the bearer has room is looked for each second, once, until it can be', async () => {
    const { store, room, outbox, clock, taken, transactions, add } = await open(1);
    room.canSend = () => false;
    await add('a');
    // By its row this process has a frame at the bearer, as after a commit whose answer was lost: there is room, and none may be claimed.
    await store.transaction('held', (tx) =>
      tx.run(
        `INSERT INTO outbox (number, device_id, message, ref, frame, useful_until, created_at, report, state, tries, holder)
         SELECT number, device_id, message, 'held', frame, useful_until, created_at, report, 'handed', 1, process.id
         FROM outbox, process`,
      ),
    );
    room.canSend = () => true;
    transactions.length = 0;
    const claims = () => transactions.filter((name) => name === 'hand over').length;
    for (const at of [0, 999]) {
      outbox.look();
      await clock.advance(at);
    }
    expect(claims()).toBe(2);
    for (const many of [3, 4]) {
      await clock.advance(many === 3 ? 1 : 1_000);
      expect(claims()).toBe(many);
    }
    await store.transaction('ended', (tx) =>
      tx.run("UPDATE outbox SET state = 'sent', ended_at = 1 WHERE ref = 'held'"),
    );
    await clock.advance(999);
    expect(taken).toEqual([]);
    await clock.advance(1);
    expect(taken).toEqual(['a']);
  });

  it('that is withdrawn at the bearer stays withdrawn, whatever the outcome', async () => {
    for (const outcome of [SENT, FAILED, { ...FAILED, retry: false }]) {
      const { add, withdraw, settle, rows, events, pauses } = await open(1);
      await add('a');
      await withdraw('a');
      await settle(outcome);
      expect(await rows()).toEqual([['dropped', 'withdrawn', '', 'after 0 ms']]);
      expect([await events(), await pauses()]).toEqual([[], []]);
    }
  });

  it('stays for the next start when the service has stopped', async () => {
    const { outbox, restart, taken, add, states, settle, clock } = await open(4);
    await add('rests');
    await settle(FAILED);
    await add('a');
    let ended = false;
    const leaving = add('b');
    const stopped = outbox.stop().then(() => {
      ended = true;
    });
    await Promise.all([leaving, add('c')]);
    await clock.advance(0);
    expect(ended).toBe(false);
    await settle();
    await stopped;
    expect([taken, await states()]).toEqual([
      ['rests', 'a'],
      ['resting', 'sent', 'handed', 'waiting'],
    ]);
    await restart();
    await clock.advance(0);
    expect(taken).toEqual(['rests', 'a', 'b', 'c']);
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

  it.each([
    ['outcomes of frames', ['outcomes of frames']],
    ['outcomes of frames nor the fault', ['outcomes of frames', 'fault']],
  ])('are written with the next one when no transaction began for %s', async (_, names) => {
    const { add, settle, states, refusing } = await open(3);
    for (const text of 'abc') await add(text);
    refusing(...names);
    await settle();
    await settle();
    expect(await states()).toEqual(['handed', 'handed', 'handed']);
    refusing();
    await settle();
    expect(await states()).toEqual(['sent', 'sent', 'sent']);
  });

  it('that a fault kept from being written are written 5 s later when no other comes', async () => {
    const { clock, add, settle, states, failing } = await open(2);
    for (const text of 'ab') await add(text);
    failing('UPDATE outbox SET state = ?');
    for (const _ of 'ab') await settle();
    failing('');
    await clock.advance(4_999);
    expect(await states()).toEqual(['handed', 'handed']);
    await clock.advance(1);
    expect(await states()).toEqual(['sent', 'sent']);
  });

  it('that come while a fault keeps others from being written are written with those', async () => {
    const { add, settle, states, failingBeside } = await open(2);
    for (const text of 'ab') await add(text);
    failingBeside('UPDATE outbox SET state = ?');
    await settle();
    expect(await states()).toEqual(['sent', 'sent', 'handed']);
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
