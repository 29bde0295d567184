import { PduEncodeError } from './error.ts';
import type { TimeStamp } from './time-stamp.ts';

const QUARTER_MS = 15 * 60_000;
/** Length of an ISO 8601 time as far as the minutes. */
const MINUTES = 'YYYY-MM-DDTHH:MM'.length;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|([+-])(\d\d):?(\d\d))?$/;

/**
 * A time stamp from ISO 8601, with its zone: `2009-03-04T17:25:00+01:00`. `Z` and nothing mean UTC; fractions of a second
 * are dropped. Throws {@link PduEncodeError}.
 */
export function timeStampOf(iso: string): TimeStamp {
  const match = ISO.exec(iso);
  const [, sign, hours, minutes] = match ?? [];
  const zone = sign === undefined ? 0 : ((Number(hours) * 60 + Number(minutes)) / 15) * (sign === '-' ? -1 : 1) + 0;
  const at = Math.floor(Date.parse(sign === undefined && !iso.endsWith('Z') ? `${iso}Z` : iso) / 1000) * 1000;
  if (match === null || Number.isNaN(at)) throw notIso(iso);
  if (!Number.isInteger(zone)) throw new PduEncodeError('time', `'${iso}' is not in a zone of quarters of an hour`);
  if (!isoTime({ at, zone }).startsWith(iso.slice(0, MINUTES))) throw notIso(iso);
  return { at, zone };
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
