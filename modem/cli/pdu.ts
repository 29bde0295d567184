import { once } from 'node:events';
import { Command, Option } from 'commander';
import { linesOf } from './lines.ts';
import { answerTo } from './pdu-answer.ts';
import { pduCountCommand } from './pdu-count.ts';
import { pduDecodeCommand } from './pdu-decode.ts';
import { pduEncodeCommand } from './pdu-encode.ts';
import { UsageError } from './program.ts';

/** `gsm-modem pdu`: the codec on the command line. */
export function pduCommand(): Command {
  const command = new Command('pdu').addOption(
    new Option('--jsonl', 'answer one JSON object a line from standard input with one'),
  );
  command.addCommand(pduDecodeCommand());
  command.addCommand(pduEncodeCommand());
  command.addCommand(pduCountCommand());
  return command.action(async () => {
    if (command.opts<{ readonly jsonl?: true }>().jsonl !== true) {
      throw new UsageError('give decode, encode, count or --jsonl');
    }
    await answerLines();
  });
}

/** Answers every line of standard input with one on standard output, as fast as the reader at the other end takes them. */
async function answerLines(): Promise<void> {
  for await (const lines of linesOf(process.stdin)) {
    const answers = lines.map((line) => (typeof line === 'string' ? answerTo(line) : { error: line.fault }));
    const text = answers.map((answer) => `${JSON.stringify(answer)}\n`).join('');
    if (!process.stdout.write(text)) await once(process.stdout, 'drain');
  }
}
