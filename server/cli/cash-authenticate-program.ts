import { type Command, InvalidArgumentError } from 'commander';
import type { Executable } from '../../modem/cli/executable.ts';
import { numberOrAliasOption } from './number-option.ts';
import { wholeNumberOption } from './whole-number.ts';

const AFTER_HELP = `
The API key of the relying party is taken from the file KEYS/CLIENT.key, which others than its owner and group
must not read, or from the environment variable CASH_AUTHENTICATE_KEY.

Exit code 0: the person confirmed. 1: they did not, or the service did not answer, refused, or has no such client:
let nobody in. 2: wrong use. A signal takes the question from the person's phone, and ends with 1.

Example:
  cash-authenticate --as web1 --who +393400000001 --title "login on web1" && echo welcome`;

/** `cash-authenticate`: asks a person on their phone, and says by its exit code what they answered. */
export const cashAuthenticate: Executable = {
  name: 'cash-authenticate',
  description: 'Asks a person on their phone whether it is they who log in',
  withoutCommand,
  commands: {},
};

function withoutCommand(program: Command): void {
  program
    .requiredOption('--as <client>', 'the relying party: whose key it is')
    .requiredOption('--who <number>', "the person's number, as +393400000001, or alias", numberOrAliasOption)
    .requiredOption('--title <text>', 'what for, as the phone shows it: at most 40 octets of UTF-8', titleOption)
    .option('--ttl <seconds>', 'how long the person has, 30 to 2550', secondsOption, 120)
    .option('--server <url>', 'where the service listens', 'http://127.0.0.1:8080')
    .option('--keys <folder>', 'where the key is', '/etc/cash-mobile')
    .addHelpText('after', AFTER_HELP)
    .action(async () => {
      const { authenticate } = await import('./authenticate.ts');
      await authenticate(program);
    });
}

function titleOption(text: string): string {
  const octets = new TextEncoder().encode(text).length;
  if (text.trim() !== '' && octets <= 40) return text;
  throw new InvalidArgumentError(`Give 1 to 40 octets of UTF-8; these are ${octets}.`);
}

function secondsOption(text: string): number {
  const seconds = wholeNumberOption(text);
  if (seconds >= 30 && seconds <= 2_550) return seconds;
  throw new InvalidArgumentError('Give 30 to 2550 seconds.');
}
