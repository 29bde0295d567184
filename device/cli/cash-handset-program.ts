import { type Command, Option } from 'commander';
import type { Executable } from '../../modem/cli/executable.ts';
import { portNameOption, UsageError } from '../../modem/cli/program.ts';
import { isLanguage, LANGUAGES, type Language } from '../firmware/languages.ts';

const EXAMPLES = `
Examples:
  cash-handset --port /dev/ttyUSB0 --flash phone.json
  cash-handset --port tcp://127.0.0.1:7001 --flash phone.json --install cash-mobile.jad
  echo '{"select":"Menu"}' | cash-handset --port D/modem1 --flash phone.json --headless --json

With --headless it reads one JSON object a line from stdin and ends with it:
  {"press":"soft-left"}   {"press":"0","long":true}   {"type":"48213"}   {"select":"Applications"}
  {"waitFor":"Pay to","limitMs":30000}   {"screen":true}   {"install":"cash-mobile.jad"}
  {"select":"Never","under":"Receive SMS"}
With --json each command is followed by {"event":"done","id":1,"ok":true}: its number, or the "id" that it has.
A command that fails ends it with exit code 1; with --keep-going the next one is read. PINs and codes are not printed.

The PIN of the SIM is taken from the environment variable GSM_MODEM_PIN.`;

/** `cash-handset`: a phone of 2009 on a modem. */
export const cashHandset: Executable = {
  name: 'cash-handset',
  description: 'A feature phone with the payment application, on a GSM modem',
  withoutCommand,
  commands: {
    suite: {
      description: 'make an application for the phone, check it, look into it',
      load: async () => (await import('./suite.ts')).suiteCommand(),
    },
  },
};

function withoutCommand(program: Command): void {
  program
    .addOption(
      new Option('--port <port>', 'the modem: a serial device or tcp://host:port')
        .env('GSM_MODEM_PORT')
        .argParser(portNameOption)
        .makeOptionMandatory(),
    )
    .requiredOption('--flash <file>', 'the memory of the phone; made when it does not exist')
    .option(
      '--install <jad>',
      'install an application from its descriptor: a file, its JAR beside it; of the payment application also an https URL (http from this machine only)',
    )
    .addOption(
      new Option(
        '--load-from <host>',
        'a host from which a link in a message may load applications, by https; can be given several times. This machine always may be',
      )
        .argParser((host: string, hosts: readonly string[]) => [...hosts, readHost(host)])
        .default([], 'none'),
    )
    .addOption(
      new Option(
        '--trust <key>',
        'a public key, as "suite key" prints it: what is signed with it is marked as trusted (✓); can be given several times',
      )
        .argParser((key: string, keys: readonly string[]) => [...keys, readPublicKey(key)])
        .default([], 'none'),
    )
    .option('--language <language>', `the language of a new phone: ${LANGUAGES.join(', ')}`, readLanguage)
    .addOption(
      new Option('--machine <machine>', 'where the payment application runs: beside the phone, or in a virtual machine')
        .choices(MACHINES)
        .default('in-process'),
    )
    .option('--headless', 'no screen: commands from stdin, one JSON object a line')
    .option('--keep-going', 'with --headless: go on after a command that failed, and exit with 0')
    .option('--silent', 'do not ring: no bell of the terminal and no mark on the phone when a request comes')
    .addHelpText('after', EXAMPLES)
    .action(async () => (await import('./phone-run.ts')).runPhone(program));
}

/** Where an application can run: in the phone's own memory, or in a virtual machine of its own. */
const MACHINES = ['in-process', 'quickjs'] as const;

/** One of {@link MACHINES}. */
export type MachineName = (typeof MACHINES)[number];

function readHost(text: string): string {
  const host = URL.parse(`https://${text}/`)?.host;
  if (host === undefined || host !== text.toLowerCase() || host.includes(':'))
    throw new UsageError(`${text} is not the name of a host, as pay.example.org`);
  return host;
}

function readPublicKey(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  throw new UsageError(
    `${text} is not a public key: expected 64 hexadecimal digits, as "cash-handset suite key" prints them`,
  );
}

function readLanguage(letters: string): Language {
  if (isLanguage(letters)) return letters;
  throw new UsageError(`The phone speaks ${LANGUAGES.join(' and ')}, not "${letters}"`);
}
