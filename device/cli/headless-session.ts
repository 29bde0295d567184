import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Output } from '../../modem/cli/program.ts';
import type { Clock } from '../../modem/index.ts';
import { type Handset, type HandsetEvent, HeadlessHandset, KEYS, type Screen, textOf } from '../index.ts';
import { traceText } from '../terminal/trace-text.ts';
import { readDescriptor } from './descriptor-source.ts';

/** Characters of a command that are read at most. */
const LINE_LIMIT = 4_096;

const commandShape = z.union([
  z.strictObject({ press: z.enum(KEYS), long: z.boolean().optional() }),
  z.strictObject({ type: z.string().max(1_000) }),
  z.strictObject({ select: z.string() }),
  z.strictObject({ waitFor: z.string(), limitMs: z.int().min(0).max(86_400_000).optional() }),
  z.strictObject({ screen: z.literal(true) }),
  z.strictObject({ install: z.string() }),
]);

type HeadlessCommand = z.output<typeof commandShape>;

/**
 * Uses a handset by commands, one JSON object a line, until they end; prints each new screen and each message that went
 * or came. What is typed is never printed, nor are texts that the phone shows as dots.
 */
export async function runHeadless(
  handset: Handset,
  clock: Clock,
  input: NodeJS.ReadableStream,
  output: Output,
): Promise<void> {
  const phone = new HeadlessHandset(handset, clock);
  handset.watch((event) => printEvent(event, output));
  handset.powerOn();
  output.print({ event: 'ready', applications: handset.applications.map(({ descriptor }) => descriptor.name) });
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    try {
      await obey(phone, clock, readCommand(line), output);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      output.print({ event: 'error', message }, `error: ${message}`);
    }
  }
}

function readCommand(line: string): HeadlessCommand {
  if (line.length > LINE_LIMIT) throw new Error(`A command has at most ${LINE_LIMIT} characters`);
  const parsed = commandShape.safeParse(parseJson(line));
  if (parsed.success) return parsed.data;
  throw new Error(
    'Expected a command such as {"press":"soft-left"}, {"type":"48213"}, {"select":"Menu"} or {"screen":true}',
  );
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function obey(phone: HeadlessHandset, clock: Clock, command: HeadlessCommand, output: Output): Promise<void> {
  if ('press' in command) phone.press(command.press, command.long === true);
  else if ('type' in command) await phone.type(command.type);
  else if ('select' in command) phone.select(command.select);
  else if ('waitFor' in command) await phone.waitFor(command.waitFor, command.limitMs);
  else if ('install' in command) phone.handset.install(await readDescriptor(command.install, clock));
  else printScreen(phone.screen, output);
}

function printEvent(event: HandsetEvent, output: Output): void {
  if (event.kind === 'screen') {
    printScreen(event.screen, output);
    return;
  }
  const { kind, ...rest } = event;
  output.print({ event: kind, ...rest }, traceText(event));
}

function printScreen(screen: Screen, output: Output): void {
  output.print({ event: 'screen', ...screen }, `[${textOf(screen).replaceAll('\n', ' | ')}]`);
}
