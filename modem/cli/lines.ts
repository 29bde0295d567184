import { isUtf8 } from 'node:buffer';

/** Octets of the longest line taken from a stream. */
const LONGEST = 1024 * 1024;

const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = '\ufeff';

/** A line that is refused: too long, or not UTF-8. */
export interface BadLine {
  readonly fault: 'line too long' | 'not UTF-8';
}

/** A line without its end. */
export type Line = string | BadLine;

const TOO_LONG: BadLine = { fault: 'line too long' };
const NOT_UTF8: BadLine = { fault: 'not UTF-8' };

/**
 * Cuts a stream of UTF-8 into lines (`\n`, with or without `\r` before it). Gives one list of lines for each chunk, which is
 * faster than one promise for each line. A line that is not UTF-8, or longer than a mebioctet, is a {@link BadLine}. The
 * text behind the last line end is a line, unless it is empty; a byte order mark in front of the first line is left out.
 */
export async function* linesOf(stream: AsyncIterable<Buffer | string>): AsyncGenerator<readonly Line[]> {
  let rest = Buffer.alloc(0);
  let isTooLong = false;
  let isFirst = true;
  for await (const chunk of stream) {
    const octets = Buffer.concat([rest, typeof chunk === 'string' ? Buffer.from(chunk) : chunk]);
    const end = octets.lastIndexOf(LINE_FEED);
    rest = octets.subarray(end + 1);
    if (end >= 0) {
      const lines = cut(octets.subarray(0, end));
      yield [isTooLong ? TOO_LONG : withoutMark(lines[0] ?? '', isFirst), ...lines.slice(1)];
      isTooLong = false;
      isFirst = false;
    }
    if (rest.length > LONGEST) {
      isTooLong = true;
      rest = Buffer.alloc(0);
    }
  }
  if (isTooLong) yield [TOO_LONG];
  else if (rest.length > 0) yield [withoutMark(lineOf(rest), isFirst)];
}

function withoutMark(line: Line, isFirst: boolean): Line {
  return isFirst && typeof line === 'string' && line.startsWith(BYTE_ORDER_MARK) ? line.slice(1) : line;
}

/** The lines in octets that a line feed follows. */
function cut(octets: Buffer): readonly Line[] {
  if (octets.length <= LONGEST && isUtf8(octets)) return octets.toString().split('\n').map(withoutReturn);
  const lines: Line[] = [];
  for (let start = 0; start <= octets.length; ) {
    const found = octets.indexOf(LINE_FEED, start);
    const end = found < 0 ? octets.length : found;
    lines.push(lineOf(octets.subarray(start, end)));
    start = end + 1;
  }
  return lines;
}

function lineOf(octets: Buffer): Line {
  if (octets.length > LONGEST) return TOO_LONG;
  return isUtf8(octets) ? withoutReturn(octets.toString()) : NOT_UTF8;
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
