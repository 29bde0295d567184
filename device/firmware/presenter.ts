import type { Cancel, Clock } from '../../modem/index.ts';
import { type KeyPress, LCD_COLUMNS, LCD_ROWS, type Row, type Screen, type ScreenItem } from '../hal/index.ts';
import { type DisplayableView, type DisplayEvent, encodeUtf, type TextFieldView } from '../midp/index.ts';
import { clip } from './cells.ts';
import { type LaidOutRow, layOut, type Target, targetsOf } from './layout.ts';
import { type Action, type SoftKeys, type SoftKeyWords, softKeysOf } from './soft-keys.ts';
import { TextEditor } from './text-editor.ts';
import { keepVisible, scrollFor } from './window.ts';

/** The phone's own words on a screen, in the present language. */
export interface PresenterWords extends SoftKeyWords {
  readonly decimalPoint: '.' | ',';
}

/** The part of a {@link Screen} between the icons, soft keys included. */
export type ScreenBody = Omit<Screen, 'icons'>;

/** What the user has typed into a field, while the application shows the edition of the field that it was typed into. */
interface Typed {
  readonly edition: number;
  readonly text: string;
  /** Whether the application has heard of it. */
  readonly isTold: boolean;
}

interface Shown {
  /** As the application has shown it. */
  readonly given: DisplayableView;
  /** With the texts that the user has typed. */
  readonly view: DisplayableView;
  readonly listener: (event: DisplayEvent) => void;
}

const KINDS = { form: 'form', list: 'list', 'text-box': 'text', alert: 'alert' } as const;

/** Turns the view of an application into a screen, and keys into commands, focus and text of that view. */
export class Presenter {
  readonly #clock: Clock;
  readonly #words: () => PresenterWords;
  readonly #changed: () => void;
  #shown: Shown | undefined;
  #focus = 0;
  #top = 0;
  #editor: TextEditor | undefined;
  /** The item whose field is edited. */
  #edited = 0;
  /** What was typed into the fields of the view, by item. */
  #typed: ReadonlyMap<number, Typed> = new Map();
  /** The focused line of the options menu while it is open. */
  #option: number | undefined;
  #alertTimer: Cancel = () => {};

  /** @param changed called whenever {@link body} has changed. */
  constructor(clock: Clock, words: () => PresenterWords, changed: () => void) {
    this.#clock = clock;
    this.#words = words;
    this.#changed = changed;
  }

  /** Shows a view. A view with the same id is a change of the same screen: focus, window and what was typed stay. */
  show(given: DisplayableView, listener: (event: DisplayEvent) => void): void {
    const fresh = this.#shown?.view.id !== given.id || this.#shown.view.kind !== given.kind;
    if (fresh) this.#begin(given);
    this.#typed = new Map([...this.#typed].filter(([item, { edition }]) => fieldOf(given, item)?.edition === edition));
    this.#shown = { given, view: withTyped(given, this.#typed), listener };
    this.#settleFocus(this.#shown.view, fresh);
    this.#changed();
  }

  /** Removes the view, because the screen now belongs to another application or to the phone. */
  leave(): void {
    this.#stopEditing();
    this.#typed = new Map();
    this.#alertTimer();
    this.#shown = undefined;
  }

