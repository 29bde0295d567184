import { type Displayable, type DisplayableView, type DisplayEvent, Form, StringItem } from '../midp/index.ts';
import { addCommands } from './commands.ts';
import type { Front } from './front.ts';

/** A question of the phone with two answers. */
export interface PhoneQuestion {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly no: string;
}

/** The screens of the phone around an interruption. */
export interface InterruptionScreens {
  /** Shows a screen of the phone, which nobody has asked for. */
  show(displayable: Displayable): void;
  /** Shows what the phone shows when no application has shown anything. */
  leave(): void;
}

/** A screen that waits for its turn or for its answer. */
interface Waiting {
  readonly form: Form;
  /** An application is asked about, and ends before the answer. Absent: the screen stays. */
  readonly withdrawn?: () => void;
}

/** Messages that wait for the screen: beyond them the oldest one is lost. */
const MESSAGE_LIMIT = 10;

/**
 * Screens of the phone that come unasked: its questions about an application that runs, and messages that are shown at once. Each waits
 * until the owner writes no text and has answered what the phone asks; the application gets the screen back afterwards. What it shows
 * meanwhile is shown then.
 */
export class Interruptions {
  readonly #front: Front;
  readonly #screens: InterruptionScreens;
  #application: (() => void) | undefined;
  #waiting: readonly Waiting[] = [];
  #current: Waiting | undefined;

  constructor(front: Front, screens: InterruptionScreens) {
    this.#front = front;
    this.#screens = screens;
  }

  /** The title of the next screen that waits. */
  get waiting(): string | undefined {
    return this.#waiting[0]?.form.getTitle();
  }

  /** Resolves with the answer; no when the application ends before. */
  ask({ title, text, yes, no }: PhoneQuestion): Promise<boolean> {
    const form = new Form(title, [new StringItem('', text)]);
    return new Promise((resolve) => {
      const asked: Waiting = { form, withdrawn: () => resolve(false) };
      const answer = (isYes: boolean) => {
        if (this.#finish(asked)) resolve(isYes);
      };
      addCommands(form, [
        { label: yes, type: 'OK', does: () => answer(true) },
        { label: no, type: 'BACK', does: () => answer(false) },
      ]);
      this.#wait(asked);
    });
  }

  /** Shows a message until the owner has seen it, whether an application runs or not. @param ok the label of the only command */
  tell(form: Form, ok: string): void {
    const told: Waiting = { form };
    addCommands(form, [{ label: ok, type: 'OK', does: () => this.#finish(told) }]);
    const messages = this.#waiting.filter(isMessage);
    const [oldest] = messages;
    if (messages.length >= MESSAGE_LIMIT) this.#waiting = this.#waiting.filter((one) => one !== oldest);
    this.#wait(told);
  }

  /** The application shows a view. */
  applicationShows(view: DisplayableView, listener: (event: DisplayEvent) => void): void {
    this.#application = () => this.#front.show('application', view, listener);
    if (this.#front.isAsking) return;
    this.#application();
    this.next();
  }

  /** What had the screen is answered or gone (the red key): an application that has waited for that gets the screen. */
  free(): void {
    if (!this.#front.isAsking) this.#current = undefined;
    if (this.#front.isFree) this.#application?.();
    this.next();
  }

  /** The application has ended: nothing is asked about it any more. A message that was on the screen comes back. */
  applicationEnded(): void {
    const all = this.#current === undefined ? this.#waiting : [this.#current, ...this.#waiting];
    this.#application = undefined;
    this.#current = undefined;
    this.#waiting = all.filter(isMessage);
    for (const { withdrawn } of all) withdrawn?.();
  }

  /** The phone is switched off: what waits is lost. */
  forget(): void {
    this.#waiting = [];
  }

  /** Shows what waits, if it may come over what stands there. */
  next(): void {
    const [first, ...others] = this.#waiting;
    if (first === undefined || !this.#front.mayInterrupt) return;
    this.#waiting = others;
    this.#current = first;
    this.#screens.show(first.form);
  }

  #wait(one: Waiting): void {
    this.#waiting = [...this.#waiting, one];
    this.next();
  }

  /** The owner has answered. @returns whether that was asked */
  #finish(one: Waiting): boolean {
    if (this.#current !== one) return false;
    this.#current = undefined;
    if (this.#application === undefined) this.#screens.leave();
    else {
      this.#front.expectApplication();
      this.#application();
    }
    return true;
  }
}

function isMessage({ withdrawn }: Waiting): boolean {
  return withdrawn === undefined;
}
