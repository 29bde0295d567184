import { Displayable } from './displayable.ts';
import type { AlertType, AlertView, DisplayEvent } from './view.ts';

/** A message to the user, after which another screen comes (JSR-118, `javax.microedition.lcdui.Alert`). */
export class Alert extends Displayable {
  readonly #type: AlertType;
  readonly #text: string;
  readonly #timeoutMs: number | undefined;
  #dismissed: () => void = () => {};

  /** @param timeoutMs when it goes away by itself; absent: only when dismissed (`Alert.FOREVER`). */
  constructor(title: string, text: string, type: AlertType, timeoutMs?: number) {
    super(title);
    this.#text = text;
    this.#type = type;
    this.#timeoutMs = timeoutMs;
  }

  get type(): AlertType {
    return this.#type;
  }

  /** What happens when the alert goes away, usually `setCurrent` with the next screen. */
  onDismiss(dismissed: () => void): void {
    this.#dismissed = dismissed;
  }

  override view(id: number): AlertView {
    const timeout = this.#timeoutMs === undefined ? {} : { timeoutMs: this.#timeoutMs };
    return { kind: 'alert', ...this.frame(id), type: this.#type, text: this.#text, ...timeout };
  }

  override event(event: DisplayEvent): void {
    if (event.kind === 'dismissed') this.#dismissed();
    else super.event(event);
  }
}
