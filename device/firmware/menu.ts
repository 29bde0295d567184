import { LCD_COLUMNS, type ScreenBody, type ScreenItem } from '../hal/index.ts';
import type { DisplayableView } from '../midp/index.ts';
import { clip } from './cells.ts';
import type { SoftKeys, SoftKeyWords } from './soft-keys.ts';
import { itemOf, labelOf, tickerOf } from './view-items.ts';
import { keepVisible, windowOf } from './window.ts';

/** A menu over the view, with the line that has the focus: the commands, or the lines of a choice of a form. */
export type Menu =
  | { readonly kind: 'options'; readonly line: number }
  | { readonly kind: 'popup'; readonly line: number; readonly item: number };

/** The lines of a menu. */
export function linesOf(menu: Menu, view: DisplayableView, { options }: SoftKeys): readonly string[] {
  if (menu.kind === 'options') return options.map(({ label }) => label);
  const group = itemOf(view, menu.item);
  return group?.kind === 'choice-group' ? group.elements.map(({ text }) => text) : [];
}

/** The screen of a menu. */
export function menuBody(menu: Menu, view: DisplayableView, lines: readonly string[], words: SoftKeyWords): ScreenBody {
  const rows = lines.map((label, target) => ({ text: clip(label, LCD_COLUMNS), target }));
  const items: readonly ScreenItem[] = lines.map((label, index) => ({ label, focused: index === menu.line }));
  return {
    kind: 'options',
    title: menu.kind === 'options' ? words.options : clip(labelOf(view, menu.item), LCD_COLUMNS),
    ...tickerOf(view),
    items,
    ...windowOf(rows, keepVisible(rows, menu.line, 0), menu.line),
    softKeys: { left: words.select, right: words.back },
  };
}
