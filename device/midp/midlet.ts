import type { MidletContext } from './context.ts';

/**
 * An application (JSR-118, `javax.microedition.midlet.MIDlet`). The phone makes one by calling the constructor, then
 * {@link startApp}; nothing may be shown or opened before.
 */
export abstract class MIDlet {
  /** The functions of the phone that this application may use. */
  readonly context: MidletContext;

  constructor(context: MidletContext) {
    this.context = context;
  }

  /** The application comes to the front: for the first time, or after a pause. */
  abstract startApp(): void;

  /** The application loses the screen and keeps its state. */
  abstract pauseApp(): void;

  /**
   * The application ends: it saves its data and closes its connections.
   * @param unconditional true: the application cannot refuse to end.
   */
  abstract destroyApp(unconditional: boolean): void;

  /** An attribute of the application descriptor, or `undefined`. */
  getAppProperty(key: string): string | undefined {
    return this.context.getAppProperty(key);
  }

  /**
   * Asks the phone to open the address of a descriptor (`https:`, `http:`) after the end of the application: its owner is asked, and it is
   * installed, so that an application can update itself. The last request counts; an empty one takes it back.
   * @returns true: the application has to end first; false for an empty one. @throws ConnectionNotFoundException for `tel:` and all others
   */
  platformRequest(url: string): boolean {
    return this.context.platformRequest(url);
  }

  /** 1 when the application has a permission, 0 when not, -1 when the owner of the phone is asked each time. */
  checkPermission(permission: string): number {
    return this.context.checkPermission(permission);
  }

  /** To be called by an application that ends by itself; the phone then does not call `destroyApp`. */
  notifyDestroyed(): void {
    this.context.notifyDestroyed();
  }
}
