import { IllegalArgumentException } from '../errors.ts';
import { Item } from './item.ts';
import type { DisplayEvent, InitialInputMode, InputConstraints, TextFieldView } from './view.ts';

/** Text that the user writes (JSR-118, `javax.microedition.lcdui.TextField`). */
export class TextField extends Item {
  readonly #maxSize: number;
  readonly #constraints: InputConstraints;
  #text = '';
  #initialInputMode: InitialInputMode | undefined;

  /** @param maxSize characters. @throws IllegalArgumentException when the text does not fit the constraints */
  constructor(label: string, text: string, maxSize: number, constraints: InputConstraints) {
    super(label);
    this.#maxSize = maxSize;
    this.#constraints = constraints;
    this.setString(text);
  }

  getString(): string {
    return this.#text;
  }

  /** @throws IllegalArgumentException when the text is too long or does not fit the constraints */
  setString(text: string): void {
    if (!fitsConstraints(text, this.#maxSize, this.#constraints)) {
      throw new IllegalArgumentException(
        `The text does not fit a field of ${this.#maxSize} characters ${this.#constraints.input}`,
      );
    }
    this.#text = text;
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
      maxSize: this.#maxSize,
      constraints: { input, password: password === true, ...(sensitive === true ? { sensitive } : {}) },
      ...(this.#initialInputMode === undefined ? {} : { initialInputMode: this.#initialInputMode }),
    };
  }

  /** Takes the text of the user if it fits the constraints: the phone may not have checked them. */
  override event(event: DisplayEvent): void {
    if (event.kind === 'text' && fitsConstraints(event.text, this.#maxSize, this.#constraints))
      this.setString(event.text);
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
