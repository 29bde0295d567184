import { Command, InvalidArgumentError, Option } from 'commander';
import type { z } from 'zod';
import { UsageError } from '../../modem/cli/program.ts';
import { durationOf } from '../vocabulary/durations.ts';

/** The variable that names the simulation, for commands without `--control`; `serve -- COMMAND` sets it. */
export const CONTROL_VARIABLE = 'GSM_SIM_CONTROL';
const WHICH_SIMULATION = `Which simulation: --control URL behind the command, or the variable ${CONTROL_VARIABLE}.`;

/** A command with commands of its own, of which `byDefault` runs when none is named. */
export function group(name: string, byDefault: Command): Command {
  // Commander hands a name that it does not know to the default command, as an argument.
  const refuseUnknown = ({ args: [named = '-'] }: Command, chosen: Command) => {
    if (named.startsWith('-') || named === chosen.name()) return;
    throw new UsageError(`unknown command '${named}': see gsm-sim ${name} --help`);
  };
  return new Command(name)
    .addCommand(byDefault, { isDefault: true })
    .hook('preSubcommand', refuseUnknown)
    .addHelpText('after', `\n${WHICH_SIMULATION}`);
}

/** A length of time, in ms: `10s`. */
export function lengthOfTime(text: string): number {
  const ms = durationOf(text);
  if (ms === undefined) throw new InvalidArgumentError('It must be a length of time: 250ms, 10s, 5m, 2h, 7d.');
  return ms;
}

/** A parser by the schema that the control API has for the same thing. */
export function readBy<Value>(schema: z.ZodType<Value, string | number>): (text: string) => Value {
  return (text) => {
    const { success, data, error } = schema.safeParse(text);
    if (!success) throw new InvalidArgumentError(`It ${error.issues[0]?.message ?? 'is not valid'}.`);
    return data;
  };
}

/** Adds `--timeout`, which says how long `--wait` waits. */
export function withTimeout(command: Command): Command {
  return command.addOption(
    new Option('--timeout <time>', 'with --wait: how long, in real time')
      .argParser(lengthOfTime)
      .default(30_000, '30s'),
  );
}

/** The address of a running simulation. */
export function controlUrl(text: string): string {
  if (!URL.canParse(text) || !text.startsWith('http://')) {
    throw new InvalidArgumentError('It must be the URL that gsm-sim serve printed, http://127.0.0.1:PORT.');
  }
  return text.replace(/\/$/, '');
}

/** Adds the option that every command to a running simulation needs. */
export function withControl(command: Command): Command {
  const refuseNone = () => {
    if (command.getOptionValue('control') !== undefined) return;
    throw new UsageError(`give --control URL, as gsm-sim serve printed it, or set ${CONTROL_VARIABLE} to it`);
  };
  return command
    .addOption(
      new Option('--control <url>', 'the control URL that gsm-sim serve printed')
        .env(CONTROL_VARIABLE)
        .argParser(controlUrl),
    )
    .hook('preAction', refuseNone);
}

/** The simulation that a command is for. */
export function controlOf(command: Command): string {
  return command.opts<{ control: string }>().control;
}
