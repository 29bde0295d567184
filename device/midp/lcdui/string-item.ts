import { Item } from './item.ts';
import type { StringItemView } from './view.ts';

/** Text that the user only reads (JSR-118, `javax.microedition.lcdui.StringItem`). */
export class StringItem extends Item {
  #text: string;

  constructor(label: string, text: string) {
    super(label);
    this.#text = text;
  }

  getText(): string {
    return this.#text;
  }

  setText(text: string): void {
    this.#text = text;
    this.changed();
  }

  override view(): StringItemView {
    return { kind: 'string', label: this.getLabel(), text: this.#text };
  }
}
