import type { Reader } from './reader.ts';
import { readTwoDigits, semiOctets } from './semi-octets.ts';
import type { Writer } from './writer.ts';

/** A moment as the service centre writes it: whole seconds, with its time zone (3GPP TS 23.040, 9.2.3.11). */
export interface TimeStamp {
  /** Milliseconds since 1970-01-01T00:00:00Z, years 1970 to 2069. The wire has whole seconds: milliseconds are dropped. */
  readonly at: number;
  /** Quarters of an hour that local time is ahead of UTC, -79 to 79; -0 and 0 differ on the wire, and both occur. */
  readonly zone: number;
}

const QUARTER_MS = 15 * 60_000;
const DAY_S = 24 * 60 * 60;

/** The sign of the time zone. */
const WEST = 0x08;

/** The year that two digits stand for. */
function yearOf(digits: number): number {
  return digits < 70 ? 2000 + digits : 1900 + digits;
}

/** Days from 1970-01-01 to the first of the month, by two digits of the year times 12 plus the month from 0. */
const DAYS_BEFORE: readonly number[] = Array.from(
  { length: 100 * 12 },
  (_, index) => Date.UTC(yearOf(Math.trunc(index / 12)), index % 12) / (DAY_S * 1000),
);

const DAYS_IN_MONTH: readonly number[] = Array.from({ length: 100 * 12 }, (_, index) =>
  new Date(Date.UTC(yearOf(Math.trunc(index / 12)), (index % 12) + 1, 0)).getUTCDate(),
);

/** A semi-octet F, with which service centres fill up what they do not know. */
const FILLED = 0x0f;

/** Reads the time zone. A first semi-octet F would be 70 quarters or more to the west: with a second one that is no digit, none. */
function readZone(reader: Reader): number {
  const octet = reader.octet();
  const tens = octet & 0x07;
  const units = octet >> 4;
  if (units > 9 && (octet & 0x0f) === FILLED) {
    reader.deviation('the time zone has two semi-octets that are no digits', reader.offset - 1, 'taken for 0');
    return 0;
  }
  const quarters = tens * 10 + (units > 9 ? 0 : units);
  const zone = (octet & WEST) === 0 ? quarters : -quarters;
  if (units > 9) {
    const taken = `taken for ${zone} quarters of an hour`;
    reader.deviation('the time zone has a semi-octet that is no digit', reader.offset - 1, taken);
  }
  return zone;
}

/**
 * Reads the seven octets of a time stamp. The standard has a phone read a semi-octet that is no digit as 0, and keep the
 * field unchanged (9.2.3.11). A `TimeStamp` cannot keep such a field, so only lenient decoding accepts it.
 */
export function readTimeStamp(reader: Reader): TimeStamp {
  const year = readTwoDigits(reader, 'year', 0, 99);
  const month = year * 12 + readTwoDigits(reader, 'month', 1, 12) - 1;
  const day = readTwoDigits(reader, 'day', 1, DAYS_IN_MONTH[month] ?? 0);
  const hour = readTwoDigits(reader, 'hour', 0, 23);
  const minute = readTwoDigits(reader, 'minute', 0, 59);
  const second = readTwoDigits(reader, 'second', 0, 59);
  const zone = readZone(reader);
  const local = ((DAYS_BEFORE[month] ?? 0) + day - 1) * DAY_S + hour * 3600 + minute * 60 + second;
  return { at: local * 1000 - zone * QUARTER_MS, zone };
}

/** Writes the seven octets of a time stamp. */
export function writeTimeStamp(writer: Writer, { at, zone }: TimeStamp): void {
  if (!Number.isInteger(zone) || Math.abs(zone) > 79) {
    writer.refuse(`a time zone of ${zone} quarters of an hour is not -79 to 79`);
  }
  const local = new Date(Math.floor(at / 1000) * 1000 + zone * QUARTER_MS);
  const year = local.getUTCFullYear();
  if (!(year >= 1970 && year <= 2069)) writer.refuse(`the year of ${at} ms is not 1970 to 2069`);
  writer.octet(semiOctets(year % 100));
  writer.octet(semiOctets(local.getUTCMonth() + 1));
  writer.octet(semiOctets(local.getUTCDate()));
  writer.octet(semiOctets(local.getUTCHours()));
  writer.octet(semiOctets(local.getUTCMinutes()));
  writer.octet(semiOctets(local.getUTCSeconds()));
  writer.octet(semiOctets(Math.abs(zone)) | (zone < 0 || Object.is(zone, -0) ? WEST : 0));
}
