import type { Cancel, Clock } from '../../modem/index.ts';
import type { InputMode, Key, KeyPress } from '../hal/index.ts';
import { fitsConstraints, type InitialInputMode, type InputConstraints } from '../midp/index.ts';
import type { Editor } from './editor.ts';
import { COMMIT_MS, nextMode, strokesOf } from './multi-tap.ts';

/** The field of an editor, and its listeners. */
export interface EditedField {
  readonly text: string;
  readonly maxSize: number;
  readonly constraints: InputConstraints;
  readonly initialInputMode?: InitialInputMode;
  /** The decimal sign of DECIMAL fields. */
  readonly decimalPoint: '.' | ',';
  /** The text has changed. */
  changed(text: string): void;
  /** The cursor or the mode has changed. */
  moved(): void;
}

/** The mode at the start of a field. Capitals mean "Abc": one capital begins a sentence, and small letters follow. */
const INITIAL_MODES: Readonly<Record<InitialInputMode, InputMode>> = {
  IS_LATIN_DIGITS: '123',
  MIDP_LOWERCASE_LATIN: 'abc',
  MIDP_UPPERCASE_LATIN: 'Abc',
};

function isAnyText({ input }: InputConstraints): boolean {
  return input === 'ANY' || input === 'EMAILADDR' || input === 'URL';
}

/** Addresses begin with a small letter. */
function firstLetters({ input }: InputConstraints): InitialInputMode {
  return input === 'ANY' ? 'MIDP_UPPERCASE_LATIN' : 'MIDP_LOWERCASE_LATIN';
}

interface Pending {
  readonly key: Key;
  readonly strokes: string;
  readonly index: number;
  readonly cancel: Cancel;
}

/** A text field under the keys of a phone: multi-tap, cursor, C, and the constraints of the field (JSR-118 `TextField`). */
export class TextEditor implements Editor {
  readonly #clock: Clock;
  readonly #field: EditedField;
  #characters: string[];
  #cursor: number;
  #mode: InputMode;
  #pending: Pending | undefined;

  constructor(clock: Clock, field: EditedField) {
    this.#clock = clock;
    this.#field = field;
    this.#characters = Array.from(field.text);
    this.#cursor = this.#characters.length;
    this.#mode = this.numeric ? '123' : INITIAL_MODES[field.initialInputMode ?? firstLetters(field.constraints)];
  }

  get text(): string {
    return this.#characters.join('');
  }

  /** Characters before the cursor. */
  get cursor(): number {
    return this.#cursor;
  }

  get mode(): InputMode {
    return this.#mode;
  }

  /** Whether the field takes numbers of telephones, where a held 0 writes +. */
  get telephone(): boolean {
    return this.#field.constraints.input === 'PHONENUMBER';
  }

  /** Whether the field takes digits only, so that `#` does not change the mode. */
  get numeric(): boolean {
    return !isAnyText(this.#field.constraints);
  }

  /** Takes a stroke; says whether it was one for a text field. */
  press({ key, long }: KeyPress): boolean {
    if (/^[0-9*#]$/.test(key)) this.#write(key, long);
    else if (key === 'left' || key === 'right') this.#move(key === 'left' ? -1 : 1);
    else if (key === 'clear') this.#clear(long);
    else return false;
    return true;
  }

  /** Inserts a character from a computer's keyboard. The mode becomes `123`, so that a digit key typed next writes its digit. */
  type(character: string): void {
    this.commit();
    const { input } = this.#field.constraints;
    const isPoint = input === 'DECIMAL' && (character === '.' || character === ',');
    const isWritten = this.#replace(this.#cursor, this.#cursor, isPoint ? this.#field.decimalPoint : character);
    if (isWritten && !this.numeric) this.#mode = '123';
  }

  /** The letter that is being chosen with several strokes becomes final. */
  commit(): void {
    this.#pending?.cancel();
    this.#pending = undefined;
  }

  #write(key: Key, long: boolean): void {
    if (key === '#' && !this.numeric) this.#switchMode();
    else if (long) this.#insert(key === '0' && this.telephone ? '+' : key);
    else this.#tap(key);
  }

  #switchMode(): void {
    this.commit();
    this.#mode = nextMode(this.#mode);
    this.#field.moved();
  }

  #insert(character: string): void {
    this.commit();
    this.#replace(this.#cursor, this.#cursor, character);
  }

  #tap(key: Key): void {
    const again = this.#pending?.key === key ? this.#pending : undefined;
    const pool = again?.strokes ?? this.#strokes(key);
    this.commit();
    if (pool.length <= 1) {
      this.#replace(this.#cursor, this.#cursor, pool);
      return;
    }
    const index = again === undefined ? 0 : (again.index + 1) % pool.length;
    const from = again === undefined ? this.#cursor : this.#cursor - 1;
    if (!this.#replace(from, this.#cursor, pool.charAt(index))) return;
    if (this.#mode === 'Abc' && /\p{L}/u.test(pool.charAt(index))) this.#mode = 'abc';
    const cancel = this.#clock.after(COMMIT_MS, () => {
      this.#pending = undefined;
      this.#field.moved();
    });
    this.#pending = { key, strokes: pool, index, cancel };
  }

  #strokes(key: Key): string {
    const { input } = this.#field.constraints;
    if (!this.numeric) return strokesOf(key, this.#mode);
    if (/^[0-9]$/.test(key)) return key;
    if (input === 'DECIMAL') return this.#field.decimalPoint;
    if (input === 'NUMERIC' || key === '#') return input === 'NUMERIC' ? '' : '#';
    return this.#cursor === 0 ? '+*' : '*';
  }

  #move(by: 1 | -1): void {
    this.commit();
    this.#cursor = Math.min(Math.max(0, this.#cursor + by), this.#characters.length);
    this.#field.moved();
  }

  #clear(all: boolean): void {
    this.commit();
    if (all) this.#replace(0, this.#characters.length, '');
    else if (this.#cursor > 0) this.#replace(this.#cursor - 1, this.#cursor, '');
  }

  /** Puts characters in the place of others unless the field does not allow the result. */
  #replace(from: number, to: number, characters: string): boolean {
    const changed = [...this.#characters.slice(0, from), ...characters, ...this.#characters.slice(to)];
    const text = changed.join('');
    const { maxSize, constraints, decimalPoint } = this.#field;
    const content = constraints.input === 'DECIMAL' ? text.replace(decimalPoint, '.') : text;
    if (!fitsConstraints(content, maxSize, constraints)) return false;
    this.#characters = changed;
    this.#cursor = from + Array.from(characters).length;
    this.#field.changed(text);
    return true;
  }
}
