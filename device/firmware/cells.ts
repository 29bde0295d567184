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

function characterCells(character: string): number {
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

function wrapLine(line: string, columns: number): readonly string[] {
  const rows: string[] = [];
  let rest = line;
  while (cellsOf(rest) > columns) {
    const head = takeCells(rest, columns);
    const next = rest.charAt(head.length);
    const blank = next === ' ' ? head.length : head.lastIndexOf(' ');
    const cut = blank > 0 ? blank : head.length;
    rows.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).replace(/^ /, '');
  }
  return [...rows, rest];
}

function takeCells(text: string, columns: number): string {
  let taken = '';
  let left = columns;
  for (const character of text) {
    left -= characterCells(character);
    if (left < 0) break;
    taken += character;
  }
  return taken;
}
