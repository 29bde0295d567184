import { Choices } from './choices.ts';
import { Item } from './item.ts';
import type { ChoiceGroupView, ChoiceType, DisplayEvent } from './view.ts';

/** A choice on a form (JSR-118, `javax.microedition.lcdui.ChoiceGroup`). POPUP shows the selected line, and the others when it is chosen. */
export class ChoiceGroup extends Item {
  readonly #type: ChoiceType | 'POPUP';
  readonly #choices: Choices;

  constructor(label: string, type: ChoiceType | 'POPUP', elements: readonly string[] = []) {
    super(label);
    this.#type = type;
    this.#choices = new Choices(type === 'POPUP' ? 'EXCLUSIVE' : type, elements);
  }

  size(): number {
    return this.#choices.size;
  }

  /** @throws IndexOutOfBoundsException */
  getString(index: number): string {
    return this.#choices.expect(index).text;
  }

  /** Adds a line and returns its index. */
  append(text: string): number {
    this.insert(this.size(), text);
    return this.size() - 1;
  }

  /** @throws IndexOutOfBoundsException */
  insert(index: number, text: string): void {
    this.#choices.insert(index, text);
    this.changed();
  }

  /** @throws IndexOutOfBoundsException */
  set(index: number, text: string): void {
    this.#choices.set(index, text);
    this.changed();
  }

  /** @throws IndexOutOfBoundsException */
  delete(index: number): void {
    this.#choices.delete(index);
    this.changed();
  }

  deleteAll(): void {
    this.#choices.deleteAll();
    this.changed();
  }

  /** The selected line; -1 when there is none, or in a MULTIPLE group. */
  getSelectedIndex(): number {
    return this.#choices.selectedIndex();
  }

  /** @throws IndexOutOfBoundsException */
  isSelected(index: number): boolean {
    return this.#choices.expect(index).selected;
  }

  /** @throws IndexOutOfBoundsException */
  setSelectedIndex(index: number, selected: boolean): void {
    this.#choices.setSelected(index, selected);
    this.changed();
  }

  /** Of each line, whether it is selected. */
  getSelectedFlags(): boolean[] {
    return this.#choices.flags();
  }

  /** @throws IllegalArgumentException for fewer flags than lines */
  setSelectedFlags(flags: readonly boolean[]): void {
    this.#choices.setFlags(flags);
    this.changed();
  }

  override view(): ChoiceGroupView {
    return { kind: 'choice-group', ...this.frame(), type: this.#type, elements: this.#choices.elements };
  }

  override event(event: DisplayEvent): void {
    if (event.kind !== 'ticked') super.event(event);
    else if (event.element < this.size()) {
      this.setSelectedIndex(event.element, event.selected);
      this.stateChanged();
    }
  }
}
