import type { LogEntry } from '../log.ts';

/** Which part of a log is wanted; what is left out selects everything. */
export interface Selection {
  /** One number: all that concerns it. Several: what they say to one another. As the log has them. */
  readonly numbers?: readonly string[];
  /** These messages, with their copies and reports. */
  readonly sms?: readonly number[];
  /** Not before, and not at or after, ms since 1970. */
  readonly since?: number;
  readonly until?: number;
}

/** The entries that a selection wants, with the beginning of the world and its profiles, in order. */
export function select(entries: readonly LogEntry[], selection: Selection): readonly LogEntry[] {
  const { numbers = [] } = selection;
  const wanted = wantedMessages(entries, selection);
  return entries.filter((entry) => {
    if (entry.kind === 'start' || entry.kind === 'profile') return true;
    if (!isInTime(entry, selection)) return false;
    if ('sms' in entry) return wanted === undefined || wanted.has(entry.sms);
    if (selection.sms !== undefined) return false;
    return numbers.length === 0 || entry.number === undefined || numbers.includes(entry.number);
  });
}

/** Whether an entry is of the time that a selection wants; what holds for all time always is. */
export function isInTime(entry: LogEntry, { since, until }: Selection): boolean {
  if (entry.kind === 'start' || entry.kind === 'profile') return true;
  return (since === undefined || entry.at >= since) && (until === undefined || entry.at < until);
}

/** The numbers of the messages that are wanted; `undefined`: all. A copy or report goes with its message. */
function wantedMessages(entries: readonly LogEntry[], selection: Selection): ReadonlySet<number> | undefined {
  const { numbers = [], sms } = selection;
  if (numbers.length === 0 && sms === undefined) return undefined;
  const wanted = new Set<number>();
  for (const entry of entries) {
    if (entry.kind === 'report') {
      if (wanted.has(entry.about)) wanted.add(entry.sms);
    } else if (entry.kind === 'duplicate') {
      if (wanted.has(entry.original)) wanted.add(entry.sms);
    } else if ('from' in entry && isBetween(entry, numbers) && (sms === undefined || sms.includes(entry.sms))) {
      wanted.add(entry.sms);
    }
  }
  return wanted;
}

function isBetween({ from, to }: { readonly from: string; readonly to: string }, numbers: readonly string[]): boolean {
  if (numbers.length === 0) return true;
  const [one, two] = [numbers.includes(from), numbers.includes(to)];
  return numbers.length === 1 ? one || two : one && two;
}
