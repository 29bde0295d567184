import { Item } from './item.ts';
import type { GaugeView } from './view.ts';

/** How far something is (JSR-118, `javax.microedition.lcdui.Gauge`, the kind that the user cannot move). */
export class Gauge extends Item {
  readonly #maxValue: number;
  #value: number | undefined;

  /** @param value 0 to `maxValue`; `undefined` for as long as nobody knows (CONTINUOUS_RUNNING). */
  constructor(label: string, maxValue: number, value?: number) {
    super(label);
    this.#maxValue = maxValue;
    this.#value = value;
  }

  setValue(value: number | undefined): void {
    this.#value = value === undefined ? undefined : Math.min(Math.max(0, value), this.#maxValue);
    this.changed();
  }

  override view(): GaugeView {
    const known = this.#value === undefined ? {} : { value: this.#value };
    return { kind: 'gauge', label: this.getLabel(), maxValue: this.#maxValue, ...known };
  }
}
