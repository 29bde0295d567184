import type { DisplayEvent, ItemView } from './view.ts';

/** A part of a form (JSR-118, `javax.microedition.lcdui.Item`). */
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

  /** For the form: handles an action of the user on this item. Items that the user cannot change ignore it. */
  event(_event: DisplayEvent): void {}

  /** For the form: the form takes the place of another screen. */
  appear(): void {}

  /** For the form: sets what is called after each change of this item. */
  observe(changed: () => void): void {
    this.#changed = changed;
  }

  /** To be called after a change that the user can see. */
  protected changed(): void {
    this.#changed();
  }
}