  /** The rows and soft keys that the LCD shows. */
  body(): ScreenBody | undefined {
    if (this.#shown === undefined) return undefined;
    const { view } = this.#shown;
    return this.#option === undefined ? this.#viewBody(view) : this.#optionsBody(view, this.#option);
  }

  /** Takes a stroke. */
  press(press: KeyPress): void {
    const shown = this.#shown;
    if (shown === undefined) return;
    if (this.#option === undefined) this.#pressOnView(shown, press);
    else this.#pressOnOptions(shown, this.#option, press);
    this.#changed();
  }

  /** Takes a character for the text field that has the focus, if one has. */
  type(character: string): void {
    if (this.#shown === undefined || this.#option !== undefined) return;
    this.#editor?.type(character);
    this.#changed();
  }

  #begin(view: DisplayableView): void {
    this.#stopEditing();
    this.#typed = new Map();
    this.#option = undefined;
    this.#focus =
      view.kind === 'list'
        ? Math.max(
            0,
            view.elements.findIndex(({ selected }) => selected),
          )
        : 0;
    this.#alertTimer();
    if (view.kind === 'alert' && view.timeoutMs !== undefined) {
      this.#alertTimer = this.#clock.after(view.timeoutMs, () => this.#act({ kind: 'dismiss' }));
    }
  }

  #settleFocus(view: DisplayableView, fresh: boolean): void {
    const targets = targetsOf(view);
    this.#focus = Math.min(this.#focus, Math.max(0, targets.length - 1));
    this.#edit(targets[this.#focus]);
    const { rows } = layOut(view, { target: this.#focus });
    this.#top = fresh ? keepVisible(rows, this.#focus, 0) : Math.min(this.#top, lastTop(rows));
  }

  /** Keeps the editor (cursor and mode) while its text stands in the field; another text gets a new one. */
  #edit(target: Target | undefined): void {
    if (target?.kind !== 'field') {
      this.#stopEditing();
      return;
    }
    const { item, field } = target;
    if (this.#edited === item && this.#editor?.text === field.text) return;
    this.#stopEditing();
    this.#edited = item;
    this.#editor = new TextEditor(this.#clock, {
      text: field.text,
      maxSize: field.maxSize,
      constraints: field.constraints,
      ...(field.initialInputMode === undefined ? {} : { initialInputMode: field.initialInputMode }),
      decimalPoint: this.#words().decimalPoint,
      changed: (text) => this.#type(item, text),
      moved: () => this.#changed(),
    });
  }

  #stopEditing(): void {
    this.#editor?.commit();
    this.#editor = undefined;
  }

