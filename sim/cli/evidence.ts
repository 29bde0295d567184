import { Command } from 'commander';
import { outputOf, UsageError } from '../../modem/cli/program.ts';
import { capture, LiveCapture } from '../evidence/capture.ts';
import { COLUMN_HEADS, dayOf, textLine } from '../evidence/columns.ts';
import { conversationOf } from '../evidence/conversation.ts';
import { figuresOf, latencyOf } from '../evidence/latency.ts';
import { figuresText, latencyPlot } from '../evidence/latency-plot.ts';
import { mermaidOf } from '../evidence/mermaid.ts';
import { sequenceDiagram } from '../evidence/sequence-diagram.ts';
import { jsonLine, type LogEntry } from '../log.ts';
import { logSchema } from '../vocabulary/log-entry.ts';
import {
  followEvidence,
  readEvidence,
  refuseTerminal,
  withEvidence,
  withOutputFile,
  writeEvidence,
} from './evidence-source.ts';
import { oneOf, wholeNumber } from './values.ts';

interface LogOptions {
  readonly after: number;
  readonly follow?: true;
  readonly schema?: true;
}

/** `gsm-sim log`: what happened. */
export function logCommand(): Command {
  const command = new Command('log')
    .option('--after <seq>', 'only what follows the event of this number', wholeNumber(0, Number.MAX_SAFE_INTEGER), 0)
    .option('--follow', 'go on printing what happens, until interrupted')
    .option('--schema', 'print what a JSON line may be, as JSON Schema, and nothing else');
  return withEvidence(command).action(async () => {
    const { after, follow, schema } = command.opts<LogOptions>();
    if (schema === true) {
      process.stdout.write(`${JSON.stringify(logSchema(), null, 2)}\n`);
      return;
    }
    const print = printer(command);
    if (follow === true) await followEvidence(command, after, print);
    for (const entry of await readEvidence(command, 'told')) if (entry.seq > after) print(entry);
  });
}

/** `gsm-sim pcap`: what went over the air, for Wireshark. */
export function pcapCommand(): Command {
  const command = new Command('pcap').option(
    '--follow',
    'go on as it happens: gsm-sim pcap --follow | wireshark -k -i -',
  );
  return withOutputFile(withEvidence(command)).action(async () => {
    const { follow, output } = command.opts<{ follow?: true; output?: string }>();
    if (follow !== true) {
      writeEvidence(command, capture(await readEvidence(command, 'refused')));
      return;
    }
    if (output !== undefined) throw new UsageError('--follow writes to standard output: leave --output out');
    refuseTerminal();
    const live = new LiveCapture();
    process.stdout.write(live.head());
    await followEvidence(command, 0, (entry) => {
      process.stdout.write(live.add(entry));
    });
  });
}

/** `gsm-sim diagram`: who said what to whom. */
export function diagramCommand(): Command {
  const command = new Command('diagram')
    .option('--format <name>', 'svg, or mermaid (a text that many sites draw)', oneOf(['svg', 'mermaid']), 'svg')
    .option('--steps <count>', 'how many messages and other steps at most', wholeNumber(1, 10_000), 80);
  return withOutputFile(withEvidence(command)).action(async () => {
    const { format, steps } = command.opts<{ format: 'svg' | 'mermaid'; steps: number }>();
    const conversation = conversationOf(await readEvidence(command, 'refused'), { steps });
    writeEvidence(command, format === 'svg' ? sequenceDiagram(conversation) : mermaidOf(conversation));
  });
}

/** `gsm-sim latency`: how long messages took. */
export function latencyCommand(): Command {
  const command = new Command('latency');
  return withOutputFile(
    withEvidence(command),
    'draw it there instead of printing figures; - is standard output',
  ).action(async () => {
    const { output } = command.opts<{ output?: string }>();
    const runs = latencyOf(await readEvidence(command, output === undefined ? 'told' : 'refused'));
    const { json, print } = outputOf(command);
    if (output !== undefined) writeEvidence(command, latencyPlot(runs));
    else if (runs.length === 0 && !json) print({}, 'No SMS was sent');
    else for (const run of runs) print(figuresOf(run), figuresText(run));
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
