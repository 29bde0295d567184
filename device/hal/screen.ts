/** Columns of text on the LCD, in cells of one narrow character. */
export const LCD_COLUMNS = 22;
/** Rows of text between the title and the soft keys. */
export const LCD_ROWS = 8;

/** Bars of a gauge, none to full. */
export type Bars = 0 | 1 | 2 | 3 | 4;

/**
 * One row of the LCD: at most {@link LCD_COLUMNS} cells. `inverse`: the line is selected or is being edited.
 * `secret`: it is never printed, only shown to the owner: the dots of a PIN, an activation code.
 */
export interface Row {
  readonly text: string;
  readonly inverse: boolean;
  readonly secret?: true;
}

/** One line, field or choice of the screen, also when it is scrolled out of the rows. */
export interface ScreenItem {
  readonly label: string;
  /** The text after the label; a password as dots. */
  readonly value?: string;
  /** The value is never printed, only shown to the owner. */
  readonly secret?: true;
  /** Of a choice: whether it is ticked. */
  readonly checked?: boolean;
  /** Of a choice of a form: what is chosen, the label over the choices. */
  readonly group?: string;
  /** The key in the middle does something with it: a button, a choice that pops up. */
  readonly acts?: true;
  readonly focused: boolean;
}

/** What the keys write: small letters, one capital and then small ones, capitals, or digits. */
export type InputMode = 'abc' | 'Abc' | 'ABC' | '123';

/** The symbols around the text. */
export interface Icons {
  readonly signal: Bars;
  readonly battery: Bars;
  /** An unread message waits. */
  readonly message: boolean;
  /** Local time, `14:07`. */
  readonly clock: string;
}

/**
 * Whose screen it is (JSR-118, "Trusted MIDlet suites": a phone shows what is trusted), in a row into which only the phone itself writes. `kind`: the
 * phone's own; an application that is trusted, signed with a key that this phone does not know, or signed by nobody. `text`: what
 * stands in the row, the mark first, then the name of the application; empty when the phone is off.
 */
export interface Indicator {
  readonly kind: 'phone' | 'trusted' | 'signed' | 'unsigned';
  readonly text: string;
}

/**
 * The whole LCD as plain data: what a test asserts on is what a terminal draws.
 * A phone that is off shows kind `off` and nothing else.
 */
export interface Screen {
  readonly kind: 'off' | 'idle' | 'list' | 'form' | 'text' | 'alert' | 'options';
  readonly title: string;
  /** A line of running text above everything else. */
  readonly ticker?: string;
  readonly items: readonly ScreenItem[];
  /** The window of the items that fits, at most {@link LCD_ROWS}. */
  readonly rows: readonly Row[];
  readonly scroll: { readonly above: boolean; readonly below: boolean };
  /** Present while a text field has the focus; a `telephone` number is numeric and may begin with +. */
  readonly input?: { readonly mode: InputMode; readonly numeric: boolean; readonly telephone: boolean };
  readonly softKeys: { readonly left: string; readonly right: string };
  /** The keys do nothing yet, and have no labels: the phone has just put this screen where another one was. */
  readonly keysLocked?: true;
  readonly indicator: Indicator;
  readonly icons: Icons;
}

/** What a menu or an application shows: a {@link Screen} without what only the phone itself writes. */
export type ScreenBody = Omit<Screen, 'icons' | 'indicator'>;

/**
 * A text as the LCD shows it: what has no sign of its own and would command a terminal (control characters, changes of the direction of
 * writing) is a question mark. The end of a line stays.
 */
export function legible(text: string): string {
  return text.replaceAll('\t', ' ').replaceAll(/(?!\n)\p{Cc}|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '?');
}

/** A screen with all its texts {@link legible}. */
export function legibleScreen<Shown extends ScreenBody>(screen: Shown): Shown {
  const { title, ticker, items, rows, softKeys } = screen;
  return {
    ...screen,
    title: legible(title),
    ...(ticker === undefined ? {} : { ticker: legible(ticker) }),
    items: items.map((item) => ({
      ...item,
      label: legible(item.label),
      ...(item.value === undefined ? {} : { value: legible(item.value) }),
      ...(item.group === undefined ? {} : { group: legible(item.group) }),
    })),
    rows: rows.map((row) => ({ ...row, text: legible(row.text) })),
    softKeys: { left: legible(softKeys.left), right: legible(softKeys.right) },
  };
}

/** A screen as it may be printed: the text of secret fields is left out, so that its length is not printed either. */
export function withoutSecrets(screen: Screen): Screen {
  return {
    ...screen,
    items: screen.items.map((item) => (item.secret === true ? { ...item, value: '' } : item)),
    rows: screen.rows.map((row) => (row.secret === true ? { ...row, text: '' } : row)),
  };
}
