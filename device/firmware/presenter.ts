import type { Cancel, Clock } from '../../modem/index.ts';
import { type KeyPress, LCD_COLUMNS, LCD_ROWS, type ScreenBody } from '../hal/index.ts';
import type { DisplayableView, DisplayEvent } from '../midp/index.ts';
import { clip } from './cells.ts';
import { DateEditor } from './date-editor.ts';
import type { Editor } from './editor.ts';
import { layOut, type Target, targetsOf } from './layout.ts';
import { linesOf, type Menu, menuBody } from './menu.ts';
import { type Action, type FocusedItem, type SoftKeys, type SoftKeyWords, softKeysOf } from './soft-keys.ts';
import { TextEditor } from './text-editor.ts';
import { TypedTexts } from './typed-texts.ts';
import { fieldOf, firstFocus, itemOf, tickerOf } from './view-items.ts';
import { keepVisible, lastTop, scrollFor, windowOf } from './window.ts';

/** The phone's own words on a screen, in the present language. */
export interface PresenterWords extends SoftKeyWords {
  readonly decimalPoint: '.' | ',';
}

interface Shown {
  /** As the application has shown it. */
  readonly given: DisplayableView;
  /** With the texts that the user has typed. */
  readonly view: DisplayableView;
  readonly listener: (event: DisplayEvent) => void;
}

/** How a screen was left when another one came over it. */
export interface Beneath {
  readonly id: number;
  readonly focus: number;
  readonly top: number;
  readonly typed: TypedTexts;
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
  #editor: Editor | undefined;
  /** The item whose field is edited. */
  #edited = 0;
  #typed = new TypedTexts();
  #menu: Menu | undefined;
  #beneath: Beneath | undefined;
  #alertTimer: Cancel = () => {};

  /** @param changed called whenever {@link body} has changed. */
  constructor(clock: Clock, words: () => PresenterWords, changed: () => void) {
    this.#clock = clock;
    this.#words = words;
    this.#changed = changed;
  }

  /**
   * Shows a view. A view with the same id is a change of the same screen: focus, window and what was typed stay. @param left how a screen
   * of the same application was left, which may be this one
   */
  show(given: DisplayableView, listener: (event: DisplayEvent) => void, left?: Beneath): void {
    this.#beneath ??= left;
    const before = this.#shown?.given;
    const fresh = before?.id !== given.id || before.kind !== given.kind;
    if (fresh) this.#begin(given);
    this.#typed = this.#typed.of(given);
    this.#shown = { given, view: this.#written(given), listener };
    this.#settleFocus(this.#shown.view, fresh);
    if (
      given.kind === 'form' &&
      given.focus?.edition !== (before?.kind === 'form' && !fresh ? before.focus?.edition : 0)
    ) {
      this.#focusOn(this.#shown.view, given.focus?.item);
    }
    this.#setAlertTimer(given, fresh);
    this.#changed();
  }

  /** Removes the view, because the screen now belongs to another application or to the phone. @returns how it was left */
  leave(): Beneath | undefined {
    this.#stopEditing();
    const left = this.#shown === undefined ? undefined : this.#state(this.#shown);
    this.#typed = new TypedTexts();
    this.#alertTimer();
    this.#beneath = undefined;
    this.#shown = undefined;
    return left;
  }

  #state({ given }: Shown): Beneath {
    return { id: given.id, focus: this.#focus, top: this.#top, typed: this.#typed };
  }

