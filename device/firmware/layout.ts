import { LCD_COLUMNS, type Row, type ScreenItem } from '../hal/index.ts';
import type {
  ChoiceElement,
  DisplayableView,
  GaugeView,
  ItemView,
  StringItemView,
  TextFieldView,
} from '../midp/index.ts';
import { cellsOf, clip, wrap } from './cells.ts';

/** Something on a view that the focus can be on. `item` is 0 in lists and text boxes. */
export type Target =
  | { readonly kind: 'element'; readonly item: number; readonly element: number }
  | { readonly kind: 'field'; readonly item: number; readonly field: TextFieldView };

/** A row before the window is cut out; `target` is the index of the target it belongs to. */
export interface LaidOutRow extends Pick<Row, 'text' | 'secret'> {
  readonly target?: number;
}

/** A whole view as rows and items, however long. */
export interface Layout {
  readonly rows: readonly LaidOutRow[];
  readonly items: readonly ScreenItem[];
}

/** The part of the layout that depends on the user: the focus, and the text in the focused field. */
export interface Focus {
  readonly target: number;
  readonly cursor?: number;
}

const CURSOR = '▏';
const DOT = '•';

/** The targets of the focus, from top to bottom. */
export function targetsOf(view: DisplayableView): readonly Target[] {
  switch (view.kind) {
    case 'list':
      return view.elements.map((_, element) => ({ kind: 'element', item: 0, element }));
    case 'text-box':
      return [{ kind: 'field', item: 0, field: view.field }];
    case 'form':
      return view.items.flatMap(targetsOfItem);
    case 'alert':
      return [];
  }
}

function targetsOfItem(item: ItemView, index: number): readonly Target[] {
  if (item.kind === 'text-field') return [{ kind: 'field', item: index, field: item }];
  if (item.kind === 'choice-group')
    return item.elements.map((_, element) => ({ kind: 'element', item: index, element }));
  return [];
}

/** Lays a view out for a screen of {@link LCD_COLUMNS}. */
export function layOut(view: DisplayableView, focus: Focus): Layout {
  switch (view.kind) {
    case 'list':
      return elements(view.elements, view.type, 0, focus);
    case 'text-box':
      return field(view.field, 0, focus);
    case 'alert':
      return plain('', view.text);
    case 'form':
      return form(view.items, focus);
  }
}

function form(items: readonly ItemView[], focus: Focus): Layout {
  const rows: LaidOutRow[] = [];
  const screenItems: ScreenItem[] = [];
  let target = 0;
  items.forEach((item, index) => {
    const layout = formItem(item, target, focus);
    rows.push(...layout.rows);
    screenItems.push(...layout.items);
    target += targetsOfItem(item, index).length;
  });
  return { rows, items: screenItems };
}

function formItem(item: ItemView, target: number, focus: Focus): Layout {
  switch (item.kind) {
    case 'string':
      return string(item);
    case 'text-field':
      return field(item, target, focus);
    case 'gauge':
      return gauge(item);
    case 'choice-group': {
      const { rows, items } = elements(item.elements, item.type, target, focus);
      return { rows: [...labelRows(item.label), ...rows], items };
    }
  }
}

function string({ label, text }: StringItemView): Layout {
  const oneRow = label === '' ? text : `${label}: ${text}`;
  if (label === '' || cellsOf(oneRow) > LCD_COLUMNS) return plain(label, text);
  return { rows: [{ text: oneRow }], items: [{ label, value: text, focused: false }] };
}

function plain(label: string, text: string): Layout {
  const indent = label === '' ? '' : ' ';
  const rows = wrap(text, LCD_COLUMNS - indent.length).map((row) => ({ text: indent + row }));
  const item = label === '' ? { label: text, focused: false } : { label, value: text, focused: false };
  return { rows: [...labelRows(label), ...rows], items: [item] };
}

function labelRows(label: string, target?: number): readonly LaidOutRow[] {
  if (label === '') return [];
  const owner = target === undefined ? {} : { target };
  return wrap(label, LCD_COLUMNS).map((text) => ({ text, ...owner }));
}

function field({ label, text, constraints }: TextFieldView, target: number, focus: Focus): Layout {
  const focused = focus.target === target;
  const characters = constraints.password === true ? Array.from(text, () => DOT) : Array.from(text);
  const value = characters.join('');
  const cursor = focused ? (focus.cursor ?? characters.length) : undefined;
  const shown = cursor === undefined ? value : characters.toSpliced(cursor, 0, CURSOR).join('');
  const secret = constraints.password === true || constraints.sensitive === true ? ({ secret: true } as const) : {};
  const rows = wrap(shown, LCD_COLUMNS - 1).map((row) => ({ text: ` ${row}`, target, ...secret }));
  return { rows: [...labelRows(label, target), ...rows], items: [{ label, value, focused, ...secret }] };
}

function gauge({ label, value, maxValue }: GaugeView): Layout {
  const width = LCD_COLUMNS - 2;
  const filled = value === undefined || maxValue === 0 ? 0 : Math.round((width * value) / maxValue);
  const bar = value === undefined ? '· '.repeat(width / 2).trimEnd() : '█'.repeat(filled) + '░'.repeat(width - filled);
  const reading = value === undefined ? {} : { value: `${value}/${maxValue}` };
  return { rows: [...labelRows(label), { text: ` ${bar}` }], items: [{ label, ...reading, focused: false }] };
}

const MARKS = { EXCLUSIVE: ['( ) ', '(•) '], MULTIPLE: ['[ ] ', '[x] '], IMPLICIT: ['', ''] } as const;

function elements(
  choices: readonly ChoiceElement[],
  type: keyof typeof MARKS,
  firstTarget: number,
  focus: Focus,
): Layout {
  return {
    rows: choices.map(({ text, selected }, index) => ({
      text: clip(`${MARKS[type][selected ? 1 : 0]}${text}`, LCD_COLUMNS),
      target: firstTarget + index,
    })),
    items: choices.map(({ text, selected }, index) => ({
      label: text,
      ...(type === 'IMPLICIT' ? {} : { checked: selected }),
      focused: focus.target === firstTarget + index,
    })),
  };
}
