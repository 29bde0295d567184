import { keepLog } from '../evidence/log-file.ts';
import type { EventLog } from '../log.ts';

/** Writes a log down as it happens, for a command; the user is told if that ends before its time. The answer ends it. */
export function keepLogIn(path: string, log: EventLog): () => void {
  return keepLog(log, path, ({ message }) => {
    process.stderr.write(`gsm-sim: ${message}\n`);
  });
}
