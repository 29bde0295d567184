import type { CommandType, CommandView, DisplayableView, ItemView } from '../midp/index.ts';

/** The action of a soft key, or of a line of the options menu. */
export type Action =
  | { readonly kind: 'none' }
  /** Gives the command at this index of the view. */
  | { readonly kind: 'command'; readonly command: number }
  /** Gives a command of an item of a form. */
  | { readonly kind: 'item-command'; readonly item: number; readonly command: number }
  /** Chooses the focused line of an IMPLICIT list. */
  | { readonly kind: 'select' }
  | { readonly kind: 'dismiss' }
  | { readonly kind: 'options' };

/** A label and what it does. */
interface Choice {
  readonly label: string;
  readonly action: Action;
}

/** The two soft keys of a screen, and the menu of `Options`. */
export interface SoftKeys {
  readonly left: Choice;
  readonly right: Choice;
  readonly options: readonly Choice[];
}

/** The words that the phone itself puts on soft keys. */
export interface SoftKeyWords {
  readonly select: string;
  readonly options: string;
  readonly ok: string;
  readonly back: string;
}

const NONE: Choice = { label: '', action: { kind: 'none' } };

// The right soft key has a command that leaves the screen (BACK, EXIT, …); both lists are in order of preference.
const LEADING_AWAY: readonly CommandType[] = ['BACK', 'CANCEL', 'STOP', 'EXIT'];
const GOING_ON: readonly CommandType[] = ['OK', 'ITEM', 'SCREEN', 'HELP'];

/** The item of a form that has the focus. */
export interface FocusedItem {
  readonly item: number;
  readonly view: ItemView;
}

/**
 * Puts the commands of a view on the soft keys (JSR-118 leaves the choice to the phone): one on each, and `Options` when
 * there are more; those of the item that has the focus are the first. An alert without commands is dismissed by either key.
 */
export function softKeysOf(view: DisplayableView, words: SoftKeyWords, focused?: FocusedItem): SoftKeys {
  if (view.kind === 'alert' && view.commands.length === 0) {
    const dismiss: Action = { kind: 'dismiss' };
    return { left: { label: words.ok, action: dismiss }, right: { label: words.back, action: dismiss }, options: [] };
  }
  const away = choices(view.commands, LEADING_AWAY, selectOf(view));
  const [right = NONE, ...otherAway] = away;
  const goingOn = choices(view.commands, GOING_ON, selectOf(view));
  const onward = [...ownChoices(view, words), ...itemChoices(focused), ...goingOn, ...otherAway];
  const [first = NONE, second = NONE] = onward;
  if (onward.length <= 1) return { left: first, right, options: [] };
  if (onward.length === 2 && right === NONE) return { left: first, right: second, options: [] };
  return { left: { label: words.options, action: { kind: 'options' } }, right, options: onward };
}

/** @param without the index of a command that has its place already */
function choices(
  commands: readonly CommandView[],
  types: readonly CommandType[],
  without?: number,
): readonly (Choice & { readonly action: { readonly kind: 'command'; readonly command: number } })[] {
  return commands
    .map((command, index) => ({ ...command, index }))
    .filter(({ type, index }) => types.includes(type) && index !== without)
    .sort((a, b) => types.indexOf(a.type) - types.indexOf(b.type) || a.priority - b.priority)
    .map(({ label, index }) => ({ label, action: { kind: 'command', command: index } }));
}

/** The commands of the item that has the focus; one that leads away does so from the item. */
function itemChoices(focused: FocusedItem | undefined): readonly Choice[] {
  if (focused === undefined || focused.view.kind === 'spacer') return [];
  const { item, view } = focused;
  return choices(view.commands ?? [], ['ITEM', ...GOING_ON, ...LEADING_AWAY]).map(({ label, action }) => ({
    label,
    action: { kind: 'item-command', item, command: action.command },
  }));
}

/** The command of an IMPLICIT list that choosing a line gives, when it is not the phone's own. */
function selectOf(view: DisplayableView): number | undefined {
  return view.kind === 'list' && typeof view.select === 'number' ? view.select : undefined;
}

/** What choosing a line of an IMPLICIT list is called. */
function ownChoices(view: DisplayableView, words: SoftKeyWords): readonly Choice[] {
  if (view.kind !== 'list' || view.type !== 'IMPLICIT' || view.elements.length === 0 || view.select === 'none') {
    return [];
  }
  const label = view.commands[selectOf(view) ?? -1]?.label ?? words.select;
  return [{ label, action: { kind: 'select' } }];
}
