import type { Reader } from '../reader.ts';
import { readUintvar, uintvar } from './uintvar.ts';

/** The Push primitive of connectionless WSP, in user data on port 2948 (WAP-230-WSP, 8.2.4.1). */
export interface WspPush {
  /** TID, 0 to 255. */
  readonly transactionId: number;
  /** The content type's assigned number (WAP-230-WSP, table 40). */
  readonly contentType: number;
  /** The MIBenum in its charset parameter. */
  readonly charset?: number;
  /** Header fields behind the content type, as they came. */
  readonly headers: Uint8Array;
  readonly body: Uint8Array;
}

const PUSH = 0x06;
const CHARSET_PARAMETER = 0x81;
/** Lengths above this one are written behind it, as a uintvar. */
const LENGTH_QUOTE = 0x1f;

/** A short-integer, or a long-integer of up to three octets (WAP-230-WSP, 8.4.2.1). */
function readInteger(reader: Reader): number {
  const first = reader.octet();
  if (first >= 0x80) return first & 0x7f;
  if (first < 1 || first > 3) return reader.refuse('not an assigned number', reader.offset - 1);
  let value = 0;
  for (let left = first; left > 0; left -= 1) value = value * 256 + reader.octet();
  return value;
}

/** The content type: a short-integer, or its length, its number and parameters, of which charset is understood. */
function readContentType(reader: Reader): { contentType: number; charset?: number } {
  const first = reader.octet();
  if (first >= 0x80) return { contentType: first & 0x7f };
  if (first > LENGTH_QUOTE) return reader.refuse('a content type by name is not supported', reader.offset - 1);
  const length = first === LENGTH_QUOTE ? readUintvar(reader) : first;
  const end = reader.offset + length;
  const contentType = readInteger(reader);
  if (reader.offset === end) return { contentType };
  if (reader.octet() !== CHARSET_PARAMETER) reader.refuse('only a charset parameter is supported', reader.offset - 1);
  const charset = readInteger(reader);
  if (reader.offset !== end) reader.refuse('the content type is not as long as it says');
  return { contentType, charset };
}

/** Reads a Push to the end of the octets. */
export function readWspPush(reader: Reader): WspPush {
  reader.enter('WSP TID');
  const transactionId = reader.octet();
  reader.enter('WSP type');
  if (reader.octet() !== PUSH) reader.refuse('not a Push', reader.offset - 1);
  reader.enter('WSP headers length');
  const length = readUintvar(reader);
  const end = reader.offset + length;
  if (length > reader.left) reader.refuse('the headers are longer than the octets', reader.offset - 1);
  reader.enter('WSP content type');
  const type = readContentType(reader);
  if (reader.offset > end) reader.refuse('the headers are longer than they say');
  const headers = reader.octets.subarray(reader.offset, end);
  reader.offset = end;
  return { transactionId, ...type, headers, body: reader.octets.subarray(end, reader.end) };
}

/** The octets of a Push. Numbers are below 128, as all that this codec writes are. */
export function wspPush({ transactionId, contentType, charset, headers, body }: WspPush): Uint8Array {
  const type = 0x80 | contentType;
  const field = charset === undefined ? [type] : [3, type, CHARSET_PARAMETER, 0x80 | charset];
  const start = [transactionId, PUSH, ...uintvar(field.length + headers.length), ...field];
  return new Uint8Array(Buffer.concat([Uint8Array.from(start), headers, body]));
}