  /** The rows and soft keys that the LCD shows. */
  body(): ScreenBody | undefined {
    if (this.#shown === undefined) return undefined;
    const { view } = this.#shown;
    return this.#menu === undefined
      ? this.#viewBody(view)
      : menuBody(this.#menu, view, this.#menuLines(view, this.#menu), this.#words());
  }

  /** Takes a stroke. */
  press(press: KeyPress): void {
    const shown = this.#shown;
    if (shown === undefined) return;
    if (this.#menu === undefined) this.#pressOnView(shown, press);
    else this.#pressOnMenu(shown, this.#menu, press);
    this.#changed();
  }

  /** Takes a character for the text field that has the focus, if one has. */
  type(character: string): void {
    if (this.#shown === undefined || this.#menu !== undefined) return;
    this.#editor?.type(character);
    this.#changed();
  }

  #begin(view: DisplayableView): void {
    this.#stopEditing();
    const before = this.#shown;
    const beneath = this.#beneath?.id === view.id ? this.#beneath : undefined;
    if (view.kind === 'alert' && before !== undefined && before.given.kind !== 'alert') {
      this.#beneath = this.#state(before);
    } else if (view.kind !== 'alert') this.#beneath = undefined;
    this.#menu = undefined;
    this.#typed = beneath?.typed ?? new TypedTexts();
    this.#focus = beneath?.focus ?? firstFocus(view);
    this.#top = beneath?.top ?? 0;
  }

  // An alert that has to be scrolled, or has a choice, stays until the user dismisses it (JSR-118, `Alert`).
  #setAlertTimer(view: DisplayableView, fresh: boolean): void {
    const isModal = view.commands.length > 1 || layOut(view, { target: 0 }).rows.length > LCD_ROWS;
    const timeoutMs = view.kind === 'alert' && !isModal ? view.timeoutMs : undefined;
    if (fresh || timeoutMs === undefined) this.#alertTimer();
    if (fresh && timeoutMs !== undefined) {
      this.#alertTimer = this.#clock.after(timeoutMs, () => this.#act({ kind: 'dismiss' }));
    }
  }

  /** Puts the focus on an item of a form, or shows at least its first row. */
  #focusOn(view: DisplayableView, item: number | undefined): void {
    const target = targetsOf(view).findIndex((candidate) => candidate.item === item);
    if (target >= 0) this.#focus = target;
    this.#edit(targetsOf(view)[this.#focus]);
    const { rows } = layOut(view, { target: this.#focus });
    const first = rows.findIndex((row) => row.item === item);
    if (target >= 0) this.#top = keepVisible(rows, target, this.#top);
    else if (first >= 0) this.#top = Math.min(first, lastTop(rows));
  }

  #settleFocus(view: DisplayableView, fresh: boolean): void {
    const targets = targetsOf(view);
    this.#focus = Math.min(this.#focus, Math.max(0, targets.length - 1));
    this.#edit(targets[this.#focus]);
    const { rows } = layOut(view, { target: this.#focus });
    this.#top = fresh ? keepVisible(rows, this.#focus, this.#top) : Math.min(this.#top, lastTop(rows));
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
    const listeners = { changed: (text: string) => this.#type(item, text), moved: () => this.#changed() };
    this.#editor =
      field.kind === 'date-field'
        ? new DateEditor({ text: field.text, ...listeners })
        : new TextEditor(this.#clock, { ...field, decimalPoint: this.#words().decimalPoint, ...listeners });
  }

  #stopEditing(): void {
    this.#editor?.commit();
    this.#editor = undefined;
  }

  #type(item: number, text: string): void {
    const shown = this.#shown;
    const field = shown === undefined ? undefined : fieldOf(shown.given, item);
    if (shown === undefined || field === undefined) return;
    this.#typed = this.#typed.with(item, field, text);
    this.#shown = { ...shown, view: this.#written(shown.given) };
    this.#changed();
  }

  /** Tells the application what was typed, once. */
  #tell(): void {
    const shown = this.#shown;
    if (shown === undefined) return;
    const events = this.#typed.events(shown.given, this.#words().decimalPoint);
    this.#typed = this.#typed.told();
    for (const event of events) shown.listener(event);
  }

  #written(view: DisplayableView): DisplayableView {
    return this.#typed.written(view, this.#words().decimalPoint);
  }

  #pressOnView({ view }: Shown, press: KeyPress): void {
    if (this.#editor?.press(press) === true) return;
    const softKeys = softKeysOf(view, this.#words(), this.#focused(view));
    const { key } = press;
    if (key === 'up' || key === 'down') this.#move(view, key === 'up' ? -1 : 1);
    else if (key === 'left' || key === 'right') this.#adjust(view, key === 'left' ? -1 : 1);
    else if (key === 'soft-left') this.#act(softKeys.left.action);
    else if (key === 'soft-right') this.#act(softKeys.right.action);
    else if (key === 'select') this.#select(view, softKeys);
  }

  #pressOnMenu({ view }: Shown, menu: Menu, { key }: KeyPress): void {
    const lines = this.#menuLines(view, menu);
    if (lines.length === 0) this.#menu = undefined;
    if (lines.length === 0) return;
    if (key === 'up' || key === 'down') {
      this.#menu = { ...menu, line: (menu.line + (key === 'up' ? -1 : 1) + lines.length) % lines.length };
      return;
    }
    const isChosen = key === 'soft-left' || key === 'select';
    if (!isChosen && key !== 'soft-right' && key !== 'clear') return;
    this.#menu = undefined;
    if (!isChosen) return;
    if (menu.kind === 'popup') {
      this.#shown?.listener({ kind: 'ticked', item: menu.item, element: menu.line, selected: true });
    } else {
      const chosen = softKeysOf(view, this.#words(), this.#focused(view)).options[menu.line];
      if (chosen !== undefined) this.#act(chosen.action);
    }
  }

  /** The lines of a menu. */
  #menuLines(view: DisplayableView, menu: Menu): readonly string[] {
    return linesOf(menu, view, softKeysOf(view, this.#words(), this.#focused(view)));
  }

  /** The item of a form that has the focus. */
  #focused(view: DisplayableView): FocusedItem | undefined {
    const target = view.kind === 'form' ? targetsOf(view)[this.#focus] : undefined;
    const item = target === undefined ? undefined : itemOf(view, target.item);
    return target === undefined || item === undefined ? undefined : { item: target.item, view: item };
  }

  #select(view: DisplayableView, softKeys: SoftKeys): void {
    const target = targetsOf(view)[this.#focus];
    const item = target === undefined ? undefined : itemOf(view, target.item);
    if (target?.kind === 'element') {
      if (view.kind === 'list' && view.type === 'IMPLICIT') this.#act({ kind: 'select' });
      else this.#tick(view, target);
    } else if (item?.kind === 'choice-group' && target !== undefined) {
      const line = item.elements.findIndex(({ selected }) => selected);
      this.#menu = { kind: 'popup', item: target.item, line: Math.max(0, line) };
    } else if (
      target !== undefined &&
      item !== undefined &&
      item.kind !== 'spacer' &&
      (item.commands ?? []).length > 0
    ) {
      this.#act({ kind: 'item-command', item: target.item, command: item.defaultCommand ?? 0 });
    } else this.#act(softKeys.left.action);
  }

  /** Sets the gauge that has the focus, by one. */
  #adjust(view: DisplayableView, by: 1 | -1): void {
    const focused = this.#focused(view);
    if (focused?.view.kind !== 'gauge' || focused.view.interactive !== true) return;
    const { value = 0, maxValue } = focused.view;
    const next = Math.min(Math.max(0, value + by), maxValue);
    if (next !== value) this.#shown?.listener({ kind: 'adjusted', item: focused.item, value: next });
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
      this.#menu = { kind: 'options', line: 0 };
      return;
    }
    const focus = this.#focus;
    const line = this.#line();
    if (action.kind === 'dismiss') this.#alertTimer();
    this.#tell();
    if (action.kind === 'select') shown.listener({ kind: 'selected', element: focus });
    else if (action.kind === 'dismiss') shown.listener({ kind: 'dismissed' });
    else if (action.kind === 'item-command') shown.listener(action);
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
    const { left, right } = softKeysOf(view, this.#words(), this.#focused(view));
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
}
