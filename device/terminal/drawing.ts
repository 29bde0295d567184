import { cellsOf, clip, pad } from '../firmware/index.ts';
import { LCD_COLUMNS, LCD_ROWS, type Row, type Screen } from '../hal/index.ts';

/** Columns of a drawn phone: the LCD and two borders on each side. */
export const PHONE_COLUMNS: number = LCD_COLUMNS + 4;
/** Rows of a drawn phone with its keypad. */
export const PHONE_ROWS = 21;

/** Characters that are drawn alike. */
export interface Span {
  readonly text: string;
  readonly inverse?: boolean;
  readonly bold?: boolean;
  readonly dim?: boolean;
}

/** One row of characters, always as wide as the phone. */
export type Line = readonly Span[];

const WIDTH = PHONE_COLUMNS - 2;
/** The upper edge of a phone that rings. */
const RINGING = '  ((•))   RING   ((•))  ';
const SIGNAL = '▂▄▆█';
const BATTERY = '▮▮▮▮';

const KEYPAD: readonly string[] = [
  ' [ (−)  ◄ ▲ ● ▼ ►  (−) ]',
  '  1 .?!   2 abc   3 def ',
  '  4 ghi   5 jkl   6 mno ',
  '  7pqrs   8 tuv   9wxyz ',
  '  * +#    0  ␣    # Aa  ',
];

/** How a phone is drawn. */
export interface DrawingOptions {
  /** Draw the keypad below the LCD. Default true. */
  readonly keypad?: boolean;
  /** Whether it rings. Default false. */
  readonly ringing?: boolean;
}

/** Draws a phone: its LCD, and below it the keypad. Every line is {@link PHONE_COLUMNS} cells wide. */
export function drawPhone(screen: Screen, { keypad = true, ringing = false }: DrawingOptions = {}): readonly Line[] {
  return [
    ringing ? [{ text: `╭${RINGING}╮`, inverse: true, bold: true }] : plain(`╭${'─'.repeat(WIDTH)}╮`),
    framed(icons(screen)),
    framed(`╭${tickerLine(screen)}╮`),
    framed(titleLine(screen)),
    ...rowLines(screen),
    framed('├', indicatorLine(screen), '┤'),
    framed(`│${softKeyLine(screen)}│`),
    framed(`╰${'─'.repeat(LCD_COLUMNS)}╯`),
    ...(keypad ? KEYPAD.map((row) => framed({ text: pad(row, WIDTH), dim: true })) : []),
    plain(`╰${'─'.repeat(WIDTH)}╯`),
  ];
}

function plain(text: string): Line {
  return [{ text }];
}

function framed(...content: readonly (string | Span)[]): Line {
  return [{ text: '│' }, ...content.map((part) => (typeof part === 'string' ? { text: part } : part)), { text: '│' }];
}

function icons({ kind, icons: { signal, battery, message, clock } }: Screen): string {
  if (kind === 'off') return ' '.repeat(WIDTH);
  const left = ` ${SIGNAL.slice(0, signal)}${message ? ' ✉' : ''}`;
  const right = `${clock} ${BATTERY.slice(0, battery)} `;
  return pad(left, WIDTH - cellsOf(right)) + right;
}

function tickerLine({ ticker }: Screen): string {
  if (ticker === undefined) return '─'.repeat(LCD_COLUMNS);
  const text = clip(ticker, LCD_COLUMNS - 2);
  return ` ${text} ${'─'.repeat(LCD_COLUMNS - 2 - cellsOf(text))}`;
}

/** Inverse when the application is signed by nobody. */
function indicatorLine({ indicator: { kind, text } }: Screen): Span {
  const room = LCD_COLUMNS - 2;
  const shown = text === '' ? '' : ` ${clip(text, room)} `;
  return { text: shown + '─'.repeat(LCD_COLUMNS - cellsOf(shown)), inverse: kind === 'unsigned' };
}

function titleLine({ title, input }: Screen): Span {
  const mode = input === undefined ? '' : ` ${input.mode}`;
  return { text: `│${pad(title, LCD_COLUMNS - mode.length)}${mode}│`, bold: true };
}

function rowLines({ rows, scroll }: Screen): readonly Line[] {
  return Array.from({ length: LCD_ROWS }, (_, index) => {
    const row: Row = rows[index] ?? { text: '', inverse: false };
    const arrow = index === 0 && scroll.above ? '▲' : index === LCD_ROWS - 1 && scroll.below ? '▼' : '│';
    return framed('│', { text: pad(row.text, LCD_COLUMNS), inverse: row.inverse }, arrow);
  });
}

function softKeyLine({ softKeys: { left, right } }: Screen): string {
  const room = LCD_COLUMNS - 1;
  const rightText = clip(right, room);
  return (
    pad(left, LCD_COLUMNS - cellsOf(rightText) - (rightText === '' ? 0 : 1)) + (rightText === '' ? '' : ` ${rightText}`)
  );
}
