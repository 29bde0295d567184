import type { DisplayEvent, ItemView } from './view.ts';

/** Something that stands on a form (JSR-118, `javax.microedition.lcdui.Item`). */
export abstract class Item {
  #label: string;
  #changed: () => void = () => {};

  constructor(label: string) {
    this.#label = label;
  }

  getLabel(): string {
    return this.#label;
  }

  setLabel(label: string): void {
    this.#label = label;
    this.changed();
  }

  /** For the form: this item as plain data. */
  abstract view(): ItemView;

  /** For the form: something happened to this item. Items that the user cannot change ignore it. */
  event(_event: DisplayEvent): void {}

  /** For the form: who is told when what is shown has changed. */
  observe(changed: () => void): void {
    this.#changed = changed;
  }

  /** What is shown has changed. */
  protected changed(): void {
    this.#changed();
  }
}
