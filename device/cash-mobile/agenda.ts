/** Something that waits for the user's attention. */
interface Waiting {
  show(): void;
  /** Whether it still needs the user: a request that was cancelled meanwhile does not. */
  isWanted(): boolean;
}

/**
 * What the user does: nothing that matters (`free`), reads a notice, or is busy with a request or a text. A request
 * takes the screen of a free user and of one who reads a notice; nothing takes the screen of one who is busy.
 */
type Attention = 'free' | 'reading' | 'busy';

/**
 * What the user is to see next. A request never stays behind a notice that nobody dismisses, and never takes the place
 * of another request under a typing finger: then the screen says how many wait.
 */
export class Agenda {
  readonly #rest: () => void;
  readonly #announce: (requests: number) => void;
  #requests: readonly Waiting[] = [];
  #notices: readonly Waiting[] = [];
  #attention: Attention = 'free';

  /**
   * @param rest shows the screen of somebody who has nothing to do.
   * @param announce says how many requests wait behind what the user is busy with.
   */
  constructor(rest: () => void, announce: (requests: number) => void) {
    this.#rest = rest;
    this.#announce = announce;
  }

  /** Something that the user has to answer. A notice on the screen gives way to it and does not come back. */
  request(show: () => void, isWanted: () => boolean): void {
    this.#requests = [...this.#requests, { show, isWanted }];
    if (this.#attention === 'busy') this.#count();
    else this.next();
  }

  /** Something to read: at once if the user is free, otherwise after all requests. */
  notice(show: () => void): void {
    this.#notices = [...this.#notices, { show, isWanted: () => true }];
    if (this.#attention === 'free') this.next();
    else this.#count();
  }

  /** What the user was busy with has become a notice, which is the next to be read. */
  conclude(show: () => void): void {
    this.#notices = [{ show, isWanted: () => true }, ...this.#notices];
    this.next();
  }

  /** The user begins something that nothing may interrupt. */
  engage(): void {
    this.#attention = 'busy';
  }

  /** The user is done with one thing: shows the next, or rests. */
  next(): void {
    this.free(this.#rest);
  }

  /** The user is done with one thing: shows the next, or a screen that anything may interrupt. */
  free(show: () => void): void {
    const [request, ...requests] = this.#requests.filter(({ isWanted }) => isWanted());
    const [notice, ...notices] = this.#notices;
    this.#requests = requests;
    if (request === undefined) this.#notices = notices;
    this.#attention = request !== undefined ? 'busy' : notice !== undefined ? 'reading' : 'free';
    this.#count();
    (request?.show ?? notice?.show ?? show)();
  }

  #count(): void {
    this.#announce(this.#requests.filter(({ isWanted }) => isWanted()).length);
  }
}
