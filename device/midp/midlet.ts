import type { MidletContext } from './context.ts';

/**
 * An application (JSR-118, `javax.microedition.midlet.MIDlet`). The phone makes one by calling the constructor, then
 * {@link startApp}; nothing may be shown or opened before.
 */
export abstract class MIDlet {
  /** The phone, as far as this application may touch it. */
  readonly context: MidletContext;

  constructor(context: MidletContext) {
    this.context = context;
  }

  /** The application comes to the front: for the first time, or after a pause. */
  abstract startApp(): void;

  /** The application loses the screen and keeps its state. */
  abstract pauseApp(): void;

  /**
   * The application ends: it saves what it needs and lets go of everything.
   * @param unconditional whether it ends even if it would rather not.
   */
  abstract destroyApp(unconditional: boolean): void;

  /** An attribute of the application descriptor, or `undefined`. */
  getAppProperty(key: string): string | undefined {
    return this.context.getAppProperty(key);
  }

  /** Says that the application has ended by itself; `destroyApp` is not called any more. */
  notifyDestroyed(): void {
    this.context.notifyDestroyed();
  }
}
