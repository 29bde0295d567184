import { Command } from 'commander';
import { outputOf } from '../../modem/cli/program.ts';
import { personalities } from '../modem/personalities.ts';

/** `gsm-sim personalities`: how virtual modems can behave. */
export function personalitiesCommand(): Command {
  const command = new Command('personalities').description('list the models of modem that serve can imitate');
  return command.action(() => {
    const output = outputOf(command);
    for (const { id, description, source } of Object.values(personalities)) {
      output.print({ id, description, source }, `${id.padEnd(16)} ${description}\n${' '.repeat(17)}[${source}]`);
    }
  });
}
