import type { Clock } from '../../modem/index.ts';
import { type KeyPress, legibleScreen, type ScreenBody } from '../hal/index.ts';
import type { DisplayableView, DisplayEvent } from '../midp/index.ts';
import { KeyLock } from './key-lock.ts';
import { Presenter, type PresenterWords } from './presenter.ts';

/** Who has the screen: nobody, the idle screen, the phone's own menus, an application. */
export type ScreenOwner = 'off' | 'idle' | 'shell' | 'application';

/** The screen between its icons, and who has it. */
export class Front {
  readonly #presenter: Presenter;
  readonly #changed: () => void;
  readonly #keyLock: KeyLock;
  #owner: ScreenOwner = 'off';

  /** @param changed called whenever the screen may be another */
  constructor(clock: Clock, words: () => PresenterWords, changed: () => void) {
    this.#presenter = new Presenter(clock, words, changed);
    this.#keyLock = new KeyLock(clock, changed);
    this.#changed = changed;
  }

  get owner(): ScreenOwner {
    return this.#owner;
  }

  /** What a menu or an application shows; `undefined` on the idle screen. */
  body(): ScreenBody | undefined {
    const body = this.#presenter.body();
    if (body === undefined) return undefined;
    return legibleScreen(this.#isLocked ? { ...body, softKeys: { left: '', right: '' }, keysLocked: true } : body);
  }

  /** A screen of the phone comes unasked: its keys do nothing for a second. */
  lockKeys(): void {
    this.#keyLock.begin();
  }

  get #isLocked(): boolean {
    return this.#keyLock.isLocked && this.#owner === 'shell';
  }

  /** Whether a field for text has the focus. */
  get isWriting(): boolean {
    return this.#presenter.body()?.input !== undefined;
  }

  /** Shows a view of a menu or an application, which has the screen then. */
  show(owner: 'shell' | 'application', view: DisplayableView, listener: (event: DisplayEvent) => void): void {
    if (this.#owner !== owner) this.#presenter.leave();
    this.#owner = owner;
    this.#presenter.show(view, listener);
  }

  /** Nothing but the idle screen, or nothing at all. */
  clear(owner: 'idle' | 'off'): void {
    this.#owner = owner;
    this.#keyLock.end();
    this.#presenter.leave();
    this.#changed();
  }

  /** One stroke, for a menu or an application. */
  press(press: KeyPress): void {
    if (!this.#isLocked) this.#presenter.press(press);
  }

  /** A character for the field that has the focus. */
  type(character: string): void {
    this.#presenter.type(character);
  }
}
