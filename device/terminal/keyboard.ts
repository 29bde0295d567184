import type { Key as InkKey } from 'ink';
import { isKey, type Key, type KeyPress } from '../hal/index.ts';

/** Which keys of a computer are which of the phone, for a legend. */
export const KEYBOARD_LEGEND: readonly (readonly [keys: string, meaning: string])[] = [
  ['[ or <', 'left soft key'],
  ['] or >', 'right soft key'],
  ['arrows', 'up, down, left, right'],
  ['Enter', 'select'],
  ['0-9 * #', 'keypad'],
  ['Backspace', 'C'],
  ['+', 'hold 0'],
  ['Alt + key', 'hold a key'],
  ['p', 'red key; P holds it'],
];

const CHARACTERS: ReadonlyMap<string, KeyPress> = new Map<string, KeyPress>([
  ['[', { key: 'soft-left', long: false }],
  ['<', { key: 'soft-left', long: false }],
  [']', { key: 'soft-right', long: false }],
  ['>', { key: 'soft-right', long: false }],
  ['+', { key: '0', long: true }],
  ['p', { key: 'power', long: false }],
  ['P', { key: 'power', long: true }],
]);

/** Keys of a computer that write nothing, and what they are on the phone. */
const NAMED: readonly (readonly [name: keyof InkKey, key: Key])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['return', 'select'],
  ['backspace', 'clear'],
  ['delete', 'clear'],
  ['home', 'soft-left'],
  ['end', 'soft-right'],
];

/**
 * What ink's `useInput` reports, as strokes on the phone; none when the keys mean nothing to it. Ink gives fast typing
 * as one event of several characters, which are strokes one after the other.
 */
export function keyPressesOf(input: string, key: InkKey): readonly KeyPress[] {
  if (key.ctrl || key.escape) return [];
  const named = NAMED.find(([name]) => key[name] === true)?.[1];
  if (named !== undefined) return [{ key: named, long: key.meta }];
  return Array.from(input).flatMap((character) => pressOf(character, key.meta));
}

function pressOf(character: string, held: boolean): readonly KeyPress[] {
  const press = CHARACTERS.get(character);
  if (press !== undefined) return [press];
  return isKey(character) ? [{ key: character, long: held }] : [];
}
