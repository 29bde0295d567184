import { IllegalArgumentException, IndexOutOfBoundsException } from '../errors.ts';
import type { ChoiceElement, ChoiceType } from './view.ts';

/** The lines of a list or choice group (JSR-118, `javax.microedition.lcdui.Choice`). */
export class Choices {
  readonly #exclusive: boolean;
  #elements: readonly ChoiceElement[] = [];

  constructor(type: ChoiceType | 'IMPLICIT', elements: readonly string[]) {
    this.#exclusive = type !== 'MULTIPLE';
    for (const text of elements) this.insert(this.size, text);
  }

  get elements(): readonly ChoiceElement[] {
    return this.#elements;
  }

  get size(): number {
    return this.#elements.length;
  }

  /** Puts in an unselected line, unless it is the first of an exclusive choice. @throws IndexOutOfBoundsException */
  insert(index: number, text: string): void {
    if (index !== this.size) this.expect(index);
    this.#elements = this.#elements.toSpliced(index, 0, { text, selected: this.#exclusive && this.size === 0 });
  }

  /** Changes the text of a line. @throws IndexOutOfBoundsException */
  set(index: number, text: string): void {
    this.#elements = this.#elements.with(index, { ...this.expect(index), text });
  }

  /** When the selected line of an exclusive choice goes, the one in its place is selected. @throws IndexOutOfBoundsException */
  delete(index: number): void {
    const { selected } = this.expect(index);
    this.#elements = this.#elements.toSpliced(index, 1);
    if (this.#exclusive && selected && this.size > 0) this.setSelected(Math.min(index, this.size - 1), true);
  }

  deleteAll(): void {
    this.#elements = [];
  }

  /** The selected line of an exclusive choice, -1 when there is none. */
  selectedIndex(): number {
    return this.#exclusive ? this.#elements.findIndex(({ selected }) => selected) : -1;
  }

  flags(): boolean[] {
    return this.#elements.map(({ selected }) => selected);
  }

  /** Of an exclusive choice the first of the flags counts, or else the first line. @throws IllegalArgumentException for too few */
  setFlags(flags: readonly boolean[]): void {
    if (flags.length < this.size)
      throw new IllegalArgumentException(`${this.size} lines need as many flags, not ${flags.length}`);
    if (!this.#exclusive)
      this.#elements = this.#elements.map(({ text }, at) => ({ text, selected: flags[at] === true }));
    else if (this.size > 0) this.setSelected(Math.max(0, flags.slice(0, this.size).indexOf(true)), true);
  }

  /** Selecting one line of an exclusive choice unselects the others; unselecting its only one does nothing. @throws IndexOutOfBoundsException */
  setSelected(index: number, selected: boolean): void {
    this.expect(index);
    if (this.#exclusive && !selected) return;
    this.#elements = this.#elements.map((element, at) => {
      if (at === index) return { ...element, selected };
      return this.#exclusive ? { ...element, selected: false } : element;
    });
  }

  /** A line. @throws IndexOutOfBoundsException */
  expect(index: number): ChoiceElement {
    const element = this.#elements[index];
    if (element === undefined) throw new IndexOutOfBoundsException(`There are ${this.size} lines, and none ${index}`);
    return element;
  }
}
