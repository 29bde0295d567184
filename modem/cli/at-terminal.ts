import type { Chat } from '../at/chat.ts';
import type { AtCommand, AtResult } from '../at/command.ts';
import { describeError } from '../at/result-codes.ts';
import type { UnsolicitedCode } from '../at/unsolicited.ts';
import { type Direction, describePdu, fromHex, PduError } from '../pdu/index.ts';

/** Commands known to every modem with SMS (ITU-T V.250; 3GPP TS 27.005 and 27.007), for those without `+CLAC`. */
const KNOWN: readonly string[] = [
  ...['I', 'Z', '&F', '&V', 'E0', 'E1', 'V1', '+CBC', '+CCID', '+CCLK', '+CEREG', '+CFUN', '+CGATT', '+CGDCONT'],
  ...['+CGMI', '+CGMM', '+CGMR', '+CGREG', '+CGSN', '+CIMI', '+CLAC', '+CLCK', '+CMEE', '+CMGC', '+CMGD', '+CMGF'],
  ...['+CMGL', '+CMGR', '+CMGS', '+CMGW', '+CMMS', '+CMSS', '+CNMA', '+CNMI', '+CNUM', '+COPS', '+CPBR', '+CPBS'],
  ...['+CPBW', '+CPIN', '+CPINR', '+CPMS', '+CPOL', '+CREG', '+CSAS', '+CSCA', '+CSCB', '+CSCS', '+CSDH', '+CSMP'],
  ...['+CSMS', '+CSQ', '+CUSD', '+GCAP', '+IFC', '+IPR'],
];

/** Commands that wait for the network, or for a person. */
const SLOW = /^AT(?:D|\+(?:CFUN|CMGS|CMSS|CMGC|COPS|CUSD|CPIN|CGATT))/i;
const SLOW_MS = 180_000;

/** Commands after which the modem asks for a message. */
const PROMPTING = /^AT\+CMG[SWC](?:=(?!\?)|$)/i;

const CTRL_Z = '\x1a';

const HEX = /^(?:[0-9A-F]{2}){8,}$/i;

/** Whether the modem will prompt for a message: the message is asked from the user before the command is typed. */
export function wantsMessage(command: string): boolean {
  return PROMPTING.test(command);
}

/** The commands that `+CLAC` lists, with `AT` in front; on a modem without `+CLAC`, {@link KNOWN}. */
export async function commandsOf(chat: Chat): Promise<readonly string[]> {
  const result = await chat.run({ text: 'AT+CLAC', plain: true, response: { prefix: '+CLAC:', many: true } });
  const said = result.kind === 'ok' ? result.lines.flatMap(({ text }) => namesIn(text)) : [];
  return (said.length > 0 ? [...new Set(said)] : KNOWN).map((name) => `AT${name}`).sort();
}

/** The commands in a line of `+CLAC`: modems write `AT+CSQ`, or `+CSQ`, or many in one line with commas. */
function namesIn(line: string): readonly string[] {
  return line
    .replace(/^\+CLAC:/i, '')
    .split(',')
    .map((name) => name.trim().toUpperCase().replace(/^AT/, ''))
    .filter((name) => /^[A-Z+^#*$%_&][A-Z0-9&]*$/.test(name));
}

/** The commands that begin as typed, in readline's form. */
export function completions(commands: readonly string[], typed: string): [string[], string] {
  return [commands.filter((command) => command.startsWith(typed.toUpperCase())), typed];
}

/** A message as it was typed, without the Ctrl-Z that ends it: the chat types its own. */
export function messageOf(typed: string): string {
  return typed.split(CTRL_Z, 1)[0] ?? '';
}

/** The names of the extended commands of a line, as `AT+CSQ;+COPS?` has two (ITU-T V.250, 5.2.2); what is in quotes is none. */
function extendedNames(line: string): readonly string[] {
  const names = line.replaceAll(/"[^"]*"?/g, '').matchAll(/(?:^AT|;|[A-Z&\d])([+^#*$%_][A-Z][A-Z0-9]*)/gi);
  return [...names].map(([, name = '']) => name.toUpperCase());
}

/** The command as the chat takes it. A user may type any command, so every line that comes counts as part of the answer. */
export function commandOf(text: string, message: string | undefined): AtCommand {
  const prefixes = extendedNames(text).map((name) => `${name}:`);
  const [prefix, ...more] = prefixes;
  const accepts = (line: string) => prefixes.some((one) => line.toUpperCase().startsWith(one));
  return {
    text,
    plain: true,
    ...(prefix !== undefined && {
      response: more.length === 0 ? { prefix, many: true } : { prefix: '', many: true, accepts },
    }),
    ...(message !== undefined && { payload: messageOf(message) }),
    ...(SLOW.test(text) && { timeoutMs: SLOW_MS }),
  };
}

/** An answer as it is shown: its lines, PDUs decoded behind them, and how it ended, in words. */
export function linesOfResult(result: AtResult): readonly string[] {
  if (result.kind === 'ok') return [...result.lines.flatMap(({ text }) => withFields(text)), 'OK'];
  if (result.kind === 'error') return [describeError(result.error.code)];
  return [result.error.message];
}

/** An unsolicited code as it is shown, with a mark in front. */
export function linesOfCode({ line, pdu }: UnsolicitedCode): readonly string[] {
  return [...line.split('\n').map((part) => `* ${part}`), ...(pdu === undefined ? [] : withFields(pdu))];
}

/** A line and, when it is a PDU, its fields below. A stored message may be a DELIVER or a SUBMIT, so both are tried. */
function withFields(line: string): readonly string[] {
  if (!HEX.test(line)) return [line];
  const fields = fieldsOf(line, 'mobile-terminated') ?? fieldsOf(line, 'mobile-originated') ?? [];
  return [line, ...fields.map((field) => `    ${field}`)];
}

function fieldsOf(hex: string, direction: Direction): readonly string[] | undefined {
  try {
    const { fields, deviations } = describePdu(fromHex(hex), { direction, smsc: true });
    if (deviations.length > 0) return undefined;
    return fields.map(({ field, meaning }) => `${field.padEnd(8)} ${meaning}`);
  } catch (error) {
    if (error instanceof PduError) return undefined;
    throw error;
  }
}
