import type { Screen } from '../hal/index.ts';
import type { DisplayableView, ItemView } from '../midp/index.ts';
import { type EditableView, isEditable } from './layout.ts';

/** An item of a form; the field of a text box is its item 0. */
export function itemOf(view: DisplayableView, item: number): ItemView | undefined {
  if (view.kind === 'text-box') return item === 0 ? view.field : undefined;
  return view.kind === 'form' ? view.items[item] : undefined;
}

/** An item into which the user writes. */
export function fieldOf(view: DisplayableView, item: number): EditableView | undefined {
  const found = itemOf(view, item);
  return found !== undefined && isEditable(found) ? found : undefined;
}

/** What stands over an item. */
export function labelOf(view: DisplayableView, item: number): string {
  const found = itemOf(view, item);
  return found === undefined || found.kind === 'spacer' ? '' : found.label;
}

/** The line of a list that is selected, or else the first. */
export function firstFocus(view: DisplayableView): number {
  if (view.kind !== 'list') return 0;
  return Math.max(
    0,
    view.elements.findIndex(({ selected }) => selected),
  );
}

/** The running text of a view, if it has one. */
export function tickerOf({ ticker }: DisplayableView): Pick<Screen, 'ticker'> {
  return ticker === undefined ? {} : { ticker };
}
