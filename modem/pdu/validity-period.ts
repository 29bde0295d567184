import type { Reader } from './reader.ts';
import { readTwoDigits, semiOctets } from './semi-octets.ts';
import { readTimeStamp, type TimeStamp, writeTimeStamp } from './time-stamp.ts';
import type { Writer } from './writer.ts';

/** TP-VP, how long the service centre keeps trying; its three formats (3GPP TS 23.040, 9.2.3.12). */
export type ValidityPeriod =
  /** One octet, 5 minutes to 63 weeks. Encoding rounds `ms` up to the next period that the octet can say. */
  | { readonly format: 'relative'; readonly ms: number }
  | { readonly format: 'absolute'; readonly until: TimeStamp }
  | { readonly format: 'enhanced'; readonly singleShot: boolean; readonly period: EnhancedPeriod };

/** What an enhanced validity period says (3GPP TS 23.040, 9.2.3.12.3). */
export type EnhancedPeriod =
  | { readonly kind: 'none' }
  /** As the relative format. */
  | { readonly kind: 'relative'; readonly ms: number }
  /** 1 to 255 s. */
  | { readonly kind: 'seconds'; readonly seconds: number }
  /** Hours 0 to 99, minutes and seconds 0 to 59. */
  | { readonly kind: 'clock'; readonly hours: number; readonly minutes: number; readonly seconds: number };

/** TP-VPF by format; 0 says that there is none (3GPP TS 23.040, 9.2.3.3). */
const FORMATS: Readonly<Record<ValidityPeriod['format'], number>> = { enhanced: 1, relative: 2, absolute: 3 };

/** TP-VPF, 0 to 3, of a validity period or of its absence. */
export function validityFormatOf(validity: ValidityPeriod | undefined): number {
  return validity === undefined ? 0 : FORMATS[validity.format];
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;

/** Octets of an enhanced validity period behind its first. */
const ENHANCED_LENGTH = 6;

/** The period that a relative octet says, in ms (3GPP TS 23.040, 9.2.3.12.1). */
function relativeMs(octet: number): number {
  if (octet <= 143) return (octet + 1) * 5 * MINUTE_MS;
  if (octet <= 167) return 12 * HOUR_MS + (octet - 143) * 30 * MINUTE_MS;
  if (octet <= 196) return (octet - 166) * DAY_MS;
  return (octet - 192) * WEEK_MS;
}

const RELATIVE: readonly number[] = Array.from({ length: 256 }, (_, octet) => relativeMs(octet));

function readRelative(reader: Reader): number {
  return relativeMs(reader.octet());
}

function writeRelative(writer: Writer, ms: number): void {
  const octet = RELATIVE.findIndex((period) => period >= ms);
  if (!(ms > 0) || octet < 0) writer.refuse(`${ms} ms is not more than 0 and at most 63 weeks`);
  writer.octet(octet);
}

function readPeriod(reader: Reader, format: number): EnhancedPeriod {
  switch (format) {
    case 0:
      return { kind: 'none' };
    case 1:
      return { kind: 'relative', ms: readRelative(reader) };
    case 2: {
      const seconds = reader.octet();
      if (seconds === 0) reader.deviation('0 seconds is reserved', reader.offset - 1);
      return { kind: 'seconds', seconds };
    }
    case 3: {
      const hours = readTwoDigits(reader, 'hour', 0, 99);
      const minutes = readTwoDigits(reader, 'minute', 0, 59);
      return { kind: 'clock', hours, minutes, seconds: readTwoDigits(reader, 'second', 0, 59) };
    }
    default:
      reader.deviation(`period format ${format} is reserved`, reader.offset - 1, 'taken for none');
      return { kind: 'none' };
  }
}

function readEnhanced(reader: Reader): ValidityPeriod {
  const indicator = reader.octet();
  const end = reader.offset + ENHANCED_LENGTH;
  if ((indicator & 0xb8) !== 0) reader.tolerate('a reserved bit is set', reader.offset - 1, 'ignored');
  const period = readPeriod(reader, indicator & 7);
  while (reader.offset < end) {
    if (reader.octet() !== 0) reader.tolerate('an unused octet is not 0', reader.offset - 1, 'ignored');
  }
  return { format: 'enhanced', singleShot: (indicator & 0x40) !== 0, period };
}

/** Reads TP-VP in the format that TP-VPF, 0 to 3, says. */
export function readValidityPeriod(reader: Reader, format: number): ValidityPeriod | undefined {
  if (format === 0) return undefined;
  reader.enter('TP-VP');
  if (format === FORMATS.enhanced) return readEnhanced(reader);
  if (format === FORMATS.relative) return { format: 'relative', ms: readRelative(reader) };
  return { format: 'absolute', until: readTimeStamp(reader) };
}

function writeClockPart(writer: Writer, what: string, value: number, high: number): void {
  if (!Number.isInteger(value) || value < 0 || value > high) writer.refuse(`${value} ${what} is not 0 to ${high}`);
  writer.octet(semiOctets(value));
}

function writePeriod(writer: Writer, singleShot: boolean, period: EnhancedPeriod): void {
  const flags = singleShot ? 0x40 : 0;
  switch (period.kind) {
    case 'none':
      writer.octet(flags);
      break;
    case 'relative':
      writer.octet(flags | 1);
      writeRelative(writer, period.ms);
      break;
    case 'seconds':
      if (period.seconds === 0) writer.refuse('0 seconds is reserved');
      writer.octet(flags | 2);
      writer.octet(period.seconds);
      break;
    case 'clock':
      writer.octet(flags | 3);
      writeClockPart(writer, 'hours', period.hours, 99);
      writeClockPart(writer, 'minutes', period.minutes, 59);
      writeClockPart(writer, 'seconds', period.seconds, 59);
  }
}

/** Writes TP-VP, if any. */
export function writeValidityPeriod(writer: Writer, validity: ValidityPeriod | undefined): void {
  switch (validity?.format) {
    case 'relative':
      writeRelative(writer, validity.ms);
      break;
    case 'absolute':
      writeTimeStamp(writer, validity.until);
      break;
    case 'enhanced': {
      const end = writer.offset + 1 + ENHANCED_LENGTH;
      writePeriod(writer, validity.singleShot, validity.period);
      while (writer.offset < end) writer.octet(0);
    }
  }
}
