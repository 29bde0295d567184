import type { Chat } from '../at/chat.ts';
import type { AtCommand, AtRefused, AtResult } from '../at/command.ts';
import { type Clock, sleep } from '../clock.ts';

/** How long a modem may be starting, in ms: SIMCom answers `+CME ERROR: 14` (SIM busy) for up to 40 s after power-on. */
export const STARTING_MS = 45_000;

/** How long any other numbered refusal is tried again, in ms: an HL6528 answers `+CMS ERROR: 3` for 8 s after power-on. */
export const PASSING_MS = 12_000;

const PAUSE_MS = 1_000;

/** Whether a refusal says that the SIM, or the modem itself, is still starting (3517: HL6528, MC75i). */
export function isStarting(error: AtRefused): boolean {
  return error.is('CME', 14, 515, 3517) || error.is('CMS', 314, 515, 3517);
}

/** How long to try again after this answer, in ms; 0: the answer is final. */
export function waitForStart(result: AtResult): number {
  if (result.kind !== 'error') return 0;
  const { error } = result;
  if (isStarting(error)) return STARTING_MS;
  const isUnknownCommand = error.code.family === 'other' || error.is('CME', 4) || error.is('CMS', 303);
  return isUnknownCommand ? 0 : PASSING_MS;
}

/**
 * Runs a command, again with pauses, until its answer is final.
 *
 * @param waitFor how long after the first attempt to try again after this answer, in ms
 */
export async function runWhenStarted(
  chat: Chat,
  clock: Clock,
  command: AtCommand,
  waitFor: (result: AtResult) => number = waitForStart,
): Promise<AtResult> {
  const start = clock.now();
  for (;;) {
    const result = await chat.run(command);
    if (clock.now() - start >= waitFor(result)) return result;
    await sleep(clock, PAUSE_MS);
  }
}
