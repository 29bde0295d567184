import { createInterface } from 'node:readline';
import type { Output } from '../../modem/cli/program.ts';
import type { Clock } from '../../modem/index.ts';
import { type Handset, type HandsetEvent, HeadlessHandset, type Screen, textOf, withoutSecrets } from '../index.ts';
import { traceText } from '../terminal/trace-text.ts';
import { installFrom, readDescriptor } from './descriptor-source.ts';
import { CommandError, type CommandId, type HeadlessCommand, readCommand } from './headless-command.ts';

/** Whose commands a session obeys, and where its answers go. */
export interface HeadlessSession {
  readonly handset: Handset;
  readonly clock: Clock;
  /** One JSON object a line. */
  readonly input: NodeJS.ReadableStream;
  readonly output: Output;
  /** Go on after a command that failed. */
  readonly keepGoing: boolean;
}

/**
 * Uses a handset by commands until they end; prints each new screen, each message that went or came, and `done` after
 * each command with its `id`, or the number of the command where it has none. What is typed is never printed, nor what
 * stands in secret fields.
 * @throws Error of the first command that fails, unless it is to keep going
 */
export async function runHeadless({ handset, clock, input, output, keepGoing }: HeadlessSession): Promise<void> {
  const phone = new HeadlessHandset(handset, clock);
  const screens = new ScreenPrinter(output);
  handset.watch((event) => {
    if (event.kind === 'screen') screens.printNew(event.screen);
    else printEvent(event, output);
  });
  handset.powerOn();
  const applications = handset.applications.map(({ descriptor }) => descriptor.name);
  output.print({ event: 'ready', pid: process.pid, applications });
  let number = 0;
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    number += 1;
    let id: CommandId;
    try {
      const command = readCommand(line);
      id = command.id;
      await obey(phone, clock, command, screens);
      // What the command has changed is on the screen before it is said to be done.
      await new Promise((resolve) => setImmediate(resolve));
      output.print({ event: 'done', id: id ?? number, ok: true });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const called = id ?? (error instanceof CommandError ? error.id : undefined) ?? number;
      output.print({ event: 'error', id: called, message }, keepGoing ? `error: ${message}` : undefined);
      output.print({ event: 'done', id: called, ok: false });
      if (!keepGoing) throw error;
    }
  }
}

async function obey(
  phone: HeadlessHandset,
  clock: Clock,
  command: HeadlessCommand,
  screens: ScreenPrinter,
): Promise<void> {
  if ('press' in command) phone.press(command.press, command.long === true);
  else if ('type' in command) {
    await phone.keysWork();
    await phone.type(command.type);
  } else if ('select' in command) {
    await phone.keysWork();
    phone.select(command.select, command.under);
  } else if ('waitFor' in command) await phone.waitFor(command.waitFor, command.limitMs);
  else if ('install' in command)
    installFrom(command.install, await readDescriptor(command.install, clock), phone.handset);
  else screens.print(phone.screen);
}

function printEvent({ kind, ...rest }: Exclude<HandsetEvent, { kind: 'screen' }>, output: Output): void {
  output.print({ event: kind, ...rest }, traceText({ kind, ...rest } as HandsetEvent));
}

/** Prints screens without their secrets; a digit more in a PIN is no new screen. */
class ScreenPrinter {
  readonly #output: Output;
  #last = '';

  constructor(output: Output) {
    this.#output = output;
  }

  printNew(screen: Screen): void {
    if (JSON.stringify(withoutSecrets(screen)) !== this.#last) this.print(screen);
  }

  print(screen: Screen): void {
    const printable = withoutSecrets(screen);
    this.#last = JSON.stringify(printable);
    this.#output.print({ event: 'screen', ...printable }, `[${textOf(printable).replaceAll('\n', ' | ')}]`);
  }
}
