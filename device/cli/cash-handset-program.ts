import type { Command } from 'commander';
import { createProgram, outputOf, UsageError } from '../../modem/cli/program.ts';
import { openModem, systemClock } from '../../modem/index.ts';
import { createPhone, fileFlash, type Handset, isLanguage, LANGUAGES, type Language } from '../index.ts';
import { readDescriptor } from './descriptor-source.ts';
import { runHeadless } from './headless-session.ts';
import { watchModem } from './modem-gauges.ts';

interface HandsetCommandOptions {
  readonly port: string;
  readonly flash: string;
  readonly install?: string;
  readonly language?: Language;
  readonly headless?: true;
}

const EXAMPLES = `
Examples:
  cash-handset --port /dev/ttyUSB0 --flash phone.json
  cash-handset --port tcp://127.0.0.1:7001 --flash phone.json --install cash-mobile.jad
  echo '{"select":"Menu"}' | cash-handset --port D/modem1 --flash phone.json --headless --json

With --headless it reads one JSON object a line from stdin and ends with it:
  {"press":"soft-left"}   {"press":"0","long":true}   {"type":"48213"}   {"select":"Applications"}
  {"waitFor":"Pay to","limitMs":30000}   {"screen":true}   {"install":"cash-mobile.jad"}

The PIN of the SIM is taken from the environment variable GSM_MODEM_PIN.`;

/** `cash-handset`: a phone of 2009 on a modem. */
export function cashHandset(): Command {
  const program = createProgram('cash-handset', 'A feature phone with the payment application, on a GSM modem')
    .requiredOption('--port <port>', 'the modem: a serial device or tcp://host:port')
    .requiredOption('--flash <file>', 'the memory of the phone; made when it does not exist')
    .option('--install <jad>', 'install an application from its descriptor, a file or an http(s) URL')
    .option('--language <language>', `the language of a new phone: ${LANGUAGES.join(', ')}`, readLanguage)
    .option('--headless', 'no screen: commands from stdin, one JSON object a line')
    .addHelpText('after', EXAMPLES);
  return program.action(() => run(program));
}

function readLanguage(letters: string): Language {
  if (isLanguage(letters)) return letters;
  throw new UsageError(`The phone speaks ${LANGUAGES.join(' and ')}, not "${letters}"`);
}

async function run(program: Command): Promise<void> {
  const options = program.opts<HandsetCommandOptions>();
  const output = outputOf(program);
  if (options.headless !== true && (!process.stdout.isTTY || !process.stdin.isTTY)) {
    throw new UsageError('This is not a terminal: use --headless');
  }
  const flash = fileFlash(options.flash);
  const jad = options.install === undefined ? undefined : await readDescriptor(options.install, systemClock);
  const pin = process.env['GSM_MODEM_PIN'];
  const modem = await openModem(options.port, {
    clock: systemClock,
    ...(pin === undefined || pin === '' ? {} : { pin }),
  });
  const gauges = await watchModem(modem, systemClock);
  try {
    const handset = createPhone({
      radio: modem,
      flash,
      gauges,
      utcOffsetMinutes: (at) => -new Date(at).getTimezoneOffset(),
      ...(options.language === undefined ? {} : { language: options.language }),
    });
    if (jad !== undefined) handset.install(jad);
    if (options.headless === true) await runHeadless(handset, systemClock, process.stdin, output);
    else await runOnTerminal(handset, options.port);
    handset.powerOff();
  } finally {
    gauges.stop();
    await modem.close();
  }
}

async function runOnTerminal(handset: Handset, port: string): Promise<void> {
  process.env['NODE_ENV'] ??= 'production';
  const { showHandset } = await import('../terminal/show-handset.tsx');
  handset.powerOn();
  await showHandset(handset, `cash-handset on ${port}`);
}
