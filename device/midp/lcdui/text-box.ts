import { Displayable } from './displayable.ts';
import { TextField } from './text-field.ts';
import type { DisplayEvent, InputConstraints, TextBoxView } from './view.ts';

/** One text field that fills the screen (JSR-118, `javax.microedition.lcdui.TextBox`). */
export class TextBox extends Displayable {
  readonly #field: TextField;

  /** @param maxSize characters. @throws IllegalArgumentException when the text does not fit the constraints */
  constructor(title: string, text: string, maxSize: number, constraints: InputConstraints) {
    super(title);
    this.#field = new TextField('', text, maxSize, constraints);
    this.#field.attach({ changed: () => this.changed(), stateChanged: () => {} });
  }

  /** Characters. */
  size(): number {
    return this.#field.size();
  }

  getString(): string {
    return this.#field.getString();
  }

  /** The text as octets, which the caller wipes; see {@link TextField.getChars}. */
  getChars(): Uint8Array {
    return this.#field.getChars();
  }

  /** @throws IllegalArgumentException when the text is too long or does not fit the constraints */
  setString(text: string): void {
    this.#field.setString(text);
  }

  /** @throws IllegalArgumentException */
  insert(text: string, position: number): void {
    this.#field.insert(text, position);
  }

  /** @throws IndexOutOfBoundsException, IllegalArgumentException */
  delete(offset: number, length: number): void {
    this.#field.delete(offset, length);
  }

  getMaxSize(): number {
    return this.#field.getMaxSize();
  }

  /** Sets the size, which cuts the text. @returns the size. @throws IllegalArgumentException */
  setMaxSize(maxSize: number): number {
    return this.#field.setMaxSize(maxSize);
  }

  getConstraints(): InputConstraints {
    return this.#field.getConstraints();
  }

  /** Sets the constraints; a text that does not fit them is gone. */
  setConstraints(constraints: InputConstraints): void {
    this.#field.setConstraints(constraints);
  }

  override view(id: number): TextBoxView {
    return { kind: 'text-box', ...this.frame(id), field: this.#field.view() };
  }

  override appear(): void {
    this.#field.appear();
  }

  override event(event: DisplayEvent): void {
    if (event.kind === 'text' || event.kind === 'password') this.#field.event(event);
    else super.event(event);
  }
}
