import { Command, InvalidArgumentError, Option } from 'commander';
import { outputOf } from '../../modem/cli/program.ts';
import { latencyProfiles } from '../network/profiles.ts';
import { number, pin } from '../vocabulary/numbers.ts';
import { moment, pace } from '../vocabulary/times.ts';
import { readBy } from './options.ts';
import type { ServeCommandOptions } from './run-serve.ts';
import { oneOf, wholeNumber } from './values.ts';

const MODEMS = 256;

/** `gsm-sim serve`: a network, until it is interrupted or a command is done. */
export function serveCommand(): Command {
  const command = new Command('serve')
    .argument('[command...]', 'behind --: run it with the modems in its environment, and end with its exit code')
    .option('--modems <count>', 'how many modems', wholeNumber(1, MODEMS), 2)
    .addOption(
      new Option('--numbers <numbers>', 'their numbers, with commas, instead of +393330000001 and so on')
        .argParser(numbersOf)
        .conflicts('modems'),
    )
    .option(
      '--dir <folder>',
      'where the modems appear, as modem1, modem2, ...; default: a new one, taken away at the end',
    )
    .option('--seed <seed>', 'what chance is drawn from', '1')
    .option(
      '--profile <id>',
      `latency and loss: ${Object.keys(latencyProfiles).join(', ')}`,
      oneOf(Object.keys(latencyProfiles)),
      'direct',
    )
    .addOption(
      new Option('--clock <pace>', 'real, x10 or any factor, stopped, or fast')
        .argParser(readBy(pace))
        .default({ kind: 'speed', factor: 1 }, 'real'),
    )
    .option('--start <moment>', 'what time it is in the network: 2010-03-01T09:00:00Z; default: now', readBy(moment))
    .option('--control <port>', 'port of the control API, 0 for any', wholeNumber(0, 65_535), 0)
    .option(
      '--tcp-port <port>',
      'TCP port of the first modem, the others follow; default: any free ones',
      wholeNumber(1, 65_536 - MODEMS),
    )
    .addOption(
      new Option(
        '--personality <ids>',
        'how the modems behave, in turn: gsm-sim personalities, or files of gsm-modem portrait, with commas',
      )
        .argParser((text: string) => text.split(','))
        .default(['standard'], 'standard'),
    )
    .option(
      '--rate-per-minute <n>',
      'messages a minute over the air of each modem: real ones do 6 to 30',
      wholeNumber(1, 600),
    )
    .option('--interim-reports', 'senders who want a report are also told that their message waits')
    .option('--log <file>', 'write every event there as it happens, in JSON lines')
    .option('--pin <pin>', 'every SIM asks for this PIN', readBy(pin))
    .option('--scenario <file>', 'the phones of this file, and what happens to them; seed, profile and start are its')
    .option('--view', 'show phones, service centre, faults and log on this terminal, with keys for them')
    .option('--record <folder>', 'keep what passes on the lines there, as gsm-modem trace and replay read it')
    .option('--code-ports', 'each modem has a second tty, modem1-codes, and its unsolicited codes come there')
    .addHelpText('after', HELP);
  return command.action(async (argv: readonly string[]) => {
    const { runServe } = await import('./run-serve.ts');
    await runServe(command.opts<ServeCommandOptions>(), argv, outputOf(command));
  });
}

/** Numbers with commas between them. */
function numbersOf(text: string): readonly string[] {
  const numbers = text.split(',').map(readBy(number));
  if (new Set(numbers).size < numbers.length) throw new InvalidArgumentError('Each must be another.');
  if (numbers.length > MODEMS) throw new InvalidArgumentError(`They must be ${MODEMS} at most.`);
  return numbers;
}

const HELP = `
With a command, its environment has GSM_SIM_CONTROL (the URL, which gsm-sim's other commands read),
GSM_SIM_MODEM1, GSM_SIM_MODEM2, ... (the ttys), GSM_SIM_MODEM1_TCP, ... and GSM_SIM_NUMBER1, ...:

  gsm-sim serve --modems 2 -- pytest tests/sms`;
