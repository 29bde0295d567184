import { PduEncodeError } from './error.ts';
import type { TimeStamp } from './time-stamp.ts';

const QUARTER_MS = 15 * 60_000;
const MINUTE_MS = 60_000;
const ISO = /^((?:19|20)\d\d)-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(?:Z|([+-])(\d\d)(?::?(\d\d))?)?$/i;

/**
 * A time stamp from ISO 8601, with its zone: `2009-03-04T17:25:00+01:00`. `Z` and nothing mean UTC, a space may stand for
 * the `T`; fractions of a second are dropped. Throws {@link PduEncodeError}.
 */
export function timeStampOf(iso: string): TimeStamp {
  const match = ISO.exec(iso);
  if (match === null) throw notIso(iso);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const local = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const [, sign, hours = 0, minutes = 0] = match.slice(6);
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1) + 0;
  const isMoment = month > 0 && local.getUTCMonth() === month - 1 && local.getUTCDate() === day;
  if (!isMoment || hour > 23 || minute > 59 || second > 59 || Number(minutes) > 59) throw notIso(iso);
  if (offset % 15 !== 0) throw new PduEncodeError('time', `'${iso}' is not in a zone of quarters of an hour`);
  return { at: local.getTime() - offset * MINUTE_MS, zone: offset / 15 };
}

function notIso(iso: string): PduEncodeError {
  return new PduEncodeError('time', `'${iso}' is not a time in ISO 8601, as 2009-03-04T17:25:00+01:00 is`);
}

/** A time stamp as ISO 8601 in its own zone, with whole seconds; UTC as `Z`. */
export function isoTime({ at, zone }: TimeStamp): string {
  const local = new Date(at + zone * QUARTER_MS).toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length);
  if (zone === 0) return `${local}Z`;
  const minutes = Math.abs(zone) * 15;
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${local}${zone < 0 ? '-' : '+'}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`;
}
