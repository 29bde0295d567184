import type { Chat } from './at/chat.ts';
import { DEFAULT_TIMEOUT_MS } from './at/command.ts';
import { type AtValue, numberIn, textIn, valuesOf } from './at/values.ts';
import { nameOf, stringIn } from './opening/character-set.ts';
import { PduEncodeError } from './pdu/index.ts';

/** The signal of `+CSQ` (3GPP TS 27.007, 8.5). A value that the modem does not know is absent. */
export interface Signal {
  /** -113 (or less) to -51 (or more). */
  readonly dBm?: number;
  /** RXQUAL, 0 (best) to 7. */
  readonly bitErrorRate?: number;
}

/** The modem that is asked, and the character set of its strings (`+CSCS`). */
interface Asked {
  readonly chat: Chat;
  readonly charset: string | undefined;
}

/** How long `+COPS?` may take, in ms: the modem may be searching for networks, and 3GPP TS 27.007, 7.3, sets no limit. */
const OPERATOR_TIMEOUT_MS = 60_000;

/** The values in the one line of the answer to a read or action command; none when the command is refused. */
async function valuesFrom(
  chat: Chat,
  text: string,
  name: string,
  timeoutMs: number = DEFAULT_TIMEOUT_MS,
): Promise<readonly AtValue[]> {
  const result = await chat.run({ text, response: { prefix: `${name}:` }, repeatable: true, timeoutMs });
  if (result.kind === 'ok') return valuesOf(result.lines[0]?.text ?? '');
  if (result.kind === 'error') return [];
  throw result.error;
}

/** @throws AtTimeout, AtAborted, PortError */
export async function askSignal({ chat }: Asked): Promise<Signal> {
  const [strength, quality] = (await valuesFrom(chat, 'AT+CSQ', '+CSQ')).map(numberIn);
  return {
    ...(strength !== undefined && strength <= 31 && { dBm: -113 + 2 * strength }),
    ...(quality !== undefined && quality <= 7 && { bitErrorRate: quality }),
  };
}

/** The operator's name, or its number when it has none. @throws AtTimeout, AtAborted, PortError */
export async function askOperator({ chat, charset }: Asked): Promise<string | undefined> {
  await chat.run({ text: 'AT+COPS=3,0', repeatable: true, timeoutMs: OPERATOR_TIMEOUT_MS });
  const [, , name] = await valuesFrom(chat, 'AT+COPS?', '+COPS', OPERATOR_TIMEOUT_MS);
  return name?.kind === 'string' ? nameOf(name.text, charset) : textIn(name);
}

/** The service centre's number, as the SIM has it. @throws AtTimeout, AtAborted, PortError */
export async function askServiceCentre({ chat, charset }: Asked): Promise<string | undefined> {
  const [number, type] = await valuesFrom(chat, 'AT+CSCA?', '+CSCA');
  return numberOf(number, type, charset);
}

/**
 * Stores the service centre's number in the SIM (3GPP TS 27.005, 3.3.1).
 *
 * @throws PduEncodeError when it is no number; AtRefused, AtTimeout, AtAborted, PortError.
 */
export async function setServiceCentre({ chat, charset }: Asked, number: string): Promise<void> {
  if (!/^\+?\d{1,20}$/.test(number))
    throw new PduEncodeError('+CSCA', 'write the number as digits, with + before a country');
  const type = number.startsWith('+') ? INTERNATIONAL : UNKNOWN;
  await chat.ask({ text: `AT+CSCA="${stringIn(number, charset)}",${type}`, repeatable: true });
}

/** The subscriber's own numbers, as the SIM has them; often none. @throws AtTimeout, AtAborted, PortError */
export async function askOwnNumbers({ chat, charset }: Asked): Promise<readonly string[]> {
  const response = { prefix: '+CNUM:', many: true };
  const result = await chat.run({ text: 'AT+CNUM', response, repeatable: true });
  if (result.kind === 'error') return [];
  if (result.kind !== 'ok') throw result.error;
  return result.lines.flatMap(({ text }) => {
    const [, number, type] = valuesOf(text);
    return numberOf(number, type, charset) ?? [];
  });
}

/** `<type>` of a number (3GPP TS 24.008, 10.5.4.7): 145 is international, 129 unknown. */
const INTERNATIONAL = 145;
const UNKNOWN = 129;

/**
 * A number with its type. Some modems leave the `+` of an international number out; some write numbers in the character set
 * of `+CSCS`, some always in ASCII, some always in UTF-16 units.
 */
function numberOf(
  number: AtValue | undefined,
  type: AtValue | undefined,
  charset: string | undefined,
): string | undefined {
  const said = textIn(number) ?? '';
  const text = nameOf(said, charset);
  const digits = /^\+?[\d*#]*$/.test(text) ? text : said;
  if (digits === '') return undefined;
  return numberIn(type) === INTERNATIONAL && !digits.startsWith('+') ? `+${digits}` : digits;
}
