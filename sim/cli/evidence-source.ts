import { writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { outputOf, UsageError } from '../../modem/cli/program.ts';
import { linesOf } from '../evidence/log-file.ts';
import { readLog } from '../evidence/read-log.ts';
import { type Selection, selector } from '../evidence/selection.ts';
import type { LogEntry } from '../log.ts';
import { defined } from '../vocabulary/optional.ts';
import { moment } from '../vocabulary/times.ts';
import { ask } from './control-client.ts';
import { CONTROL_VARIABLE, controlUrl, readBy } from './options.ts';
import { wholeNumber } from './values.ts';

/** Where the evidence comes from, and which part of it is wanted. */
interface SourceOptions {
  readonly control?: string;
  readonly log?: string;
  readonly number?: readonly string[];
  readonly sms?: readonly number[];
  readonly since?: number;
  readonly until?: number;
  readonly output?: string;
}

/** How long one request for what comes next waits, ms. */
const FOLLOW_MS = 60_000;
const HOW = 'numbers are to be written as gsm-sim log shows them, moments as 2010-03-01T09:00:00Z';
const STANDARD_STREAM = '-';
const STDIN = 0;

/** Adds what every command on evidence has: a running simulation or a saved log, and which part of it is wanted. */
export function withEvidence(command: Command): Command {
  return command
    .addOption(
      new Option('--control <url>', 'a running simulation: the URL that gsm-sim serve printed')
        .env(CONTROL_VARIABLE)
        .argParser(controlUrl),
    )
    .option('--log <file>', 'a log in JSON lines instead, from serve --log or log --json; - for standard input')
    .option('--number <number...>', 'only what concerns this number; of several, what they say to one another')
    .option('--sms <sms...>', 'only these messages, with their copies and reports', manyNumbers)
    .option('--since <moment>', 'not before: 2010-03-01T09:00:00Z', readBy(moment))
    .option('--until <moment>', 'before this moment', readBy(moment));
}

/** Adds where a file that a command makes goes. */
export function withOutputFile(command: Command, what = 'where to write it; default: -, standard output'): Command {
  return command.option('--output <file>', what);
}

/**
 * The log that a command is for, or the part of it that is wanted.
 * @param nothing what happens when that is no part of it: the user is told beside the output, or there is no output.
 * @throws UsageError, Error for people.
 */
export async function readEvidence(command: Command, nothing: 'told' | 'refused'): Promise<readonly LogEntry[]> {
  const wanted = selector(selectionOf(command));
  let first: LogEntry | undefined;
  let passedOver = 0;
  const entries = readLog(await sourceOf(command), (entry) => {
    first ??= entry;
    const isWanted = wanted(entry);
    if (!isWanted) passedOver += 1;
    return isWanted;
  });
  sayForgotten(command, first);
  if (passedOver > 0 && entries.every(({ kind }) => kind === 'start' || kind === 'profile')) {
    const text = `none of the ${passedOver} events is what you asked for: ${HOW}`;
    if (nothing === 'refused') throw new Error(text);
    complain(command, { event: 'nothing', passedOver }, text);
  }
  return entries;
}

/**
 * Hands over what is wanted of the log of a running simulation, and goes on as it happens, until the process is
 * interrupted. @param after only what follows the event of this number.
 */
export async function followEvidence(command: Command, after: number, take: (entry: LogEntry) => void): Promise<never> {
  const { control, log } = command.opts<SourceOptions>();
  if (control === undefined || log !== undefined) throw new UsageError('--follow needs --control');
  const wanted = selector(selectionOf(command));
  let seen: number | undefined;
  for (;;) {
    const wait = seen === undefined ? 0 : FOLLOW_MS;
    const text = await ask(control, 'GET', `/log?after=${seen ?? 0}&wait=${wait}ms`, undefined, wait);
    const entries = readLog(text);
    if (seen === undefined) sayForgotten(command, entries[0]);
    for (const entry of entries) if (wanted(entry) && entry.seq > after) take(entry);
    seen = entries.at(-1)?.seq ?? seen ?? 0;
  }
}

function selectionOf(command: Command): Selection {
  const { number, sms, since, until } = command.opts<SourceOptions>();
  return defined({ numbers: number, sms, since, until });
}

/** Writes what a command made, and says so when it goes to a file. @throws Error when the file cannot be written. */
export function writeEvidence(command: Command, made: string | Uint8Array): void {
  const { output = STANDARD_STREAM } = command.opts<SourceOptions>();
  if (output === STANDARD_STREAM) {
    if (typeof made !== 'string') refuseTerminal();
    process.stdout.write(made);
    return;
  }
  try {
    writeFileSync(output, made);
  } catch {
    throw new Error(`Cannot write ${output}: does its folder exist, and may you write there?`);
  }
  const octets = Buffer.byteLength(made);
  outputOf(command).print({ event: 'written', file: output, octets }, `${output}: ${octets} octets`);
}

/** @throws UsageError when standard output is a terminal, on which octets make no sense. */
export function refuseTerminal(): void {
  if (process.stdout.isTTY) throw new UsageError('what it makes is no text: give --output FILE, or a pipe');
}

async function sourceOf(command: Command): Promise<string | Iterable<string>> {
  const { control, log } = command.opts<SourceOptions>();
  if (log !== undefined && command.getOptionValueSource('control') === 'cli') {
    throw new UsageError('give either --control or --log');
  }
  if (log !== undefined) return fileLines(log);
  if (control !== undefined) return ask(control, 'GET', '/log');
  throw new UsageError('give --control URL of a running simulation, or --log FILE with a saved log');
}

function* fileLines(path: string): Generator<string> {
  try {
    yield* linesOf(path === STANDARD_STREAM ? STDIN : path);
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new Error(`Cannot read the log ${path}: is the file there?`);
  }
}

/** Evidence made of a log that has lost its beginning says so. */
function sayForgotten(command: Command, first: LogEntry | undefined): void {
  if (first === undefined) return;
  const count = first.kind === 'start' ? (first.forgotten ?? 0) : first.seq - 1;
  if (count === 0) return;
  const text = `${count} events of the beginning are not in the log any more; serve --log FILE keeps them all`;
  complain(command, { event: 'forgotten', count }, text);
}

/** Tells the user what is not as expected, beside the output. */
function complain(command: Command, record: object, text: string): void {
  process.stderr.write(`${outputOf(command).json ? JSON.stringify(record) : `gsm-sim: ${text}`}\n`);
}

const sms = wholeNumber(1, Number.MAX_SAFE_INTEGER);

function manyNumbers(text: string, before: readonly number[] = []): readonly number[] {
  return [...before, sms(text)];
}
