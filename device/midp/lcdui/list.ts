import { Choices } from './choices.ts';
import { Command } from './command.ts';
import { Displayable } from './displayable.ts';
import type { ChoiceType, DisplayEvent, ListView } from './view.ts';

/** Lines to choose from (JSR-118, `javax.microedition.lcdui.List`). */
export class List extends Displayable {
  /** The command that choosing a line of an IMPLICIT list gives, unless another one was set. */
  static readonly SELECT_COMMAND: Command = new Command('', 'SCREEN', 0);

  readonly #type: ChoiceType | 'IMPLICIT';
  readonly #choices: Choices;
  #selectCommand: Command | undefined = List.SELECT_COMMAND;

  constructor(title: string, type: ChoiceType | 'IMPLICIT', elements: readonly string[] = []) {
    super(title);
    this.#type = type;
    this.#choices = new Choices(type, elements);
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

  /** The selected line; in an IMPLICIT list the one that had the focus when the last command was given. -1 when there is none. */
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

  /** Sets the command that choosing a line of an IMPLICIT list gives, and adds it; `undefined`: choosing a line gives none. */
  setSelectCommand(command: Command | undefined): void {
    if (this.#type !== 'IMPLICIT') return;
    this.#selectCommand = command;
    if (command !== undefined && command !== List.SELECT_COMMAND) this.addCommand(command);
    this.changed();
  }

  /** A list without its select command has none. */
  override removeCommand(command: Command): void {
    if (command === this.#selectCommand) this.#selectCommand = undefined;
    super.removeCommand(command);
  }

  override view(id: number): ListView {
    const select = this.#type === 'IMPLICIT' ? this.#select() : {};
    return { kind: 'list', ...this.frame(id), type: this.#type, elements: this.#choices.elements, ...select };
  }

  override event(event: DisplayEvent): void {
    // The phone tells the line that has the focus; there is none in an empty list, and it may be gone meanwhile.
    const isThere = 'element' in event && event.element !== undefined && event.element < this.size();
    if (isThere && event.kind === 'ticked') this.setSelectedIndex(event.element, event.selected);
    else if (isThere && event.element !== undefined) this.#choices.setSelected(event.element, true);
    if (event.kind === 'command') super.event(event);
    else if (isThere && event.kind === 'selected' && this.#selectCommand !== undefined) this.gave(this.#selectCommand);
  }

  #select(): Pick<ListView, 'select'> {
    const command = this.#selectCommand;
    if (command === List.SELECT_COMMAND) return {};
    return { select: command === undefined ? 'none' : this.commands.indexOf(command) };
  }
}
