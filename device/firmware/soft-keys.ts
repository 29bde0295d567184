import type { CommandType, CommandView, DisplayableView } from '../midp/index.ts';

/** The action of a soft key, or of a line of the options menu. */
export type Action =
  | { readonly kind: 'none' }
  /** Gives the command at this index of the view. */
  | { readonly kind: 'command'; readonly command: number }
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

/**
 * Puts the commands of a view on the soft keys (JSR-118 leaves the choice to the phone): one on each, and `Options` when
 * there are more. An alert without commands is dismissed by either key.
 */
export function softKeysOf(view: DisplayableView, words: SoftKeyWords): SoftKeys {
  if (view.kind === 'alert' && view.commands.length === 0) {
    const dismiss: Action = { kind: 'dismiss' };
    return { left: { label: words.ok, action: dismiss }, right: { label: words.back, action: dismiss }, options: [] };
  }
  const away = choices(view.commands, LEADING_AWAY);
  const [right = NONE, ...otherAway] = away;
  const onward = [...ownChoices(view, words), ...choices(view.commands, GOING_ON), ...otherAway];
  const [first = NONE, second = NONE] = onward;
  if (onward.length <= 1) return { left: first, right, options: [] };
  if (onward.length === 2 && right === NONE) return { left: first, right: second, options: [] };
  return { left: { label: words.options, action: { kind: 'options' } }, right, options: onward };
}

function choices(commands: readonly CommandView[], types: readonly CommandType[]): readonly Choice[] {
  return commands
    .map((command, index) => ({ ...command, index }))
    .filter(({ type }) => types.includes(type))
    .sort((a, b) => types.indexOf(a.type) - types.indexOf(b.type) || a.priority - b.priority)
    .map(({ label, index }) => ({ label, action: { kind: 'command', command: index } }));
}

/** The commands that the phone adds to those of the application. */
function ownChoices(view: DisplayableView, words: SoftKeyWords): readonly Choice[] {
  if (view.kind === 'list' && view.type === 'IMPLICIT' && view.elements.length > 0) {
    return [{ label: words.select, action: { kind: 'select' } }];
  }
  return [];
}
