/**
 * What the user is to see next. One thing at a time has the user's attention; what comes meanwhile waits its turn, so
 * that no prompt takes the place of another under a typing finger.
 */
export class Agenda {
  readonly #rest: () => void;
  readonly #waiting: (() => void)[] = [];
  #engaged = false;

  /** @param rest shows the screen of somebody who has nothing to do. */
  constructor(rest: () => void) {
    this.#rest = rest;
  }

  /** Shows something at once if the user is free, otherwise as soon as the user is. */
  add(show: () => void): void {
    this.#waiting.push(show);
    if (!this.#engaged) this.next();
  }

  /** The user begins something that nothing may interrupt. */
  engage(): void {
    this.#engaged = true;
  }

  /** The user is done with one thing: shows the next, or rests. */
  next(): void {
    this.free(this.#rest);
  }

  /** The user is done with one thing: shows the next, or a screen that anything may interrupt. */
  free(show: () => void): void {
    const next = this.#waiting.shift();
    this.#engaged = next !== undefined;
    (next ?? show)();
  }
}
