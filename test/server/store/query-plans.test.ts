import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { withoutLock } from '../../../server/store/connection.ts';
import { everyStatement } from './sql-of-code.ts';
import { HISTORY, wholeLife } from './whole-life.ts';

/** At a start, and when the clock of the machine was put back: 0.15 s for a million receipts. An index on `at` would cost each payment a page. */
const AT_A_CLOCK_STEP = /^UPDATE receipt SET at = \? WHERE at > \?/;

describe('the queries of a service', () => {
  it('read no table from end to end that grows with the history', async () => {
    const { database, texts: executed } = await wholeLife();
    const { texts, untried } = everyStatement(executed);
    expect(untried).toEqual([]);
    expect(texts.size).toBeGreaterThan(250);
    const file = new DatabaseSync(database, { readOnly: true });
    const scans: string[] = [];
    for (const sql of [...texts].filter((text) => !AT_A_CLOCK_STEP.test(text))) {
      for (const { detail } of file.prepare(`EXPLAIN QUERY PLAN ${withoutLock(sql)}`).all()) {
        const table = /^SCAN (\w+)$/.exec(String(detail))?.[1];
        const real = table && new RegExp(`(\\w+)(?: AS)? ${table}\\b`).exec(sql)?.[1];
        if (table !== undefined && (HISTORY.includes(table) || HISTORY.includes(real ?? '')))
          scans.push(`${detail}: ${sql}`);
      }
    }
    file.close();
    expect(scans).toEqual([]);
  });

  it('need every index that is not there to keep rows unique', async () => {
    const { database, texts: executed } = await wholeLife();
    const file = new DatabaseSync(database, { readOnly: true });
    const indexes = file
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql NOT LIKE '% UNIQUE %'")
      .all();
    const unused = new Set(indexes.map(({ name }) => String(name)));
    for (const sql of everyStatement(executed).texts) {
      for (const { detail } of file.prepare(`EXPLAIN QUERY PLAN ${withoutLock(sql)}`).all())
        unused.delete(/INDEX (\w+)/.exec(String(detail))?.[1] ?? '');
    }
    file.close();
    expect([...unused]).toEqual([]);
  });
});
