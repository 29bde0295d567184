import type { Chat } from '../at/chat.ts';
import { type Clock, sleep } from '../clock.ts';
import { ModemError } from '../error.ts';
import { numberErrors } from './identify.ts';
import { type SimPin, unanswered, usablePin } from './pin-attempts.ts';
import { triesLeft } from './pin-counter.ts';
import { askSimState, type SimState } from './sim-state.ts';

/** How long `+CPIN=` may take, in ms: Telit modems may be silent for 40 s after a PIN, before or after the `OK`. */
const PIN_TIMEOUT_MS = 60_000;

/**
 * Types the PIN when the SIM waits for it. Whether it may be typed is decided in `pin-attempts.ts`. A PUK, or a lock of the
 * modem itself, is reported and never tried.
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
