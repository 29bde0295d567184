import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
/** A literal of SQL that may give several rows. */
const SEVERAL_ROWS = /\.all(?:<\w+>)?\(\s*(`[^`]*`|'SELECT[^']*'|"SELECT[^"]*")/g;

// SQLite gives rows in the order of the index that it reads, PostgreSQL in any, and both after an update in another one.
it('says the order of the rows that it reads', () => {
  const files = globSync('server/**/*.ts', { cwd: ROOT });
  const unordered = files.flatMap((file) => {
    const source = readFileSync(join(ROOT, file), 'utf8');
    const statements = [...source.matchAll(SEVERAL_ROWS)].map(([, sql = '']) => sql);
    return statements.filter((sql) => !/ORDER BY[^)]*$/.test(sql)).map((sql) => `${file}: ${sql}`);
  });
  expect(unordered).toEqual([]);
});
