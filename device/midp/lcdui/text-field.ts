import { IllegalArgumentException, IndexOutOfBoundsException } from '../errors.ts';
import { decodeUtf, encodeUtf } from '../io/utf.ts';
import { Item } from './item.ts';
import type { DisplayEvent, InitialInputMode, InputConstraints, TextFieldView } from './view.ts';

/** Text that the user writes (JSR-118, `javax.microedition.lcdui.TextField`). */
export class TextField extends Item {
  #maxSize: number;
  #constraints: InputConstraints;
  #text = '';
  #edition = 0;
  /** A password that the user has typed. */
  #password: Uint8Array | undefined;
  #initialInputMode: InitialInputMode | undefined;

  /** @param maxSize characters. @throws IllegalArgumentException when the text does not fit the constraints */
  constructor(label: string, text: string, maxSize: number, constraints: InputConstraints) {
    super(label);
    this.#maxSize = expectSize(maxSize);
    this.#constraints = constraints;
    this.setString(text);
  }

  /** What the user has written when a command is given; while it is being edited, the text before. */
  getString(): string {
    return this.#password === undefined ? this.#text : decodeUtf(this.#password);
  }

  /**
   * The text as octets in the UTF-8 of `java.io.DataInput`, which the caller wipes: a password that is read so becomes no string
   * of the application.
   */
  getChars(): Uint8Array {
    return this.#password?.slice() ?? encodeUtf(this.#text);
  }

  /** @throws IllegalArgumentException when the text is too long or does not fit the constraints */
  setString(text: string): void {
    if (!this.#fits(text)) {
      throw new IllegalArgumentException(
        `The text does not fit a field of ${this.#maxSize} characters ${this.#constraints.input}`,
      );
    }
    this.#forget();
    this.#text = text;
    this.#edition += 1;
    this.changed();
  }

  /** Characters. */
  size(): number {
    return this.getString().length;
  }

  /** Puts a text before a character; a position outside the text is its begin or end. @throws IllegalArgumentException */
  insert(text: string, position: number): void {
    const before = this.getString();
    const at = Math.min(Math.max(0, position), before.length);
    this.setString(before.slice(0, at) + text + before.slice(at));
  }

  /** @throws IndexOutOfBoundsException, IllegalArgumentException when the rest does not fit the constraints */
  delete(offset: number, length: number): void {
    const before = this.getString();
    if (!(offset >= 0 && length >= 0 && offset + length <= before.length)) {
      throw new IndexOutOfBoundsException(`The text has ${before.length} characters`);
    }
    this.setString(before.slice(0, offset) + before.slice(offset + length));
  }

  getMaxSize(): number {
    return this.#maxSize;
  }

  /** Sets the size, which cuts the text. @returns the size. @throws IllegalArgumentException when the rest does not fit the constraints */
  setMaxSize(maxSize: number): number {
    const text = this.getString().slice(0, expectSize(maxSize));
    if (!fitsContent(text, maxSize, this.#constraints)) {
      throw new IllegalArgumentException(`The text does not fit ${maxSize} characters`);
    }
    this.#maxSize = maxSize;
    this.setString(text);
    return maxSize;
  }

  getConstraints(): InputConstraints {
    return this.#constraints;
  }

  /** Sets the constraints; a text that does not fit them is gone. */
  setConstraints(constraints: InputConstraints): void {
    const text = this.getString();
    this.#constraints = constraints;
    this.setString(this.#fits(text) ? text : '');
  }

  /** Sets what the keys write at first in a field of any text. Default: letters. */
  setInitialInputMode(characterSubset: InitialInputMode): void {
    this.#initialInputMode = characterSubset;
    this.changed();
  }

  override view(): TextFieldView {
    const { password, ...constraints } = this.#constraints;
    return {
      kind: 'text-field',
      ...this.frame(),
      text: this.#text,
      edition: this.#edition,
      maxSize: this.#maxSize,
      constraints: { ...constraints, password: password === true },
      ...(this.#initialInputMode === undefined ? {} : { initialInputMode: this.#initialInputMode }),
    };
  }

  /** A password that was typed before is not shown again: the field is empty. */
  override appear(): void {
    if (this.#password !== undefined) this.setString('');
  }

  /** Takes the text of the user if it fits the constraints: the phone may not have checked them. One that is not yet a number is none. */
  override event(event: DisplayEvent): void {
    if (event.kind === 'text') {
      const text =
        fitsConstraints(event.text, this.#maxSize, this.#constraints) && !this.#fits(event.text) ? '' : event.text;
      if (!this.#fits(text)) return;
      this.#text = text;
      this.stateChanged();
    } else if (event.kind === 'password') {
      this.#forget();
      if (this.#fits(decodeUtf(event.octets))) this.#password = event.octets;
      this.stateChanged();
    } else super.event(event);
  }

  #fits(text: string): boolean {
    return fitsContent(text, this.#maxSize, this.#constraints);
  }

  #forget(): void {
    this.#password?.fill(0);
    this.#password = undefined;
  }
}

/** What may stand in a field while it is edited: a minus or a point is the begin of a number. */
const PATTERNS: Readonly<Record<InputConstraints['input'], RegExp>> = {
  ANY: /^[\s\S]*$/,
  EMAILADDR: /^.*$/u,
  NUMERIC: /^-?[0-9]*$/,
  PHONENUMBER: /^\+?[0-9*#]*$/,
  URL: /^.*$/u,
  DECIMAL: /^-?[0-9]*(?:\.[0-9]*)?$/,
};

/** Whether a text may stand in a field of `maxSize` characters with these constraints while it is edited; a decimal point is a point. */
export function fitsConstraints(text: string, maxSize: number, constraints: InputConstraints): boolean {
  return text.length <= maxSize && PATTERNS[constraints.input].test(text);
}

/** Whether a text may be the content of a field: a number has a digit, or there is nothing. */
function fitsContent(text: string, maxSize: number, constraints: InputConstraints): boolean {
  const isBegun =
    (constraints.input === 'NUMERIC' || constraints.input === 'DECIMAL') && text !== '' && !/\d/.test(text);
  return fitsConstraints(text, maxSize, constraints) && !isBegun;
}

function expectSize(maxSize: number): number {
  if (!(maxSize > 0)) throw new IllegalArgumentException(`A field has room for characters, not for ${maxSize}`);
  return maxSize;
}
