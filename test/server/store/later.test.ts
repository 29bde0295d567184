import { array, assert, asyncProperty, constantFrom, integer, option, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReadTx, StoreProbe, Tx } from '../../../server/store/store.ts';
import { testStore } from '../database.ts';

const INSERT = "INSERT INTO timer (kind, subject, due) VALUES ('receipt-repeat', ?, ?)";
const UPDATE = 'UPDATE timer SET due = ? WHERE subject = ?';
const SELECT = 'SELECT due FROM timer WHERE subject = ?';

/** One statement of a body, about one of three rows. */
interface Step {
  readonly how: 'run' | 'later' | 'laterInsert' | 'mustChange' | 'get';
  readonly what: 'insert' | 'update';
  readonly subject: string;
}

const Steps = array(
  record({
    how: constantFrom<Step['how'][]>('run', 'later', 'later', 'laterInsert', 'mustChange', 'get'),
    what: constantFrom<Step['what'][]>('insert', 'update'),
    subject: constantFrom('a', 'b', 'c'),
  }),
  { maxLength: 12 },
);

/** What a body with these steps leads to: the rows, and what each awaited statement answers; or what it fails with. */
function expected(steps: readonly Step[], before: ReadonlyMap<string, number>) {
  const rows = new Map(before);
  const answers: (number | undefined)[] = [];
  for (const [due, { how, what, subject }] of steps.entries()) {
    const known = rows.has(subject);
    if (how === 'get') {
      answers.push(rows.get(subject));
      continue;
    }
    if (what === 'insert' && known) return { fails: 'taken' } as const;
    if (what === 'update' && !known && how === 'mustChange') return { fails: 'nothing changed' } as const;
    if (what === 'insert' || known) rows.set(subject, due);
    if (how === 'run') answers.push(what === 'insert' || known ? 1 : 0);
  }
  return { rows, answers };
}

/** Runs the steps. @returns what the awaited statements answer, and what gives the rows that come later */
async function play(tx: Tx, steps: readonly Step[]) {
  const answers: (number | undefined)[] = [];
  const given: (() => number)[] = [];
  for (const [due, { how, what, subject }] of steps.entries()) {
    const [sql, values] = what === 'insert' ? [INSERT, [subject, due]] : [UPDATE, [due, subject]];
    if (how === 'run') answers.push(await tx.run(sql, ...values));
    if (how === 'later') tx.later(sql, ...values);
    if (how === 'mustChange') tx.mustChange(() => new Error('nothing changed'), sql, ...values);
    if (how === 'get') answers.push(await tx.get(SELECT, (row) => row.integer('due'), subject));
    if (how === 'laterInsert' && what === 'insert') given.push(tx.laterInsert(sql, 'id', ...values));
    if (how === 'laterInsert' && what === 'update') tx.later(sql, ...values);
  }
  return { answers, given };
}

const all = (tx: ReadTx) =>
  tx.all('SELECT subject, due FROM timer ORDER BY subject', (row): [string, number] => [
    row.text('subject'),
    row.integer('due'),
  ]);

const numbered = (tx: ReadTx) =>
  tx.all('SELECT subject, id FROM timer', (row): [string, number] => [row.text('subject'), row.integer('id')]);

/** What both databases say when a key is taken. */
function kindOf(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  return /UNIQUE constraint|unique constraint/.test(message) ? 'taken' : message;
}

async function storeWith(probe: StoreProbe = {}) {
  const store = await testStore(undefined, probe);
  const rows = async () => new Map(await store.read(all));
  return { store, rows };
}

describe('an INSERT whose number is awaited', () => {
  it('gives the number of the new row, and nothing where there is such a row', async () => {
    const { store } = await storeWith();
    const insert = (subject: string) =>
      store.transaction('insert', (tx) => tx.insert(`${INSERT} ON CONFLICT DO NOTHING`, 'id', subject, 7));
    const [first, second, again] = [await insert('a'), await insert('b'), await insert('a')];
    expect(new Map(await store.read(numbered))).toEqual(
      new Map([
        ['a', first],
        ['b', second],
      ]),
    );
    expect([first === second, again]).toEqual([false, undefined]);
  });
});

