import { IllegalArgumentException } from '../errors.ts';
import { decodeUtf, encodeUtf } from '../io/utf.ts';
import { Item } from './item.ts';
import type { DisplayEvent, InitialInputMode, InputConstraints, TextFieldView } from './view.ts';

/** Text that the user writes (JSR-118, `javax.microedition.lcdui.TextField`). */
export class TextField extends Item {
  readonly #maxSize: number;
  readonly #constraints: InputConstraints;
  #text = '';
  #edition = 0;
  /** A password that the user has typed. */
  #password: Uint8Array | undefined;
  #initialInputMode: InitialInputMode | undefined;

  /** @param maxSize characters. @throws IllegalArgumentException when the text does not fit the constraints */
  constructor(label: string, text: string, maxSize: number, constraints: InputConstraints) {
    super(label);
    this.#maxSize = maxSize;
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
    if (!fitsConstraints(text, this.#maxSize, this.#constraints)) {
      throw new IllegalArgumentException(
        `The text does not fit a field of ${this.#maxSize} characters ${this.#constraints.input}`,
      );
    }
    this.#forget();
    this.#text = text;
    this.#edition += 1;
    this.changed();
  }

  /** Sets what the keys write at first in a field of any text. Default: letters. */
  setInitialInputMode(characterSubset: InitialInputMode): void {
    this.#initialInputMode = characterSubset;
    this.changed();
  }

  override view(): TextFieldView {
    const { input, password, sensitive } = this.#constraints;
    return {
      kind: 'text-field',
      label: this.getLabel(),
      text: this.#text,
      edition: this.#edition,
      maxSize: this.#maxSize,
      constraints: { input, password: password === true, ...(sensitive === true ? { sensitive } : {}) },
      ...(this.#initialInputMode === undefined ? {} : { initialInputMode: this.#initialInputMode }),
    };
  }

  /** A password that was typed before is not shown again: the field is empty. */
  override appear(): void {
    if (this.#password !== undefined) this.setString('');
  }

  /** Takes the text of the user if it fits the constraints: the phone may not have checked them. */
  override event(event: DisplayEvent): void {
    if (event.kind === 'text') {
      if (fitsConstraints(event.text, this.#maxSize, this.#constraints)) this.#text = event.text;
    } else if (event.kind === 'password') {
      this.#forget();
      if (fitsConstraints(decodeUtf(event.octets), this.#maxSize, this.#constraints)) this.#password = event.octets;
    }
  }

  #forget(): void {
    this.#password?.fill(0);
    this.#password = undefined;
  }
}

const PATTERNS: Readonly<Record<InputConstraints['input'], RegExp>> = {
  ANY: /^[\s\S]*$/,
  NUMERIC: /^-?[0-9]*$/,
  PHONENUMBER: /^\+?[0-9*#]*$/,
  DECIMAL: /^-?[0-9]*(?:[.,][0-9]*)?$/,
};

/** Whether a text may stand in a field of `maxSize` characters with these constraints. */
export function fitsConstraints(text: string, maxSize: number, constraints: InputConstraints): boolean {
  return text.length <= maxSize && PATTERNS[constraints.input].test(text);
}
