import { Choices } from './choices.ts';
import { Item } from './item.ts';
import type { ChoiceGroupView, ChoiceType, DisplayEvent } from './view.ts';

/** A choice on a form (JSR-118, `javax.microedition.lcdui.ChoiceGroup`). */
export class ChoiceGroup extends Item {
  readonly #type: ChoiceType;
  readonly #choices: Choices;

  constructor(label: string, type: ChoiceType, elements: readonly string[]) {
    super(label);
    this.#type = type;
    this.#choices = new Choices(type, elements);
  }

  /** The selected line of an EXCLUSIVE group; -1 when there is none. */
  getSelectedIndex(): number {
    return this.#choices.selectedIndex();
  }

  isSelected(index: number): boolean {
    return this.#choices.elements[index]?.selected === true;
  }

  setSelectedIndex(index: number, selected: boolean): void {
    this.#choices.setSelected(index, selected);
    this.changed();
  }

  override view(): ChoiceGroupView {
    return { kind: 'choice-group', label: this.getLabel(), type: this.#type, elements: this.#choices.elements };
  }

  override event(event: DisplayEvent): void {
    if (event.kind === 'ticked') this.setSelectedIndex(event.element, event.selected);
  }
}
