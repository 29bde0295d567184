import { describe, expect, it } from 'vitest';
import type { OutgoingSms, SendOutcome, SmsBearer } from '../../../modem/index.ts';
import { Journal } from '../../../server/journal/journal.ts';
import { Outbox } from '../../../server/outgoing/outbox.ts';
import { Processes } from '../../../server/processes/processes.ts';
import { Timers } from '../../../server/time/timers.ts';
import { deviceId } from '../../../server/vocabulary/ids.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { testStore } from '../database.ts';
import { withoutSequel } from '../run-twice.ts';
import { SharedStore, StoppedClock } from './shared-store.ts';

const SENT: SendOutcome = { kind: 'sent', references: [1] };
const LOST: SendOutcome = { kind: 'failed', reason: 'no network', retry: true };
const REFUSED: SendOutcome = { kind: 'failed', reason: 'no such number', retry: false };

/** What a process has and hears of modems. */
class Modems {
  readyHere = 0;
  elsewhere: number | undefined;
  readyElsewhere(count: number): void {
    this.elsewhere = count;
  }
}

/** Some processes on one database, each with a bearer that holds what it gets until the test says what became of it. */
async function world(names: readonly string[], atOnce = 4) {
  const clock = new VirtualClock();
  const memory = await testStore(clock);
  await memory.transaction('phone', async (tx) => {
    await tx.run("INSERT INTO person VALUES (1, '+391', 'Anna', 'en', 0)");
    await tx.run(
      `INSERT INTO device (id, person_id, state, code_mac, code_tries_left, code_expires_at, created_at)
       VALUES (7, 1, 'active', x'00', 0, 0, 0)`,
    );
  });
  const processes = [];
  for (const name of names) processes.push(await startProcess(name, new SharedStore(memory), clock, atOnce));
  const read = (sql: string) =>
    memory.read((tx) => tx.all(sql, (row) => [row.text('a'), row.optionalInteger('b')].filter((x) => x !== undefined)));
  const start = (name: string) => startProcess(name, new SharedStore(memory), clock, atOnce);
  return {
    clock,
    processes,
    start,
    frames: () => read('SELECT state AS a, holder AS b FROM outbox ORDER BY id'),
    alive: async () => (await read('SELECT name AS a, id AS b FROM process ORDER BY id')).map(([name]) => name),
    alarms: async () =>
      (await read('SELECT event AS a, NULL AS b FROM journal ORDER BY seq')).map(([event]) => {
        const { alarm, ref } = JSON.parse(String(event));
        return `${alarm} ${ref}`;
      }),
  };
}

async function startProcess(name: string, store: SharedStore, world: VirtualClock, atOnce: number) {
  const clock = new StoppedClock(world);
  const journal = new Journal(clock);
  const timers = new Timers(store, clock, journal);
  const modems = new Modems();
  const processes = new Processes(store, clock, journal, name, modems);
  const taken: OutgoingSms[] = [];
  const outcomes: ((outcome: SendOutcome) => void)[] = [];
  const bearer: SmsBearer = {
    send: (sms) => {
      taken.push(sms);
      return new Promise((resolve) => outcomes.push(resolve));
    },
    receive: () => {},
    close: async () => {},
  };
  const outbox = new Outbox(store, clock, bearer, timers, journal, processes, { canSend: () => true, atOnce });
  await processes.start(outbox);
  await outbox.start();
  const frame = () => ({
    ...{ deviceId: deviceId(7), number: '+391', message: 'RECEIPT', ref: 'a', frame: Uint8Array.of(1) },
    usefulUntil: world.now() + 600_000,
  });
  const add = () => store.transaction('add', (tx) => outbox.add(tx, frame()));
  /** The commit is done, and its answer is lost. */
  const addUnheard = () => store.transaction('add', (tx) => outbox.add(withoutSequel(tx), frame()));
  const conclude = async (outcome: SendOutcome) => {
    outcomes.shift()?.(outcome);
    await world.advance(0);
  };
  return { processes, modems, store, clock, outbox, add, addUnheard, conclude, sent: () => taken.map(({ id }) => id) };
}

