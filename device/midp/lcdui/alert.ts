import { Displayable } from './displayable.ts';
import type { AlertType, AlertView, DisplayEvent } from './view.ts';

/** A message to the user, followed by another screen (JSR-118, `javax.microedition.lcdui.Alert`). */
export class Alert extends Displayable {
  readonly #type: AlertType;
  readonly #text: string;
  readonly #timeoutMs: number | undefined;
  #dismissed: () => void = () => {};

  /** @param timeoutMs after this time the alert is dismissed by itself; absent: only the user dismisses it (`Alert.FOREVER`). */
  constructor(title: string, text: string, type: AlertType, timeoutMs?: number) {
    super(title);
    this.#text = text;
    this.#type = type;
    this.#timeoutMs = timeoutMs;
  }

  get type(): AlertType {
    return this.#type;
  }

  /** Sets what is called when the alert is dismissed, usually `setCurrent` with the next screen. */
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
