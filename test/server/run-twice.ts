import type { StoreProbe, Tx } from '../../server/store/store.ts';

/** What runs in the place of the body of a transaction. */
export type Body = StoreProbe['body'] & {};

/**
 * Each body runs twice, as on PostgreSQL after a fault for which it is tried again.
 * @param first what becomes of the first run: `undone` as after a deadlock, or `kept` as when the COMMIT was done and its answer
 * was lost. What was to follow its commit is forgotten in both cases.
 */
export function runTwice(first: (name: string) => 'undone' | 'kept' | 'not-run'): Body {
  return (name, work) => {
    const fate = first(name);
    if (fate === 'not-run') return work;
    return async (tx) => {
      await tx.run('SAVEPOINT first_run');
      const ended = await work(withoutSequel(tx)).then(
        () => true,
        () => false,
      );
      if (fate === 'undone' || !ended) await tx.run('ROLLBACK TO first_run');
      await tx.run('RELEASE first_run');
      return work(tx);
    };
  };
}

/** A transaction after whose commit nothing is done. */
export function withoutSequel(tx: Tx): Tx {
  return { ...throughSql(tx, (sql) => sql), wake: () => {}, afterCommit: () => {} };
}

/** A transaction whose statements are the texts that `change` makes of them. */
export function throughSql(tx: Tx, change: (sql: string) => string): Tx {
  return {
    run: (sql, ...values) => tx.run(change(sql), ...values),
    get: (sql, read, ...values) => tx.get(change(sql), read, ...values),
    all: (sql, read, ...values) => tx.all(change(sql), read, ...values),
    insert: (sql, key, ...values) => tx.insert(change(sql), key, ...values),
    sequence: (name) => tx.sequence(name),
    later: (sql, ...values) => tx.later(change(sql), ...values),
    laterInsert: (sql, key, ...values) => tx.laterInsert(change(sql), key, ...values),
    mustChange: (otherwise, sql, ...values) => tx.mustChange(otherwise, change(sql), ...values),
    wake: (topic, key) => tx.wake(topic, key),
    afterCommit: (task) => tx.afterCommit(task),
  };
}
