import type { Key as InkKey } from 'ink';
import type { Handset } from '../firmware/index.ts';
import { isKey, type Key, type KeyPress, type Screen } from '../hal/index.ts';

/** Which keys of a computer are which of the phone, for a legend. */
export const KEYBOARD_LEGEND: readonly (readonly [keys: string, meaning: string])[] = [
  ['[ or <', 'left soft key'],
  ['] or >', 'right soft key'],
  ['arrows', 'up, down, left, right'],
  ['Enter', 'select'],
  ['0-9 * #', 'keypad'],
  ['letters', 'write in a text'],
  ['Backspace', 'C'],
  ['Alt + key', 'hold a key'],
  ['p, Ctrl-P', 'red key; P holds it'],
];

/** What these characters are on every screen. */
const SOFT_KEYS: ReadonlyMap<string, Key> = new Map<string, Key>([
  ['[', 'soft-left'],
  ['<', 'soft-left'],
  [']', 'soft-right'],
  ['>', 'soft-right'],
]);

/** What letters are where they do not write. */
const LETTERS: ReadonlyMap<string, KeyPress> = new Map<string, KeyPress>([
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

/** Whether a letter key writes into a text field now, and so is not a command of the program around the phone. */
export function writesLetters({ input }: Screen): boolean {
  return input?.numeric === false;
}

/**
 * Gives a phone what ink's `useInput` reports. Digits are its keypad; other characters write where a text field has the
 * focus. Ink gives fast typing as one event of several characters, which come one after the other.
 */
export function typeOn(handset: Pick<Handset, 'screen' | 'press' | 'type'>, input: string, key: InkKey): void {
  if (key.escape) return;
  const named = NAMED.find(([name]) => key[name] === true)?.[1];
  if (named !== undefined) handset.press(named, key.meta);
  else if (key.ctrl) {
    if (input === 'p') handset.press('power');
  } else for (const character of input) typeCharacter(handset, character, key.meta);
}

function typeCharacter(handset: Pick<Handset, 'screen' | 'press' | 'type'>, character: string, held: boolean): void {
  const softKey = SOFT_KEYS.get(character);
  const letter = writesLetters(handset.screen) ? undefined : LETTERS.get(character);
  if (softKey !== undefined) handset.press(softKey);
  else if (letter !== undefined) handset.press(letter.key, letter.long);
  else if (isKey(character)) handset.press(character, held);
  else if (!held && isPrintable(character)) handset.type(character);
}

function isPrintable(character: string): boolean {
  return !/\p{C}/u.test(character);
}
