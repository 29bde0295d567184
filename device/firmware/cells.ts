// Letters that take two cells on an LCD or terminal (Unicode East Asian Width W and F, by block), and emoji.
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
// Combining marks take no cell of their own.
const NARROWEST = /\p{Mn}|\p{Me}/u;

/** How many cells of the LCD a text takes. */
export function cellsOf(text: string): number {
  let cells = 0;
  for (const character of text) cells += characterCells(character);
  return cells;
}

// The letters of most languages of Europe, before the first combining mark: most rows have no others.
const BEFORE_MARKS = '\u0300';

function characterCells(character: string): number {
  if (character < BEFORE_MARKS) return 1;
  if (NARROWEST.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** The text cut to a number of cells, with an ellipsis when something was cut off and there is a cell for it. */
export function clip(text: string, columns: number): string {
  if (cellsOf(text) <= columns) return text;
  return columns < 1 ? '' : `${takeCells(text, columns - 1)}…`;
}

/** The text filled with blanks on the right to a number of cells, or cut to it. */
export function pad(text: string, columns: number): string {
  const fitted = clip(text, columns);
  return fitted + ' '.repeat(columns - cellsOf(fitted));
}

/** The text in the middle of a row. */
export function centre(text: string, columns: number): string {
  const fitted = clip(text, columns);
  return ' '.repeat((columns - cellsOf(fitted)) >> 1) + fitted;
}

/** Breaks a text into rows of at most `columns` cells: at line ends, between words, and inside a word that is too long. */
export function wrap(text: string, columns: number): readonly string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, columns));
}

// Each character is looked at once or twice, however long the line.
function wrapLine(line: string, columns: number): readonly string[] {
  const rows: string[] = [];
  let from = 0;
  for (;;) {
    // A letter that is wider than the row has a row all the same.
    const end = Math.max(endOfCells(line, from, columns), from + characterAt(line, from).length);
    if (end >= line.length) return [...rows, line.slice(from)];
    const cut = line.charAt(end) === ' ' ? end : lastBlank(line, from, end);
    rows.push(line.slice(from, cut).trimEnd());
    from = line.charAt(cut) === ' ' ? cut + 1 : cut;
  }
}

/** The index of the last blank of a row after its first character, or its end. */
function lastBlank(line: string, from: number, end: number): number {
  for (let at = end - 1; at > from; at -= 1) if (line.charAt(at) === ' ') return at;
  return end;
}

/** The index after the characters that fit into the columns. */
function endOfCells(text: string, from: number, columns: number): number {
  let left = columns;
  let end = from;
  while (end < text.length) {
    const character = characterAt(text, end);
    left -= characterCells(character);
    if (left < 0) break;
    end += character.length;
  }
  return end;
}

function characterAt(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at) ?? 0);
}

function takeCells(text: string, columns: number): string {
  return text.slice(0, endOfCells(text, 0, columns));
}
