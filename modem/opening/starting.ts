import type { Chat } from '../at/chat.ts';
import type { AtCommand, AtRefused, AtResult } from '../at/command.ts';
import { type Clock, sleep } from '../clock.ts';

/** SIMCom says "SIM busy" for up to 40 s after power-on. */
export const STARTING_MS = 45_000;

/** A refusal with a number that does not say that the modem is starting may still pass (HL6528: `+CMS ERROR: 3` for 8 s). */
export const PASSING_MS = 12_000;

const PAUSE_MS = 1_000;

/** Whether a refusal says that the SIM, or the modem itself, is still starting (3517: HL6528, MC75i). */
export function isStarting(error: AtRefused): boolean {
  return error.is('CME', 14, 515, 3517) || error.is('CMS', 314, 515, 3517);
}

/** How long it is worth to wait for another answer than this one, in ms; 0: it is the modem's last word. */
export function waitForStart(result: AtResult): number {
  if (result.kind !== 'error') return 0;
  const { error } = result;
  if (isStarting(error)) return STARTING_MS;
  const isUnknownCommand = error.code.family === 'other' || error.is('CME', 4) || error.is('CMS', 303);
  return isUnknownCommand ? 0 : PASSING_MS;
}

/**
 * Runs a command again and again until its answer is not worth waiting any longer.
 *
 * @param waitFor how long after the first attempt another answer than this one is waited for, in ms
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
