import type { InputMode, KeyPress } from '../hal/index.ts';

/** What writes into the field that has the focus. */
export interface Editor {
  readonly text: string;
  /** Characters before the cursor. */
  readonly cursor: number;
  readonly mode: InputMode;
  /** Whether the field takes digits only. */
  readonly numeric: boolean;
  /** Whether the field takes numbers of telephones. */
  readonly telephone: boolean;
  /** Takes a stroke; says whether it was one for this field. */
  press(press: KeyPress): boolean;
  /** Takes a character from a computer's keyboard. */
  type(character: string): void;
  /** What is being written is final. */
  commit(): void;
}
