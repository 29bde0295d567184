import type { Chat } from '../at/chat.ts';
import { type AtCommand, AtRefused, type AtResult } from '../at/command.ts';
import { type Clock, sleep } from '../clock.ts';

/** SIMCom says "SIM busy" for up to 40 s after power-on. */
const BUSY_LIMIT_MS = 45_000;
const BUSY_PAUSE_MS = 1_000;

/** Whether the modem says that the SIM, or the modem itself, is still starting. */
export function isStarting(error: Error): boolean {
  return error instanceof AtRefused && (error.is('CME', 14, 515) || error.is('CMS', 314));
}

/** Runs a command, which may be typed twice, again as long as the modem says that it is still starting; gives up after 45 s. */
export async function runWhenStarted(chat: Chat, clock: Clock, command: AtCommand): Promise<AtResult> {
  const limit = clock.now() + BUSY_LIMIT_MS;
  for (;;) {
    const result = await chat.run({ ...command, repeatable: true });
    if (result.kind !== 'error' || !isStarting(result.error) || clock.now() >= limit) return result;
    await sleep(clock, BUSY_PAUSE_MS);
  }
}
