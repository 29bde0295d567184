import type { Clock } from '../../modem/index.ts';
import { type KeyPress, legibleScreen, type ScreenBody } from '../hal/index.ts';
import type { DisplayableView, DisplayEvent } from '../midp/index.ts';
import { KeyLock } from './key-lock.ts';
import { type Beneath, Presenter, type PresenterWords } from './presenter.ts';

/** Who has the screen: nobody, the idle screen, the phone's own menus, an application. */
export type ScreenOwner = 'off' | 'idle' | 'shell' | 'application';

/** A question of the phone on the screen; `answered` until another screen follows. */
type Question = 'none' | 'open' | 'answered';

/** What a front tells the phone. */
export interface FrontListener {
  /** The screen may be another. */
  changed(): void;
  /** The phone's question has left the screen: what waits for the screen can have it. */
  free(): void;
}

/**
 * The screen between its icons, and who has it. Two rules hold for everybody: a question of the phone keeps the screen until it is
 * answered ({@link isAsking}), and a screen that comes unasked where another one was takes no keys for a second. The idle screen does not
 * count: it asks nothing.
 */
export class Front {
  readonly #presenter: Presenter;
  readonly #listener: FrontListener;
  readonly #keyLock: KeyLock;
  #owner: ScreenOwner = 'off';
  #question: Question = 'none';
  #isExpected = false;
  /** How the application's screen was left when one of the phone came over it. */
  #left: Beneath | undefined;

  constructor(clock: Clock, words: () => PresenterWords, listener: FrontListener) {
    const changed = () => listener.changed();
    this.#presenter = new Presenter(clock, words, changed);
    this.#keyLock = new KeyLock(clock, changed);
    this.#listener = listener;
  }

  get owner(): ScreenOwner {
    return this.#owner;
  }

  get isOn(): boolean {
    return this.#owner !== 'off';
  }

  /** Whether the phone may put a screen of its own there. */
  get isFree(): boolean {
    return (this.#owner === 'idle' || this.#owner === 'shell') && !this.isAsking;
  }

  /** Whether the phone asks something, and nobody may take the screen: its owner can say yes, by a command of type OK. */
  get isAsking(): boolean {
    return this.#question === 'open';
  }

  /** What a menu or an application shows; `undefined` on the idle screen. */
  body(): ScreenBody | undefined {
    const body = this.#presenter.body();
    if (body === undefined) return undefined;
    return legibleScreen(
      this.#keyLock.isLocked ? { ...body, softKeys: { left: '', right: '' }, keysLocked: true } : body,
    );
  }

  /** The screen has come unasked: its keys do nothing for a second. */
  lockKeys(): void {
    this.#keyLock.begin();
  }

  /** The owner has asked for the screen of an application: its keys work at once, unless the phone shows something else before. */
  expectApplication(): void {
    this.#isExpected = true;
  }

  /** Whether another screen may come over this one: its owner writes no text, and the phone asks nothing and reports nothing. */
  get mayInterrupt(): boolean {
    const body = this.#presenter.body();
    const reports = this.#owner === 'shell' && body?.kind === 'alert';
    return !this.isAsking && !reports && body?.input === undefined;
  }

  /** Shows a view of a menu or an application, which has the screen then. */
  show(owner: 'shell' | 'application', view: DisplayableView, listener: (event: DisplayEvent) => void): void {
    if (this.#owner !== owner) {
      const left = this.#presenter.leave();
      if (this.#owner === 'application') this.#left = left;
    }
    if (this.#owner === 'shell' && owner === 'application' && !this.#isExpected) this.lockKeys();
    this.#owner = owner;
    this.#isExpected = false;
    const before = this.#question;
    this.#question = owner === 'shell' && view.commands.some(({ type }) => type === 'OK') ? 'open' : 'none';
    const heard = (event: DisplayEvent) => {
      if (event.kind === 'command' && this.#question === 'open') this.#question = 'answered';
      listener(event);
    };
    this.#presenter.show(view, heard, owner === 'application' ? this.#left : undefined);
    if (owner === 'application') this.#left = undefined;
    this.#tellFree(before);
  }

  /** Nothing but the idle screen, or nothing at all. */
  clear(owner: 'idle' | 'off'): void {
    const before = this.#question;
    this.#owner = owner;
    this.#question = 'none';
    this.#left = undefined;
    this.#keyLock.end();
    this.#presenter.leave();
    this.#listener.changed();
    this.#tellFree(before);
  }

  #tellFree(before: Question): void {
    if (before !== 'none' && this.#question === 'none') this.#listener.free();
  }

  /** One stroke, for a menu or an application. */
  press(press: KeyPress): void {
    if (!this.#keyLock.isLocked) this.#presenter.press(press);
  }

  /** A character for the field that has the focus. */
  type(character: string): void {
    if (!this.#keyLock.isLocked) this.#presenter.type(character);
  }
}
