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
  return entries.filter(selector(selection));
}

/** Says of one entry after the other whether a selection wants it. */
export function selector(selection: Selection): (entry: LogEntry) => boolean {
  const { numbers = [], sms } = selection;
  const wanted = new Set<number>();
  const everyMessage = numbers.length === 0 && sms === undefined;
  return (entry) => {
    if (entry.kind === 'start' || entry.kind === 'profile') return true;
    if ('sms' in entry) {
      if (!everyMessage && isOfMessage(entry, selection, wanted)) wanted.add(entry.sms);
      return isInTime(entry, selection) && (everyMessage || wanted.has(entry.sms));
    }
    if (sms !== undefined || !isInTime(entry, selection)) return false;
    return numbers.length === 0 || entry.number === undefined || numbers.includes(entry.number);
  };
}

function isInTime({ at }: LogEntry, { since, until }: Selection): boolean {
  return (since === undefined || at >= since) && (until === undefined || at < until);
}

/** Whether an entry shows that its message is wanted. A copy or report goes with its message. */
function isOfMessage(
  entry: Extract<LogEntry, { readonly sms: number }>,
  { numbers = [], sms }: Selection,
  wanted: ReadonlySet<number>,
): boolean {
  if (entry.kind === 'report') return wanted.has(entry.about);
  if (entry.kind === 'duplicate') return wanted.has(entry.original);
  return 'from' in entry && isBetween(entry, numbers) && (sms === undefined || sms.includes(entry.sms));
}

function isBetween({ from, to }: { readonly from: string; readonly to: string }, numbers: readonly string[]): boolean {
  if (numbers.length === 0) return true;
  const [one, two] = [numbers.includes(from), numbers.includes(to)];
  return numbers.length === 1 ? one || two : one && two;
}
