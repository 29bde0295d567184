import { InvalidArgumentError } from 'commander';
import { UsageError } from '../../modem/cli/program.ts';
import type { Period } from '../ledger/statement.ts';
import { DAY_MS } from '../time/days.ts';

/** How a command names a period: its first and its last day, each the moment at which it begins in UTC, ms since 1970. */
export interface DaysChoice {
  readonly from?: number;
  readonly to?: number;
}

/** Reads a day, as 2026-11-30. @returns the moment at which it begins in UTC, ms since 1970 */
export function dayOption(text: string): number {
  const at = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(at) && new Date(at).toISOString().startsWith(text)) return at;
  throw new InvalidArgumentError('Give a day as 2026-11-30.');
}

/** The period from the first to the last day, both included; without a day it is open. @throws UsageError for no day at all */
export function periodOf({ from = 0, to = 8.64e15 - DAY_MS }: DaysChoice): Period {
  if (from > to) throw new UsageError('--from is a later day than --to');
  return { from, to: to + DAY_MS };
}
