/** A request, outcome or notice that has to be shown to the user. */
interface Item {
  readonly kind: 'request' | 'outcome' | 'notice';
  show(): void;
  /** Whether the item must still be shown: not, for example, a request that was cancelled meanwhile. */
  isWanted(): boolean;
}

/**
 * What the user is doing: `free` (an idle screen or a menu), `waiting` for the outcome of an answer, reading a notice, or busy
 * with a request or a text field.
 */
type Attention = 'free' | 'waiting' | 'reading' | 'busy';

/** What is shown at once, by what the user is doing. The rest waits until the user has finished. */
const AT_ONCE: Readonly<Record<Attention, readonly Item['kind'][]>> = {
  free: ['request', 'outcome', 'notice'],
  waiting: ['request', 'outcome'],
  reading: ['request'],
  busy: [],
};
/** What is shown first of several items that wait. */
const ORDER: readonly Item['kind'][] = ['request', 'outcome', 'notice'];

/**
 * Decides what the user sees next. A request replaces a notice ("Paid") that nobody has dismissed. It never replaces another
 * request while the PIN is being typed: then the screen says how many requests wait. The outcome of what the user has answered
 * comes before the notices about other requests: a user who takes "expired" for the outcome pays a second time.
 */
export class Agenda {
  readonly #rest: () => void;
  readonly #announce: (requests: number) => void;
  #items: readonly Item[] = [];
  #attention: Attention = 'free';
  /** The screen of a locked phone. */
  #lock: (() => void) | undefined;

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
    this.#add({ kind: 'request', show, isWanted });
  }

  /** Adds a notice: shown at once if the user is free, otherwise after all requests and outcomes. */
  notice(show: () => void): void {
    this.#add({ kind: 'notice', show, isWanted: () => true });
  }

  /** Adds the outcome of what the user has answered: shown at once if the user is free or waits, otherwise after all requests. */
  outcome(show: () => void): void {
    this.#add({ kind: 'outcome', show, isWanted: () => true });
  }

  /** The request that the user was busy with has ended: its outcome is shown before all other outcomes. */
  conclude(show: () => void): void {
    this.#items = [{ kind: 'outcome', show, isWanted: () => true }, ...this.#items];
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
    this.#turn('free', show);
  }

  /** The user has answered or asked: shows the next request or outcome, or a screen before which notices wait. */
  await(show: () => void): void {
    this.#turn('waiting', show);
  }

  /** The phone is locked: this screen takes the place of any other, and nothing else is shown. What comes waits. */
  lock(show: () => void): void {
    this.#lock = show;
    this.#turn('busy', show);
  }

  get isLocked(): boolean {
    return this.#lock !== undefined;
  }

  /** The phone is not locked any more: what has come meanwhile is shown. */
  unlock(): void {
    this.#lock = undefined;
    this.next();
  }

  #add(item: Item): void {
    this.#items = [...this.#items, item];
    if (AT_ONCE[this.#attention].includes(item.kind)) this.next();
    else this.#count();
  }

  /** Shows the first item that a user of this attention sees at once, or, when there is none, a screen. */
  #turn(attention: Attention, show: () => void): void {
    if (this.#lock !== undefined) {
      this.#attention = 'busy';
      this.#lock();
      return;
    }
    this.#items = this.#items.filter((item) => item.isWanted());
    const kind = ORDER.find((one) => AT_ONCE[attention].includes(one) && this.#items.some((item) => item.kind === one));
    const next = this.#items.find((item) => item.kind === kind);
    this.#items = this.#items.filter((item) => item !== next);
    this.#attention = next === undefined ? attention : next.kind === 'request' ? 'busy' : 'reading';
    this.#count();
    (next?.show ?? show)();
  }

  #count(): void {
    this.#announce(this.#items.filter((item) => item.kind === 'request' && item.isWanted()).length);
  }
}
