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

/** A question that waits for the screen or for its answer. */
interface Asked {
  readonly form: Form;
  answer(yes: boolean): void;
}

/**
 * Questions of the phone while an application runs. Each waits until the owner writes no text; the application gets the screen back after
 * the answer. What the application shows meanwhile is shown then.
 */
export class Interruptions {
  readonly #front: Front;
  readonly #show: (displayable: Displayable) => void;
  #application: (() => void) | undefined;
  #asked: readonly Asked[] = [];
  #current: Asked | undefined;

  /** @param show shows a screen of the phone */
  constructor(front: Front, show: (displayable: Displayable) => void) {
    this.#front = front;
    this.#show = show;
  }

  /** The title of the next question that waits for the screen. */
  get waiting(): string | undefined {
    return this.#asked[0]?.form.getTitle();
  }

  /** Resolves with the answer; no when the application ends before. */
  ask({ title, text, yes, no }: PhoneQuestion): Promise<boolean> {
    const form = new Form(title, [new StringItem('', text)]);
    return new Promise((resolve) => {
      const asked = { form, answer: resolve };
      addCommands(form, [
        { label: yes, type: 'OK', does: () => this.#answered(asked, true) },
        { label: no, type: 'BACK', does: () => this.#answered(asked, false) },
      ]);
      this.#asked = [...this.#asked, asked];
      this.next();
    });
  }

  /** The application shows a view. */
  applicationShows(view: DisplayableView, listener: (event: DisplayEvent) => void): void {
    this.#application = () => this.#front.show('application', view, listener);
    if (this.#front.isAsking) return;
    this.#application();
    this.next();
  }

  /** A question that the owner has opened is answered: an application that has waited for that gets the screen. */
  free(): void {
    if (this.#front.isFree) this.#application?.();
    this.next();
  }

  /** The application has ended: nothing is asked any more. */
  applicationEnded(): void {
    const open = this.#current === undefined ? this.#asked : [this.#current, ...this.#asked];
    this.#application = undefined;
    this.#current = undefined;
    this.#asked = [];
    for (const { answer } of open) answer(false);
  }

  /** Asks what waits, when the owner writes no text and no other question of the phone is on the screen. */
  next(): void {
    const [first, ...others] = this.#asked;
    const { isWriting, isAsking } = this.#front;
    if (first === undefined || isWriting || isAsking) return;
    this.#asked = others;
    this.#current = first;
    this.#show(first.form);
  }

  #answered(asked: Asked, yes: boolean): void {
    if (this.#current !== asked) return;
    this.#current = undefined;
    this.#front.expectApplication();
    this.#application?.();
    this.next();
    asked.answer(yes);
  }
}
