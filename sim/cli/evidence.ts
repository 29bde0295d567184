import { Command } from 'commander';
import { outputOf, UsageError } from '../../modem/cli/program.ts';
import { capture } from '../evidence/capture.ts';
import { COLUMN_HEADS, dayOf, textLine } from '../evidence/columns.ts';
import { conversationOf } from '../evidence/conversation.ts';
import { figuresOf, latencyOf } from '../evidence/latency.ts';
import { figuresText, latencyPlot } from '../evidence/latency-plot.ts';
import { mermaidOf } from '../evidence/mermaid.ts';
import { logSchema, readLog } from '../evidence/read-log.ts';
import { sequenceDiagram } from '../evidence/sequence-diagram.ts';
import { jsonLine, type LogEntry } from '../log.ts';
import { ask } from './control-client.ts';
import { readEvidence, withEvidence, withOutputFile, writeEvidence } from './evidence-source.ts';
import { oneOf, wholeNumber } from './options.ts';

/** How long one request for what comes next waits, ms. */
const FOLLOW_MS = 60_000;

interface LogOptions {
  readonly control?: string;
  readonly after: number;
  readonly follow?: true;
  readonly schema?: true;
}

/** `gsm-sim log`: what happened. */
export function logCommand(): Command {
  const command = new Command('log')
    .description('print what happened in the network, in columns or (--json) in JSON lines')
    .option('--after <seq>', 'only what follows the event of this number', wholeNumber(0, Number.MAX_SAFE_INTEGER), 0)
    .option('--follow', 'go on printing what happens, until interrupted')
    .option('--schema', 'print what a JSON line may be, as JSON Schema, and nothing else');
  return withEvidence(command).action(async () => {
    const { control, after, follow, schema } = command.opts<LogOptions>();
    if (schema === true) {
      process.stdout.write(`${JSON.stringify(logSchema(), null, 2)}\n`);
      return;
    }
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

/** `gsm-sim diagram`: who said what to whom. */
export function diagramCommand(): Command {
  const command = new Command('diagram')
    .description('draw a conversation as a sequence diagram: choose it with --number, --sms, --since, --until')
    .option('--format <name>', 'svg, or mermaid (a text that many sites draw)', oneOf(['svg', 'mermaid']), 'svg')
    .option('--steps <count>', 'how much of it at most', wholeNumber(1, 10_000), 80);
  return withOutputFile(withEvidence(command), 'diagram').action(async () => {
    const { format, steps } = command.opts<{ format: 'svg' | 'mermaid'; steps: number }>();
    const conversation = conversationOf(await readEvidence(command), { steps });
    writeEvidence(command, format === 'svg' ? sequenceDiagram(conversation) : mermaidOf(conversation));
  });
}

/** `gsm-sim latency`: how long messages took. */
export function latencyCommand(): Command {
  const command = new Command('latency').description(
    'say how long messages took and what was lost, by latency profile; with --output draw it (SVG)',
  );
  return withOutputFile(withEvidence(command), 'plot').action(async () => {
    const { output } = command.opts<{ output?: string }>();
    const runs = latencyOf(await readEvidence(command));
    if (output !== undefined) writeEvidence(command, latencyPlot(runs));
    else for (const run of runs) outputOf(command).print(figuresOf(run), figuresText(run));
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
