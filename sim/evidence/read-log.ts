import type { LogEntry } from '../log.ts';
import { complaints } from '../vocabulary/complaints.ts';
import { logEntry } from '../vocabulary/log-entry.ts';

/** A line of a log is not what `jsonLine` writes. `message` is one line for a person. */
export class LogError extends Error {
  override readonly name = 'LogError';
  /** Which line, from 1. */
  readonly line: number;

  constructor(line: number, message: string) {
    super(`Line ${line} of the log: ${message}`);
    this.line = line;
  }
}

/** More entries than this are not read at once: they take about 300 octets of memory each. */
const ENTRIES = 4_000_000;

/**
 * The entries of a log in JSON lines, as `jsonLine` writes them and `gsm-sim log --json` prints them. Empty lines are
 * passed over. @param wanted says which entries to keep. @throws LogError at the first line that is none, and when more
 * than 4,000,000 are wanted.
 */
export function readLog(
  log: string | Iterable<string>,
  wanted: (entry: LogEntry) => boolean = () => true,
): readonly LogEntry[] {
  const entries: LogEntry[] = [];
  let at = 0;
  for (const line of typeof log === 'string' ? log.split('\n') : log) {
    at += 1;
    if (line.trim() === '') continue;
    const entry = readLine(line, at);
    if (!wanted(entry)) continue;
    if (entries.length >= ENTRIES) {
      throw new LogError(at, `more than ${ENTRIES.toLocaleString('en')} events: choose a span of time`);
    }
    entries.push(entry);
  }
  return entries;
}

function readLine(line: string, at: number): LogEntry {
  const result = logEntry.safeParse(jsonOf(line, at));
  if (result.success) return result.data;
  const [first] = complaints(result.error.issues);
  const field = first?.path.join('.') ?? '';
  if (first === undefined || field === '' || field === 'kind') {
    throw new LogError(at, 'it is no event of a log; give a file of JSON lines, as gsm-sim log --json prints them');
  }
  throw new LogError(at, `${field}: ${first.message}`);
}

function jsonOf(line: string, at: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new LogError(at, 'it is not JSON; give a file of JSON lines, as gsm-sim log --json prints them');
  }
}
