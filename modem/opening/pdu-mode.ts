import type { Chat } from '../at/chat.ts';
import { allows, valuesOf } from '../at/values.ts';
import { type Clock, sleep } from '../clock.ts';
import { ModemError } from '../error.ts';
import { PASSING_MS, STARTING_MS } from './starting.ts';

const PAUSE_MS = 1_000;

/**
 * Switches the modem to PDU mode, `+CMGF=0` (3GPP TS 27.005, 3.2.3). Some modems refuse it for some seconds after power-on,
 * with different codes (`+CME ERROR: 3517`, `+CMS ERROR: 3`, 302, 500, 515). `+CMGF=?` tells a modem that is not ready from
 * one without PDU mode.
 *
 * @throws ModemError (`unsuitable`) when the modem has no PDU mode, or does not enter it in 45 s; AtTimeout, PortError
 */
export async function enterPduMode(chat: Chat, clock: Clock): Promise<void> {
  const start = clock.now();
  for (;;) {
    const result = await chat.run({ text: 'AT+CMGF=0', repeatable: true });
    if (result.kind === 'ok') return;
    if (result.kind !== 'error') throw result.error;
    const isOffered = await offersPduMode(chat);
    const { error } = result;
    const isWordless = error.code.family === 'other' && isOffered === undefined;
    if (isOffered === false || clock.now() - start >= (isWordless ? PASSING_MS : STARTING_MS)) {
      const what = isOffered === true ? 'does not enter PDU mode: switch it off and on' : 'has no PDU mode for SMS';
      throw new ModemError('unsuitable', `the modem ${what} (${error.message})`, { cause: error });
    }
    await sleep(clock, PAUSE_MS);
  }
}

/** Undefined: the modem does not say. */
async function offersPduMode(chat: Chat): Promise<boolean | undefined> {
  const result = await chat.run({ text: 'AT+CMGF=?', response: { prefix: '+CMGF:' }, repeatable: true });
  const line = result.kind === 'ok' ? result.lines[0] : undefined;
  return line && allows(valuesOf(line.text)[0], 0);
}
