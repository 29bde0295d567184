import { Choices } from './choices.ts';
import type { Command } from './command.ts';
import { Displayable } from './displayable.ts';
import type { ChoiceType, DisplayEvent, ListView } from './view.ts';

/** Lines to choose from (JSR-118, `javax.microedition.lcdui.List`). */
export class List extends Displayable {
  readonly #type: ChoiceType | 'IMPLICIT';
  readonly #choices: Choices;
  #selectCommand: Command | undefined;

  constructor(title: string, type: ChoiceType | 'IMPLICIT', elements: readonly string[] = []) {
    super(title);
    this.#type = type;
    this.#choices = new Choices(type, elements);
  }

  /** Adds a line and returns its index. */
  append(text: string): number {
    const index = this.#choices.append(text);
    this.changed();
    return index;
  }

  deleteAll(): void {
    this.#choices.deleteAll();
    this.changed();
  }

  /** The selected line; in an IMPLICIT list the one that had the focus when the last command was given. -1 when there is none. */
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

  /** The command that choosing a line of an IMPLICIT list gives. */
  setSelectCommand(command: Command): void {
    this.#selectCommand = command;
  }

  override view(id: number): ListView {
    return { kind: 'list', ...this.frame(id), type: this.#type, elements: this.#choices.elements };
  }

  override event(event: DisplayEvent): void {
    if (event.kind === 'ticked') this.setSelectedIndex(event.element, event.selected);
    else if (event.kind === 'selected') {
      this.#choices.setSelected(event.element, true);
      if (this.#selectCommand !== undefined) this.gave(this.#selectCommand);
    } else {
      if (event.kind === 'command' && event.element !== undefined) this.#choices.setSelected(event.element, true);
      super.event(event);
    }
  }
}