describe('statements whose answer a body does not wait for', () => {
  it('do what they would do one after another, or all of the transaction fails', async () => {
    const { store, rows } = await storeWith();
    const property = asyncProperty(Steps, async (steps) => {
      const before = await rows();
      const wanted = expected(steps, before);
      let followed = false;
      const done = store.transaction('steps', async (tx) => {
        tx.afterCommit(() => {
          followed = true;
        });
        return play(tx, steps);
      });
      if (wanted.fails !== undefined) {
        expect(await done.then(() => 'done', kindOf)).toBe(wanted.fails);
        expect([await rows(), followed]).toEqual([before, false]);
        return;
      }
      const { answers, given } = await done;
      expect([answers, await rows(), followed]).toEqual([wanted.answers, wanted.rows, true]);
      const numbers = new Map(await store.read(numbered));
      const inserted = steps.filter(({ how, what }) => how === 'laterInsert' && what === 'insert');
      expect(given.map((give) => give())).toEqual(inserted.map(({ subject }) => numbers.get(subject)));
      await store.transaction('empty', (tx) => tx.run("DELETE FROM timer WHERE subject <> 'a'"));
    });
    await assert(property, { numRuns: 100 });
  });

  it('are undone together with a body that fails after them, and none is done after it', async () => {
    const { store, rows } = await storeWith();
    const property = asyncProperty(Steps, async (steps) => {
      const done = store.transaction('steps', async (tx) => {
        await play(tx, steps);
        throw new Error('at the end');
      });
      expect(['at the end', 'taken', 'nothing changed']).toContain(await done.then(() => 'done', kindOf));
      expect(await rows()).toEqual(new Map());
    });
    await assert(property, { numRuns: 50 });
  });

  it('and one that is begun without a wait are not done after a body that has failed', async () => {
    const { store, rows } = await storeWith();
    const done = store.transaction('failed', async (tx) => {
      tx.later(INSERT, 'a', 0);
      tx.run(INSERT, 'b', 0).catch(() => {});
      throw new Error('no');
    });
    await expect(done).rejects.toThrow('no');
    await store.transaction('next', (tx) => tx.run(INSERT, 'c', 0));
    expect([...(await rows()).keys()]).toEqual(['c']);
  });

  it('come to the fault hook in their order, and a fault there fails the transaction', async () => {
    const seen: string[] = [];
    let faultAt = Number.POSITIVE_INFINITY;
    const { store, rows } = await storeWith({
      beforeStatement: (sql) => {
        if (seen.length === faultAt) throw new Error('fault');
        seen.push(sql);
      },
    });
    const subjects = ['a', 'b', 'c', 'd', 'e'];
    const hows: readonly Step['how'][] = ['later', 'run', 'laterInsert', 'mustChange', 'later'];
    const steps = subjects.map((subject, place): Step => ({ how: hows[place] ?? 'later', what: 'insert', subject }));
    const property = asyncProperty(option(integer({ min: 0, max: 4 })), async (fault) => {
      await store.transaction('empty', (tx) => tx.run('DELETE FROM timer'));
      seen.length = 0;
      faultAt = fault ?? Number.POSITIVE_INFINITY;
      const done = store.transaction('steps', (tx) => play(tx, steps));
      const said = await done.then(() => 'done', kindOf);
      faultAt = Number.POSITIVE_INFINITY;
      expect(said).toBe(fault === null ? 'done' : 'fault');
      const third = expect.stringMatching(/^INSERT INTO timer .*\)( RETURNING id)?$/);
      expect(seen).toEqual([INSERT, INSERT, third, INSERT, INSERT].slice(0, fault ?? 5));
      expect([...(await rows()).keys()]).toEqual(fault === null ? subjects : []);
    });
    await assert(property, { numRuns: 12 });
  });

  it('give the numbers of their rows in a task after the commit', async () => {
    const { store } = await storeWith();
    const told: number[] = [];
    await store.transaction('row', async (tx) => {
      const give = tx.laterInsert(INSERT, 'id', 'a', 7);
      tx.afterCommit(() => told.push(give()));
    });
    expect(told).toEqual([new Map(await store.read(numbered)).get('a')]);
    const none = await store.transaction('none', async (tx) => ({
      give: tx.laterInsert(`${INSERT} ON CONFLICT DO NOTHING`, 'id', 'a', 8),
    }));
    expect(() => none.give()).toThrow('no row was written');
  });

  it('are refused after the end of the body', async () => {
    const { store, rows } = await storeWith();
    const kept: Tx[] = [];
    await store.transaction('ended', async (tx) => void kept.push(tx));
    for (const tx of kept) {
      expect(() => tx.later(INSERT, 'a', 0)).toThrow('transaction ended has ended');
      await expect(tx.insert(INSERT, 'id', 'a', 0)).rejects.toThrow('transaction ended has ended');
      expect(() => tx.laterInsert(INSERT, 'id', 'a', 0)).toThrow('transaction ended has ended');
      expect(() => tx.mustChange(() => new Error('no'), INSERT, 'a', 0)).toThrow('transaction ended has ended');
    }
    expect(await rows()).toEqual(new Map());
  });
});
