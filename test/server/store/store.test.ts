import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, vi } from 'vitest';
import { withoutLock } from '../../../server/store/connection.ts';
import { lockFile } from '../../../server/store/lock.ts';
import { MIGRATIONS } from '../../../server/store/migrations.ts';
import { readFile } from '../../../server/store/read-file.ts';
import { RowError } from '../../../server/store/row.ts';
import { isFull } from '../../../server/store/sqlite-codes.ts';
import { SqliteStore } from '../../../server/store/sqlite-store.ts';
import { NoRoomError, type ReadTx, StoreError, type Tx, UnreachableError } from '../../../server/store/store.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { temporaryFolder, testStore } from '../database.ts';

const file = () => join(temporaryFolder(), 'service.db');
const subjects = (tx: ReadTx) => tx.all('SELECT * FROM timer ORDER BY id', (row) => row.text('subject'));
const add = (tx: Tx, subject: string) =>
  tx.run("INSERT INTO timer (kind, subject, due) VALUES ('receipt-repeat', ?, 0)", subject);

/** A store whose commits are counted and whose faults are chosen. */
function open(path = file()) {
  const clock = new VirtualClock();
  const probe = { commits: 0, fault: (_sql: string) => {} };
  const told: boolean[] = [];
  const store = new SqliteStore(path, {
    clock,
    onRoom: (hasRoom) => told.push(hasRoom),
    probe: {
      afterCommit: (nth) => {
        probe.commits = nth;
      },
      beforeStatement: (sql) => probe.fault(sql),
    },
  });
  return { path, clock, store, probe, told };
}

describe('a lock at the end of a statement', () => {
  it.each([
    ['SELECT * FROM device FOR UPDATE', 'SELECT * FROM device'],
    ['SELECT * FROM device WHERE id = ?\n  FOR UPDATE', 'SELECT * FROM device WHERE id = ?'],
    ['SELECT d.* FROM device d JOIN person p FOR UPDATE OF d', 'SELECT d.* FROM device d JOIN person p'],
    ['SELECT * FROM outbox LIMIT 1 FOR UPDATE OF outbox SKIP LOCKED ', 'SELECT * FROM outbox LIMIT 1'],
    ['SELECT * FROM inbox FOR UPDATE SKIP LOCKED', 'SELECT * FROM inbox'],
    ["SELECT ' FOR UPDATE' AS word", "SELECT ' FOR UPDATE' AS word"],
    ['UPDATE device SET state = ?', 'UPDATE device SET state = ?'],
  ])('%j is for SQLite %j', (sql, plain) => {
    expect(withoutLock(sql)).toBe(plain);
  });

  it('is taken off before SQLite prepares the statement', async () => {
    const { store } = open();
    const found = await store.transaction('lock', async (tx) => {
      await add(tx, 'a');
      return tx.all('SELECT subject FROM timer FOR UPDATE OF timer SKIP LOCKED', (row) => row.text('subject'));
    });
    expect(found).toEqual(['a']);
  });
});

