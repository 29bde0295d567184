import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { PhoneLoad, PhoneResult } from './phone-load.ts';

const PROGRAM = join(import.meta.dirname, 'phone-load.ts');

const Result: z.ZodType<PhoneResult> = z.object({
  phones: z.number(),
  machine: z.enum(['in-process', 'quickjs']),
  onKb: z.number(),
  openKb: z.number(),
  closedKb: z.number(),
  machineKb: z.number(),
  openMs: z.number(),
  answerMs: z.number(),
  paymentMs: z.number(),
});

/** Where the payment application of a phone runs. */
export const MACHINES: readonly PhoneLoad['machine'][] = ['in-process', 'quickjs'];

/** Switches phones on in a process of their own, so that its memory is theirs. */
export async function measurePhones(load: PhoneLoad): Promise<PhoneResult> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', PROGRAM, JSON.stringify(load)]);
  return Result.parse(JSON.parse(stdout));
}
