import { Alert, type AlertType, type Displayable, Form, Gauge, type Item } from '../midp/index.ts';
import { addCommands } from './commands.ts';

/** The part of the phone that the screens of an installation use. */
export interface InstallScreensPhone {
  /** Whether the screen is not an application's. */
  readonly hasScreen: boolean;
  /** @param isUnasked the screen comes when the network has answered, and not for a key press */
  show(displayable: Displayable, isUnasked: boolean): void;
}

/** A question with two answers. */
export interface Question {
  readonly title: string;
  readonly items: readonly Item[];
  readonly yes: string;
  readonly no: string;
}

/**
 * The screens of an installation, one after the other. An application that comes to the front meanwhile, because a message or an alarm has
 * started it, keeps the screen; {@link again} shows the installation after it.
 */
export class InstallScreens {
  readonly #phone: InstallScreensPhone;
  #current: Displayable | undefined;
  /** What waits for the owner, or for the screen. */
  #answered: (answer: boolean) => void = () => {};
  #onScreen: () => void = () => {};
  /** What comes next comes from the network. */
  #isLoading = false;

  constructor(phone: InstallScreensPhone) {
    this.#phone = phone;
  }

  /** Resolves with whether the owner said yes; {@link clear} is a no. */
  ask({ title, items, yes, no }: Question): Promise<boolean> {
    const form = new Form(title, items);
    return this.#answer((answer) => {
      addCommands(form, [
        { label: yes, type: 'OK', does: () => answer(true) },
        { label: no, type: 'BACK', does: () => answer(false) },
      ]);
      this.#show(form);
    });
  }

  /** Shows how much has come. @param total octets; absent: unknown. @returns what is told the octets so far */
  progress(
    title: string,
    label: string,
    cancel: { readonly label: string; does(): void },
    total?: number,
  ): (octets: number) => void {
    const gauge = new Gauge(label, total ?? 1, total === undefined ? undefined : 0);
    const form = new Form(title, [gauge]);
    addCommands(form, [{ label: cancel.label, type: 'CANCEL', does: () => cancel.does() }]);
    let come = 0;
    const draw = () => {
      if (total !== undefined) gauge.setValue(come);
    };
    this.#show(form, draw);
    this.#isLoading = true;
    return (octets) => {
      come = octets;
      if (this.#current === form && this.#phone.hasScreen) draw();
    };
  }

  /** Says something; resolves when the owner has read it. */
  async tell(title: string, text: string, type: AlertType): Promise<void> {
    const alert = new Alert(title, text, type);
    await this.#answer((answer) => {
      alert.onDismiss(() => answer(true));
      this.#show(alert);
    });
  }

  /** Resolves when no application has the screen. */
  async free(): Promise<void> {
    if (this.#phone.hasScreen) return;
    await new Promise<void>((resolve) => {
      this.#onScreen = resolve;
    });
  }

  /** Shows the present screen again, after an application had the screen. */
  again(): void {
    if (this.#current !== undefined) this.#phone.show(this.#current, true);
    this.#onScreen();
  }

  /** The installation has no screen any more; a question is answered with no. */
  clear(): void {
    this.#current = undefined;
    this.#answered(false);
    this.#onScreen();
  }

  #show(displayable: Displayable, draw: () => void = () => {}): void {
    this.#current = displayable;
    this.#onScreen = draw;
    if (this.#phone.hasScreen) this.#phone.show(displayable, this.#isLoading);
    this.#isLoading = false;
  }

  async #answer(show: (answer: (yes: boolean) => void) => void): Promise<boolean> {
    return new Promise((resolve) => {
      this.#answered = resolve;
      show(resolve);
    });
  }
}
