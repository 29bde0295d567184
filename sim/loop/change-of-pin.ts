import type { Screen } from '../../device/index.ts';
import type { Story } from './diary.ts';

/** How the phone says what became of a change. */
const CHANGED = /^Your new PIN counts from now on/;
const NOT_CHANGED = /^(Wrong PIN.*\n)?The PIN was not changed/;

/** What a phone says of a change: the new PIN counts, the present one was wrong, or nothing has come of it. */
export type PinWord = 'changed' | 'wrong' | 'not-changed';

/** What a screen says of a change of the PIN; `undefined` when it is about something else. */
export function pinWordOn({ items }: Pick<Screen, 'items'>): PinWord | undefined {
  const text = items[0]?.label ?? '';
  if (CHANGED.test(text)) return 'changed';
  if (!NOT_CHANGED.test(text)) return undefined;
  return text.startsWith('Wrong') ? 'wrong' : 'not-changed';
}

/** A change of a PIN of which the phone has said nothing yet, from the moment at which it sends the new key. */
export class ChangeOfPin {
  /** What the owner typed as the present PIN was wrong. */
  readonly isMistyped: boolean;
  readonly #at: number;
  readonly #reachedBefore: number;
  /** Requests that the phone has shown and that were made since: each of them was a message. */
  readonly #requests = new Set<Story>();

  /** @param at ms since 1970. @param reachedBefore how many messages had reached the phone */
  constructor(isMistyped: boolean, at: number, reachedBefore: number) {
    this.isMistyped = isMistyped;
    this.#at = at;
    this.#reachedBefore = reachedBefore;
  }

  /** The phone shows this request. */
  shown(story: Story): void {
    if (story.openedAt >= this.#at) this.#requests.add(story);
  }

  /** Whether the phone may know which PIN counts: only a message can have told it, and those that came were requests. */
  mayBeKnown(reached: number): boolean {
    return reached - this.#reachedBefore > this.#requests.size;
  }

  /** What is wrong with what the phone says, in words. */
  doubts(word: PinWord): string | undefined {
    if (this.isMistyped) return word === 'changed' ? 'a new PIN counts after a wrong present one' : undefined;
    return word === 'wrong' ? 'the right PIN is called wrong in a change' : undefined;
  }
}
