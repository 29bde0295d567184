import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { statementFolder } from '../../../../server/rails/card/statement-folder.ts';
import { VirtualClock } from '../../../../sim/index.ts';
import { temporaryFolder } from '../../database.ts';

const DAY_MS = 24 * 3_600_000;
const FIRST = Date.UTC(2010, 1, 27);

/** A folder with the statements of these days, at noon of 5 March. */
function folder(...days: readonly string[]) {
  const path = temporaryFolder();
  for (const day of days) writeFileSync(join(path, `${day}.csv`), `of ${day}`);
  return { path, statements: statementFolder(path, new VirtualClock(Date.UTC(2010, 2, 5, 12))) };
}

describe('a folder of statements', () => {
  it('gives those of the days asked for, and of the day before and behind', async () => {
    const { statements } = folder('2010-02-26', '2010-02-27', '2010-02-28', '2010-03-01', '2010-03-02', '2010-03-03');
    const found = await statements(FIRST + DAY_MS, FIRST + 3 * DAY_MS);
    expect(found.map(({ name }) => name)).toEqual([
      '2010-02-27.csv',
      '2010-02-28.csv',
      '2010-03-01.csv',
      '2010-03-02.csv',
    ]);
    expect(found[0]?.text).toBe('of 2010-02-27');
  });

  it('may begin within the days asked for', async () => {
    const { statements } = folder('2010-03-01', '2010-03-02');
    expect(await statements(FIRST, FIRST + 4 * DAY_MS)).toHaveLength(2);
  });

  it('must have each day from the first one on that has ended a day ago', async () => {
    const { path, statements } = folder('2010-02-27', '2010-03-01', '2010-03-02', '2010-03-04');
    await expect(statements(FIRST, FIRST + 7 * DAY_MS)).rejects.toThrow(
      `${join(path, '2010-02-28.csv')} is missing: put the acquirer's statement there, also one without movements`,
    );
  });

  it.each([
    ['2010-03-03', '3 March has ended 36 hours ago', false],
    ['2010-03-04', '4 March has ended 12 hours ago', true],
  ])('may lack %s: %s', async (missing, _, allowed) => {
    const days = ['2010-03-01', '2010-03-02', '2010-03-03', '2010-03-04'].filter((day) => day !== missing);
    const asked = folder(...days).statements(Date.UTC(2010, 2, 2), Date.UTC(2010, 2, 9));
    if (allowed) await expect(asked).resolves.toHaveLength(3);
    else await expect(asked).rejects.toThrow('2010-03-03.csv is missing');
  });

  it('without any of these days, or that is not there, is said', async () => {
    const { path, statements } = folder('2010-01-01');
    await expect(statements(FIRST, FIRST + DAY_MS)).rejects.toThrow(
      `${path} has no statement of these days (as 2010-02-27.csv)`,
    );
    const nowhere = statementFolder(join(path, 'x'), new VirtualClock());
    await expect(nowhere(FIRST, FIRST + DAY_MS)).rejects.toThrow('has no statement of these days');
  });

  it('with a file that cannot be read is said', async () => {
    const { path, statements } = folder();
    mkdirSync(join(path, '2010-02-27.csv'));
    await expect(statements(FIRST, FIRST + DAY_MS)).rejects.toThrow('EISDIR');
  });
});
