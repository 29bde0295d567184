import type { Chat } from '../at/chat.ts';
import { type Clock, sleep } from '../clock.ts';
import { ModemError } from '../error.ts';
import { numberErrors } from './identify.ts';
import { triesLeft } from './pin-tries.ts';
import { askSimState, type SimState } from './sim-state.ts';

/** How long `+CPIN=` may take, in ms: Telit modems may be silent for 40 s after a PIN, before or after the `OK`. */
const PIN_TIMEOUT_MS = 60_000;

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

/**
 * Types the PIN when the SIM waits for it. A wrong PIN is typed at most once for each `sim`, and only when at least
 * {@link TRIES_NEEDED} tries are left: so on a modem that tells the tries left, the last try remains, however often the
 * program is started. A PUK, or a lock of the modem itself, is reported and never tried.
 *
 * @returns whether the PIN was typed: commands that the modem refused before may succeed now
 * @throws ModemError `no-sim` or `locked`, saying what to do.
 */
export async function unlockSim(
  chat: Chat,
  clock: Clock,
  state: SimState,
  sim: SimPin,
  pauseAfterPinMs: number,
): Promise<boolean> {
  if (state.kind === 'absent') throw new ModemError('no-sim', state.reason);
  if (state.kind === 'locked') throw new ModemError('locked', state.reason);
  if (state.kind !== 'pin') return false;
  const { pin, left } = await usablePin(chat, sim);
  sim.attempt = unanswered(sim.attempt, left);
  const result = await chat.run({ text: `AT+CPIN="${pin}"`, timeoutMs: PIN_TIMEOUT_MS });
  if (result.kind === 'error') {
    sim.attempt = { kind: 'refused' };
    throw new ModemError(
      'locked',
      `the SIM refused the PIN${await nowLeft(chat)}: this program will not try it again, but one that is started again would; check it first`,
      { cause: result.error },
    );
  }
  if (result.kind !== 'ok') throw result.error;
  sim.attempt = { kind: 'none' };
  if (pauseAfterPinMs > 0) await sleep(clock, pauseAfterPinMs);
  const after = await askSimState(chat, clock, PIN_TIMEOUT_MS);
  if (after.kind !== 'ready') {
    const why = 'reason' in after ? after.reason : 'it does not say that it is ready';
    throw new ModemError('locked', `the SIM took the PIN, and still cannot be used: ${why}`);
  }
  // Some modems refuse `+CMEE=1` while the SIM is locked.
  await numberErrors(chat);
  return true;
}

/** The tries left after a wrong PIN, in words; empty when the modem does not tell them. */
async function nowLeft(chat: Chat): Promise<string> {
  const left = await triesLeft(chat);
  return left === undefined ? '' : ` (tries left: ${left})`;
}

function unanswered(before: PinAttempt, triesBefore: number | undefined): PinAttempt {
  return { kind: 'unanswered', triesBefore, times: before.kind === 'unanswered' ? before.times + 1 : 1 };
}

/** Whether the PIN may be typed again after this attempt, when `left` tries are left. */
function mayTry(attempt: PinAttempt, left: number | undefined): boolean {
  if (attempt.kind !== 'unanswered') return attempt.kind === 'none';
  return attempt.times === 1 && left !== undefined && left === attempt.triesBefore;
}

/** The PIN, and how many tries are left before it is typed. @throws ModemError (`locked`) */
async function usablePin(chat: Chat, sim: SimPin): Promise<{ pin: string; left: number | undefined }> {
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
