import { Displayable } from './displayable.ts';
import type { Item } from './item.ts';
import type { DisplayEvent, FormView } from './view.ts';

/** Items one below the other (JSR-118, `javax.microedition.lcdui.Form`). */
export class Form extends Displayable {
  readonly #items: Item[] = [];

  constructor(title: string, items: readonly Item[] = []) {
    super(title);
    for (const item of items) this.append(item);
  }

  /** Adds an item below the others and returns its index. */
  append(item: Item): number {
    this.#items.push(item);
    item.observe(() => this.changed());
    this.changed();
    return this.#items.length - 1;
  }

  override view(id: number): FormView {
    return { kind: 'form', ...this.frame(id), items: this.#items.map((item) => item.view()) };
  }

  override appear(): void {
    for (const item of this.#items) item.appear();
  }

  override event(event: DisplayEvent): void {
    if (event.kind === 'text' || event.kind === 'password' || event.kind === 'ticked')
      this.#items[event.item]?.event(event);
    else super.event(event);
  }
}
