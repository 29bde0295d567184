import { IllegalArgumentException } from '../errors.ts';
import { Command } from './command.ts';
import { type CommandListener, Displayable } from './displayable.ts';
import type { AlertType, AlertView, DisplayEvent } from './view.ts';

/**
 * A message to the user, followed by another screen (JSR-118, `javax.microedition.lcdui.Alert`). Without a listener of its own the
 * screen before comes back, or that of `setCurrent(alert, next)`. One with two commands or with more text than the screen shows at
 * once stays until the user dismisses it.
 */
export class Alert extends Displayable {
  /** Until the user dismisses it. */
  static readonly FOREVER: number = -2;
  /** What the listener hears when an alert without commands is dismissed. */
  static readonly DISMISS_COMMAND: Command = new Command('', 'OK', 0);

  #type: AlertType;
  #text: string;
  #timeoutMs: number = Alert.FOREVER;
  #heard: CommandListener | undefined;
  #dismissed: (() => void) | undefined;
  #advance: () => void = () => {};

  /** @param timeoutMs after this time it is dismissed by itself. Default {@link FOREVER}. @throws IllegalArgumentException */
  constructor(title: string, text: string, type: AlertType, timeoutMs: number = Alert.FOREVER) {
    super(title);
    this.#text = text;
    this.#type = type;
    this.setTimeout(timeoutMs);
  }

  get type(): AlertType {
    return this.#type;
  }

  setType(type: AlertType): void {
    this.#type = type;
    this.changed();
  }

  getString(): string {
    return this.#text;
  }

  setString(text: string): void {
    this.#text = text;
    this.changed();
  }

  getDefaultTimeout(): number {
    return Alert.FOREVER;
  }

  /** ms, or {@link FOREVER}, which it is with two commands. */
  getTimeout(): number {
    return this.commands.length > 1 ? Alert.FOREVER : this.#timeoutMs;
  }

  /** @throws IllegalArgumentException for a time that is neither above 0 nor {@link FOREVER} */
  setTimeout(timeoutMs: number): void {
    if (!(timeoutMs > 0) && timeoutMs !== Alert.FOREVER) {
      throw new IllegalArgumentException(`An alert lasts some milliseconds or for ever, not ${timeoutMs}`);
    }
    this.#timeoutMs = timeoutMs;
    this.changed();
  }

  /** {@link DISMISS_COMMAND} is there by itself, as long as there is no other. */
  override addCommand(command: Command): void {
    if (command !== Alert.DISMISS_COMMAND) super.addCommand(command);
  }

  /** With a listener of its own it stays until that shows another screen; `undefined` gives it back to the phone. */
  override setCommandListener(listener: CommandListener | undefined): void {
    this.#heard = listener;
    super.setCommandListener(listener);
  }

  /** Sets what is called when the alert is dismissed, in the place of a listener: usually `setCurrent` with the next screen. */
  onDismiss(dismissed: () => void): void {
    this.#dismissed = dismissed;
  }

  /** For `Display`: whether somebody else than `Display` says what comes next. */
  get isLed(): boolean {
    return this.#heard !== undefined || this.#dismissed !== undefined;
  }

  /** For `Display`: sets what shows the next screen when nobody else does. */
  follow(advance: () => void): void {
    this.#advance = advance;
  }

  override view(id: number): AlertView {
    const timeout = this.getTimeout() === Alert.FOREVER ? {} : { timeoutMs: this.#timeoutMs };
    return { kind: 'alert', ...this.frame(id), type: this.#type, text: this.#text, ...timeout };
  }

  override event(event: DisplayEvent): void {
    if (event.kind === 'command' && this.#heard !== undefined) super.event(event);
    else if (event.kind === 'dismissed' || event.kind === 'command') this.#over();
  }

  #over(): void {
    if (this.#dismissed !== undefined) this.#dismissed();
    else if (this.#heard !== undefined) this.#heard(this.commands[0] ?? Alert.DISMISS_COMMAND, this);
    else this.#advance();
  }
}
