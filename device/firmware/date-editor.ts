import type { InputMode, KeyPress } from '../hal/index.ts';
import type { Editor } from './editor.ts';

/** The text of a date field, and its listeners. */
interface EditedDate {
  /** Digits or `_` in the places of digits: `27.11.2026 09:05`, `__:__`. */
  readonly text: string;
  changed(text: string): void;
  moved(): void;
}

/** A date under the keys of a phone: each digit takes the place of that at the cursor, C takes back the one before, a held C all. */
export class DateEditor implements Editor {
  readonly mode: InputMode = '123';
  readonly numeric = true;
  readonly telephone = false;
  readonly #field: EditedDate;
  #text: string;
  #cursor = 0;

  constructor(field: EditedDate) {
    this.#field = field;
    this.#text = field.text;
  }

  get text(): string {
    return this.#text;
  }

  get cursor(): number {
    return this.#cursor;
  }

  press({ key, long }: KeyPress): boolean {
    if (/^[0-9]$/.test(key)) this.type(key);
    else if (key === 'left' || key === 'right') this.#move(key === 'left' ? -1 : 1);
    else if (key === 'clear') this.#clear(long);
    else return key === '*' || key === '#';
    return true;
  }

  type(character: string): void {
    const at = this.#place(this.#cursor, 1);
    if (!/^[0-9]$/.test(character) || at === undefined) return;
    this.#cursor = at + 1;
    this.#change(this.#text.slice(0, at) + character + this.#text.slice(at + 1));
  }

  commit(): void {}

  #clear(all: boolean): void {
    const at = this.#place(this.#cursor - 1, -1);
    if (all) this.#cursor = 0;
    else if (at !== undefined) this.#cursor = at;
    if (all) this.#change(this.#text.replaceAll(/\d/g, '_'));
    else if (at !== undefined) this.#change(`${this.#text.slice(0, at)}_${this.#text.slice(at + 1)}`);
  }

  #move(by: 1 | -1): void {
    this.#cursor = Math.min(Math.max(0, this.#cursor + by), this.#text.length);
    this.#field.moved();
  }

  #change(text: string): void {
    this.#text = text;
    this.#field.changed(text);
  }

  /** The next place of a digit from one on, in one direction. */
  #place(from: number, by: 1 | -1): number | undefined {
    for (let at = from; at >= 0 && at < this.#text.length; at += by) {
      if (/[\d_]/.test(this.#text.charAt(at))) return at;
    }
    return undefined;
  }
}
