import type { MIDlet } from '../midlet.ts';
import type { Displayable } from './displayable.ts';
import type { AlertType, LcdPlatform } from './view.ts';

/** The screen of one application (JSR-118, `javax.microedition.lcdui.Display`). */
export class Display {
  static readonly #displays: WeakMap<MIDlet, Display> = new WeakMap();

  readonly #platform: LcdPlatform;
  #current: Displayable | undefined;
  #id = 0;

  /** For the firmware; applications use {@link getDisplay}. */
  constructor(platform: LcdPlatform) {
    this.#platform = platform;
  }

  /** The one display of an application. */
  static getDisplay(midlet: MIDlet): Display {
    const display = Display.#displays.get(midlet) ?? new Display(midlet.context.lcd);
    Display.#displays.set(midlet, display);
    return display;
  }

  getCurrent(): Displayable | undefined {
    return this.#current;
  }

  /** Shows a screen; showing the one that is shown only draws it again. */
  setCurrent(next: Displayable): void {
    if (next !== this.#current) {
      this.#current?.observe(undefined);
      this.#current = next;
      this.#id += 1;
      next.appear();
      next.observe(() => this.#draw(next));
    }
    this.#draw(next);
  }

  /** The sound of an alert, without the alert (`AlertType.playSound`). */
  playSound(type: AlertType): void {
    this.#platform.playSound(type);
  }

  /** Runs a task soon, and not in the middle of a key event: use it in the `then` of a promise. */
  callSerially(task: () => void): void {
    this.#platform.callSerially(task);
  }

  #draw(displayable: Displayable): void {
    const id = this.#id;
    this.#platform.show({
      id,
      view: () => displayable.view(id),
      // An action on a screen that another one has replaced meanwhile is ignored.
      event: (event) => {
        if (this.#id === id) displayable.event(event);
      },
    });
  }
}
