import { Item } from './item.ts';
import type { Appearance, StringItemView } from './view.ts';

/** Text that the user only reads (JSR-118, `javax.microedition.lcdui.StringItem`). With a command it can have the focus. */
export class StringItem extends Item {
  #text: string;
  readonly #appearance: Appearance;

  /** @param appearance a BUTTON is drawn as one. Default PLAIN */
  constructor(label: string, text: string, appearance: Appearance = 'PLAIN') {
    super(label);
    this.#text = text;
    this.#appearance = appearance;
  }

  getText(): string {
    return this.#text;
  }

  setText(text: string): void {
    this.#text = text;
    this.changed();
  }

  getAppearanceMode(): Appearance {
    return this.#appearance;
  }

  override view(): StringItemView {
    const appearance = this.#appearance === 'PLAIN' ? {} : { appearance: this.#appearance };
    return { kind: 'string', ...this.frame(), text: this.#text, ...appearance };
  }
}
