import { StringDecoder } from 'node:string_decoder';

/** Characters of the longest line taken from a stream. */
const LONGEST = 1024 * 1024;

/**
 * Cuts a stream into lines (`\n`, with or without `\r` before it), a list for each chunk that ends some: a stream of
 * short lines costs little more than its octets. A line beyond a mebicharacter is given as `undefined`, once. What
 * follows the last line end is a line, unless it is empty.
 */
export async function* linesOf(
  stream: AsyncIterable<Buffer | string>,
): AsyncGenerator<readonly (string | undefined)[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let tooLong = false;
  for await (const chunk of stream) {
    const pieces = (rest + (typeof chunk === 'string' ? chunk : decoder.write(chunk))).split('\n');
    rest = pieces.pop() ?? '';
    const lines = pieces.map((piece, index) => (index === 0 && tooLong ? undefined : lineOf(piece)));
    if (lines.length > 0) tooLong = false;
    if (rest.length > LONGEST) {
      tooLong = true;
      rest = '';
    }
    if (lines.length > 0) yield lines;
  }
  rest += decoder.end();
  if (tooLong || rest !== '') yield [tooLong ? undefined : lineOf(rest)];
}

function lineOf(piece: string): string | undefined {
  if (piece.length > LONGEST) return undefined;
  return piece.endsWith('\r') ? piece.slice(0, -1) : piece;
}
