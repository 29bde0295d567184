import { allows, itemsIn, textIn, valuesOf } from '../../modem/index.ts';
import { Arguments } from './arguments.ts';
import type { Call, Command, Handler } from './command.ts';
import { type CommandCall, parseCommandLine } from './command-line.ts';
import { commandTable } from './command-table.ts';
import { CommandError, cmeError, cmsError, type Ending, errorAsWritten, syntaxError } from './result.ts';
import type { Terminal } from './terminal.ts';
import type { VirtualModem } from './virtual-modem.ts';

/** The text between `AT` and the carriage return, and whether the line is the first one since the host opened the port. */
interface TypedLine {
  readonly body: string;
  readonly first: boolean;
}

/**
 * Runs a command line: its commands one after the other, up to the first that fails (ITU-T V.250, 5.7.3).
 * Resolves to the final result code, or to `undefined` when the modem does not answer.
 */
export async function runCommandLine(
  modem: VirtualModem,
  terminal: Terminal,
  { body, first }: TypedLine,
): Promise<string | undefined> {
  const { delays } = modem.personality;
  const calls = parseCommandLine(body);
  const own = calls?.map((call) => delays.commands[asWritten(call)]).find((ms) => ms !== undefined);
  await modem.think(own ?? delays.usualMs, first ? delays.firstMs : 0);
  try {
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
  const { name, form, text } = call;
  const { without, unknownCommand, offers } = modem.personality;
  terminal.command = name;
  const command = without.includes(name) ? undefined : commandTable.get(name);
  refuseTooEarly(modem, call, command);
  const canned = cannedAnswer(modem, call);
  if (canned !== undefined) return sayCanned(modem, terminal, canned);
  const offer = offers[name];
  const handler = form === 'test' && offer !== undefined ? offer : command?.[form];
  if (command === undefined || handler === undefined) throw syntaxError(unknownCommand);
  if (typeof handler === 'string') {
    if (handler !== '') terminal.respond([`${name}: ${handler}`]);
    return 'OK';
  }
  if (form === 'set' && offer !== undefined) refuseNotOffered(offer, text, command);
  const ending = await run(handler, command, { modem, terminal, text });
  if (form === 'set' && ending === 'OK') modem.commandsSet.add(name);
  return ending;
}

/** Refuses a command that needs the PIN, or that is refused for a while after a start. Test forms are never refused. */
function refuseTooEarly(modem: VirtualModem, { name, form }: CommandCall, command: Command | undefined): void {
  const { needsPin, notReady } = modem.personality.start;
  if (form === 'test') return;
  if (notReady?.commands.includes(name) && modem.uptimeMs < notReady.ms) throw errorAsWritten(notReady.result);
  if (command?.needsSim) requireSim(modem, command.errors);
  else if (needsPin.includes(name)) requireSim(modem, 'CME');
}

/** The fixed answer of the personality to this form (`answers`), or its answer until the command is set (`found`). */
function cannedAnswer({ personality, commandsSet }: VirtualModem, call: CommandCall): readonly string[] | undefined {
  const written = asWritten(call);
  return personality.answers[written] ?? (commandsSet.has(call.name) ? undefined : personality.found[written]);
}

function sayCanned(modem: VirtualModem, terminal: Terminal, canned: readonly string[]): string {
  terminal.respond(canned.slice(0, -1).map((line) => filledIn(line, modem)));
  const final = canned.at(-1) ?? '';
  if (final === '') return 'silent';
  if (final === 'OK') return final;
  throw errorAsWritten(final);
}

/** Refuses a value that the test form does not list. */
function refuseNotOffered(offer: string, text: string, command: Command): void {
  const lists = valuesOf(offer);
  const isOffered = valuesOf(text).every((value, place) => {
    const list = lists[place];
    const written = textIn(value);
    if (written === undefined || list === undefined || itemsIn(list).length === 0) return true;
    const isName = itemsIn(list).some((item) => textIn(item)?.toUpperCase() === written.toUpperCase());
    return isName || allows(list, Number(written));
  });
  if (isOffered) return;
  throw command.errors === 'CME' ? cmeError('operationNotSupported') : cmsError('operationNotSupported');
}

/** An answer of a personality with this modem's own values in place of `{imei}`, `{pin}` and the other names. */
function filledIn(line: string, modem: VirtualModem): string {
  const { sim, imei, personality, settings } = modem;
  const { pin, puk } = sim.triesLeft;
  const own: Readonly<Record<string, string>> = {
    pin: String(pin),
    puk: String(puk),
    state: sim.state === 'READY' ? personality.start.readyState : sim.state,
    imei,
    imsi: sim.imsi,
    iccid: sim.iccid,
    number: sim.number,
    smsc: sim.smsc.number,
    places: modem
      .store(settings.stores[0])
      .entries()
      .map(([index]) => index)
      .join(','),
  };
  return line.replaceAll(/\{(\w+)\}/g, (whole, name: string) => own[name] ?? whole);
}

/** The command as it is written in a personality's table of answers: `+CPMS=?`. */
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

function requireSim(modem: VirtualModem, errors: Command['errors']): void {
  const refuse = errors === 'CME' ? cmeError : cmsError;
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
