import { Command } from 'commander';
import { Chat } from '../at/chat.ts';
import { type Clock, sleep, systemClock } from '../clock.ts';
import { wakeModem } from '../opening/identify.ts';
import type { Port } from '../port/port.ts';
import { portOf, withConnection } from './connection.ts';
import { heardPort } from './hearing.ts';
import { outputOf } from './program.ts';

/** The standard's reset (3GPP TS 27.007, 8.2), then those of Huawei, SIMCom, Telit and Sierra. */
const RESETS: readonly string[] = ['AT+CFUN=1,1', 'AT^RESET', 'AT+CRESET', 'AT#REBOOT', 'AT!RESET'];

/** How long DTR is off, in ms: a modem then ends a data connection and listens to commands (ITU-T V.250, 6.2.9). */
const LINES_DOWN_MS = 1_000;

/** The pause before the modem is opened again, and the time after which it counts as not come back, in ms. */
const REST_MS = 3_000;
const BACK_MS = 90_000;

const DEAF =
  'it does not answer AT, so that no command can reset it: unplug it, or switch its power off, and plug it in again';

/** `gsm-modem reset`: starts a modem anew, and waits until it answers. */
export function resetCommand(): Command {
  const command = new Command('reset');
  return withConnection(command).action(async () => {
    const { port, opened } = heardPort(portOf(command), outputOf(command).json);
    const by = await opened(resetModem(port, systemClock));
    const seconds = await answersAgain(port, systemClock);
    outputOf(command).print(
      { event: 'reset', by, seconds },
      `${port.name}: reset by ${by}, answers again after ${seconds} s`,
    );
  });
}

/** Resets the modem on a port. @returns the command that the modem took. @throws PortError; Error when it takes none, or is silent */
export async function resetModem(port: Port, clock: Clock): Promise<string> {
  const chat = await Chat.open(port, clock, { unsolicited() {}, ended() {} });
  try {
    await port.setLines({ dtr: false, rts: false });
    await sleep(clock, LINES_DOWN_MS);
    await port.setLines({ dtr: true, rts: true });
    await wakeModem(chat).catch((cause: unknown) => {
      throw new Error(`${port.name}: ${DEAF}`, { cause });
    });
    for (const text of RESETS) {
      const { kind } = await chat.run({ text, timeoutMs: REST_MS });
      // Some modems reset before they answer: no answer, or a lost port, is success too.
      if (kind !== 'error') return text;
    }
    throw new Error(`${port.name}: the modem refuses ${RESETS.join(', ')}: switch its power off and on`);
  } finally {
    await chat.close();
  }
}

/** Waits until the modem on a port answers. @returns after how many seconds it does. @throws Error when it does not within 90 s */
export async function answersAgain(port: Port, clock: Clock): Promise<number> {
  const start = clock.now();
  let why = 'it was not found again';
  while (clock.now() - start < BACK_MS) {
    await sleep(clock, REST_MS);
    try {
      const chat = await Chat.open(port, clock, { unsolicited() {}, ended() {} });
      await wakeModem(chat).finally(() => chat.close());
      return Math.round((clock.now() - start) / 1_000);
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
  }
  throw new Error(`${port.name}: the modem was reset and is not back after ${BACK_MS / 1_000} s: ${why}`);
}
