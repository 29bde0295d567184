import { Arguments } from './arguments.ts';
import type { Call, Command, Handler } from './command.ts';
import { type CommandCall, parseCommandLine } from './command-line.ts';
import { commandTable } from './command-table.ts';
import { CommandError, cmeError, cmsError, type Ending, syntaxError } from './result.ts';
import type { Terminal } from './terminal.ts';
import type { VirtualModem } from './virtual-modem.ts';

/**
 * Runs a command line: its commands one after the other, up to the first that fails (ITU-T V.250, 5.7.3).
 * Resolves to the final result code, or to nothing when the modem stays silent.
 */
export async function runCommandLine(
  modem: VirtualModem,
  terminal: Terminal,
  body: string,
): Promise<string | undefined> {
  await modem.think();
  try {
    const calls = parseCommandLine(body);
    if (calls === undefined) throw syntaxError();
    for (const call of calls) {
      const ending = await runCommand(modem, terminal, call);
      if (ending === 'silent') return undefined;
      if (ending !== 'OK') return ending;
    }
    return 'OK';
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return error.texts[modem.settings.errorFormat] ?? error.texts[0];
  }
}

async function runCommand(modem: VirtualModem, terminal: Terminal, call: CommandCall): Promise<string> {
  const { answers, without, unknownCommand } = modem.personality;
  terminal.command = call.name;
  const canned = answers[asWritten(call)];
  if (canned !== undefined) {
    terminal.respond(canned.slice(0, -1).map((line) => filledIn(line, modem)));
    return canned.at(-1) || 'silent';
  }
  const command = without.includes(call.name) ? undefined : commandTable.get(call.name);
  const handler = command?.[call.form];
  if (command === undefined || handler === undefined) throw syntaxError(unknownCommand);
  if (typeof handler === 'string') {
    if (handler !== '') terminal.respond([`${command.name}: ${handler}`]);
    return 'OK';
  }
  if (command.needsSim && call.form !== 'test') requireSim(modem, command);
  return run(handler, command, { modem, terminal, text: call.text });
}

function filledIn(line: string, { sim }: VirtualModem): string {
  const { pin, puk } = sim.triesLeft;
  return line.replaceAll('{pin}', String(pin)).replaceAll('{puk}', String(puk)).replaceAll('{state}', sim.state);
}

/** The call as a personality's table of answers has it: `+CPMS=?`. */
function asWritten({ name, form, text }: CommandCall): string {
  const tails = { basic: text, execute: '', test: '=?', read: '?', set: `=${text}` } as const;
  return `${name}${tails[form]}`;
}

async function run(
  handler: Handler,
  command: Command,
  { modem, terminal, text }: { modem: VirtualModem; terminal: Terminal; text: string },
): Promise<Ending> {
  const lines: string[] = [];
  let ending: Ending = 'OK';
  const call: Call = {
    modem,
    terminal,
    args: new Arguments(text, () => wrongUse(modem, command)),
    respond: (...added) => {
      lines.push(...added);
    },
    endWith: (other) => {
      ending = other;
    },
  };
  await handler(call);
  terminal.respond(lines);
  return ending;
}

function wrongUse(modem: VirtualModem, command: Command): CommandError {
  if (command.errors === 'CME') return cmeError('incorrectParameters');
  return cmsError(modem.settings.messageFormat === 'pdu' ? 'invalidPduParameter' : 'invalidTextParameter');
}

function requireSim(modem: VirtualModem, command: Command): void {
  const refuse = command.errors === 'CME' ? cmeError : cmsError;
  if (modem.simBusy) throw refuse(modem.personality.start.simBusyError);
  switch (modem.sim.state) {
    case 'READY':
      return;
    case 'SIM PIN':
      throw refuse('simPinRequired');
    case 'SIM PUK':
      throw refuse('simPukRequired');
    case 'blocked':
      throw refuse('simFailure');
  }
}
