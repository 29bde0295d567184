import { Command } from 'commander';
import { systemClock } from '../clock.ts';
import { portFromName } from '../port/name.ts';
import { portraitYaml, takePortrait } from '../portrait/index.ts';
import { portOption } from './connection.ts';
import { heardPort } from './hearing.ts';
import { numberOption } from './options.ts';
import { outputOf } from './program.ts';

interface Options {
  readonly port: string;
  readonly baud: number;
  readonly listen: number;
}

const HELP = `
It asks only what changes nothing: no SMS is sent, no PIN tried, nothing written or deleted. Numbers of the owner are
replaced by names such as {imei}. Read the file before you give it to others.

  gsm-modem portrait --port /dev/ttyUSB0 > stick.yaml
  gsm-sim serve --personality ./stick.yaml`;

/** `gsm-modem portrait`: how a modem speaks, as a file by which the simulated modem speaks like it. */
export function portraitCommand(): Command {
  const command = new Command('portrait')
    .addOption(portOption())
    .option('--baud <rate>', 'bits a second of a serial port', numberOption(50, 4_000_000), 115_200)
    .option('--listen <seconds>', 'how long to listen for what the modem says of itself', numberOption(0, 3_600), 12)
    .addHelpText('after', HELP);
  return command.action(async () => {
    const { port, baud, listen } = command.opts<Options>();
    const { port: line, opened } = heardPort(portFromName(port, { baudRate: baud }), outputOf(command).json);
    const portrait = await opened(
      takePortrait(line, { clock: systemClock, listenMs: listen * 1_000, progress: showProgress }),
    );
    outputOf(command).print(portrait, portraitYaml(portrait).trimEnd());
  });
}

/** On a terminal, where the result goes to a file. */
function showProgress(asked: number, of: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${asked} of ${of} questions${asked === of ? '\n' : ''}`);
}
