/** Every key of the phone, in the order of the keypad. `clear` is C, `power` the red key. */
export const KEYS = [
  '1',
  '2',
  '3',
  '4',
  '5',
  '6',
  '7',
  '8',
  '9',
  '*',
  '0',
  '#',
  'up',
  'down',
  'left',
  'right',
  'select',
  'soft-left',
  'soft-right',
  'clear',
  'power',
] as const;

/** A key of the phone, by its name. */
export type Key = (typeof KEYS)[number];

/** One stroke: down and up again, or held for a second or so. */
export interface KeyPress {
  readonly key: Key;
  readonly long: boolean;
}

/** Whether a name from outside is a key's. */
export function isKey(name: string): name is Key {
  return KEYS.some((key) => key === name);
}
