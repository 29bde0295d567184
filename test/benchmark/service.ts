import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { ServiceLoad, ServiceResult } from './service-load.ts';

const PROGRAM = join(import.meta.dirname, 'service-load.ts');

const Result: z.ZodType<ServiceResult> = z.object({
  history: z.number(),
  perCoreSecond: z.number(),
  primitivesPerCoreSecond: z.number(),
  ratio: z.number(),
  statements: z.number(),
  transactions: z.number(),
  commits: z.number(),
  octets: z.number(),
  aloneMs: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
});

/** A short history and a long one; all else is the same. @param history payments in the longer one */
export function serviceLoads(history: number): readonly ServiceLoad[] {
  const load = { customers: 1_000, payments: 2_000, rounds: 5, inFlight: 64 } as const;
  return [1_000, history].map((payments) => ({ ...load, history: payments }));
}

/** Puts a load on a service in a process of its own. */
export async function measureService(load: ServiceLoad): Promise<ServiceResult> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, JSON.stringify(load)]);
  return Result.parse(JSON.parse(stdout));
}
