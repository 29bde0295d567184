import type { InputMode, Key } from '../hal/index.ts';

/** After this time without a stroke, in ms, the letter is final and the next stroke writes another one. */
export const COMMIT_MS = 1_000;

/** The characters of the keys in letter modes, in the order of the strokes: letters, digit, accented letters. */
const LETTERS: ReadonlyMap<Key, string> = new Map<Key, string>([
  ['1', '.,?!1\'"-()@/:'],
  ['2', 'abc2àáä'],
  ['3', 'def3èé'],
  ['4', 'ghi4ìí'],
  ['5', 'jkl5'],
  ['6', 'mno6òóö'],
  ['7', 'pqrs7ß'],
  ['8', 'tuv8ùúü'],
  ['9', 'wxyz9'],
  ['0', ' 0'],
  ['*', '+*#&%=_;<>€$£'],
]);

/** The characters of a key, stroke by stroke; empty when the key writes nothing in this mode. */
export function strokesOf(key: Key, mode: InputMode): string {
  const strokes = LETTERS.get(key) ?? '';
  if (mode === '123') return key === '*' ? strokes : /^[0-9]$/.test(key) ? key : '';
  return mode === 'abc' ? strokes : strokes.replaceAll('ß', '').toUpperCase();
}

/** The mode after `#`. */
export function nextMode(mode: InputMode): InputMode {
  const modes: Readonly<Record<InputMode, InputMode>> = { Abc: 'abc', abc: 'ABC', ABC: '123', '123': 'Abc' };
  return modes[mode];
}

/** How a character is typed by multi-tap: mode, key and number of strokes. */
export interface Stroke {
  readonly key: Key;
  readonly times: number;
}

/** How to write a character in a mode, or `undefined` when the mode has no key for it. */
export function strokeFor(character: string, mode: InputMode): Stroke | undefined {
  for (const key of LETTERS.keys()) {
    const index = strokesOf(key, mode).indexOf(character);
    if (index >= 0) return { key, times: index + 1 };
  }
  return undefined;
}
