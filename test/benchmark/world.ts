import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Load, LoadResult } from './world-load.ts';

const PROGRAM = join(import.meta.dirname, 'world-load.ts');

const Result: z.ZodType<LoadResult> = z.object({
  phones: z.number(),
  delivered: z.number(),
  cpuSeconds: z.number(),
  wallSeconds: z.number(),
  megabytes: z.number(),
});

/** A load with a name. */
export interface WorldCase {
  readonly name: string;
  readonly load: Load;
}

/** From a hundred phones to ten thousand, as many messages in all; then a day of a thousand people who write to one another. */
export const worldCases: readonly WorldCase[] = [
  { name: 'deliver', load: { phones: 100, messagesEach: 1_000, from: 'outside', pace: 'burst' } },
  { name: 'deliver', load: { phones: 1_000, messagesEach: 100, from: 'outside', pace: 'burst' } },
  { name: 'deliver', load: { phones: 10_000, messagesEach: 10, from: 'outside', pace: 'burst' } },
  { name: 'phones', load: { phones: 10_000, messagesEach: 5, from: 'phones', pace: 'burst' } },
  { name: 'day', load: { phones: 1_000, messagesEach: 24, from: 'phones', pace: 'day' } },
];

/** Runs a load in a process of its own, so that its memory is its own. */
export async function measureLoad(load: Load): Promise<LoadResult> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, JSON.stringify(load)]);
  return Result.parse(JSON.parse(stdout));
}
