import { IllegalArgumentException, IllegalStateException } from '../errors.ts';
import { Item } from './item.ts';
import type { SpacerView } from './view.ts';

/** Dots of a row of text. */
const ROW_DOTS = 8;

/** Empty rows between two items (JSR-118, `javax.microedition.lcdui.Spacer`). It has neither a label nor commands. */
export class Spacer extends Item {
  #height: number;

  /** @param minHeight dots, 8 a row; the width means nothing on this screen. @throws IllegalArgumentException below 0 */
  constructor(minWidth: number, minHeight: number) {
    super('');
    this.#height = checked(minWidth, minHeight);
  }

  /** @throws IllegalArgumentException below 0 */
  setMinimumSize(minWidth: number, minHeight: number): void {
    this.#height = checked(minWidth, minHeight);
    this.changed();
  }

  override setLabel(_label: string): void {
    throw new IllegalStateException('A spacer has no label');
  }

  override addCommand(): void {
    throw new IllegalStateException('A spacer has no commands');
  }

  override setDefaultCommand(): void {
    throw new IllegalStateException('A spacer has no commands');
  }

  override view(): SpacerView {
    return { kind: 'spacer', rows: Math.ceil(this.#height / ROW_DOTS) };
  }
}

function checked(minWidth: number, minHeight: number): number {
  if (!(minWidth >= 0 && minHeight >= 0)) throw new IllegalArgumentException('A spacer has no sizes below 0');
  return minHeight;
}
