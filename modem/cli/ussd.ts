import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { systemClock } from '../clock.ts';
import type { Modem } from '../modem.ts';
import { describeState } from '../state.ts';
import { withConnection, withModem } from './connection.ts';
import { type Output, outputOf } from './program.ts';
import { whenReady } from './when-ready.ts';

/** `gsm-modem ussd`: asks a service of the network, and replies to it. */
export function ussdCommand(): Command {
  const command = new Command('ussd')
    .argument('<code>', 'such as *100#; in quotes, for the shell')
    .argument('[replies...]', 'what to reply to the menus that follow');
  return withConnection(command).action((code: string, replies: readonly string[]) =>
    withModem(command, (modem) => converse(modem, code, replies, outputOf(command))),
  );
}

/** Asks for a service, and replies to each menu with the next of `replies`, then with what the user types. @throws Error without a network */
export async function converse(
  modem: Pick<Modem, 'state' | 'onState' | 'ussd'>,
  code: string,
  replies: readonly string[],
  output: Output,
): Promise<void> {
  if (!(await whenReady(modem))) throw new Error(`the modem is in no network: ${describeState(modem.state)}`);
  const given = [...replies];
  let answer = await patiently(modem.ussd(code));
  output.print({ event: 'answer', ...answer }, answer.text);
  while (answer.more) {
    const reply = given.shift() ?? (await askReply());
    if (reply === '') {
      await answer.cancel();
      return;
    }
    answer = await patiently(answer.reply(reply));
    output.print({ event: 'answer', ...answer }, answer.text);
  }
}

/** After this long without an answer, in ms, the user is told that the network has not answered yet. */
const PATIENCE_MS = 5_000;

function patiently<T>(answer: Promise<T>): Promise<T> {
  const cancel = systemClock.after(PATIENCE_MS, () =>
    process.stderr.write('no answer yet: the network may take two minutes\n'),
  );
  return answer.finally(cancel);
}

/** A line from the terminal; empty when there is none, or at its end. */
async function askReply(): Promise<string> {
  if (!process.stdin.isTTY) return '';
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<string>((resolve) => reader.once('close', () => resolve('')));
  try {
    return await Promise.race([reader.question('> '), ended]);
  } finally {
    reader.close();
  }
}
