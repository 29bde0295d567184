import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { JunkLoad, JunkResult } from './junk-load.ts';

const PROGRAM = join(import.meta.dirname, 'junk-load.ts');

const Results: z.ZodType<readonly JunkResult[]> = z.array(
  z.object({
    kind: z.string(),
    frames: z.number(),
    microseconds: z.number(),
    share: z.number(),
    rows: z.number(),
  }),
);

/** Hands a good frame and junk of each kind to a service in a process of its own. */
export async function measureJunk(load: JunkLoad): Promise<readonly JunkResult[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, JSON.stringify(load)]);
  return Results.parse(JSON.parse(stdout));
}
