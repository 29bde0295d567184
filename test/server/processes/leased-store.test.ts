import { describe, expect, it } from 'vitest';
import { Journal } from '../../../server/journal/journal.ts';
import { Processes } from '../../../server/processes/processes.ts';
import { NewerTablesError, type ReadTx, StoreError, type Tx, UnreachableError } from '../../../server/store/store.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { testStore } from '../database.ts';
import { SharedStore, StoppedClock } from './shared-store.ts';

const HOUR_MS = 3_600_000;
const NEWER = new NewerTablesError('a newer version has changed the tables');
const GONE = new UnreachableError('the database is gone');

const work = (tx: Tx) => tx.run("INSERT INTO timer (kind, subject, due) VALUES ('receipt-repeat', 'a', 0)");
const done = (tx: ReadTx) => tx.all('SELECT subject FROM timer', (row) => row.text('subject'));
const alive = (tx: ReadTx) => tx.all('SELECT alive_until FROM process', (row) => row.integer('alive_until'));

/** A process with its lease, and what begins on its database. */
async function process() {
  const world = new VirtualClock();
  const memory = await testStore(world);
  const store = new SharedStore(memory);
  const clock = new StoppedClock(world);
  const told: NewerTablesError[] = [];
  const modems = { readyHere: 0, readyElsewhere: () => {} };
  const processes = new Processes(store, clock, new Journal(clock), 'one', modems, (error) => told.push(error));
  await processes.start({ takeOver: async () => {}, giveBackUnknown: async () => {} });
  const begun: string[] = [];
  store.before = async (name) => void begun.push(name);
  /** As SIGSTOP and SIGCONT: timers that were due meanwhile fire when the test says so, with `goOn`. */
  const sleeps = async () => {
    clock.isStopped = true;
    await world.advance(HOUR_MS);
    clock.isStopped = false;
  };
  return { world, memory, store, clock, told, processes, leased: processes.leased, begun, sleeps };
}

describe('a process that was stopped until its lease had run out', () => {
  it('takes its lease again before it does what it is asked for', async () => {
    const { memory, leased, begun, sleeps, processes, clock } = await process();
    await sleeps();
    await leased.transaction('work', work);
    expect(begun).toEqual(['work', 'renew a lease', 'work']);
    expect(await memory.read(done)).toEqual(['a']);
    expect(await memory.read(alive)).toEqual([clock.now() + 15_000]);
    expect(processes.isAlive).toBe(true);
  });

  it('takes it before it reads', async () => {
    const { leased, begun, sleeps } = await process();
    await sleeps();
    expect(await leased.read(done)).toEqual([]);
    expect(begun).toEqual(['renew a lease']);
  });

  it('takes it once for all that wait for it', async () => {
    const { memory, leased, begun, sleeps } = await process();
    await sleeps();
    await memory.transaction('as one that was missed', (tx) => tx.run('DELETE FROM process'));
    await Promise.all([leased.transaction('work', work), leased.read(done), leased.transaction('read', done)]);
    expect(begun.filter((name) => name === 'renew a lease')).toHaveLength(1);
    expect(await memory.read(alive)).toHaveLength(1);
  });

  it('looks at its lease at each try of a transaction', async () => {
    const { memory, store, leased, sleeps } = await process();
    store.before = async (name) => {
      if (name !== 'work') return;
      store.before = async () => {};
      await sleeps();
      store.newer = NEWER;
    };
    await expect(leased.transaction('work', work)).rejects.toBe(NEWER);
    expect(await memory.read(done)).toEqual([]);
  });

  it.each(['wait', 'fail'] as const)(
    'does nothing (%s) on tables that a newer version has changed, and says so once',
    async (how) => {
      const { world, memory, store, clock, told, processes, leased, begun, sleeps } = await process();
      const before = await memory.read(alive);
      await sleeps();
      store.newer = NEWER;
      await expect(leased.transaction('work', work, how)).rejects.toBe(NEWER);
      await expect(leased.read(done)).rejects.toBe(NEWER);
      clock.goOn();
      await world.advance(HOUR_MS);
      expect(begun).toEqual(['work', 'renew a lease']);
      await processes.stop();
      expect(told).toEqual([NEWER]);
      expect(await memory.read(done)).toEqual([]);
      expect(await memory.read(alive)).toEqual(before);
    },
  );

  it('refuses who can come again, and lets the others wait, while the database gives no lease', async () => {
    const { world, memory, store, leased, sleeps } = await process();
    await sleeps();
    store.refused = 'renew a lease';
    store.refusal = GONE;
    await expect(leased.transaction('work', work, 'fail')).rejects.toBe(GONE);
    await expect(leased.read(done)).rejects.toBe(GONE);
    const waiting = leased.transaction('work', work);
    await world.advance(60_000);
    expect(await memory.read(done)).toEqual([]);
    store.refused = '';
    await world.advance(1_000);
    await waiting;
    expect(await memory.read(done)).toEqual(['a']);
  });

  it('lets nobody wait for a lease once it ends, or for one that a fault keeps from it', async () => {
    const { world, store, leased, sleeps } = await process();
    await sleeps();
    store.refused = 'renew a lease';
    await expect(leased.transaction('work', work)).rejects.toThrow('refused');
    store.refusal = GONE;
    const waiting = leased.transaction('work', work).catch((error: unknown) => error);
    await world.advance(0);
    leased.stopWaiting();
    await world.advance(1_000);
    expect(await waiting).toBe(GONE);
  });
});

describe('a process whose tables a newer version changes while it runs', () => {
  it('hears of it with its next renewal, and does nothing from then on', async () => {
    const { world, memory, store, told, leased } = await process();
    store.newer = NEWER;
    await world.advance(3_999);
    expect(told).toEqual([]);
    await world.advance(1);
    expect(told).toEqual([NEWER]);
    await expect(leased.transaction('work', work)).rejects.toBe(NEWER);
    expect(await memory.read(done)).toEqual([]);
  });

  it('does not start on them', async () => {
    const { store, clock } = await process();
    store.newer = NEWER;
    const late = new Processes(store, clock, new Journal(clock), 'two', { readyHere: 0, readyElsewhere: () => {} });
    await expect(late.start({ takeOver: async () => {}, giveBackUnknown: async () => {} })).rejects.toBe(NEWER);
    expect(NEWER).toBeInstanceOf(StoreError);
  });
});
