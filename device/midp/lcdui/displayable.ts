import type { Command } from './command.ts';
import type { CommandView, DisplayableView, DisplayEvent } from './view.ts';

/** Called when the user gives a command on a screen. */
export type CommandListener = (command: Command, displayable: Displayable) => void;

/** A screen of an application (JSR-118, `javax.microedition.lcdui.Displayable`). */
export abstract class Displayable {
  #title: string;
  #ticker: string | undefined;
  readonly #commands: Command[] = [];
  #listener: CommandListener | undefined;
  #changed: () => void = () => {};

  constructor(title: string) {
    this.#title = title;
  }

  getTitle(): string {
    return this.#title;
  }

  setTitle(title: string): void {
    this.#title = title;
    this.changed();
  }

  /** A line of running text above the screen (`javax.microedition.lcdui.Ticker`); `undefined` removes it. */
  setTicker(text: string | undefined): void {
    this.#ticker = text;
    this.changed();
  }

  /** Adding a command twice changes nothing. */
  addCommand(command: Command): void {
    if (this.#commands.includes(command)) return;
    this.#commands.push(command);
    this.changed();
  }

  removeCommand(command: Command): void {
    const index = this.#commands.indexOf(command);
    if (index < 0) return;
    this.#commands.splice(index, 1);
    this.changed();
  }

  setCommandListener(listener: CommandListener | undefined): void {
    this.#listener = listener;
  }

  /** For the screen itself: its commands in the order in which they were added. */
  protected get commands(): readonly Command[] {
    return this.#commands;
  }

  /** For {@link Display}: this screen as plain data under an id. */
  abstract view(id: number): DisplayableView;

  /** For {@link Display}: handles an action of the user on this screen. */
  event(event: DisplayEvent): void {
    if (event.kind !== 'command') return;
    const command = this.#commands[event.command];
    if (command !== undefined) this.gave(command);
  }

  /** For {@link Display}: sets what is called after each change of this screen. */
  observe(changed: (() => void) | undefined): void {
    this.#changed = changed ?? (() => {});
  }

  /** For {@link Display}: this screen takes the place of another one. */
  appear(): void {}

  /** The user gave a command. */
  protected gave(command: Command): void {
    this.#listener?.(command, this);
  }

  /** To be called after a change that the user can see. */
  protected changed(): void {
    this.#changed();
  }

  /** The part of a view that all screens have. */
  protected frame(id: number): { id: number; title: string; ticker?: string; commands: readonly CommandView[] } {
    const commands = this.#commands.map(({ label, type, priority }) => ({ label, type, priority }));
    return { id, title: this.#title, commands, ...(this.#ticker === undefined ? {} : { ticker: this.#ticker }) };
  }
}
