import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../modem/index.ts';
import { dayText } from '../../time/days.ts';
import type { Statement } from './statement.ts';

const DAY_MS = 24 * 3_600_000;

/** When the statement of a business day must be there, ms after the day's end (UTC). */
const DELIVERED_MS = DAY_MS;

/**
 * The statements that an acquirer puts into a folder: a file a business day, `2026-11-27.csv`, also of a day without movements. A business
 * day may begin and end some hours away from midnight UTC.
 * @returns gives the files whose days touch a time `[from, to)`, ms since 1970, from the day on whose statement is the first one there
 */
export function statementFolder(
  folder: string,
  clock: Clock,
): (from: number, to: number) => Promise<readonly Statement[]> {
  return async (from, to) => {
    const found: Statement[] = [];
    const first = Math.floor(from / DAY_MS) * DAY_MS - DAY_MS;
    for (let day = first; day < to + DAY_MS; day += DAY_MS) {
      const statement = read(folder, day);
      if (statement !== undefined) found.push(statement);
      else if (found.length > 0 && day + DAY_MS + DELIVERED_MS <= Math.min(to, clock.now())) {
        throw new Error(
          `${join(folder, nameOf(day))} is missing: put the acquirer's statement there, also one without movements`,
        );
      }
    }
    if (found.length === 0) throw new Error(`${folder} has no statement of these days (as ${nameOf(first + DAY_MS)})`);
    return found;
  };
}

function read(folder: string, day: number): Statement | undefined {
  const name = nameOf(day);
  try {
    return { name, text: readFileSync(join(folder, name), 'utf8') };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function nameOf(day: number): string {
  return `${dayText(day)}.csv`;
}
