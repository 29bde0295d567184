import { IndexOutOfBoundsException } from '../errors.ts';
import { Displayable } from './displayable.ts';
import type { Item, ItemOwner } from './item.ts';
import { StringItem } from './string-item.ts';
import type { DisplayEvent, FormView } from './view.ts';

/** Called when the user has changed an item: a text when its field is left, the others at once (`javax.microedition.lcdui.ItemStateListener`). */
export type ItemStateListener = (item: Item) => void;

/** Items one below the other (JSR-118, `javax.microedition.lcdui.Form`). Indexes count from 0. */
export class Form extends Displayable {
  readonly #items: Item[] = [];
  readonly #owner: ItemOwner = {
    form: this,
    changed: () => this.changed(),
    stateChanged: (item) => this.#listener?.(item),
  };
  #listener: ItemStateListener | undefined;
  #focus: FormView['focus'];

  /** @throws IllegalStateException for an item that is on a form already */
  constructor(title: string, items: readonly Item[] = []) {
    super(title);
    for (const item of items) this.append(item);
  }

  /** Adds an item, or a text, below the others and returns its index. @throws IllegalStateException for an item that is on a form already */
  append(item: Item | string): number {
    this.insert(this.#items.length, item);
    return this.#items.length - 1;
  }

  /** Puts an item before that of an index. @throws IndexOutOfBoundsException, IllegalStateException */
  insert(index: number, item: Item | string): void {
    this.#expect(index, this.#items.length);
    const inserted = typeof item === 'string' ? new StringItem('', item) : item;
    inserted.attach(this.#owner);
    this.#items.splice(index, 0, inserted);
    this.changed();
  }

  /** Puts an item in the place of another. @throws IndexOutOfBoundsException, IllegalStateException */
  set(index: number, item: Item): void {
    const before = this.get(index);
    item.attach(this.#owner);
    before.detach();
    this.#items[index] = item;
    this.changed();
  }

  /** @throws IndexOutOfBoundsException */
  get(index: number): Item {
    const item = this.#items[index];
    if (item === undefined) throw new IndexOutOfBoundsException(`The form has no item ${index}`);
    return item;
  }

  /** @throws IndexOutOfBoundsException */
  delete(index: number): void {
    this.get(index).detach();
    this.#items.splice(index, 1);
    this.changed();
  }

  deleteAll(): void {
    for (const item of this.#items.splice(0)) item.detach();
    this.changed();
  }

  size(): number {
    return this.#items.length;
  }

  setItemStateListener(listener: ItemStateListener | undefined): void {
    this.#listener = listener;
  }

  /** For `Display`: the item that is to have the focus. */
  focus(item: Item): void {
    this.#focus = { item: this.#items.indexOf(item), edition: (this.#focus?.edition ?? 0) + 1 };
  }

  override view(id: number): FormView {
    const focus = this.#focus === undefined ? {} : { focus: this.#focus };
    return { kind: 'form', ...this.frame(id), items: this.#items.map((item) => item.view()), ...focus };
  }

  override appear(): void {
    for (const item of this.#items) item.appear();
  }

  override event(event: DisplayEvent): void {
    if ('item' in event) this.#items[event.item]?.event(event);
    else super.event(event);
  }

  #expect(index: number, last: number): void {
    if (!Number.isInteger(index) || index < 0 || index > last) {
      throw new IndexOutOfBoundsException(`The form has ${this.#items.length} items, and no place ${index}`);
    }
  }
}
