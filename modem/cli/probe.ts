import { Command } from 'commander';
import { AtTimeout } from '../at/command.ts';
import type { Modem } from '../modem.ts';
import { describeState } from '../state.ts';
import { withConnection, withModem } from './connection.ts';
import { type Output, outputOf } from './program.ts';

/** `gsm-modem probe`: manufacturer, model, IMEI, SIM, network and signal of a modem. */
export function probeCommand(): Command {
  const command = new Command('probe');
  return withConnection(command).action(() => withModem(command, (modem) => probe(modem, outputOf(command))));
}

/** What is asked of a modem. */
type Probed = Pick<Modem, 'identity' | 'imsi' | 'ownNumbers' | 'state' | 'operator' | 'signal' | 'serviceCentre'>;

/** Prints what a modem says of itself; exit code 1 when it says neither its manufacturer nor its IMEI. */
export async function probe(modem: Probed, output: Output): Promise<void> {
  const found = await answersOf(modem);
  const lines = Object.entries(found).map(([name, value]) => `${name}: ${value}`);
  output.print({ event: 'probe', ...found }, lines.join('\n'));
  const { manufacturer, imei } = modem.identity;
  if (manufacturer !== undefined || imei !== undefined) return;
  process.exitCode = 1;
  process.stderr.write('the modem says neither its manufacturer nor its IMEI: try again, or another port of it\n');
}

async function answersOf(modem: Probed): Promise<Readonly<Record<string, string | number>>> {
  const signal = await known(modem.signal());
  const answers = {
    ...modem.identity,
    imsi: await known(modem.imsi()),
    numbers: (await known(modem.ownNumbers()))?.join(' ') || undefined,
    state: describeState(modem.state),
    operator: await known(modem.operator()),
    signalDbm: signal?.dBm,
    serviceCentre: await known(modem.serviceCentre()),
  };
  const found: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(answers)) {
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/** The answer, or undefined when the modem does not answer in time: the other values are still printed. */
async function known<T>(question: Promise<T>): Promise<T | undefined> {
  try {
    return await question;
  } catch (error) {
    if (!(error instanceof AtTimeout)) throw error;
    process.stderr.write(`${error.message}\n`);
    return undefined;
  }
}
