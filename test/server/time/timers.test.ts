import { describe, expect, it } from 'vitest';
import { Journal } from '../../../server/journal/journal.ts';
import type { Store, Tx } from '../../../server/store/store.ts';
import { type TimerHandlers, Timers } from '../../../server/time/timers.ts';
import type { ServiceEvent } from '../../../server/vocabulary/events.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { onPostgres, testStore } from '../database.ts';

/** Where the handlers of one instant run one after another: on PostgreSQL they run beside each other. */
const inTurn = (name: string, test: () => Promise<void>) => {
  if (!onPostgres) it(name, test);
};

async function open(clock = new VirtualClock(), given?: Store) {
  const store = given ?? (await testStore(clock));
  const journal = new Journal(clock);
  const faults: ServiceEvent[] = [];
  journal.subscribe(({ event }) => faults.push(event));
  const timers = new Timers(store, clock, journal);
  const fired: string[] = [];
  const note = (kind: string) => async (_: Tx, subject: string) => {
    fired.push(`${kind} ${subject}`);
  };
  const handlers: TimerHandlers = {
    challenge: note('challenge'),
    authentication: note('authentication'),
    'device-unblock': note('resend'),
    'receipt-repeat': note('expiry'),
    attempt: async (_, subject) => {
      if (subject === 'broken') throw new Error('broken');
    },
    'outbox-retry': note('retry'),
    'inbox-retry': note('inbox retry'),
    'vault-walk': note('vault-walk'),
    'ciba-ping': note('ciba-ping'),
    'pin-change': note('pin-change'),
    retention: note('retention'),
    reconciliation: note('reconciliation'),
  };
  const set = (subject: string, afterMs: number) =>
    store.transaction('set', (tx) => timers.set(tx, 'receipt-repeat', subject, clock.now() + afterMs));
  const isSet = (subject: string) => store.read((tx) => timers.isSet(tx, 'receipt-repeat', subject));
  return { store, clock, timers, handlers, fired, faults, set, isSet };
}

