import { createInterface, type Interface } from 'node:readline';
import { Command } from 'commander';
import { Chat } from '../at/chat.ts';
import { type Clock, systemClock } from '../clock.ts';
import { wakeModem } from '../opening/identify.ts';
import type { PortError } from '../port/port.ts';
import { commandOf, commandsOf, completions, linesOfCode, linesOfResult, wantsMessage } from './at-terminal.ts';
import { portOf, withConnection } from './connection.ts';
import { type HeardPort, heardPort } from './hearing.ts';
import { outputOf } from './program.ts';

/** Where the commands are typed, and where the answers are shown. Prompts and completion are for two terminals. */
type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean };
type Output = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** `gsm-modem console`: AT commands typed by hand, or from a pipe. The modem is not set up, and no message is touched. */
export function consoleCommand(): Command {
  const command = new Command('console');
  return withConnection(command).action(() =>
    openConsole(heardPort(portOf(command), outputOf(command).json), systemClock, process.stdin, process.stdout),
  );
}

/** Types the lines of `input` to the modem, and writes what it says to `output`. @throws PortError, ModemError */
export async function openConsole(
  { port, opened }: HeardPort,
  clock: Clock,
  input: Input,
  output: Output,
): Promise<void> {
  let commands: readonly string[] = [];
  const reader = createInterface({
    input,
    output,
    terminal: input.isTTY === true && output.isTTY === true,
    completer: (typed: string) => completions(commands, typed),
  });
  // The iterator is taken before the modem is opened: lines of a pipe that come meanwhile would be lost otherwise.
  const lines = reader[Symbol.asyncIterator]();
  let lost: PortError | undefined;
  const chat = await Chat.open(port, clock, {
    unsolicited: (code) => show(reader, output, linesOfCode(code)),
    ended(reason) {
      lost = reason;
      reader.close();
    },
  });
  try {
    await opened(wakeModem(chat));
    commands = await commandsOf(chat);
    await converse(chat, reader, output, lines);
  } finally {
    reader.close();
    await chat.close();
  }
  if (lost !== undefined) throw lost;
}

async function converse(chat: Chat, reader: Interface, output: Output, lines: AsyncIterator<string>): Promise<void> {
  for (;;) {
    const text = (await ask(reader, lines, 'at> '))?.trim();
    if (text === undefined) return;
    if (text === '') continue;
    const message = wantsMessage(text) ? await askMessage(reader, lines) : undefined;
    if (wantsMessage(text) && message === undefined) return;
    show(reader, output, linesOfResult(await chat.run(commandOf(text, message))));
  }
}

/** The next line as the message that a command wants: on a terminal Ctrl-Z ends it as Enter does, and does not stop the program. */
async function askMessage(reader: Interface, lines: AsyncIterator<string>): Promise<string | undefined> {
  const endLine = () => reader.write('\n');
  reader.on('SIGTSTP', endLine);
  try {
    return await ask(reader, lines, 'message, then Ctrl-Z> ');
  } finally {
    reader.off('SIGTSTP', endLine);
  }
}

/** The next line; undefined at the end. */
async function ask(reader: Interface, lines: AsyncIterator<string>, prompt: string): Promise<string | undefined> {
  if (reader.terminal) {
    reader.setPrompt(prompt);
    reader.prompt();
  }
  const next = await lines.next();
  return next.done === true ? undefined : next.value;
}

/** Shows lines, on a terminal above what is being typed. */
function show(reader: Interface, output: Output, lines: readonly string[]): void {
  const text = `${lines.join('\n')}\n`;
  if (!reader.terminal) {
    output.write(text);
    return;
  }
  output.write(`\r\x1b[K${text}`);
  reader.prompt(true);
}