/** A turn of the event loop, after which the store has committed. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the store', () => {
  it('keeps what was committed, in WAL mode with full synchronisation', async () => {
    const { path, store } = open();
    await store.transaction('add', (tx) => add(tx, 'kept'));
    const pragma = (name: string) =>
      store.transaction(name, (tx) => tx.get(`PRAGMA ${name}`, (row) => row.optionalText(name)));
    expect(await pragma('journal_mode')).toBe('wal');
    expect(
      await store.transaction('pragma', (tx) => tx.get('PRAGMA synchronous', (row) => row.integer('synchronous'))),
    ).toBe(2);
    await store.close();
    const again = open(path).store;
    expect(await again.read(subjects)).toEqual(['kept']);
    await again.close();
  });

  it('undoes all of a transaction that throws, and nothing of its neighbours in the same commit', async () => {
    const { store, probe } = open();
    const results = await Promise.allSettled([
      store.transaction('before', (tx) => add(tx, 'before')),
      store.transaction('broken', async (tx) => {
        await add(tx, 'broken');
        throw new Error('no');
      }),
      store.transaction('after', (tx) => add(tx, 'after')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await store.read(subjects)).toEqual(['before', 'after']);
    expect(probe.commits).toBe(1);
  });

  it('runs the neighbours of a transaction that throws again, and nothing twice that came out of them', async () => {
    const { store, probe } = open();
    const [begun, done]: [string[], string[]] = [[], []];
    const run = (name: string) =>
      store.transaction(name, async (tx) => {
        begun.push(name);
        await add(tx, name);
        tx.afterCommit(() => done.push(name));
        if (name === 'broken') throw new Error('no');
        return (await subjects(tx)).join();
      });
    const results = await Promise.allSettled(['a', 'broken', 'b'].map(run));
    expect(results).toMatchObject([{ value: 'a' }, { reason: new Error('no') }, { value: 'a,b' }]);
    expect([begun, done]).toEqual([
      ['a', 'broken', 'a', 'broken', 'b'],
      ['a', 'b'],
    ]);
    await Promise.allSettled(['c', 'broken', 'd'].map(run));
    expect([begun.slice(5), done.slice(2), probe.commits]).toEqual([['c', 'broken', 'd'], ['c', 'd'], 2]);
  });

  it('runs a transaction that was alone and throws once, and the next one of its turn', async () => {
    const { store, probe } = open();
    const statements: string[] = [];
    probe.fault = (sql) => statements.push(sql);
    const broken = store.transaction('broken', async (tx) => {
      await add(tx, 'broken');
      throw new Error('no');
    });
    const next = store.transaction('next', (tx) => add(tx, 'next'));
    await expect(broken).rejects.toThrow('no');
    await next;
    expect([statements.length, await store.read(subjects), probe.commits]).toEqual([2, ['next'], 1]);
  });

  it('commits once for all transactions of a turn, each seeing what the earlier ones wrote', async () => {
    const { store, probe } = open();
    const seen = await Promise.all(
      ['a', 'b', 'c'].map((subject) =>
        store.transaction(subject, async (tx) => {
          await add(tx, subject);
          return (await subjects(tx)).join('');
        }),
      ),
    );
    expect(seen).toEqual(['a', 'ab', 'abc']);
    expect(probe.commits).toBe(1);
  });

  it('takes a transaction that an earlier one of the same turn led to into the same commit', async () => {
    const { store, probe } = open();
    const inner: Promise<number>[] = [];
    await store.transaction('outer', async (tx) => {
      inner.push(store.transaction('inner', (later) => add(later, 'inner')));
      await add(tx, 'outer');
    });
    await Promise.all(inner);
    expect(await store.read(subjects)).toEqual(['outer', 'inner']);
    expect(probe.commits).toBe(1);
  });

  it('resolves nothing before it is on disk, and reads nothing that is not', async () => {
    const { store } = open();
    let resolved = false;
    const adding = store
      .transaction('add', (tx) => add(tx, 'a'))
      .then(() => {
        resolved = true;
      });
    for (let i = 0; i < 50; i += 1) await Promise.resolve();
    expect(resolved).toBe(false);
    expect(await store.read(subjects)).toEqual([]);
    await adding;
    expect(await store.read(subjects)).toEqual(['a']);
  });

  it('rejects all of a group whose commit fails, and goes on with the next', async () => {
    const { store } = open();
    const group = await Promise.allSettled([
      store.transaction('good', (tx) => add(tx, 'good')),
      store.transaction('bad', async (tx) => {
        await tx.run('PRAGMA defer_foreign_keys = ON');
        await tx.run('INSERT INTO counter (device_id, ctr) VALUES (7, 1)');
      }),
    ]);
    expect(group.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await store.read(subjects)).toEqual([]);
    await store.transaction('next', (tx) => add(tx, 'next'));
    expect(await store.read(subjects)).toEqual(['next']);
  });

  it('undoes and rejects a transaction that awaits anything but its tx, so that nobody waits for it', async () => {
    const { store } = open();
    const before = store.transaction('before', (tx) => add(tx, 'before'));
    const slow = store.transaction('slow', async (tx) => {
      await add(tx, 'slow');
      await turn();
      await add(tx, 'too late');
    });
    const other = store.transaction('other', (tx) => add(tx, 'other'));
    await expect(slow).rejects.toThrow('transaction slow awaited something other than its tx, and was undone');
    await Promise.all([before, other]);
    await turn();
    expect(await store.read(subjects)).toEqual(['before', 'other']);
  });

  it('refuses a statement after the end of its transaction', async () => {
    const { store } = open();
    const kept: Tx[] = [];
    await store.transaction('ended', async (tx) => {
      kept.push(tx);
    });
    for (const tx of kept) {
      await expect(add(tx, 'late')).rejects.toThrow('transaction ended has ended');
      await expect(subjects(tx)).rejects.toThrow(StoreError);
      await expect(tx.get('SELECT 1 AS one', (row) => row.integer('one'))).rejects.toThrow(StoreError);
    }
  });

  it('does after the commit what a transaction asked for, and nothing of one that failed', async () => {
    const { store } = open();
    const done: string[] = [];
    const end = store.onWake('outbox', () => done.push('outbox'));
    const wake = (name: string, fails = false) =>
      store.transaction(name, async (tx) => {
        tx.wake('outbox');
        tx.afterCommit(() => done.push(name));
        if (fails) throw new Error('no');
      });
    await Promise.allSettled([wake('b', true)]);
    expect(done).toEqual([]);
    await Promise.allSettled([wake('a'), wake('b', true), wake('c')]);
    expect(done).toEqual(['a', 'c', 'outbox']);
    end();
    await wake('d');
    expect(done).toEqual(['a', 'c', 'outbox', 'd']);
  });

  it('tells nobody here of the journal: this process knows what it wrote', async () => {
    const { store } = open();
    const told: string[] = [];
    for (const topic of ['outbox', 'journal'] as const) store.onWake(topic, () => told.push(topic));
    await store.transaction('both', async (tx) => {
      tx.wake('journal', [1, 'service']);
      tx.wake('outbox');
    });
    expect(told).toEqual(['outbox']);
  });

  it('waits while another program writes to the file, and rejects nobody', async () => {
    const { path, clock, store } = open();
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const adding = store.transaction('add', (tx) => add(tx, 'a'));
    await clock.advance(10_000);
    expect(await store.read(subjects)).toEqual([]);
    other.exec('COMMIT');
    await clock.advance(50);
    await adding;
    expect(await store.read(subjects)).toEqual(['a']);
  });

  it('refuses who can come again, when another program writes to the file for more than 20 s; who waits goes on', async () => {
    const { path, clock, store } = open();
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const waits = store.transaction('wait', (tx) => add(tx, 'waits'));
    const asked = store.transaction('ask', (tx) => add(tx, 'asked'), 'fail');
    const refused = expect(asked).rejects.toThrow(
      new UnreachableError('another program writes to the database: ask was not done'),
    );
    const ended: string[] = [];
    void refused.then(() => ended.push('refused'));
    await clock.advance(19_900);
    expect(ended).toEqual([]);
    const later = store.transaction('ask later', (tx) => add(tx, 'later'), 'fail');
    await clock.advance(200);
    await refused;
    other.exec('COMMIT');
    await clock.advance(50);
    await Promise.all([waits, later]);
    expect(await store.read(subjects)).toEqual(['waits', 'later']);
  });

  it('rejects what waits when a group cannot begin for another fault, and goes on with the next', async () => {
    const { store } = open();
    const fault = Object.assign(new Error('disk I/O error'), { errcode: 10 });
    const exec = vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementationOnce(() => {
      throw fault;
    });
    // One that nobody answers would wait for ever.
    const ends: string[] = [];
    for (const name of ['first', 'second'])
      store
        .transaction(name, (tx) => add(tx, name))
        .then(
          () => ends.push('done'),
          (error) => ends.push(`${name}: ${error.message}`),
        );
    exec.mockRestore();
    await store.transaction('next', (tx) => add(tx, 'next'));
    expect(ends).toEqual(['first: disk I/O error', 'done']);
    expect(await store.read(subjects)).toEqual(['second', 'next']);
  });

  it('can be closed when it has refused all', async () => {
    const { path, clock, store } = open();
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const refused = expect(store.transaction('ask', (tx) => add(tx, 'asked'), 'fail')).rejects.toThrow('was not done');
    const closed = store.close();
    await clock.advance(21_000);
    await refused;
    await closed;
    other.close();
  });

  it('keeps a virtual clock still until its transactions and reads have ended', async () => {
    const clock = new VirtualClock();
    const store = new SqliteStore(file(), { clock, hold: (work) => void clock.hold(work) });
    const times: number[] = [];
    const begun = clock.now();
    const work = async () => {
      for (const subject of ['a', 'b', 'c']) {
        await store.transaction(subject, (tx) => add(tx, subject));
        await store.read(subjects);
        times.push(clock.now() - begun);
      }
    };
    clock.after(0, () => void work());
    clock.after(1, () => {});
    await clock.advance(1);
    expect(times).toEqual([0, 0, 0]);
  });

  it('closes after what has begun, and then takes nothing', async () => {
    const { path, store } = open();
    const adding = store.transaction('add', (tx) => add(tx, 'a'));
    await store.close();
    await adding;
    await store.close();
    expect(store.isOpen).toBe(false);
    await expect(store.transaction('late', (tx) => add(tx, 'b'))).rejects.toThrow(
      'the database is closed: late was not done',
    );
    await expect(store.read(subjects)).rejects.toThrow(StoreError);
    const again = open(path).store;
    expect(await again.read(subjects)).toEqual(['a']);
  });

  it('waits on a full disk with all that can wait, refuses the rest, and does each once, in order, when there is room', async () => {
    const { path, clock, store, told } = open();
    await store.transaction('first', (tx) => add(tx, 'first'));
    const pages = await store.read((tx) => tx.get('PRAGMA page_count', (row) => row.integer('page_count')));
    let limit = pages ?? 0;
    const ended: string[] = [];
    const waiting = ['a', 'b'.repeat(1_000_000), 'c'].map((subject) =>
      store
        .transaction('full', async (tx) => {
          await tx.get(`PRAGMA max_page_count = ${limit}`, () => undefined);
          await add(tx, subject);
          tx.afterCommit(() => ended.push(subject.slice(0, 1)));
        })
        .then(() => ended.push(`${subject.slice(0, 1)} resolved`)),
    );
    const refuse = () => store.transaction('asked', (tx) => add(tx, 'asked'), 'fail');
    await expect(refuse()).rejects.toThrow(new NoRoomError('there is no room on the disk: asked was not done'));
    await clock.advance(4_999);
    await expect(refuse()).rejects.toThrow(NoRoomError);
    await clock.advance(5_001);
    await turn();
    await expect(refuse()).rejects.toThrow(NoRoomError);
    expect(await store.read(subjects)).toEqual(['first']);
    expect(ended).toEqual([]);
    expect(told).toEqual([false]);

    limit = 1_000_000;
    await clock.advance(5_000);
    await Promise.all(waiting);
    expect(ended).toEqual(
      ['a', 'b', 'c', 'a resolved', 'b resolved', 'c resolved'].toSorted((one, other) => one.length - other.length),
    );
    expect((await store.read(subjects)).map((subject) => subject.slice(0, 5))).toEqual(['first', 'a', 'bbbbb', 'c']);
    await clock.advance(60_000);
    await refuse();
    expect(told).toEqual([false, true]);
    await store.close();
    expect((await open(path).store.read(subjects)).length).toBe(5);
  });

  it('tries again five seconds after the disk was full, not before', async () => {
    const { clock, store, probe } = open();
    let full = true;
    probe.fault = (sql) => {
      if (full && sql.startsWith('INSERT')) throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
    };
    let done = false;
    const waiting = store
      .transaction('waits', (tx) => add(tx, 'a'))
      .then(() => {
        done = true;
      });
    await turn();
    full = false;
    await clock.advance(4_999);
    await turn();
    expect(done).toBe(false);
    await clock.advance(1);
    await waiting;
    expect(await store.read(subjects)).toEqual(['a']);
  });

  it('closes on a full disk, and rejects what waited for room', async () => {
    const { store, probe } = open();
    probe.fault = (sql) => {
      if (sql.startsWith('INSERT')) throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
    };
    const waiting = store.transaction('waits', (tx) => add(tx, 'a'));
    await turn();
    const closing = store.close();
    await expect(waiting).rejects.toThrow('there is no room on the disk: waits was not done');
    await closing;
  });

  it.each([
    [13, true],
    [13 + 256, true],
    [4_874, true],
    [4_618, false],
    [1, false],
  ])('takes SQLite code %i for a full disk: %s', (errcode, full) => {
    expect(isFull(Object.assign(new Error('x'), { errcode }))).toBe(full);
    expect(isFull(new Error('x'))).toBe(false);
  });

  // For some faults (a full disk, an I/O error) SQLite undoes all by itself; ROLLBACK does the same here.
  it('rejects a group that SQLite has undone with the words of the fault, and begins a new one with what comes after it', async () => {
    const { store } = open();
    const broken = (words: string) =>
      Promise.allSettled([
        store.transaction('before', (tx) => add(tx, 'before')),
        store.transaction('fault', async (tx) => {
          await tx.run('ROLLBACK');
          throw new Error(words);
        }),
        store.transaction('after', (tx) => add(tx, 'after')),
      ]);
    for (const words of ['disk I/O error', 'out of memory']) {
      const group = await broken(words);
      const reasons = group.map((result) => (result.status === 'rejected' ? String(result.reason.message) : 'done'));
      const undone = `the database could not be written: ${words}`;
      expect(reasons).toEqual([undone, undone, 'done']);
      expect(await store.read(subjects)).toEqual(['after']);
      await store.transaction('clean', (tx) => tx.run('DELETE FROM timer'));
    }
    await store.transaction('next', (tx) => add(tx, 'next'));
    expect(await store.read(subjects)).toEqual(['next']);
  });

  it('has nothing of a commit that a probe spoils, and tells nobody', async () => {
    const store = new SqliteStore(file(), {
      clock: new VirtualClock(),
      probe: {
        beforeCommit() {
          throw new Error('killed');
        },
      },
    });
    const done: string[] = [];
    const spoilt = store.transaction('spoilt', async (tx) => {
      await add(tx, 'spoilt');
      tx.afterCommit(() => done.push('spoilt'));
    });
    await expect(spoilt).rejects.toThrow('the database could not be written: killed');
    expect([await store.read(subjects), done]).toEqual([[], []]);
  });

  it('cannot be written by a read', async () => {
    const { store } = open();
    const written = store.read((tx) =>
      tx.get("INSERT INTO timer (kind, subject, due) VALUES ('k', 's', 0) RETURNING id", (row) => row.integer('id')),
    );
    await expect(written).rejects.toThrow('readonly');
    expect(await store.read(subjects)).toEqual([]);
  });

  it('refuses the database of another program', () => {
    const path = file();
    const other = new DatabaseSync(path);
    other.exec('CREATE TABLE theirs (a)');
    other.close();
    expect(() => open(path)).toThrow('a database of another program');
  });

  it('refuses a database of a newer version', async () => {
    const { path, store } = open();
    await store.close();
    const newer = new DatabaseSync(path);
    newer.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    newer.close();
    expect(() => open(path)).toThrow('a newer version of cash-server');
  });

  it.each([
    ['a folder that is not there', () => '/nowhere/service.db'],
    ['a folder', () => temporaryFolder()],
  ])('says in one line that it cannot open %s', (_, path) => {
    expect(() => open(path())).toThrow(StoreError);
  });

  it('names the column that does not hold what it should', async () => {
    const store = await testStore();
    const read = (sql: string) => store.read((tx) => tx.get(sql, (row) => row.integer('a')));
    await expect(read("SELECT 'x' AS a")).rejects.toThrow('column a should hold a whole number, not string');
    await expect(read('SELECT 1.5 AS a')).rejects.toThrow(RowError);
    await expect(read('SELECT NULL AS a')).rejects.toThrow('not NULL');
    await expect(read('SELECT 1 AS b')).rejects.toThrow('no column a');
    await expect(store.read((tx) => tx.get("SELECT 'x' AS a", (row) => row.oneOf('a', ['y', 'z'])))).rejects.toThrow(
      'none of y, z',
    );
  });
});

describe('a file that is read beside a service', () => {
  it('is seen as it was at the first look, and as it is now at the next reading', async () => {
    const { path, store } = open();
    await store.transaction('before', (tx) => add(tx, 'before'));
    const seen = await readFile(path, async (tx) => {
      const first = await subjects(tx);
      await store.transaction('meanwhile', (writing) => add(writing, 'meanwhile'));
      return [first, await subjects(tx)];
    });
    expect(seen).toEqual([['before'], ['before']]);
    expect(await readFile(path, subjects)).toEqual(['before', 'meanwhile']);
  });
});

describe('the lock of a data folder', () => {
  it('is held by one at a time', () => {
    const path = join(temporaryFolder(), 'service.lock');
    const unlock = lockFile(path);
    expect(() => lockFile(path)).toThrow('held by another process');
    unlock();
    lockFile(path)();
  });
});