describe('a timer', () => {
  it('fires when it is due, the earliest first, and once', async () => {
    const { clock, timers, handlers, fired, set } = await open();
    await timers.start(handlers);
    await set('late', 2_000);
    await set('early', 1_000);
    await clock.advance(999);
    expect(fired).toEqual([]);
    await clock.advance(1);
    expect(fired).toEqual(['expiry early']);
    await clock.advance(10_000);
    expect(fired).toEqual(['expiry early', 'expiry late']);
  });

  it('set again takes the new time, and cancelled does not fire', async () => {
    const { store, clock, timers, handlers, fired, set, isSet } = await open();
    await timers.start(handlers);
    await set('moved', 1_000);
    await set('moved', 3_000);
    await set('cancelled', 1_000);
    await store.transaction('of another kind, or about something else', async (tx) => {
      await timers.set(tx, 'challenge', 'cancelled', clock.now() + 3_500);
      await timers.cancel(tx, 'receipt-repeat', 'cancelled');
      await timers.cancel(tx, 'challenge', 'moved');
      await timers.cancel(tx, 'receipt-repeat', 'nothing');
    });
    await clock.advance(2_999);
    expect(fired).toEqual([]);
    expect([await isSet('moved'), await isSet('cancelled'), await isSet('nothing')]).toEqual([true, false, false]);
    await clock.advance(1);
    expect(fired).toEqual(['expiry moved']);
    expect(await isSet('moved')).toBe(false);
    await clock.advance(500);
    expect(fired).toEqual(['expiry moved', 'challenge cancelled']);
  });

  it('survives the program: it fires at the next start if it was due meanwhile', async () => {
    const before = await open();
    await before.set('overdue', 1_000);
    await before.clock.advance(60_000);
    const after = await open(before.clock, before.store);
    await after.timers.start(after.handlers);
    await after.clock.advance(0);
    expect(after.fired).toEqual(['expiry overdue']);
  });

  it('further away than a day is not forgotten', async () => {
    const { clock, timers, handlers, fired, set } = await open();
    await timers.start(handlers);
    await set('next week', 7 * 86_400_000);
    await clock.advance(7 * 86_400_000 - 1);
    expect(fired).toEqual([]);
    await clock.advance(1);
    expect(fired).toEqual(['expiry next week']);
  });

  it('does not fire once the service has stopped', async () => {
    const { clock, timers, handlers, fired, set } = await open();
    await timers.start(handlers);
    await set('a', 1_000);
    await timers.stop();
    await clock.advance(5_000);
    expect(fired).toEqual([]);
  });

  it('leaves nothing on the clock once the service has stopped, so that the process ends', async () => {
    const { store, clock, handlers } = await open();
    let pending = 0;
    const counted = {
      now: () => clock.now(),
      after: (delay: number, task: () => void) => {
        const cancel = clock.after(delay, () => {
          pending -= 1;
          task();
        });
        pending += 1;
        return () => {
          pending -= 1;
          cancel();
        };
      },
    };
    const timers = new Timers(store, counted, new Journal(clock));
    await timers.start(handlers);
    await store.transaction('set', (tx) => timers.set(tx, 'receipt-repeat', 'a', clock.now() + 1_000));
    expect(pending).toBe(1);
    await timers.stop();
    expect(pending).toBe(0);
  });

  it('whose handler fails is in the journal as a fault, undone, and fires again after a minute', async () => {
    const { store, clock, timers, handlers, faults } = await open();
    let fails = true;
    const fired: number[] = [];
    await timers.start({
      ...handlers,
      attempt: async (tx, subject) => {
        await timers.set(tx, 'device-unblock', subject, clock.now());
        fired.push(clock.now());
        if (fails) throw new Error('the disk is full');
      },
    });
    const begun = clock.now();
    await store.transaction('set', (tx) => timers.set(tx, 'attempt', 'x', begun + 1_000));
    await clock.advance(60_999);
    expect(faults).toEqual([{ kind: 'fault', reason: 'timer attempt of x: the disk is full' }]);
    expect(await store.read((tx) => timers.isSet(tx, 'device-unblock', 'x'))).toBe(false);
    fails = false;
    await clock.advance(120_000);
    expect(fired).toEqual([begun + 1_000, begun + 61_000]);
    expect(faults).toHaveLength(1);
  });

  it('fires a minute later when the database could not be read at its time', async () => {
    let broken = false;
    const clock = new VirtualClock();
    const store = await testStore(clock, {
      beforeStatement: (sql) => {
        if (broken && sql.startsWith('SELECT kind, subject, due FROM timer')) throw new Error('disk I/O error');
      },
    });
    const { timers, handlers, fired, faults, set } = await open(clock, store);
    await timers.start(handlers);
    await set('a', 1_000);
    await clock.advance(500);
    broken = true;
    await clock.advance(1_000);
    expect(fired).toEqual([]);
    expect(faults).toEqual([{ kind: 'fault', reason: 'disk I/O error' }]);
    broken = false;
    await clock.advance(60_000);
    expect(fired).toEqual(['expiry a']);
  });

  it('fires in its turn when hundreds are due at once', async () => {
    const { clock, timers, handlers, fired, set } = await open();
    const subjects = Array.from({ length: 200 }, (_, index) => String(index));
    for (const subject of subjects) await set(subject, 1_000);
    await timers.start(handlers);
    await clock.advance(1_000);
    const expected = subjects.map((subject) => `expiry ${subject}`);
    expect(onPostgres ? fired.toSorted() : fired).toEqual(onPostgres ? expected.toSorted() : expected);
  });

  inTurn('that another handler puts off at the same instant fires at its new time', async () => {
    const { store, clock, timers, handlers, fired, set } = await open();
    await timers.start({
      ...handlers,
      'device-unblock': (tx) => timers.set(tx, 'receipt-repeat', 'a', clock.now() + 2_000),
    });
    await store.transaction('set', (tx) => timers.set(tx, 'device-unblock', 'a', clock.now() + 1_000));
    await set('a', 1_000);
    await clock.advance(2_999);
    expect(fired).toEqual([]);
    await clock.advance(1);
    expect(fired).toEqual(['expiry a']);
  });

  it('stop waits for the handler that runs', async () => {
    const { clock, timers, handlers, set } = await open();
    const ended: string[] = [];
    await timers.start({
      ...handlers,
      'receipt-repeat': async (tx, subject) => {
        void timers.stop().then(() => ended.push('stop'));
        for (let step = 0; step < 20; step += 1) await timers.isSet(tx, 'receipt-repeat', subject);
        ended.push('handler');
      },
    });
    await set('a', 1_000);
    await clock.advance(2_000);
    expect(ended).toEqual(['handler', 'stop']);
  });

  inTurn(
    'of hundreds that were due while the service did not run: the earliest fires first, whichever was set first',
    async () => {
      const { clock, timers, handlers, fired, set } = await open();
      const subjects = Array.from({ length: 100 }, (_, index) => String(index));
      for (const [index, subject] of subjects.entries()) await set(subject, 1_000 - index);
      await clock.advance(1_000);
      await timers.start(handlers);
      expect(fired).toEqual(subjects.toReversed().map((subject) => `expiry ${subject}`));
    },
  );

  it('of hundreds that are due at once does not fire after a stop, and is not looked for again', async () => {
    const clock = new VirtualClock();
    let looks = 0;
    const store = await testStore(clock, {
      beforeStatement: (sql) => {
        if (sql.startsWith('SELECT kind, subject, due FROM timer')) looks += 1;
        if (looks > 5) throw new Error('looked for again');
      },
    });
    const { timers, handlers, faults, set, isSet } = await open(clock, store);
    const subjects = Array.from({ length: 130 }, (_, index) => String(index));
    const fired: string[] = [];
    await timers.start({
      ...handlers,
      'receipt-repeat': async (_, subject) => {
        void timers.stop();
        fired.push(subject);
      },
    });
    for (const subject of subjects) await set(subject, 1_000);
    await clock.advance(5_000);
    const left = await Promise.all(subjects.map(isSet));
    expect(fired.length).toBeLessThan(64);
    expect(left.filter((isLeft) => isLeft)).toHaveLength(subjects.length - fired.length);
    expect(faults).toEqual([]);
  });

  inTurn('that another handler cancels at the same instant does not fire', async () => {
    const { store, clock, timers, handlers, fired, set } = await open();
    await timers.start({
      ...handlers,
      'device-unblock': (tx) => timers.cancel(tx, 'receipt-repeat', 'a'),
    });
    await store.transaction('set', (tx) => timers.set(tx, 'device-unblock', 'a', clock.now() + 1_000));
    await set('a', 1_000);
    await clock.advance(5_000);
    expect(fired).toEqual([]);
  });
});