describe('processes on one database', () => {
  it('stay alive as long as they say so', async () => {
    const { clock, processes, alive, alarms } = await world(['one', 'two']);
    await clock.advance(600_000);
    expect(await alive()).toEqual(['one', 'two']);
    expect(processes.map((process) => process.processes.isAlive)).toEqual([true, true]);
    expect(await alarms()).toEqual([]);
  });

  it('one that ends in order leaves without an alarm, and its frame goes by another', async () => {
    const { clock, processes, alive, alarms, frames } = await world(['one', 'two']);
    const [one, two] = processes;
    await one?.add();
    expect(await frames()).toEqual([['handed', one?.processes.id]]);
    void one?.outbox.stop();
    await one?.processes.stop();
    await clock.advance(0);
    expect(await frames()).toEqual([['handed', two?.processes.id]]);
    await clock.advance(60_000);
    expect([await alive(), await alarms()]).toEqual([['two'], []]);
  });

  it('one that ends while its lease is being renewed leaves too, and is not there again by the renewal', async () => {
    const { clock, processes, alive, alarms } = await world(['one', 'two']);
    const [one] = processes;
    const { promise: renewal, resolve: renew } = Promise.withResolvers<void>();
    if (one !== undefined) one.store.before = (name) => (name === 'renew a lease' ? renewal : Promise.resolve());
    await clock.advance(4_000);
    const ended = one?.processes.stop();
    await clock.advance(0);
    renew();
    await ended;
    await clock.advance(60_000);
    expect([await alive(), await alarms()]).toEqual([['two'], []]);
  });

  it('one that dies is missed after 20 s: one alarm, and its frames go by another, once', async () => {
    const { clock, processes, alive, alarms } = await world(['one', 'two', 'three']);
    const [one, two, three] = processes;
    await one?.add();
    if (one !== undefined) one.clock.isStopped = true;
    await clock.advance(19_999);
    expect([await alive(), two?.sent(), three?.sent()]).toEqual([['one', 'two', 'three'], [], []]);
    await clock.advance(1);
    expect(await alive()).toEqual(['two', 'three']);
    expect(await alarms()).toEqual(['process-lost one']);
    expect([...(two?.sent() ?? []), ...(three?.sent() ?? [])]).toEqual(['outbox-1']);
  });

  it('one that wakes is another process, hands nothing over meanwhile, and concludes only what was sent', async () => {
    const { clock, processes, alive, frames } = await world(['one', 'two']);
    const [one, two] = processes;
    if (one === undefined || two === undefined) throw new Error('two processes');
    const first = one.processes.id;
    for (let n = 0; n < 3; n += 1) await one.add();
    one.clock.isStopped = true;
    await clock.advance(30_000);
    expect(one.processes.isAlive).toBe(false);
    await one.add();
    await clock.advance(0);
    expect(one.sent()).toEqual(['outbox-1', 'outbox-2', 'outbox-3']);
    const second = two.processes.id;
    expect((await frames()).slice(0, 3)).toEqual([
      ['handed', second],
      ['handed', second],
      ['handed', second],
    ]);
    await one.conclude(SENT);
    await one.conclude(LOST);
    await one.conclude(REFUSED);
    expect((await frames()).slice(0, 3)).toEqual([
      ['sent', second],
      ['handed', second],
      ['handed', second],
    ]);
    one.clock.goOn();
    await clock.advance(5_000);
    expect(await alive()).toEqual(['two', 'one']);
    expect(one.processes.isAlive).toBe(true);
    expect(one.processes.id).not.toBe(first);
  });

  it('a frame of a process whose lease has ended unnoticed does not leave, waits again, and that was no try', async () => {
    const { clock, processes, frames } = await world(['one']);
    const [one] = processes;
    if (one === undefined) throw new Error('one process');
    const tries = () => one.store.read((tx) => tx.get('SELECT tries FROM outbox', (row) => row.integer('tries')));
    let until = () => {};
    const added = one.store.transaction('add', async (tx) => {
      await one.outbox.add(tx, {
        ...{ deviceId: deviceId(7), number: '+391', message: 'RECEIPT', ref: 'a', frame: Uint8Array.of(1) },
        usefulUntil: clock.now() + 600_000,
      });
      // The process is stopped between the statements and what follows the commit.
      tx.afterCommit(() => until());
    });
    until = () => {
      one.clock.now = () => clock.now() + 60_000;
    };
    await added;
    await clock.advance(0);
    expect(one.sent()).toEqual([]);
    expect(await frames()).toEqual([['waiting']]);
    expect(await tries()).toBe(0);
    one.clock.now = () => clock.now();
    await clock.advance(10_000);
    expect([one.sent(), await tries()]).toEqual([['outbox-1'], 1]);
  });

  it('one that cannot reach the database has no lease, and goes on when it can', async () => {
    const { clock, processes, alive } = await world(['one', 'two']);
    const [one] = processes;
    if (one === undefined) throw new Error('one process');
    one.store.fault = new Error('gone');
    await clock.advance(14_999);
    expect(one.processes.isAlive).toBe(true);
    await clock.advance(1);
    expect(one.processes.isAlive).toBe(false);
    await clock.advance(5_000);
    expect(one.processes.isAlive).toBe(false);
    one.store.fault = undefined;
    await clock.advance(10_000);
    expect(one.processes.isAlive).toBe(true);
    expect((await alive()).toSorted()).toEqual(['one', 'two']);
  });

  it('a frame that a lost COMMIT has marked as handed over leaves after the second look, once', async () => {
    // Alone: another process would hear that the frame waits, and might be the first to take it.
    const { clock, processes, frames } = await world(['one']);
    const [one] = processes;
    if (one === undefined) throw new Error('one process');
    await one.store.transaction('whose answer was lost', (tx) =>
      tx.run(
        `INSERT INTO outbox (number, device_id, message, ref, frame, useful_until, created_at, report, state, tries, holder)
         VALUES ('+391', 7, 'RECEIPT', 'a', x'01', ?, 0, 0, 'handed', 1, ?)`,
        clock.now() + 600_000,
        one.processes.id,
      ),
    );
    await clock.advance(7_999);
    expect(one.sent()).toEqual([]);
    await clock.advance(1);
    expect(one.sent()).toEqual(['outbox-1']);
    await clock.advance(600_000);
    expect(one.sent()).toEqual(['outbox-1']);
    expect(await frames()).toEqual([['handed', one.processes.id]]);
    await one.conclude(SENT);
    expect((await frames()).map(([state]) => state)).toEqual(['sent']);
  });

  it('a frame whose outcome could not be written yet is not given back', async () => {
    const { clock, processes, frames } = await world(['one']);
    const [one] = processes;
    if (one === undefined) throw new Error('one process');
    await one.add();
    one.store.refused = 'outcomes of frames';
    await one.conclude(SENT);
    await clock.advance(60_000);
    expect([one.sent(), (await frames()).map(([state]) => state)]).toEqual([['outbox-1'], ['handed']]);
    one.store.refused = '';
    await clock.advance(5_000);
    expect([one.sent(), (await frames()).map(([state]) => state)]).toEqual([['outbox-1'], ['sent']]);
  });

  it('no one is missed, and no frame sent twice, after the database was away for a minute', async () => {
    const { clock, processes, alive, alarms } = await world(['one', 'two']);
    const [one, two] = processes;
    if (one === undefined || two === undefined) throw new Error('two processes');
    await one.add();
    for (const { store } of processes) store.fault = new Error('gone');
    await clock.advance(60_000);
    two.store.fault = undefined;
    // The pause of a process that could not renew its lease, and the longest one of the store.
    await clock.advance(9_000);
    one.store.fault = undefined;
    await clock.advance(60_000);
    expect([await alive(), await alarms()]).toEqual([['one', 'two'], []]);
    expect([one.sent(), two.sent()]).toEqual([['outbox-1'], []]);
  });

  it('no one is missed by a process that starts right after the database was away', async () => {
    const { clock, processes, start, alive, alarms } = await world(['one', 'two']);
    const [one, two] = processes;
    if (one === undefined || two === undefined) throw new Error('two processes');
    await one.add();
    for (const { store } of processes) store.fault = new Error('gone');
    await clock.advance(60_000);
    const three = await start('three');
    await clock.advance(9_000);
    for (const { store } of processes) store.fault = undefined;
    await clock.advance(60_000);
    expect([await alive(), await alarms()]).toEqual([['one', 'two', 'three'], []]);
    expect([one.sent(), two.sent(), three.sent()]).toEqual([['outbox-1'], [], []]);
  });

  it('one that died before another one started is missed by that one, 20 s after its start, and its modems with it', async () => {
    const { clock, processes, start, alive, alarms } = await world(['one']);
    const [one] = processes;
    if (one === undefined) throw new Error('one process');
    one.modems.readyHere = 2;
    await clock.advance(4_000);
    one.clock.isStopped = true;
    await clock.advance(60_000);
    const two = await start('two');
    await clock.advance(19_999);
    expect([await alarms(), two.modems.elsewhere]).toEqual([[], 2]);
    await clock.advance(1);
    expect([await alive(), await alarms(), two.modems.elsewhere]).toEqual([['two'], ['process-lost one'], 0]);
  });

  it('one that died while the database was away is missed a little later', async () => {
    const { clock, processes, alive, alarms } = await world(['one', 'two']);
    const [one, two] = processes;
    if (one === undefined || two === undefined) throw new Error('two processes');
    for (const { store } of processes) store.fault = new Error('gone');
    one.clock.isStopped = true;
    await clock.advance(60_000);
    two.store.fault = undefined;
    await clock.advance(24_000);
    expect([await alive(), await alarms()]).toEqual([['two'], ['process-lost one']]);
  });

  it.each([3_600_000, -3_600_000])('one whose clock is set by %i ms misses nobody and is not missed', async (by) => {
    const { clock, processes, alive, alarms } = await world(['one', 'two', 'three']);
    const [one, two, three] = processes;
    if (one === undefined || two === undefined || three === undefined) throw new Error('three processes');
    await clock.advance(10_000);
    one.clock.now = () => clock.now() + by;
    await clock.advance(600_000);
    expect([await alive(), await alarms()]).toEqual([['one', 'two', 'three'], []]);
    expect([one, two, three].map(({ processes: { isAlive } }) => isAlive)).toEqual([true, true, true]);
    two.clock.isStopped = true;
    three.clock.isStopped = true;
    await clock.advance(24_000);
    expect([await alive(), (await alarms()).toSorted()]).toEqual([['one'], ['process-lost three', 'process-lost two']]);
  });

  it('one that speaks between the look that misses it and its end is not missed', async () => {
    const { clock, processes, alive, alarms, frames } = await world(['one', 'two']);
    const [one, two] = processes;
    if (one === undefined || two === undefined) throw new Error('two processes');
    await one.add();
    one.clock.isStopped = true;
    two.store.before = async (name) => {
      if (name !== 'process is dead') return;
      await one.store.transaction('wakes', (tx) =>
        tx.run('UPDATE process SET alive_until = alive_until + 1 WHERE id = ?', one.processes.id),
      );
    };
    await clock.advance(23_000);
    expect([await alive(), await alarms()]).toEqual([['one', 'two'], []]);
    expect([await frames(), two.sent()]).toEqual([[['handed', one.processes.id]], []]);
  });

  it('each hears how many modems the others have, with their next look, and none of a dead one', async () => {
    const { clock, processes } = await world(['one', 'two', 'three']);
    const [one, two, three] = processes;
    if (one === undefined || two === undefined || three === undefined) throw new Error('three processes');
    const heard = () => [one, two, three].map(({ modems }) => modems.elsewhere);
    expect(heard()).toEqual([0, 0, 0]);
    one.modems.readyHere = 2;
    two.modems.readyHere = 1;
    await clock.advance(8_000);
    expect(heard()).toEqual([1, 2, 3]);
    one.modems.readyHere = 1;
    await clock.advance(8_000);
    expect(heard()).toEqual([1, 1, 2]);
    two.clock.isStopped = true;
    await clock.advance(24_000);
    expect([one.modems.elsewhere, three.modems.elsewhere]).toEqual([0, 1]);
    one.modems.readyHere = 4;
    one.clock.isStopped = true;
    await clock.advance(24_000);
    one.clock.goOn();
    await clock.advance(8_000);
    expect(three.modems.elsewhere).toBe(4);
  });

  it('a frame that waits without news of it leaves at the next look of whoever has room', async () => {
    const { clock, processes } = await world(['one', 'two'], 1);
    const [one, two] = processes;
    await one?.add();
    await one?.addUnheard();
    await clock.advance(5_000);
    expect([one?.sent(), two?.sent()]).toEqual([['outbox-1'], ['outbox-2']]);
  });

  it('a frame of a process that is not there any more leaves, and one that a bearer has for long stays', async () => {
    const { clock, processes, frames } = await world(['one', 'two']);
    const [one, two] = processes;
    await one?.add();
    await one?.addUnheard();
    await one?.store.transaction('as one that was missed', (tx) =>
      tx.run('UPDATE outbox SET holder = 99 WHERE id = 2'),
    );
    await clock.advance(60_000);
    expect([...(one?.sent() ?? []), ...(two?.sent() ?? [])]).toEqual(['outbox-1', 'outbox-2']);
    expect((await frames())[0]).toEqual(['handed', one?.processes.id]);
  });

  it('each hands over as much as its bearer holds, and none what another one holds', async () => {
    const { clock, processes, frames } = await world(['one', 'two'], 2);
    const [one, two] = processes;
    for (let n = 0; n < 5; n += 1) await one?.add();
    await clock.advance(0);
    expect([one?.sent(), two?.sent()]).toEqual([
      ['outbox-1', 'outbox-2'],
      ['outbox-3', 'outbox-4'],
    ]);
    await two?.conclude(SENT);
    expect(two?.sent()).toEqual(['outbox-3', 'outbox-4', 'outbox-5']);
    expect((await frames()).map(([state]) => state)).toEqual(['handed', 'handed', 'sent', 'handed', 'handed']);
  });
});

