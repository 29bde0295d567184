import { type Clock, sleep } from '../modem/index.ts';
import { COMMIT_MS, type Handset, type HandsetEvent, SHELL_TEXTS, type Stroke, strokeFor } from './firmware/index.ts';
import { isKey, type Key, type Screen, withoutSecrets } from './hal/index.ts';

/**
 * Which screen is awaited: words that stand on it, but not in the row that says whose screen it is, which is there on every screen of an
 * application; or anything that can be said of it.
 */
export type ScreenMatch = string | RegExp | ((screen: Screen) => boolean);

/** The handset did not show what was expected. `screen` is what it showed instead. */
export class HeadlessError extends Error {
  override readonly name = 'HeadlessError';
  readonly screen: Screen;

  constructor(message: string, screen: Screen) {
    super(`${message}. The screen shows: ${textOf(withoutSecrets(screen)).replaceAll('\n', ' / ')}`);
    this.screen = screen;
  }
}

/** All the words of a screen, also those outside its window, its ticker and its soft keys; in the last line, whose screen it is. */
export function textOf(screen: Screen): string {
  return screen.kind === 'off' ? 'off' : `${wordsOf(screen)}\n${screen.indicator.text}`;
}

function wordsOf(screen: Screen): string {
  if (screen.kind === 'off') return 'off';
  const items = screen.items.map(({ label, value = '' }) =>
    value === '' ? label : `${label}: ${value}`.replace(/^: /, ''),
  );
  return [screen.ticker ?? '', screen.title, ...items, screen.softKeys.left, screen.softKeys.right]
    .filter((line) => line !== '')
    .join('\n');
}

/** How long {@link HeadlessHandset.waitFor} waits unless told otherwise, ms. */
const WAIT_MS = 120_000;

/**
 * Uses a handset as fingers do: key by key, text by multi-tap, in the time that takes on the clock. A virtual clock has
 * to be moved by somebody while these promises are pending.
 */
export class HeadlessHandset {
  readonly handset: Handset;
  readonly #clock: Clock;

  constructor(handset: Handset, clock: Clock) {
    this.handset = handset;
    this.#clock = clock;
  }

  get screen(): Screen {
    return this.handset.screen;
  }

  /** One stroke; `long` holds the key. */
  press(key: Key, long = false): void {
    this.handset.press(key, long);
  }

  /** Writes into the field that has the focus. @throws HeadlessError when none has it, or it does not take a character */
  async type(text: string): Promise<void> {
    let last: Key | undefined;
    for (const character of text) {
      const stroke = this.#strokeFor(character);
      if (stroke.key === last) await sleep(this.#clock, COMMIT_MS);
      for (let times = 0; times < stroke.times; times += 1) this.press(stroke.key, stroke.long);
      last = this.screen.input?.numeric === false ? stroke.key : undefined;
    }
    if (last !== undefined) await sleep(this.#clock, COMMIT_MS);
  }

  /**
   * Chooses what has this label: a line of a list, a choice or a field of a form, a command on a soft key or among the
   * options. A line that only begins with the label will do. @param group only a choice under this label of a form, where several
   * have the same choices. @throws HeadlessError when nothing has it
   */
  select(label: string, group?: string): void {
    if (group !== undefined) {
      if (this.#selectItem((item, under) => item === label && under === group)) return;
      throw new HeadlessError(`There is no "${label}" under "${group}" to select`, this.screen);
    }
    const chosen =
      this.#selectItem((item) => item === label) ||
      this.#pressSoftKey(label) ||
      this.#selectOption(label) ||
      this.#selectItem((item) => item.startsWith(label));
    if (!chosen) throw new HeadlessError(`There is no "${label}" to select`, this.screen);
  }

  /** Resolves when the keys work: at once, unless the phone has just put a question where another screen was. */
  async keysWork(): Promise<void> {
    await this.waitFor(() => true);
  }

  /** The screen as soon as it matches, and takes keys. @param limitMs on the clock. @throws HeadlessError when it does not in time */
  waitFor(match: ScreenMatch, limitMs: number = WAIT_MS): Promise<Screen> {
    const awaited = () => (this.screen.keysLocked !== true && matches(this.screen, match) ? this.screen : undefined);
    return this.#await(awaited, limitMs, `Waited ${limitMs} ms for ${String(match)}`);
  }

  #await<T>(awaited: () => T | undefined, limitMs: number, complaint: string): Promise<T> {
    const now = awaited();
    if (now !== undefined) return Promise.resolve(now);
    return new Promise((resolve, reject) => {
      const look = (event: HandsetEvent) => {
        const found = event.kind === 'screen' ? awaited() : undefined;
        if (found === undefined) return;
        stop();
        cancel();
        resolve(found);
      };
      const stop = this.handset.watch(look);
      const cancel = this.#clock.after(limitMs, () => {
        stop();
        reject(new HeadlessError(complaint, this.screen));
      });
    });
  }

  /** How a character is written here, after as many `#` as it takes to reach a mode that has it. */
  #strokeFor(character: string): Stroke & { readonly long: boolean } {
    const { input } = this.screen;
    if (input === undefined) throw new HeadlessError('No text field has the focus', this.screen);
    if (input.numeric) return this.#numericStroke(character);
    for (let mode = input.mode, tried = 0; tried < 4; tried += 1) {
      const stroke = strokeFor(character, mode);
      if (stroke !== undefined) return { ...stroke, long: false };
      this.press('#');
      mode = this.screen.input?.mode ?? mode;
    }
    throw new HeadlessError('No key writes that character', this.screen);
  }

  #numericStroke(character: string): Stroke & { readonly long: boolean } {
    if (character === '+' && this.screen.input?.telephone === true) return { key: '0', times: 1, long: true };
    if (character === '.' || character === ',') return { key: '*', times: 1, long: false };
    if (isKey(character)) return { key: character, times: 1, long: false };
    throw new HeadlessError('The field takes only digits', this.screen);
  }

  #pressSoftKey(label: string): boolean {
    const { left, right } = this.screen.softKeys;
    if (label === left) this.press('soft-left');
    else if (label === right) this.press('soft-right');
    return label === left || label === right;
  }

  #selectOption(label: string): boolean {
    if (this.screen.softKeys.left !== SHELL_TEXTS[this.handset.language].options) return false;
    this.press('soft-left');
    if (this.#selectItem((item) => item === label)) return true;
    this.press('soft-right');
    return false;
  }

  /** Moves the focus to a line and chooses it; a text field only gets the focus. */
  #selectItem(fits: (label: string, group: string | undefined) => boolean): boolean {
    const { kind, items } = this.screen;
    const index = items.findIndex((item) => fits(item.label, item.group));
    if (index < 0 || !this.#moveTo(index)) return false;
    if (kind !== 'form' || items[index]?.checked !== undefined || items[index]?.acts === true) this.press('select');
    return true;
  }

  /** Presses up or down until an item has the focus; says whether it can have it. */
  #moveTo(index: number): boolean {
    const focused = this.screen.items.findIndex((item) => item.focused);
    if (focused < 0) return false;
    const key: Key = focused < index ? 'down' : 'up';
    for (let strokes = 0; strokes <= STROKE_LIMIT; strokes += 1) {
      if (this.screen.items[index]?.focused === true) return true;
      this.press(key);
    }
    return false;
  }
}

/** Strokes of up or down after which a line counts as out of reach. */
const STROKE_LIMIT = 200;

function matches(screen: Screen, match: ScreenMatch): boolean {
  if (typeof match === 'function') return match(screen);
  return typeof match === 'string' ? wordsOf(screen).includes(match) : match.test(wordsOf(screen));
}
