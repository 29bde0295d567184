import { Command } from 'commander';
import type { Modem } from '../modem.ts';
import { describeState } from '../state.ts';
import { withConnection, withModem } from './connection.ts';
import { outputOf } from './program.ts';

/** `gsm-modem probe`: what modem is it, and how is it. */
export function probeCommand(): Command {
  const command = new Command('probe').description('say what modem is on a port, and whether it can send and receive');
  return withConnection(command).action(() =>
    withModem(command, async (modem) => {
      const found = await probe(modem);
      const lines = Object.entries(found).map(([name, value]) => `${name}: ${value}`);
      outputOf(command).print({ event: 'probe', ...found }, lines.join('\n'));
    }),
  );
}

async function probe(modem: Modem): Promise<Readonly<Record<string, string | number>>> {
  const { dBm } = await modem.signal();
  const answers = {
    ...modem.identity,
    imsi: await modem.imsi(),
    numbers: (await modem.ownNumbers()).join(' ') || undefined,
    state: describeState(modem.state),
    operator: await modem.operator(),
    signalDbm: dBm,
    serviceCentre: await modem.serviceCentre(),
  };
  const known: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(answers)) {
    if (value !== undefined) known[name] = value;
  }
  return known;
}
