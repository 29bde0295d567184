import {
  Alert,
  type AlertType,
  Command,
  type CommandType,
  type Display,
  type Displayable,
  Form,
  type Item,
  List,
} from '../midp/index.ts';
import type { Texts } from './texts.ts';

/** Something the user can do on a screen. */
export interface Choice {
  readonly label: string;
  readonly type: CommandType;
  does(): void;
}

/** A line of a list, and what choosing it does. */
export interface Line {
  readonly label: string;
  does(): void;
}

/** Builds the application's screens and shows them. */
export class Screens {
  readonly #display: Display;
  readonly #texts: Texts;
  #ticker: string | undefined;

  constructor(display: Display, texts: Texts) {
    this.#display = display;
    this.#texts = texts;
  }

  /** Shows items with commands. */
  form(title: string, items: readonly Item[], choices: readonly Choice[]): Displayable {
    const form = new Form(title, items);
    addChoices(form, choices);
    this.#show(form);
    return form;
  }

  /** Whether this screen is on the LCD. */
  isShown(displayable: Displayable): boolean {
    return this.#display.getCurrent() === displayable;
  }

  /** Shows lines to choose from. */
  list(title: string, lines: readonly Line[], choices: readonly Choice[]): void {
    const list = new List(
      title,
      'IMPLICIT',
      lines.map(({ label }) => label),
    );
    const select = new Command(this.#texts.select, 'ITEM', 1);
    list.setSelectCommand(select);
    addChoices(list, choices, { command: select, does: () => lines[list.getSelectedIndex()]?.does() });
    this.#show(list);
  }

  /** Shows a notice, and calls `then` when the user has dismissed it. */
  alert(title: string, text: string, type: AlertType, then: () => void): void {
    const alert = new Alert(title, text, type);
    alert.onDismiss(then);
    this.#show(alert);
  }

  /** Shows a line above this screen and all later ones, until it is removed with `undefined`. */
  announce(text: string | undefined): void {
    if (text === this.#ticker) return;
    this.#ticker = text;
    this.#display.getCurrent()?.setTicker(text);
  }

  /** Makes the sound that goes with a kind of alert. */
  sound(type: AlertType): void {
    this.#display.playSound(type);
  }

  #show(displayable: Displayable): void {
    displayable.setTicker(this.#ticker);
    this.#display.setCurrent(displayable);
  }
}

function addChoices(
  displayable: Displayable,
  choices: readonly Choice[],
  select?: { readonly command: Command; does(): void },
): void {
  const actions = new Map<Command, () => void>(
    choices.map((choice, index) => [new Command(choice.label, choice.type, index), () => choice.does()]),
  );
  for (const command of actions.keys()) displayable.addCommand(command);
  if (select !== undefined) actions.set(select.command, () => select.does());
  displayable.setCommandListener((command) => actions.get(command)?.());
}
