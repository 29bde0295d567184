import type { LogEntry } from '../log.ts';
import { oneLine } from './message-view.ts';
import { placesOf } from './wide.ts';
import { wordsOf } from './words.ts';

/** Widths of the columns in front of the last one, at least: a number of the longest sort moves the rest of its line. */
const SMS_COLUMNS = 5;
const WHO_COLUMNS = 14;
const KIND_COLUMNS = 10;
/** Narrower than this, a line is not cut: nothing would be left of it. */
const NARROWEST = 60;

/** What stands above the columns. */
export const COLUMN_HEADS: string = columns('TIME', 'SMS', 'WHO', 'EVENT', 'WHAT');

/**
 * An entry for people, in columns: time of day (UTC), message number, who, kind of event, and the rest in words.
 * @param width cells of the terminal; what does not fit is cut off with `…`. Absent: nothing is cut off.
 */
export function textLine(entry: LogEntry, width?: number): string {
  const { who, what } = wordsOf(entry);
  const sms = 'sms' in entry ? String(entry.sms) : '';
  const line = oneLine(columns(timeText(entry.at), sms, who, entry.kind, what));
  return width === undefined || width < NARROWEST ? line : cut(line, width);
}

/** The time of day, `09:00:00.000` UTC, of a time in ms since 1970. */
export function timeText(at: number): string {
  return new Date(at).toISOString().slice(11, 23);
}

/** The day of an entry, `2010-03-01`: printed above the first entry of each day. */
export function dayOf(entry: Pick<LogEntry, 'at'>): string {
  return new Date(entry.at).toISOString().slice(0, 10);
}

function columns(time: string, sms: string, who: string, kind: string, what: string): string {
  return `${time.padEnd(12)} ${sms.padStart(SMS_COLUMNS)}  ${who.padEnd(WHO_COLUMNS)} ${kind.padEnd(KIND_COLUMNS)} ${what}`.trimEnd();
}

/** The line in at most `width` cells of a terminal. */
function cut(line: string, width: number): string {
  let cells = 0;
  let fitting = '';
  for (const character of line) {
    cells += placesOf(character);
    if (cells > width) return `${fitting}…`;
    if (cells < width) fitting += character;
  }
  return line;
}
