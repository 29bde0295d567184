import { LCD_COLUMNS, type Row, type ScreenItem } from '../hal/index.ts';
import type {
  ChoiceElement,
  ChoiceGroupView,
  DateFieldView,
  DisplayableView,
  GaugeView,
  ItemView,
  StringItemView,
  TextFieldView,
} from '../midp/index.ts';
import { cellsOf, clip, wrap } from './cells.ts';

/** An item whose text the user writes. */
export type EditableView = TextFieldView | DateFieldView;

/** Something on a view that the focus can be on. `item` is 0 in lists and text boxes. */
export type Target =
  | { readonly kind: 'element'; readonly item: number; readonly element: number }
  | { readonly kind: 'field'; readonly item: number; readonly field: EditableView }
  /** The item as a whole: one with commands, a choice that pops up, a gauge that the user sets. */
  | { readonly kind: 'item'; readonly item: number };

/** A row before the window is cut out; `target` is the index of the target it belongs to. */
export interface LaidOutRow extends Pick<Row, 'text' | 'secret'> {
  readonly target?: number;
  /** The item of a form that it belongs to. */
  readonly item?: number;
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

/** Whoever stands near may read a date. */
const DATE: Pick<TextFieldView['constraints'], 'password' | 'sensitive'> = {};

const CURSOR = '▏';
const DOT = '•';

/** The targets of the focus, from top to bottom. */
export function targetsOf(view: DisplayableView): readonly Target[] {
  switch (view.kind) {
    case 'list':
      return view.elements.map((_, element) => ({ kind: 'element', item: 0, element }));
    case 'text-box':
      return view.field.constraints.uneditable === true ? [] : [{ kind: 'field', item: 0, field: view.field }];
    case 'form':
      return view.items.flatMap(targetsOfItem);
    case 'alert':
      return [];
  }
}

function targetsOfItem(item: ItemView, index: number): readonly Target[] {
  if (isEditable(item)) return [{ kind: 'field', item: index, field: item }];
  if (item.kind === 'choice-group' && item.type !== 'POPUP')
    return item.elements.map((_, element) => ({ kind: 'element', item: index, element }));
  return isWhole(item) ? [{ kind: 'item', item: index }] : [];
}

/** Whether the user writes into an item. */
export function isEditable(item: ItemView): item is EditableView {
  return item.kind === 'date-field' || (item.kind === 'text-field' && item.constraints.uneditable !== true);
}

/** Whether an item has the focus as a whole. */
function isWhole(item: ItemView): boolean {
  if (item.kind === 'spacer') return false;
  if (item.kind === 'choice-group' && item.type === 'POPUP') return item.elements.length > 0;
  return (item.commands ?? []).length > 0 || (item.kind === 'gauge' && item.interactive === true);
}

/** Lays a view out for a screen of {@link LCD_COLUMNS}. */
export function layOut(view: DisplayableView, focus: Focus): Layout {
  switch (view.kind) {
    case 'list':
      return elements(view.elements, view.type, 0, focus);
    case 'text-box':
      return field(view.field, view.field.constraints.uneditable === true ? undefined : 0, focus);
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
    const targets = targetsOfItem(item, index).length;
    const layout = formItem(item, targets === 0 ? undefined : target, focus);
    rows.push(...layout.rows.map((row) => ({ ...row, item: index })));
    screenItems.push(...layout.items);
    target += targets;
  });
  return { rows, items: screenItems };
}

/** @param target the first one of the item, if it has one */
function formItem(item: ItemView, target: number | undefined, focus: Focus): Layout {
  switch (item.kind) {
    case 'string':
      return whole(string(item), target, focus, (item.commands ?? []).length > 0);
    case 'text-field':
    case 'date-field':
      return field(item, target, focus);
    case 'gauge':
      return whole(gauge(item), target, focus, item.defaultCommand !== undefined);
    case 'spacer':
      return { rows: Array.from({ length: item.rows }, () => ({ text: '' })), items: [] };
    case 'choice-group': {
      if (item.type === 'POPUP') return whole(popup(item), target, focus, target !== undefined);
      const { rows, items } = elements(item.elements, item.type, target ?? 0, focus);
      const group = item.label === '' ? {} : { group: item.label };
      return { rows: [...labelRows(item.label), ...rows], items: items.map((choice) => ({ ...choice, ...group })) };
    }
  }
}

/** An item that has the focus as a whole, if it has one. @param acts whether the key in the middle does something with it */
function whole({ rows, items }: Layout, target: number | undefined, focus: Focus, acts: boolean): Layout {
  if (target === undefined) return { rows, items };
  const focused = focus.target === target;
  const acting = acts ? ({ acts: true } as const) : {};
  return {
    rows: rows.map((row) => ({ ...row, target })),
    items: items.map((item) => ({ ...item, focused, ...acting })),
  };
}

function popup({ label, elements: choices }: ChoiceGroupView): Layout {
  const value = choices.find(({ selected }) => selected)?.text ?? '';
  return {
    rows: [...labelRows(label), { text: clip(` ${value} ▾`, LCD_COLUMNS) }],
    items: [{ label, value, focused: false }],
  };
}

function string({ label, text: written, appearance }: StringItemView): Layout {
  const text = appearance === 'BUTTON' ? `[${written}]` : written;
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

function field(view: EditableView, at: number | undefined, focus: Focus): Layout {
  const { label, text } = view;
  const { password, sensitive } = view.kind === 'text-field' ? view.constraints : DATE;
  const focused = focus.target === at;
  const target = at === undefined ? {} : { target: at };
  const characters = password === true ? Array.from(text, () => DOT) : Array.from(text);
  const value = characters.join('');
  const cursor = focused ? (focus.cursor ?? characters.length) : undefined;
  const shown = cursor === undefined ? value : characters.toSpliced(cursor, 0, CURSOR).join('');
  const secret = password === true || sensitive === true ? ({ secret: true } as const) : {};
  const rows = wrap(shown, LCD_COLUMNS - 1).map((row) => ({ text: ` ${row}`, ...target, ...secret }));
  return { rows: [...labelRows(label, at), ...rows], items: [{ label, value, focused, ...secret }] };
}

function gauge({ label, value, maxValue }: GaugeView): Layout {
  const width = LCD_COLUMNS - 2;
  const filled = value === undefined || maxValue === 0 ? 0 : Math.round(width * (Math.min(value, maxValue) / maxValue));
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
