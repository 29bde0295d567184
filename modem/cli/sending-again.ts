import type { SmsBearer } from '../bearer.ts';
import { type Clock, sleep } from '../clock.ts';

/** A bearer, as far as sending needs it. */
export type Sender = Pick<SmsBearer, 'send'>;

/** Pauses before sending again, in ms: the first, then twice as long each time up to the last. */
const FIRST_PAUSE_MS = 5_000;
const LAST_PAUSE_MS = 60_000;

/**
 * Sends a message again, `times` at most, when it was refused for a passing cause: the network was busy, or the modem not
 * ready. A message of outcome `unknown`, which was perhaps sent, is never sent again.
 */
export function sendingAgain(sender: Sender, times: number, clock: Clock): Sender {
  return {
    async send(message) {
      let outcome = await sender.send(message);
      let pauseMs = FIRST_PAUSE_MS;
      for (let time = 0; time < times && outcome.kind === 'failed' && outcome.retry; time += 1) {
        await sleep(clock, pauseMs);
        pauseMs = Math.min(pauseMs * 2, LAST_PAUSE_MS);
        outcome = await sender.send(message);
      }
      return outcome;
    },
  };
}