describe('a timer', () => {
  it('of a process that died is found within 5 s by one that knew of no timer', async () => {
    const clock = new VirtualClock();
    const store = new SharedStore(await testStore(clock));
    const fired: string[] = [];
    const nothing = async () => {};
    const start = async (name: string) => {
      const timers = new Timers(store, clock, new Journal(clock));
      await timers.start({
        ...{ challenge: nothing, attempt: nothing, 'receipt-repeat': nothing, 'inbox-retry': nothing },
        ...{
          authentication: nothing,
          'device-unblock': nothing,
          'ciba-ping': nothing,
          'pin-change': nothing,
          retention: nothing,
          reconciliation: nothing,
          'vault-walk': nothing,
        },
        'outbox-retry': async (_tx, subject) => void fired.push(`${name} ${subject} ${clock.now() - begun}`),
      });
      return timers;
    };
    const begun = clock.now();
    const one = await start('one');
    await start('two');
    await store.transaction('set', (tx) => one.set(tx, 'outbox-retry', '7', begun + 12_000));
    await one.stop();
    await clock.advance(60_000);
    expect(fired).toEqual(['two 7 12000']);
  });
});

describe('a process that is alone on its database', () => {
  it('takes over from all earlier ones at once, without an alarm, and needs no lease', async () => {
    const clock = new VirtualClock();
    const store = await testStore(clock);
    const journal = new Journal(clock);
    const dead: number[] = [];
    const start = async () => {
      const processes = new Processes(store, clock, journal, 'service', new Modems());
      await processes.start({ takeOver: async (_tx, id) => void dead.push(id), giveBackUnknown: async () => {} });
      return processes;
    };
    const first = await start();
    const second = await start();
    await clock.advance(600_000);
    expect(second.isAlive).toBe(true);
    expect(dead).toEqual([first.id]);
    const rows = await store.read((tx) => tx.all('SELECT id FROM process', (row) => row.integer('id')));
    expect(rows).toEqual([second.id]);
    expect(await store.read((tx) => tx.all('SELECT seq FROM journal', (row) => row.integer('seq')))).toEqual([]);
  });
});
