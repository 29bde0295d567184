import type { Command } from 'commander';
import { UsageError } from '../../modem/cli/program.ts';
import type { ContentFields } from '../vocabulary/content.ts';
import { hex, oneOf, wholeNumber } from './values.ts';

const port = wholeNumber(0, 65_535);

/** Adds the options that say what a message carries. */
export function withContent(command: Command): Command {
  return command
    .option('--text <text>', 'a text, in as many SMS as it takes')
    .option('--data <hex>', 'octets', hex)
    .option('--alphabet <name>', 'gsm7, ucs2 or 8bit; default: the smallest', oneOf(['gsm7', 'ucs2', '8bit']))
    .option('--class <n>', 'message class: 0 is shown at once, 2 goes to the SIM', wholeNumber(0, 3))
    .option('--destination-port <port>', 'application port at the phone', port)
    .option('--source-port <port>', 'application port of the sender, default 0', port);
}

/** Refuses options that do not go together, in the words of the command line. */
export function checkContentOptions({ text, data, sourcePort, destinationPort }: ContentFields): void {
  if ((text === undefined) === (data === undefined)) throw new UsageError('give either --text or --data');
  if (sourcePort !== undefined && destinationPort === undefined) {
    throw new UsageError('--source-port needs --destination-port');
  }
}
