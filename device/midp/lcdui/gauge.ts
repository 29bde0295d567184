import { IllegalArgumentException } from '../errors.ts';
import { Item } from './item.ts';
import type { DisplayEvent, GaugeView } from './view.ts';

/** The largest integer of Java. */
const INT_MAX = 2 ** 31 - 1;

/** A bar that shows a number, and that the user sets when it is interactive (JSR-118, `javax.microedition.lcdui.Gauge`). */
export class Gauge extends Item {
  readonly #interactive: boolean;
  #maxValue: number;
  #value: number | undefined;

  /**
   * @param value 0 to `maxValue`; `undefined` while the progress is unknown (CONTINUOUS_RUNNING)
   * @param interactive whether the user sets it, with the keys to the left and the right
   * @throws IllegalArgumentException for a number below 0 or above 2^31 - 1, and for an interactive one without a value or a size
   */
  constructor(label: string, maxValue: number, value?: number, interactive: boolean = false) {
    super(label);
    this.#interactive = interactive;
    if (interactive && value === undefined) throw new IllegalArgumentException('An interactive gauge has a value');
    this.#maxValue = this.#size(maxValue);
    this.#value = this.#fitting(value);
  }

  isInteractive(): boolean {
    return this.#interactive;
  }

  getMaxValue(): number {
    return this.#maxValue;
  }

  /** @throws IllegalArgumentException */
  setMaxValue(maxValue: number): void {
    this.#maxValue = this.#size(maxValue);
    this.setValue(this.#value);
  }

  getValue(): number | undefined {
    return this.#value;
  }

  /** A value below 0 is 0, one above the largest is the largest. */
  setValue(value: number | undefined): void {
    this.#value = this.#fitting(value);
    this.changed();
  }

  override view(): GaugeView {
    const known = this.#value === undefined ? {} : { value: this.#value };
    const interactive = this.#interactive ? { interactive: true as const } : {};
    return { kind: 'gauge', ...this.frame(), maxValue: this.#maxValue, ...known, ...interactive };
  }

  override event(event: DisplayEvent): void {
    if (event.kind !== 'adjusted') super.event(event);
    else if (this.#interactive) {
      this.setValue(event.value);
      this.stateChanged();
    }
  }

  #size(maxValue: number): number {
    if (!(maxValue >= (this.#interactive ? 1 : 0) && maxValue <= INT_MAX)) {
      throw new IllegalArgumentException(`A gauge does not go to ${maxValue}`);
    }
    return maxValue;
  }

  #fitting(value: number | undefined): number | undefined {
    if (value === undefined && !this.#interactive) return undefined;
    return Math.min(Math.max(0, value ?? 0) || 0, this.#maxValue);
  }
}
