import { Command } from 'commander';
import { outputOf } from '../../modem/cli/program.ts';
import { type LogEntry, textLine } from '../log.ts';
import { ask } from './control-client.ts';
import { wholeNumber, withControl } from './options.ts';

/** `gsm-sim log`: what happened so far. */
export function logCommand(): Command {
  const command = new Command('log')
    .description('print what happened in the network so far')
    .option('--after <seq>', 'only what follows the event of this number', wholeNumber(0, Number.MAX_SAFE_INTEGER), 0);
  return withControl(command).action(async () => {
    const { control, after } = command.opts<{ control: string; after: number }>();
    const lines = (await ask(control, 'GET', `/log?after=${after}`)).split('\n').filter((line) => line !== '');
    const output = outputOf(command);
    for (const line of lines) {
      const entry: LogEntry = JSON.parse(line, (key, value) => (key === 'at' ? Date.parse(value) : value));
      output.print(JSON.parse(line), textLine(entry));
    }
  });
}
