import { IllegalArgumentException, IllegalStateException } from '../errors.ts';
import type { MIDlet } from '../midlet.ts';
import { Alert } from './alert.ts';
import type { Displayable } from './displayable.ts';
import type { Item } from './item.ts';
import type { AlertType, LcdPlatform } from './view.ts';

/** A screen under the number that the phone knows it by. */
interface Shown {
  readonly displayable: Displayable;
  readonly id: number;
}

/** The screen of one application (JSR-118, `javax.microedition.lcdui.Display`). */
export class Display {
  static readonly #displays: WeakMap<MIDlet, Display> = new WeakMap();

  readonly #platform: LcdPlatform;
  #current: Shown | undefined;
  #lastId = 0;

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
    return this.#current?.displayable;
  }

  /**
   * Shows a screen; showing the one that is shown only draws it again.
   * @param after what follows an alert. Default: the screen before the alert, as it was left
   * @throws IllegalArgumentException for an alert after an alert: the second one needs `after`, or a listener of its own
   */
  setCurrent(next: Displayable, after?: Displayable): void {
    if (next instanceof Alert) this.#prepare(next, after);
    if (next === this.#current?.displayable) {
      this.#draw(this.#current);
      return;
    }
    this.#lastId += 1;
    next.appear();
    this.#show({ displayable: next, id: this.#lastId });
  }

  /** Shows the form of an item, with the focus on the item. @throws IllegalStateException for an item of no form */
  setCurrentItem(item: Item): void {
    const { form } = item;
    if (form === undefined) throw new IllegalStateException('The item is on no form');
    form.focus(item);
    this.setCurrent(form);
  }

  /** The sound of an alert, without the alert (`AlertType.playSound`). */
  playSound(type: AlertType): void {
    this.#platform.playSound(type);
  }

  /** @returns false: the phone has no vibrator. @throws IllegalArgumentException below 0 ms */
  vibrate(durationMs: number): boolean {
    return lacks(durationMs);
  }

  /** @returns false: the light of the phone is not for applications. @throws IllegalArgumentException below 0 ms */
  flashBacklight(durationMs: number): boolean {
    return lacks(durationMs);
  }

  /** Runs a task soon, and not in the middle of a key event: use it in the `then` of a promise. */
  callSerially(task: () => void): void {
    this.#platform.callSerially(task);
  }

  /** Says what comes after an alert. */
  #prepare(alert: Alert, after: Displayable | undefined): void {
    const before = this.#current;
    if (after instanceof Alert) throw new IllegalArgumentException('An alert does not follow an alert by itself');
    if (after !== undefined) alert.follow(() => this.setCurrent(after));
    else if (before === undefined || before.displayable === alert) return;
    else if (!(before.displayable instanceof Alert)) alert.follow(() => this.#show(before));
    else if (!alert.isLed) {
      throw new IllegalArgumentException('Another alert is shown: say what comes after this one');
    }
  }

  #show(next: Shown): void {
    this.#current?.displayable.observe(undefined);
    this.#current = next;
    next.displayable.observe(() => this.#draw(next));
    this.#draw(next);
  }

  #draw({ displayable, id }: Shown): void {
    this.#platform.show({
      id,
      view: () => displayable.view(id),
      // An action on a screen that another one has replaced meanwhile is ignored.
      event: (event) => {
        if (this.#current?.id === id) displayable.event(event);
      },
    });
  }
}

function lacks(durationMs: number): boolean {
  if (!(durationMs >= 0)) throw new IllegalArgumentException(`Expected milliseconds, not ${durationMs}`);
  return false;
}
