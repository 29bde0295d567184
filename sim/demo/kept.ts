import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  createServiceKeys,
  readKeyFile,
  type ServiceKeys,
  servicePrimitives,
  writeKeyFile,
} from '../../server/index.ts';
import type { SeededRandom } from '../random.ts';

/** What the demonstration has to know to go on in a folder, beside the database, the service's keys and the flash files. */
export interface Kept {
  /** How many times it was set up there, this time included. */
  readonly runs: number;
  /** The latest moment that the service has seen, ms since 1970. */
  readonly at: number;
  readonly adminKey: string;
  /** Ids of the two people, once they are registered. */
  readonly merchantId?: number | undefined;
  readonly customerId?: number | undefined;
  /** The merchant's API key, which the service itself knows only by its digest. */
  readonly merchantKey?: string | undefined;
  /** The phones whose enrolment came to its end. */
  readonly enrolled: readonly string[];
}

const keptSchema: z.ZodType<Kept> = z.strictObject({
  runs: z.int().min(1),
  at: z.number(),
  adminKey: z.string(),
  merchantId: z.int().optional(),
  customerId: z.int().optional(),
  merchantKey: z.string().optional(),
  enrolled: z.array(z.string()),
});

/** Where everything is in a folder of the demonstration. */
export function filesIn(folder: string): {
  readonly kept: string;
  readonly keys: string;
  readonly database: string;
  flash(who: string): string;
} {
  return {
    kept: join(folder, 'demo.json'),
    keys: join(folder, 'keys.json'),
    database: join(folder, 'service.sqlite'),
    flash: (who) => join(folder, `${who}.flash.json`),
  };
}

/** What the last run with `--data` kept; undefined for a new folder. @throws Error when the file is another program's */
export function readKept(folder: string): Kept | undefined {
  const { kept, keys, database } = filesIn(folder);
  if (!existsSync(kept)) {
    const foreign = [keys, database].find((path) => existsSync(path));
    if (foreign === undefined) return undefined;
    throw new Error(`${foreign} is not of a demonstration, whose folder has a demo.json: give --data another folder`);
  }
  const { data, error } = keptSchema.safeParse(jsonOf(readFileSync(kept, 'utf8')));
  if (data === undefined) {
    const field = error.issues[0]?.path.join('.');
    throw new Error(`${kept} cannot be read${field ? `, at "${field}"` : ''}: give --data another folder`);
  }
  return data;
}

/** Writes it down, for its owner only. */
export function writeKept(folder: string, kept: Kept): void {
  const { kept: path } = filesIn(folder);
  writeFileSync(`${path}.new`, `${JSON.stringify(kept)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** The service's keys, and what is kept of a run that begins at `at`: of the last run in the folder, or new. */
export function beginRun(
  folder: string | undefined,
  at: number,
  random: SeededRandom,
): { readonly keys: ServiceKeys; readonly kept: Kept } {
  const primitives = servicePrimitives();
  const last = folder === undefined ? undefined : readKept(folder);
  // A run that was killed before it had written its keys has left nothing else either.
  if (folder !== undefined && last !== undefined && existsSync(filesIn(folder).keys)) {
    return { keys: readKeyFile(filesIn(folder).keys, primitives), kept: { ...last, runs: last.runs + 1 } };
  }
  const { keys, adminKey } = createServiceKeys(primitives, random.fork('keys'));
  const kept: Kept = { runs: 1, at, adminKey, enrolled: [] };
  if (folder !== undefined) {
    writeKept(folder, kept);
    writeKeyFile(filesIn(folder).keys, keys);
  }
  return { keys, kept };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
