import type { ChoiceElement, ChoiceType } from './view.ts';

/** The lines of a list or choice group (JSR-118, `javax.microedition.lcdui.Choice`). */
export class Choices {
  readonly #exclusive: boolean;
  #elements: readonly ChoiceElement[];

  constructor(type: ChoiceType | 'IMPLICIT', elements: readonly string[]) {
    this.#exclusive = type !== 'MULTIPLE';
    this.#elements = elements.map((text, index) => ({ text, selected: this.#exclusive && index === 0 }));
  }

  get elements(): readonly ChoiceElement[] {
    return this.#elements;
  }

  /** Appends an unselected line, unless it is the first of an exclusive choice. */
  append(text: string): number {
    this.#elements = [...this.#elements, { text, selected: this.#exclusive && this.#elements.length === 0 }];
    return this.#elements.length - 1;
  }

  deleteAll(): void {
    this.#elements = [];
  }

  /** The selected line of an exclusive choice, -1 when there is none. */
  selectedIndex(): number {
    return this.#exclusive ? this.#elements.findIndex(({ selected }) => selected) : -1;
  }

  /** Selecting one line of an exclusive choice unselects the others; unselecting its only one does nothing. */
  setSelected(index: number, selected: boolean): void {
    if (this.#elements[index] === undefined || (this.#exclusive && !selected)) return;
    this.#elements = this.#elements.map((element, at) => {
      if (at === index) return { ...element, selected };
      return this.#exclusive ? { ...element, selected: false } : element;
    });
  }
}
