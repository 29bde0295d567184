import { createServer, connect as socketTo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../../modem/index.ts';
import { MIGRATIONS } from '../../../server/store/migrations.ts';
import { openPostgres } from '../../../server/store/postgres-open.ts';
import { RowError } from '../../../server/store/row.ts';
import {
  NoRoomError,
  type ReadTx,
  StoreError,
  type StoreProbe,
  type Tx,
  UnreachableError,
} from '../../../server/store/store.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { newDatabase, rows, temporaryFolder, write } from '../database.ts';
import { startPostgres } from '../postgres-server.ts';

const subjects = (tx: ReadTx) => tx.all('SELECT subject FROM timer ORDER BY id', (row) => row.text('subject'));
const add = (tx: Tx, subject: string) =>
  tx.run("INSERT INTO timer (kind, subject, due) VALUES ('receipt-repeat', ?, 0)", subject);
const lock = (tx: Tx, subject: string) =>
  tx.get('SELECT id FROM timer WHERE subject = ? FOR UPDATE', (row) => row.integer('id'), subject);
/** The number of the server's process behind a connection. */
const BACKEND = 'SELECT pg_backend_pid() AS pid';
const backend = async (tx: ReadTx) => (await tx.get(BACKEND, (row) => row.integer('pid'))) ?? expect.fail();

let opened = 0;

/** A store that says when it is in trouble. @param url of its database; otherwise it gets a new one */
async function open(url?: string, probe: StoreProbe = {}) {
  const clock = new VirtualClock();
  const database = url ?? (await newDatabase());
  const trouble: (string | undefined)[] = [];
  opened += 1;
  const store = await openPostgres({
    ...{ url: database, clock, probe, processName: `store ${opened}`, hold: () => {} },
    onTrouble: (reason) => trouble.push(reason),
  });
  onTestFinished(() => store.close());
  const end = (pid: number) => rows(database, 'SELECT pg_terminate_backend(?, 5000)', pid);
  return { clock, database, store, trouble, end };
}

/** Waits for the server in real time, and lets pauses of the store pass in virtual time. */
async function eventually(clock: VirtualClock, isDone: () => boolean | Promise<boolean>): Promise<void> {
  for (const until = systemClock.now() + 30_000; systemClock.now() < until; ) {
    if (await isDone()) return;
    await new Promise<void>((resolve) => void systemClock.after(5, resolve));
    await clock.advance(100);
  }
  throw new Error('it did not happen');
}

function coded(code: string): Error {
  return Object.assign(new Error(code), { code });
}

describe('a transaction on PostgreSQL', () => {
  it.each(['body', 'commit'])('is undone when its %s fails, and does nothing after it', async (part) => {
    let fails: string | undefined = part;
    const failIn = (here: string) => {
      if (fails === here) throw new Error('no');
    };
    const { store } = await open(undefined, { beforeCommit: () => failIn('commit') });
    const done: string[] = [];
    const broken = store.transaction('broken', async (tx) => {
      await add(tx, 'broken');
      tx.afterCommit(() => done.push('broken'));
      failIn('body');
    });
    await expect(broken).rejects.toThrow('no');
    fails = undefined;
    await store.transaction('next', async (tx) => {
      await add(tx, 'next');
      tx.afterCommit(() => done.push('next'));
    });
    expect(await store.read(subjects)).toEqual(['next']);
    expect(done).toEqual(['next']);
  });

  it('begins again when it and another one wait for each other: both are done, once', async () => {
    const { store } = await open();
    await store.transaction('rows', async (tx) => {
      for (const subject of ['a', 'b']) await add(tx, subject);
    });
    let runs = 0;
    let bothHaveOne = () => {};
    const each = new Promise<void>((resolve) => {
      bothHaveOne = resolve;
    });
    const take = (first: string, second: string) =>
      store.transaction(first, async (tx) => {
        await lock(tx, first);
        runs += 1;
        if (runs === 2) bothHaveOne();
        await each;
        await lock(tx, second);
        await tx.run('UPDATE timer SET due = due + 1');
      });
    await Promise.all([take('a', 'b'), take('b', 'a')]);
    // On a busy machine they may meet again.
    expect(runs).toBeGreaterThanOrEqual(3);
    const due = await store.read((tx) => tx.all('SELECT due FROM timer', (row) => row.integer('due')));
    expect(due).toEqual([2, 2]);
  });

  it('begins again when two wait for each other in statements that were left for later', async () => {
    const { store } = await open();
    await store.transaction('rows', async (tx) => {
      for (const subject of ['a', 'b']) await add(tx, subject);
    });
    let runs = 0;
    const followed: string[] = [];
    let bothHaveOne = () => {};
    const each = new Promise<void>((resolve) => {
      bothHaveOne = resolve;
    });
    const more = 'UPDATE timer SET due = due + 1 WHERE subject = ?';
    const take = (first: string, second: string) =>
      store.transaction(first, async (tx) => {
        await lock(tx, first);
        runs += 1;
        if (runs === 2) bothHaveOne();
        await each;
        tx.mustChange(() => new Error('no row'), more, second);
        tx.later(more, first);
        tx.afterCommit(() => followed.push(first));
      });
    await Promise.all([take('a', 'b'), take('b', 'a')]);
    expect(runs).toBeGreaterThanOrEqual(3);
    expect(followed.toSorted()).toEqual(['a', 'b']);
    const due = await store.read((tx) => tx.all('SELECT due FROM timer', (row) => row.integer('due')));
    expect(due).toEqual([2, 2]);
  });

  /** A store of which the next INSERTs fail with these codes. */
  async function failing(...codes: string[]) {
    const opened = await open(undefined, {
      beforeStatement: (sql) => {
        const code = sql.startsWith('INSERT') ? codes.shift() : undefined;
        if (code !== undefined) throw coded(code);
      },
    });
    return { ...opened, codes };
  }
  const times = (count: number, code: string) => Array.from({ length: count }, () => code);

  it('undoes what is not done within 20 s, when somebody waits for it who can come again', async () => {
    const { store, clock } = await open();
    const slow = (pauses: readonly number[]) => async (tx: Tx) => {
      for (const pause of pauses) {
        await add(tx, `after ${pause}`);
        await clock.advance(pause);
      }
    };
    const late = new UnreachableError('the database is slow: ask was not done within 20 s');
    await expect(store.transaction('ask', slow([20_001]), 'fail')).rejects.toThrow(late);
    await expect(store.transaction('ask', slow([20_001, 0]), 'fail')).rejects.toThrow(late);
    expect(await store.read(subjects)).toEqual([]);
    await store.transaction('ask', slow([19_000, 1_000]), 'fail');
    await store.transaction('wait', slow([15_000, 15_001]));
    expect(await store.read(subjects)).toEqual(['after 19000', 'after 1000', 'after 15000', 'after 15001']);
    const reading = store.read(async (tx) => {
      await subjects(tx);
      await clock.advance(20_001);
      return subjects(tx);
    });
    await expect(reading).rejects.toThrow('the database is slow: reading was not done within 20 s');
  });

  it('begins again after a collision, unless somebody who can come again has waited for 20 s', async () => {
    const { store, clock } = await open();
    let begun = 0;
    const collides = async (tx: Tx) => {
      begun += 1;
      await add(tx, 'a');
      await clock.advance(9_000);
      throw Object.assign(new Error('40001'), { code: '40001' });
    };
    await expect(store.transaction('ask', collides, 'fail')).rejects.toThrow('the database is locked (40001)');
    expect(begun).toBe(3);
  });

  it.each([
    ['40001', 20],
    ['40P01', 20],
    ['55P03', 4], // each has waited for 3 s
  ])('begins again after %s, %i times, and is refused after once more; who waits goes on', async (code, limit) => {
    const { clock, store, trouble, codes } = await failing(...times(limit, code));
    await store.transaction('add', (tx) => add(tx, 'a'), 'fail');
    expect([codes, trouble]).toEqual([[], []]);
    codes.push(...times(limit + 1, code));
    const refused = store.transaction('add', (tx) => add(tx, 'b'), 'fail');
    await expect(refused).rejects.toThrow(new UnreachableError(`the database is locked (${code})`));
    expect([codes, await store.read(subjects)]).toEqual([[], ['a']]);
    codes.push(...times(2 * (limit + 1), code));
    let isDone = false;
    void store
      .transaction('add', (tx) => add(tx, 'c'))
      .then(() => {
        isDone = true;
      });
    await eventually(clock, () => isDone);
    expect([codes, await store.read(subjects)]).toEqual([[], ['a', 'c']]);
    expect(trouble).toEqual([`the database is locked (${code})`, undefined]);
  });

  it.each([
    ['53300', 'a full list of connections', 'cannot be reached', 2],
    ['57P01', 'a server that stops', 'cannot be reached', 2],
    ['57P03', 'a server that starts', 'cannot be reached', 2],
    ['57P05', 'an idle_session_timeout', 'cannot be reached', 2],
    ['25P04', 'a transaction_timeout', 'cannot be reached', 2],
    ['08P01', 'a proxy that gives no connection', 'cannot be reached', 2],
    ['ENOTFOUND', 'a name server without the name', 'cannot be reached', 2],
    ['25006', 'a standby, or default_transaction_read_only', 'does not do its work', 2],
    ['28P01', 'another password', 'does not do its work', 2],
    ['3D000', 'no database of this name', 'does not do its work', 2],
    ['57014', 'a statement_timeout', 'does not do its work', 1],
    ['53200', 'no memory', 'does not do its work', 1],
    ['58030', 'a disk that fails', 'does not do its work', 1],
  ])('%s (%s): the database %s; who waits goes on when it is over', async (code, _, what, tries) => {
    const { clock, store, trouble, codes } = await failing(...times(tries, code));
    const said = `the database ${what} (${code})`;
    await expect(store.transaction('add', (tx) => add(tx, 'a'), 'fail')).rejects.toThrow(new UnreachableError(said));
    expect([codes, trouble]).toEqual([[], [said]]);
    codes.push(...times(4, code));
    let isDone = false;
    void store
      .transaction('add', (tx) => add(tx, 'b'))
      .then(() => {
        isDone = true;
      });
    await eventually(clock, () => isDone);
    expect(await store.read(subjects)).toEqual(['b']);
    expect([codes, trouble]).toEqual([[], [said, undefined]]);
  });

  it('on a full disk is refused at once, by its own name', async () => {
    const { store, trouble } = await failing('53100');
    await expect(store.transaction('add', (tx) => add(tx, 'a'), 'fail')).rejects.toThrow(NoRoomError);
    expect(trouble).toEqual(['there is no room on the disk of the database: add was not done']);
  });

  it('is undone when its body goes on after a statement that failed', async () => {
    const { store } = await open();
    const going = store.transaction('careless', async (tx) => {
      await add(tx, 'a');
      await tx.run('INSERT INTO timer (kind) VALUES (NULL)').catch(() => {});
    });
    await expect(going).rejects.toThrow('transaction careless went on after a statement had failed');
    await store.transaction('next', (tx) => add(tx, 'next'));
    expect(await store.read(subjects)).toEqual(['next']);
  });

  it('refuses a statement after its end', async () => {
    const { store } = await open();
    const kept: Tx[] = [];
    await store.transaction('ended', async (tx) => void kept.push(tx));
    for (const tx of kept) await expect(add(tx, 'late')).rejects.toThrow('transaction ended has ended');
    expect(await store.read(subjects)).toEqual([]);
  });

  it('stays done when a task after its commit throws, and its connection is used again', async () => {
    const { store } = await open();
    const pids = new Set<number>();
    for (let n = 0; n < 12; n += 1) {
      const failing = store.transaction('a', async (tx) => {
        await add(tx, `a${n}`);
        pids.add(await backend(tx));
        tx.afterCommit(() => {
          throw new Error('a bug');
        });
      });
      await expect(failing).rejects.toThrow('a bug');
    }
    expect(pids.size).toBe(1);
    expect(await store.read(subjects)).toHaveLength(12);
  });
});

describe('a database that lets this process wait', () => {
  it.each(['timeout exceeded when trying to connect', 'Query read timeout'])(
    '(%s) is tried once: whoever can come again hears it',
    async (text) => {
      let tries = 0;
      let isSlow = true;
      const beforeStatement = () => {
        tries += 1;
        if (isSlow) throw new Error(text);
      };
      const { clock, store } = await open(undefined, { beforeStatement });
      const refusal = new UnreachableError(`the database cannot be reached (${text})`);
      await expect(store.transaction('add', (tx) => add(tx, 'a'), 'fail')).rejects.toThrow(refusal);
      expect(tries).toBe(1);
      await expect(store.read(subjects)).rejects.toThrow(refusal);
      expect(tries).toBe(2);
      const waiting = store.transaction('add', (tx) => add(tx, 'a'));
      await eventually(clock, () => tries > 3);
      isSlow = false;
      await clock.advance(10_000);
      await waiting;
      expect(await store.read(subjects)).toEqual(['a']);
    },
  );
});

describe('a connection that ends', () => {
  it.each(['within a body', 'before the COMMIT'])('%s: the body runs again, on another one', async (when) => {
    const { store, trouble, end } = await open();
    const pids: number[] = [];
    await store.transaction('add', async (tx) => {
      await add(tx, 'a');
      pids.push(await backend(tx));
      if (pids.length > 1) return;
      await end(pids[0] ?? 0);
      if (when === 'within a body') await add(tx, 'b');
    });
    expect(new Set(pids).size).toBe(2);
    expect(await store.read(subjects)).toEqual(['a']);
    expect(trouble).toEqual([]);
  });

  it('after the COMMIT was sent: the body runs again, and finds what it has done', async () => {
    const proxy = await startProxy();
    const { store, trouble } = await open(proxy.before(await newDatabase()));
    proxy.lose();
    const found: string[][] = [];
    const done: string[] = [];
    await store.transaction('add', async (tx) => {
      found.push(await subjects(tx));
      await add(tx, `a${found.length}`);
      tx.afterCommit(() => done.push('a'));
    });
    expect(found).toEqual([[], ['a1']]);
    expect(done).toEqual(['a']);
    expect(trouble).toEqual([]);
    await store.close();
  });

  it('is not noticed by a read', async () => {
    const { store, end } = await open();
    for (let n = 0; n < 5; n += 1) {
      await end(await store.read(backend));
      expect(await store.read(subjects)).toEqual([]);
    }
  });
});

/**
 * Stands between a store and the server. After `lose`, the answer to the next COMMIT does not come, and the connection ends; after
 * `dropListening`, connections that listen stay, and nothing comes through them any more.
 */
async function startProxy() {
  const folder = temporaryFolder();
  let loses = false;
  const listening = new Set<object>();
  const dropped = new Set<object>();
  const server = createServer((client) => {
    const behind = socketTo(join(inject('postgres') ?? '', '.s.PGSQL.5432'));
    let isCommitting = false;
    client.on('data', (octets) => {
      if (loses && octets.includes('COMMIT')) isCommitting = true;
      if (octets.includes('LISTEN')) listening.add(client);
      if (!dropped.has(client)) behind.write(octets);
    });
    behind.on('data', (octets) => {
      if (isCommitting) {
        loses = false;
        client.destroy();
      } else if (!dropped.has(client)) client.write(octets);
    });
    for (const [one, other] of [
      [client, behind],
      [behind, client],
    ] as const) {
      one.on('close', () => other.destroy());
      one.on('error', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => void server.listen(join(folder, '.s.PGSQL.5432'), resolve));
  onTestFinished(() => void server.close());
  return {
    /** The address of a database behind it. */
    before: (database: string) => `${database.split('?')[0]}?host=${encodeURIComponent(folder)}`,
    lose: () => {
      loses = true;
    },
    dropListening: () => {
      for (const client of listening) dropped.add(client);
    },
  };
}

describe('a server that stops, and starts again', () => {
  /** A store on a server of its own. */
  async function own() {
    // The folder of temporary files of the tests is not for the user of the server.
    const server = startPostgres(inject('postgres')) ?? expect.fail('PostgreSQL is not installed');
    onTestFinished(server.remove);
    return { server, ...(await open(`postgres://cash@/postgres?host=${encodeURIComponent(server.folder)}`)) };
  }

  it('is waited for, or refused at once, and who is told hears of it once', async () => {
    const { server, clock, store, trouble } = await own();
    await store.transaction('before', (tx) => add(tx, 'before'));
    server.stop();
    const ended: string[] = [];
    const waiting = ['a', 'b'].map((name) =>
      store.transaction(name, (tx) => add(tx, name)).then(() => void ended.push(name)),
    );
    await expect(store.transaction('hurry', (tx) => add(tx, 'no'), 'fail')).rejects.toThrow(UnreachableError);
    await expect(store.read(subjects)).rejects.toThrow(/^the database cannot be reached \(/);
    // Whoever comes while another one finds out whether it is back does not wait for that.
    const refused: string[] = [];
    const refusal = (name: string, work: Promise<unknown>) => work.catch(() => refused.push(name));
    await Promise.all([
      refusal('first', store.read(subjects)),
      refusal('beside', store.read(subjects)),
      refusal(
        'beside',
        store.transaction('hurry', (tx) => add(tx, 'no'), 'fail'),
      ),
    ]);
    expect(refused).toEqual(['beside', 'beside', 'first']);
    await clock.advance(60_000);
    expect(ended).toEqual([]);
    expect(trouble).toEqual([expect.stringMatching(/^the database cannot be reached \(/)]);
    server.start();
    await eventually(clock, () => ended.length === 2);
    await Promise.all(waiting);
    expect((await store.read(subjects)).toSorted()).toEqual(['a', 'b', 'before']);
    await store.transaction('hurry', (tx) => add(tx, 'yes'), 'fail');
    expect(trouble).toEqual([expect.any(String), undefined]);
  });

  it('is not waited for by a store that closes', async () => {
    const { server, clock, store } = await own();
    server.stop();
    const waiting = expect(store.transaction('a', (tx) => add(tx, 'a'))).rejects.toThrow(UnreachableError);
    await eventually(clock, () => clock.now() > 0);
    await store.close();
    await waiting;
    await store.close();
    await expect(store.transaction('late', (tx) => add(tx, 'b'))).rejects.toThrow(
      'the database is closed: late was not done',
    );
    await expect(store.read(subjects)).rejects.toThrow('the database is closed');
  });
});

describe('news of a commit', () => {
  /** Two processes, and what the second one hears of the first. */
  async function two(addressOf = (database: string) => database) {
    const one = await open();
    const other = await open(addressOf(one.database));
    const heard: string[] = [];
    const here: string[] = [];
    for (const topic of ['outbox', 'journal', 'leaving'] as const) {
      other.store.onWake(topic, (keys) => heard.push(`${topic} ${keys?.map(([row]) => row).join(' ') ?? 'all'}`));
      one.store.onWake(topic, () => here.push(topic));
    }
    const wake = (work: (tx: Tx) => void) => one.store.transaction('wake', async (tx) => work(tx));
    return { one, other, heard, here, wake };
  }

  it('is told to other processes with the keys, and here without waiting for it', async () => {
    const { one, heard, here, wake } = await two();
    await wake((tx) => {
      tx.wake('journal', [5, 'a']);
      tx.wake('journal', [6, 'a']);
      tx.wake('outbox');
      tx.wake('leaving', [7, 'a']);
    });
    expect(here).toEqual(['leaving', 'outbox']);
    await eventually(one.clock, () => heard.length === 2);
    expect(heard.toSorted()).toEqual(['journal 5 6', 'outbox all']);
  });

  it.each([
    ['the first', [undefined, [5, 'a']]],
    ['the last', [[5, 'a'], undefined]],
  ] as const)('of which %s has no key is news of any row', async (_, keys) => {
    const { one, heard, wake } = await two();
    await wake((tx) => {
      for (const key of keys) tx.wake('outbox', key);
    });
    await eventually(one.clock, () => heard.length === 1);
    expect(heard).toEqual(['outbox all']);
  });

  it('that are made while an earlier one is told are joined: one without a key is not lost', async () => {
    const { one, heard, wake } = await two();
    const keys = [[1, 'a'] as const, ...Array.from({ length: 10 }, () => undefined), [2, 'a'] as const];
    await Promise.all(keys.map((key) => wake((tx) => tx.wake('outbox', key))));
    await wake((tx) => tx.wake('journal', [3, 'a']));
    await eventually(one.clock, () => heard.includes('journal 3'));
    expect(heard).toContain('outbox all');
  });

  it('that has more keys than a telegram takes is told without them', async () => {
    const { one, heard, wake } = await two();
    const keys = Array.from({ length: 400 }, (_, n) => [1_000_000_000_000 + n, 'a'] as const);
    await wake((tx) => {
      for (const key of keys.slice(0, 100)) tx.wake('journal', key);
    });
    await eventually(one.clock, () => heard.length === 1);
    await one.clock.advance(200);
    await wake((tx) => {
      for (const key of keys) tx.wake('journal', key);
    });
    // The first telegram may still be under way when it is heard: the pause after it passes by the clock of its sender.
    await eventually(one.clock, () => heard.length === 2);
    expect(heard).toEqual([
      `journal ${keys
        .slice(0, 100)
        .map(([row]) => row)
        .join(' ')}`,
      'journal all',
    ]);
  });

  it('that comes within 200 ms of an earlier one is told together with all other such', async () => {
    const { one, heard, wake } = await two();
    await wake((tx) => tx.wake('journal', [1, 'a']));
    await eventually(new VirtualClock(), () => heard.length === 1);
    await wake((tx) => tx.wake('journal', [2, 'a']));
    await one.clock.advance(199);
    await wake((tx) => tx.wake('journal', [3, 'a']));
    await eventually(one.clock, () => heard.length === 2);
    expect(heard).toEqual(['journal 1', 'journal 2 3']);
  });

  it('may be missed while the connection that listens is lost: then everything is looked at', async () => {
    const { one, other, heard, wake } = await two();
    const listening = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    for (const { pid } of await rows(one.database, listening)) await one.end(Number(pid));
    await eventually(other.clock, () => heard.length === 2);
    expect(heard).toEqual(['outbox all', 'journal all']);
    await wake((tx) => tx.wake('journal', [9, 'a']));
    await eventually(one.clock, () => heard.length === 3);
    expect(heard.at(-1)).toBe('journal 9');
  });

  it('that a proxy has dropped without a word is missed for 25 s: then everything is looked at', async () => {
    const proxy = await startProxy();
    const { one, other, heard, wake } = await two(proxy.before);
    await wake((tx) => tx.wake('journal', [8, 'a']));
    await eventually(one.clock, () => heard.length === 1);
    proxy.dropListening();
    // Longer than the pause after a telegram, so that this one is told, and missed.
    await wake((tx) => tx.wake('journal', [9, 'a']));
    const told = one.clock.now() + 1_000;
    await eventually(one.clock, () => one.clock.now() > told);
    await other.clock.advance(24_999);
    expect(heard).toEqual(['journal 8']);
    await eventually(other.clock, () => heard.length >= 3);
    expect(heard.slice(0, 3)).toEqual(['journal 8', 'outbox all', 'journal all']);
    await wake((tx) => tx.wake('journal', [10, 'a']));
    await eventually(one.clock, () => heard.some((news) => /^journal .*10$/.test(news)));
  });

  it('is heard for hours: a connection that answers is kept', async () => {
    const { one, other, heard, wake } = await two();
    const asked = async () =>
      (await rows(one.database, "SELECT query_start FROM pg_stat_activity WHERE state = 'idle' AND query = 'SELECT 1'"))
        .map(({ query_start: at }) => String(at))
        .join();
    for (let looks = 0; looks < 4; looks += 1) {
      const before = await asked();
      await other.clock.advance(10_000);
      await vi.waitUntil(async () => (await asked()) !== before, 10_000);
      // What the server has said by then is here.
      await other.store.read(subjects);
    }
    await wake((tx) => tx.wake('journal', [9, 'a']));
    await eventually(one.clock, () => heard.length > 0);
    expect(heard).toEqual(['journal 9']);
  });

  it('is not taken from other programs', async () => {
    const { one, heard, wake } = await two();
    for (const text of ['{', '{}', '{"from":"x","news":[["weather",null]]}']) {
      await rows(one.database, "SELECT pg_notify('cash_mobile', ?)", text);
    }
    await wake((tx) => tx.wake('outbox', [1, 'a']));
    await eventually(one.clock, () => heard.length > 0);
    expect(heard).toEqual(['outbox 1']);
  });
});

describe('values', () => {
  it('are those of SQLite: numbers, octets, truth as 1 or 0, nothing as NULL', async () => {
    const { store } = await open();
    const sql = `SELECT 1 < 2 AS yes, 2 < 1 AS no, x'00ff' AS octets, NULL::text AS nothing, 9007199254740991::bigint AS big,
      sum(n) AS sum, count(*) AS count, 'a' AS text FROM (VALUES (1::bigint), (2)) AS numbers (n)`;
    const found = await store.read((tx) =>
      tx.get(sql, (row) => ({
        truth: [row.integer('yes'), row.integer('no')],
        octets: row.octets('octets'),
        nothing: [row.optionalText('nothing'), row.optionalInteger('nothing'), row.optionalOctets('nothing')],
        numbers: [row.integer('big'), row.integer('sum'), row.integer('count')],
        text: row.text('text'),
      })),
    );
    expect(found).toEqual({
      truth: [1, 0],
      octets: Uint8Array.of(0, 255),
      nothing: [undefined, undefined, undefined],
      numbers: [Number.MAX_SAFE_INTEGER, 3, 2],
      text: 'a',
    });
  });

  it.each([
    ['a sum beyond 2^53', 'SELECT sum(n) AS a FROM (VALUES (9007199254740991::bigint), (2)) AS numbers (n)', RowError],
    ['a whole number beyond 2^53', 'SELECT 9007199254740993::bigint AS a', RowError],
    ['a fraction', 'SELECT avg(n) AS a FROM (VALUES (1), (2)) AS numbers (n)', RowError],
    ['a text', "SELECT 'x' AS a", RowError],
    ['no such column', 'SELECT 1 AS b', RowError],
  ])('%s is not read as a number', async (_, sql, error) => {
    const { store } = await open();
    await expect(store.read((tx) => tx.get(sql, (row) => row.integer('a')))).rejects.toThrow(error);
  });

  it('of the sequence go on from 100001, also after a transaction that failed, and are not given twice', async () => {
    const { store } = await open();
    const next = (fails = false) =>
      store.transaction('next', async (tx) => {
        const number = await tx.sequence('approval');
        if (fails) throw new Error('no');
        return number;
      });
    expect(await next()).toBe(100_001);
    await expect(next(true)).rejects.toThrow('no');
    const numbers = await Promise.all([next(), next(), next()]);
    expect(numbers.toSorted()).toEqual([100_003, 100_004, 100_005]);
  });
});

describe('a database that is opened', () => {
  it('is shared with other processes, unless it is said to be for one alone', async () => {
    const { store, database } = await open();
    expect(store.isShared).toBe(true);
    const options = { url: database, clock: new VirtualClock(), processName: 'alone', hold: () => {}, alone: true };
    const alone = await openPostgres(options);
    expect(alone.isShared).toBe(false);
    await alone.close();
  });

  it('by several processes at once has its tables made by one', async () => {
    const url = await newDatabase();
    const stores = await Promise.all([open(url), open(url), open(url)]);
    for (const { store } of stores) expect(await store.read(subjects)).toEqual([]);
    expect(await rows(url, 'SELECT version FROM cash_mobile')).toEqual([{ version: MIGRATIONS.length }]);
  });

  /** Each gets a database that no other test uses afterwards. */
  async function spoilt(...statements: string[]) {
    const database = await newDatabase();
    const name = `spoilt_${process.pid}_${statements.length}_${opened}`;
    await write(database, `CREATE DATABASE ${name}`);
    const url = database.replace(/\/\w+\?/, `/${name}?`);
    if (statements.length > 0) {
      const { Client } = (await import('pg')).default;
      const client = new Client(url);
      await client.connect();
      for (const sql of statements) await client.query(sql);
      await client.end();
    }
    return url;
  }

  it('of version 10 is brought to the tables of a new one: its frames are known by their digest', async () => {
    const { store, database } = await open();
    await store.close();
    const shape = async () => [
      await rows(
        database,
        `SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
        WHERE table_schema = 'public' ORDER BY table_name, column_name`,
      ),
      await rows(database, "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexdef"),
    ];
    const asNew = await shape();
    await write(
      database,
      'DROP INDEX inbox_by_digest, payment_open',
      'ALTER TABLE inbox DROP COLUMN by_digest, DROP CONSTRAINT inbox_sent_at_digest_key, ADD UNIQUE (digest, sent_at)',
      'ALTER TABLE counter DROP COLUMN digest, DROP COLUMN at, DROP COLUMN repeats',
      'ALTER TABLE difference DROP COLUMN detail, DROP COLUMN accepted_at',
      'ALTER TABLE device DROP COLUMN tries_elsewhere, DROP COLUMN link_hash',
      'ALTER TABLE device DROP COLUMN unbidden_full_at, DROP COLUMN unbidden_alarm_at',
      'ALTER TABLE device DROP COLUMN locked_at, DROP COLUMN order_ref, DROP COLUMN sealing_kid',
      'ALTER TABLE device DROP COLUMN sealing_from, DROP COLUMN signing_kid, DROP COLUMN ends_heard_at, DROP COLUMN pin_changed_ctr',
      'ALTER TABLE device DROP COLUMN first_sealing_kid, DROP COLUMN first_signing_kid',
      'ALTER TABLE merchant DROP COLUMN in_vain_full_at, DROP COLUMN suspended_at',
      'ALTER TABLE merchant DROP COLUMN old_key_hash, DROP COLUMN old_key_until, DROP COLUMN key_revoked_at',
      'ALTER TABLE payment DROP COLUMN last_digits',
      'ALTER TABLE process DROP COLUMN ready_modems',
      'ALTER TABLE receipt DROP COLUMN first_frame',
      'DROP TABLE jws_key, pairwise_key, ciba_request, client_assertion',
      'DROP TABLE alias, asked_in_vain, pin_change, cash_register, party_consent, authentication, party_in_vain, relying_party',
      'DROP TABLE operator, audit, audit_head, pending_deposit, deposited_alone, device_order, service_key, key_told, vault',
      'DROP FUNCTION audit_is_append_only',
      "INSERT INTO inbox (digest, sent_at, originator, received_at) VALUES ('\\x01', 10, '+39340', 11)",
      'CREATE INDEX challenge_of_enrolment ON challenge (device_id)',
      'CREATE INDEX journal_of_subject ON journal (subject, seq)',
      'CREATE INDEX outbox_by_end ON outbox (ended_at)',
      'CREATE INDEX inbox_by_age ON inbox (received_at)',
      'CREATE INDEX balance_answer_by_age ON balance_answer (at)',
      'UPDATE cash_mobile SET version = 10',
    );
    await open(database);
    expect(await shape()).toEqual(asNew);
    expect(await rows(database, 'SELECT sent_at, by_digest FROM inbox')).toEqual([{ sent_at: 10, by_digest: 1 }]);
    expect(await rows(database, 'SELECT version FROM cash_mobile')).toEqual([{ version: MIGRATIONS.length }]);
  });

  it('of an earlier version stays as it is while a process of that version runs on it', async () => {
    const { store, database } = await open();
    await store.close();
    const before = MIGRATIONS.length - 1;
    const process = (name: string, seconds: number) =>
      `INSERT INTO process (name, began_at, alive_until) VALUES ('${name}', 0, ${systemClock.now() + seconds * 1_000})`;
    await write(
      database,
      `UPDATE cash_mobile SET version = ${before}`,
      ...[process('one', 60), process('dead', -60), process('two', 60)],
    );
    await expect(open(database)).rejects.toThrow(
      new StoreError(
        `the database has tables of an older version of cash-server (${before}), and a process of that version runs on it: one, two: stop it first (one that was killed counts for 15 s)`,
      ),
    );
    expect(await rows(database, 'SELECT version FROM cash_mobile')).toEqual([{ version: before }]);
    await write(database, 'UPDATE process SET alive_until = 1');
    // Now it is begun, on tables that are the newest ones in truth.
    const said: unknown = await open(database).catch((reason) => reason);
    expect(String(said)).not.toContain('runs on it');
  });

  it('is refused when it has the tables of another program', async () => {
    const url = await spoilt('CREATE TABLE theirs (a TEXT)');
    await expect(open(url)).rejects.toThrow(
      new StoreError('the database has tables of another program: choose an empty one (createdb)'),
    );
  });

  it('is refused when a newer version wrote it', async () => {
    const url = await spoilt('CREATE TABLE cash_mobile (version BIGINT)', 'INSERT INTO cash_mobile VALUES (9999)');
    await expect(open(url)).rejects.toThrow(
      new StoreError('the database was written by a newer version of cash-server (9999): use that version'),
    );
  });

  it.each([
    [2_500, 'ahead of'],
    [-2_500, 'behind'],
  ])('is refused when the clocks are %i ms apart', async (apart, order) => {
    const clock = { ...systemClock, now: () => systemClock.now() + apart };
    const opening = openPostgres({ url: await newDatabase(), clock, processName: 'late' });
    await expect(opening).rejects.toThrow(
      new RegExp(`^the clock of this machine is [23] s ${order} the clock of the database: set it right \\(NTP\\)$`),
    );
  });

  it('is refused in one line when nobody is there, or it does not exist', async () => {
    const nowhere = `postgres://cash@/x?host=${encodeURIComponent(temporaryFolder())}`;
    await expect(open(nowhere)).rejects.toThrow(/^the database cannot be reached: .*ENOENT/);
    const absent = (await newDatabase()).replace(/\/\w+\?/, '/absent?');
    await expect(open(absent)).rejects.toThrow('the database cannot be opened: database "absent" does not exist');
  });
});

describe('without the package pg', () => {
  afterEach(() => void vi.doUnmock('pg'));

  it('the message says what to install', async () => {
    vi.doMock('pg', () => {
      throw new Error('Cannot find package');
    });
    const options = { url: 'postgres://x', clock: systemClock, processName: 'x' };
    await expect(openPostgres(options)).rejects.toThrow(
      new StoreError('PostgreSQL needs the package pg: npm install pg'),
    );
  });
});
