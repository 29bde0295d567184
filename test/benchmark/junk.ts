import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Delays, JunkLoad, JunkReport } from './junk-load.ts';

const PROGRAM = join(import.meta.dirname, 'junk-load.ts');

const DelaysText: z.ZodType<Delays> = z.object({ median: z.number(), p99: z.number(), worst: z.number() });

const Report: z.ZodType<JunkReport> = z.object({
  kinds: z.array(
    z.object({
      kind: z.string(),
      frames: z.number(),
      microseconds: z.number(),
      share: z.number(),
      rows: z.number(),
      sms: z.number(),
    }),
  ),
  flood: z.object({
    frames: z.number(),
    payments: z.number(),
    quiet: DelaysText,
    flooded: DelaysText,
    rows: z.number(),
    sms: z.number(),
    megabytes: z.tuple([z.number(), z.number()]),
  }),
});

/** Hands a good frame and junk of each kind to a service in a process of its own. */
export async function measureJunk(load: JunkLoad): Promise<JunkReport> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, JSON.stringify(load)]);
  return Report.parse(JSON.parse(stdout));
}
