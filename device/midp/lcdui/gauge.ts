import { Item } from './item.ts';
import type { GaugeView } from './view.ts';

/** A progress bar (JSR-118, `javax.microedition.lcdui.Gauge`, not interactive). */
export class Gauge extends Item {
  readonly #maxValue: number;
  #value: number | undefined;

  /** @param value 0 to `maxValue`; `undefined` while the progress is unknown (CONTINUOUS_RUNNING). */
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
