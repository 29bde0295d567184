/** A request or notice that waits for the user. */
interface Waiting {
  show(): void;
  /** Whether the item must still be shown: not, for example, a request that was cancelled meanwhile. */
  isWanted(): boolean;
}

/**
 * What the user is doing: `free` (an idle screen or a menu), reading a notice, or busy with a request or a text field. A new
 * request is shown at once when the user is free or reads a notice; while the user is busy, nothing new is shown.
 */
type Attention = 'free' | 'reading' | 'busy';

/**
 * Decides what the user sees next. A request replaces a notice ("Paid") that nobody has dismissed. It never replaces another
 * request while the PIN is being typed: then the screen says how many requests wait.
 */
export class Agenda {
  readonly #rest: () => void;
  readonly #announce: (requests: number) => void;
  #requests: readonly Waiting[] = [];
  #notices: readonly Waiting[] = [];
  #attention: Attention = 'free';

  /**
   * @param rest shows the screen for a user without requests or notices.
   * @param announce shows how many requests wait while the user is busy.
   */
  constructor(rest: () => void, announce: (requests: number) => void) {
    this.#rest = rest;
    this.#announce = announce;
  }

  /** Adds a request. A notice on the screen is replaced by it and does not come back. */
  request(show: () => void, isWanted: () => boolean): void {
    this.#requests = [...this.#requests, { show, isWanted }];
    if (this.#attention === 'busy') this.#count();
    else this.next();
  }

  /** Adds a notice: shown at once if the user is free, otherwise after all requests. */
  notice(show: () => void): void {
    this.#notices = [...this.#notices, { show, isWanted: () => true }];
    if (this.#attention === 'free') this.next();
    else this.#count();
  }

  /** The request that the user was busy with has ended: its notice is shown next. */
  conclude(show: () => void): void {
    this.#notices = [{ show, isWanted: () => true }, ...this.#notices];
    this.next();
  }

  /** The user begins something that no request may replace on the screen. */
  engage(): void {
    this.#attention = 'busy';
  }

  /** The user has finished a request or notice: shows the next one, or the resting screen. */
  next(): void {
    this.free(this.#rest);
  }

  /** The user has finished a request or notice: shows the next one, or a screen that any item may replace. */
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