  #type(item: number, text: string): void {
    const shown = this.#shown;
    const field = shown === undefined ? undefined : fieldOf(shown.given, item);
    if (shown === undefined || field === undefined) return;
    this.#typed = new Map(this.#typed).set(item, { edition: field.edition, text, isTold: false });
    this.#shown = { ...shown, view: withTyped(shown.given, this.#typed) };
    this.#changed();
  }

  /** Tells the application what was typed, once. */
  #tell(): void {
    const shown = this.#shown;
    if (shown === undefined) return;
    const untold = [...this.#typed].filter(([, { isTold }]) => !isTold);
    this.#typed = new Map(Array.from(this.#typed, ([item, typed]) => [item, { ...typed, isTold: true }]));
    for (const [item, { text }] of untold) {
      const isPassword = fieldOf(shown.given, item)?.constraints.password === true;
      shown.listener(isPassword ? { kind: 'password', item, octets: encodeUtf(text) } : { kind: 'text', item, text });
    }
  }

  #pressOnView({ view }: Shown, press: KeyPress): void {
    if (this.#editor?.press(press) === true) return;
    const softKeys = softKeysOf(view, this.#words());
    if (press.key === 'up' || press.key === 'down') this.#move(view, press.key === 'up' ? -1 : 1);
    else if (press.key === 'soft-left') this.#act(softKeys.left.action);
    else if (press.key === 'soft-right') this.#act(softKeys.right.action);
    else if (press.key === 'select') this.#select(view, softKeys);
  }

  #pressOnOptions({ view }: Shown, option: number, { key }: KeyPress): void {
    const { options } = softKeysOf(view, this.#words());
    if (key === 'up' || key === 'down') {
      this.#option = (option + (key === 'up' ? -1 : 1) + options.length) % options.length;
      return;
    }
    const chosen = key === 'soft-left' || key === 'select' ? options[option] : undefined;
    if (chosen === undefined && key !== 'soft-right' && key !== 'clear') return;
    this.#option = undefined;
    if (chosen !== undefined) this.#act(chosen.action);
  }

  #select(view: DisplayableView, softKeys: SoftKeys): void {
    const target = targetsOf(view)[this.#focus];
    if (target?.kind !== 'element') this.#act(softKeys.left.action);
    else if (view.kind === 'list' && view.type === 'IMPLICIT') this.#act({ kind: 'select' });
    else this.#tick(view, target);
  }

  #tick(view: DisplayableView, { item, element }: { readonly item: number; readonly element: number }): void {
    const group = view.kind === 'form' ? view.items[item] : view;
    if (group?.kind !== 'choice-group' && group?.kind !== 'list') return;
    const selected = group.elements[element]?.selected !== true;
    this.#shown?.listener({ kind: 'ticked', item, element, selected });
  }

  // What the application hears comes last: it may answer with another view.
  #act(action: Action): void {
    const shown = this.#shown;
    this.#editor?.commit();
    if (shown === undefined || action.kind === 'none') return;
    if (action.kind === 'options') {
      this.#option = 0;
      return;
    }
    const focus = this.#focus;
    const line = this.#line();
    if (action.kind === 'dismiss') this.#alertTimer();
    this.#tell();
    if (action.kind === 'select') shown.listener({ kind: 'selected', element: focus });
    else if (action.kind === 'dismiss') shown.listener({ kind: 'dismissed' });
    else shown.listener({ kind: 'command', command: action.command, ...line });
  }

  /** The focused line of an IMPLICIT list, which a command is about. */
  #line(): { readonly element?: number } {
    const view = this.#shown?.view;
    return view?.kind === 'list' && view.type === 'IMPLICIT' ? { element: this.#focus } : {};
  }

  #move(view: DisplayableView, by: 1 | -1): void {
    this.#editor?.commit();
    const targets = targetsOf(view);
    const { rows } = layOut(view, { target: this.#focus });
    const moved = scrollFor(rows, targets.length, { focus: this.#focus, top: this.#top }, by, view.kind === 'list');
    this.#top = moved.top;
    if (moved.focus === this.#focus) return;
    this.#focus = moved.focus;
    this.#stopEditing();
    this.#edit(targets[this.#focus]);
    this.#tell();
  }

  #viewBody(view: DisplayableView): ScreenBody {
    const cursor = this.#editor === undefined ? {} : { cursor: this.#editor.cursor };
    const { rows, items } = layOut(view, { target: this.#focus, ...cursor });
    const { left, right } = softKeysOf(view, this.#words());
    const { mode, numeric, telephone } = this.#editor ?? {};
    const input =
      mode === undefined || numeric === undefined || telephone === undefined
        ? {}
        : { input: { mode, numeric, telephone } };
    return {
      kind: KINDS[view.kind],
      title: clip(view.title, LCD_COLUMNS),
      ...tickerOf(view),
      items,
      ...windowOf(rows, this.#top, view.kind === 'text-box' ? -1 : this.#focus),
      ...input,
      softKeys: { left: left.label, right: right.label },
    };
  }

  #optionsBody(view: DisplayableView, option: number): ScreenBody {
    const words = this.#words();
    const { options } = softKeysOf(view, words);
    const rows = options.map(({ label }, target) => ({ text: clip(label, LCD_COLUMNS), target }));
    const items: readonly ScreenItem[] = options.map(({ label }, index) => ({ label, focused: index === option }));
    const softKeys = { left: words.select, right: words.back };
    return {
      kind: 'options',
      title: words.options,
      ...tickerOf(view),
      items,
      ...windowOf(rows, keepVisible(rows, option, 0), option),
      softKeys,
    };
  }
}

/** The text field of an item; that of a text box is item 0. */
function fieldOf(view: DisplayableView, item: number): TextFieldView | undefined {
  if (view.kind === 'text-box') return item === 0 ? view.field : undefined;
  const found = view.kind === 'form' ? view.items[item] : undefined;
  return found?.kind === 'text-field' ? found : undefined;
}

/** A view with what the user has typed in the place of what the application has written. */
function withTyped(view: DisplayableView, typed: ReadonlyMap<number, Typed>): DisplayableView {
  const written = (field: TextFieldView, item: number) => ({ ...field, text: typed.get(item)?.text ?? field.text });
  if (view.kind === 'text-box') return { ...view, field: written(view.field, 0) };
  if (view.kind !== 'form') return view;
  return {
    ...view,
    items: view.items.map((item, index) => (item.kind === 'text-field' ? written(item, index) : item)),
  };
}

function tickerOf({ ticker }: DisplayableView): Pick<Screen, 'ticker'> {
  return ticker === undefined ? {} : { ticker };
}

function lastTop(rows: readonly LaidOutRow[]): number {
  return Math.max(0, rows.length - LCD_ROWS);
}

function windowOf(rows: readonly LaidOutRow[], top: number, focus: number): Pick<Screen, 'rows' | 'scroll'> {
  const shown: readonly Row[] = rows
    .slice(top, top + LCD_ROWS)
    .map(({ target, ...row }) => ({ ...row, inverse: target === focus && target !== undefined }));
  return { rows: shown, scroll: { above: top > 0, below: top + LCD_ROWS < rows.length } };
}
