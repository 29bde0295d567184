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
    this.#field.observe(() => this.changed());
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
