import { IllegalStateException } from '../errors.ts';
import type { Command } from './command.ts';
import type { Form } from './form.ts';
import type { CommandView, DisplayEvent, ItemView } from './view.ts';

/** Called when the user gives a command of an item (`javax.microedition.lcdui.ItemCommandListener`). */
export type ItemCommandListener = (command: Command, item: Item) => void;

/** What an item tells the screen that it is on. */
export interface ItemOwner {
  /** The form; absent for the field of a text box. */
  readonly form?: Form;
  /** The user sees a change. */
  changed(): void;
  /** The user, or the application, has changed what the item stands for. */
  stateChanged(item: Item): void;
}

/** A part of a form (JSR-118, `javax.microedition.lcdui.Item`). An item is on one form at a time. */
export abstract class Item {
  #label: string;
  #owner: ItemOwner | undefined;
  readonly #commands: Command[] = [];
  #defaultCommand: Command | undefined;
  #listener: ItemCommandListener | undefined;

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

  /** Adds a command that is offered while the item has the focus. Adding it twice changes nothing. */
  addCommand(command: Command): void {
    if (this.#commands.includes(command)) return;
    this.#commands.push(command);
    this.changed();
  }

  removeCommand(command: Command): void {
    const index = this.#commands.indexOf(command);
    if (index < 0) return;
    this.#commands.splice(index, 1);
    if (command === this.#defaultCommand) this.#defaultCommand = undefined;
    this.changed();
  }

  /** Sets the command that the key in the middle gives, and adds it; `undefined`: none. */
  setDefaultCommand(command: Command | undefined): void {
    this.#defaultCommand = command;
    if (command !== undefined) this.addCommand(command);
    this.changed();
  }

  setItemCommandListener(listener: ItemCommandListener | undefined): void {
    this.#listener = listener;
  }

  /** Calls the listener of the form as if the user had changed the item, soon. @throws IllegalStateException for an item of no form */
  notifyStateChanged(): void {
    const owner = this.#owner;
    if (owner?.form === undefined) throw new IllegalStateException('The item is on no form');
    void Promise.resolve().then(() => owner.stateChanged(this));
  }

  /** The form that the item is on. */
  get form(): Form | undefined {
    return this.#owner?.form;
  }

  /** For the form: this item as plain data. */
  abstract view(): ItemView;

  /** For the form: handles an action of the user on this item. */
  event(event: DisplayEvent): void {
    const command = event.kind === 'item-command' ? this.#commands[event.command] : undefined;
    if (command !== undefined) this.#listener?.(command, this);
  }

  /** For the form: the form takes the place of another screen. */
  appear(): void {}

  /** For the form: takes the item. @throws IllegalStateException for one that another form has */
  attach(owner: ItemOwner): void {
    if (this.#owner !== undefined) throw new IllegalStateException(`The item "${this.#label}" is on a form already`);
    this.#owner = owner;
  }

  /** For the form: gives the item back. */
  detach(): void {
    this.#owner = undefined;
  }

  /** The part of a view that all items have. */
  protected frame(): { label: string; commands?: readonly CommandView[]; defaultCommand?: number } {
    if (this.#commands.length === 0) return { label: this.#label };
    const commands = this.#commands.map(({ label, type, priority }) => ({ label, type, priority }));
    const byDefault = this.#defaultCommand === undefined ? -1 : this.#commands.indexOf(this.#defaultCommand);
    return { label: this.#label, commands, ...(byDefault < 0 ? {} : { defaultCommand: byDefault }) };
  }

  /** To be called after a change that the user can see. */
  protected changed(): void {
    this.#owner?.changed();
  }

  /** To be called after a change that the user has made. */
  protected stateChanged(): void {
    this.#owner?.stateChanged(this);
  }
}