describe('a clock that is put back', () => {
  const HOUR = 3_600_000;

  it.each([
    ['by a second is as it was', 1_000, 0],
    ['by more than a second is seen when the next timer is set', 1_001, 1],
    ['by an hour is seen then', HOUR, 1],
  ])('%s', async (_, byMs, seen) => {
    const clock = new VirtualClock();
    let behindMs = 0;
    const wrong = {
      now: () => clock.now() - behindMs,
      after: (delay: number, task: () => void) => clock.after(delay, task),
    };
    const { store, handlers } = await open(clock);
    const timers = new Timers(store, wrong, new Journal(clock));
    let putBack = 0;
    await timers.start(handlers, async () => {
      putBack += 1;
    });
    const set = async (subject: string) => {
      await store.transaction('set', (tx) => timers.set(tx, 'receipt-repeat', subject, wrong.now() + 24 * HOUR));
      await clock.advance(0);
    };
    await clock.advance(HOUR);
    await set('right');
    behindMs = byMs;
    await set('behind');
    expect(putBack).toBe(seen);
    // Once: from then on this is the time.
    await set('later');
    expect(putBack).toBe(seen);
  });
});

describe('a row with a due time of its own', () => {
  /** Errands as a table of their own; some have a handler that fails, or that cancels another one, or is cancelled meanwhile. */
  async function errands(broken: string[] = []) {
    const clock = new VirtualClock();
    const store = await testStore(clock);
    await store.transaction('table', (tx) =>
      tx.run('CREATE TABLE IF NOT EXISTS errand (name TEXT PRIMARY KEY, due BIGINT)'),
    );
    const journal = new Journal(clock);
    const faults: ServiceEvent[] = [];
    journal.subscribe(({ event }) => faults.push(event));
    const timers = new Timers(store, clock, journal, [{ kind: 'challenge', table: 'errand', key: 'name' }]);
    const fired: string[] = [];
    const { handlers } = await open();
    const start = () =>
      timers.start({
        ...handlers,
        challenge: async (tx, name) => {
          fired.push(`${name} at ${clock.now() - begun}`);
          if (name.startsWith('cancelled'))
            void store.transaction('cancel', (other) => other.run('UPDATE errand SET due = NULL WHERE name = ?', name));
          if (broken.includes(name)) throw new Error('broken');
          if (name === 'cancels b') await tx.run("UPDATE errand SET due = NULL WHERE name = 'b'");
        },
        'receipt-repeat': async (_, name) => {
          fired.push(`timer ${name} at ${clock.now() - begun}`);
        },
      });
    const begun = clock.now();
    const add = (name: string, afterMs: number) =>
      store.transaction('errand', async (tx) => {
        await tx.run('INSERT INTO errand VALUES (?, ?)', name, begun + afterMs);
        timers.dueAt(tx, begun + afterMs);
      });
    const set = (name: string, afterMs: number) =>
      store.transaction('timer', (tx) => timers.set(tx, 'receipt-repeat', name, begun + afterMs));
    const left = () =>
      store.read((tx) => tx.all('SELECT name FROM errand WHERE due IS NOT NULL', (row) => row.text('name')));
    return { clock, timers, fired, faults, start, add, set, left };
  }

  it('fires when it is due and once, in one order with the timers', async () => {
    const { clock, fired, start, add, set, left } = await errands();
    await start();
    await set('z', 3_000);
    await add('c', 4_000);
    await add('a', 1_000);
    await set('b', 2_000);
    await clock.advance(999);
    expect(fired).toEqual([]);
    await clock.advance(10_000);
    expect(fired).toEqual(['a at 1000', 'timer b at 2000', 'timer z at 3000', 'c at 4000']);
    expect(await left()).toEqual([]);
  });

  inTurn(
    'that was due while the service did not run fires at the start, the earliest first, timers between',
    async () => {
      const { clock, fired, start, add, set } = await errands();
      await add('c', 3_000);
      await set('b', 2_000);
      await add('a', 1_000);
      await clock.advance(5_000);
      await start();
      expect(fired).toEqual(['a at 5000', 'timer b at 5000', 'c at 5000']);
    },
  );

  it.each([
    ['before a timer', 2_000, 4_000, ['a at 2000', 'timer b at 4000']],
    ['after a timer', 4_000, 2_000, ['timer b at 2000', 'a at 4000']],
  ])('that was written down before the start fires at its time, %s', async (_, errandMs, timerMs, expected) => {
    const { clock, fired, start, add, set } = await errands();
    await add('a', errandMs);
    await set('b', timerMs);
    await start();
    await clock.advance(5_000);
    expect(fired).toEqual(expected);
  });

  it('whose handler fails is as it was, with a fault in the journal, and fires again after a minute', async () => {
    const broken = ['a'];
    const { clock, fired, faults, start, add, left } = await errands(broken);
    await start();
    await add('a', 1_000);
    await add('b', 1_000);
    await clock.advance(60_000);
    expect(fired.toSorted()).toEqual(['a at 1000', 'b at 1000']);
    expect(await left()).toEqual(['a']);
    expect(faults).toEqual([{ kind: 'fault', reason: 'timer challenge of a: broken' }]);
    broken.length = 0;
    await clock.advance(60_000);
    expect(fired.slice(2)).toEqual(['a at 61000']);
    expect(await left()).toEqual([]);
  });

  inTurn('whose handler fails while another transaction cancels it does not fire again', async () => {
    const { clock, fired, faults, start, add, left } = await errands(['cancelled and broken']);
    await start();
    await add('cancelled and broken', 1_000);
    await clock.advance(120_000);
    expect(fired).toEqual(['cancelled and broken at 1000']);
    expect([faults.length, await left()]).toEqual([1, []]);
  });

  inTurn('that another handler cancels at the same instant does not fire', async () => {
    const { clock, fired, start, add } = await errands();
    await start();
    await add('cancels b', 1_000);
    await add('b', 1_000);
    await clock.advance(5_000);
    expect(fired).toEqual(['cancels b at 1000']);
  });
});
