import { Command } from 'commander';
import { outputOf, UsageError } from '../../modem/cli/program.ts';
import { capture } from '../evidence/capture.ts';
import { COLUMN_HEADS, dayOf, textLine } from '../evidence/columns.ts';
import { readLog } from '../evidence/read-log.ts';
import { jsonLine, type LogEntry } from '../log.ts';
import { ask } from './control-client.ts';
import { readEvidence, withEvidence, withOutputFile, writeEvidence } from './evidence-source.ts';
import { wholeNumber } from './options.ts';

/** How long one request for what comes next waits, ms. */
const FOLLOW_MS = 60_000;

interface LogOptions {
  readonly control?: string;
  readonly after: number;
  readonly follow?: true;
}

/** `gsm-sim log`: what happened. */
export function logCommand(): Command {
  const command = new Command('log')
    .description('print what happened in the network, in columns or (--json) in JSON lines')
    .option('--after <seq>', 'only what follows the event of this number', wholeNumber(0, Number.MAX_SAFE_INTEGER), 0)
    .option('--follow', 'go on printing what happens, until interrupted');
  return withEvidence(command).action(async () => {
    const { control, after, follow } = command.opts<LogOptions>();
    if (follow === true && control === undefined) throw new UsageError('--follow needs --control');
    const print = printer(command);
    const entries = await readEvidence(command);
    for (const entry of entries) if (entry.seq > after) print(entry);
    if (follow === true && control !== undefined) await goOn(control, Math.max(after, entries.at(-1)?.seq ?? 0), print);
  });
}

/** `gsm-sim pcap`: what went over the air, for Wireshark. */
export function pcapCommand(): Command {
  const command = new Command('pcap').description(
    'write what went over the air as a capture (pcapng) that Wireshark dissects as SMS',
  );
  return withOutputFile(withEvidence(command), 'capture').action(async () => {
    writeEvidence(command, capture(await readEvidence(command)));
  });
}

/** Prints entries as the user wants them: JSON lines, or columns under a heading for each day. */
function printer(command: Command): (entry: LogEntry) => void {
  const { json } = outputOf(command);
  let day = '';
  return (entry) => {
    if (json) {
      process.stdout.write(`${jsonLine(entry)}\n`);
      return;
    }
    if (dayOf(entry) !== day) {
      process.stdout.write(`${day === '' ? '' : '\n'}${dayOf(entry)} (UTC)\n${COLUMN_HEADS}\n`);
      day = dayOf(entry);
    }
    const width = process.stdout.isTTY ? process.stdout.columns : undefined;
    process.stdout.write(`${textLine(entry, width)}\n`);
  };
}

async function goOn(control: string, after: number, print: (entry: LogEntry) => void): Promise<never> {
  for (let seq = after; ; ) {
    const text = await ask(control, 'GET', `/log?after=${seq}&wait=${FOLLOW_MS}ms`, undefined, FOLLOW_MS);
    for (const entry of readLog(text)) {
      print(entry);
      seq = entry.seq;
    }
  }
}
