import type { Chat } from '../at/chat.ts';
import { ModemError } from '../error.ts';
import { triesLeft } from './pin-counter.ts';

// A wrong PIN is typed at most once for each `SimPin`, and only when at least TRIES_NEEDED tries are left: so on a modem that
// tells the tries left, the last try remains, however often the program is started.

/** Tries that must be left before a PIN is typed: the last try is left to the owner of the SIM. */
const TRIES_NEEDED = 2;

/**
 * A PIN, and whether the SIM has refused or accepted it; one object for all openings of the modem. A refused PIN is never
 * tried again; an accepted one is typed again when the modem has rebooted. A new process does not know of the attempts.
 */
export interface SimPin {
  /** 4 to 8 digits. */
  readonly pin: string | undefined;
  /** Try it once even when the modem does not say how many tries are left: once in each process. */
  readonly withoutCounter: boolean;
  attempt: PinAttempt;
}

/** The last time the PIN was typed, if the SIM has not taken it. */
export type PinAttempt =
  | { readonly kind: 'none' }
  | { readonly kind: 'refused' }
  /** The answer was lost. When the tries left are as many as before, the SIM has not seen the PIN, which may be typed again. */
  | { readonly kind: 'unanswered'; readonly triesBefore: number | undefined; readonly times: number };

/** The attempt that begins now, until the SIM answers. @param triesBefore tries left before it, if the modem tells them */
export function unanswered(before: PinAttempt, triesBefore: number | undefined): PinAttempt {
  return { kind: 'unanswered', triesBefore, times: before.kind === 'unanswered' ? before.times + 1 : 1 };
}

/** Whether the PIN may be typed again after this attempt, when `left` tries are left. */
function mayTry(attempt: PinAttempt, left: number | undefined): boolean {
  if (attempt.kind !== 'unanswered') return attempt.kind === 'none';
  return attempt.times === 1 && left !== undefined && left === attempt.triesBefore;
}

/** The PIN, and how many tries are left before it is typed. @throws ModemError (`locked`) */
export async function usablePin(chat: Chat, sim: SimPin): Promise<{ pin: string; left: number | undefined }> {
  if (sim.pin === undefined) throw new ModemError('locked', 'the SIM wants its PIN: give it (GSM_MODEM_PIN)');
  if (!/^\d{4,8}$/.test(sim.pin)) throw new ModemError('locked', 'the PIN given for the SIM is not 4 to 8 digits');
  const left = sim.attempt.kind === 'refused' ? undefined : await triesLeft(chat);
  if (!mayTry(sim.attempt, left)) {
    throw new ModemError('locked', 'the SIM wants its PIN, and the one given was tried already');
  }
  if (left === undefined && !sim.withoutCounter) {
    throw new ModemError(
      'locked',
      'the SIM wants its PIN, and this modem does not say how many tries are left: unlock the SIM in a phone, or allow one try (--trust-pin)',
    );
  }
  if (left !== undefined && left < TRIES_NEEDED) {
    throw new ModemError(
      'locked',
      `the SIM wants its PIN, and tries left are ${left}, fewer than ${TRIES_NEEDED}: unlock it in a phone`,
    );
  }
  return { pin: sim.pin, left };
}
