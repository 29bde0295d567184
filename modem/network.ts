import type { Chat } from './at/chat.ts';
import { type AtValue, numberIn, textIn, valuesOf } from './at/values.ts';

/** How well the modem hears the network (3GPP TS 27.007, 8.5). What it does not know is absent. */
export interface Signal {
  /** -113 (or less) to -51 (or more). */
  readonly dBm?: number;
  /** RXQUAL, 0 (best) to 7. */
  readonly bitErrorRate?: number;
}

/** The values of the one line that a read or action command answers; none when it is refused. */
async function valuesFrom(chat: Chat, text: string, name: string): Promise<readonly AtValue[]> {
  const result = await chat.run({ text, response: { prefix: `${name}:` } });
  if (result.kind === 'ok') return valuesOf(result.lines[0]?.text ?? '');
  if (result.kind === 'error') return [];
  throw result.error;
}

/** @throws AtTimeout, AtAborted, PortError */
export async function askSignal(chat: Chat): Promise<Signal> {
  const [strength, quality] = (await valuesFrom(chat, 'AT+CSQ', '+CSQ')).map(numberIn);
  return {
    ...(strength !== undefined && strength <= 31 && { dBm: -113 + 2 * strength }),
    ...(quality !== undefined && quality <= 7 && { bitErrorRate: quality }),
  };
}

/** The operator's name, or its number when it has none. @throws AtTimeout, AtAborted, PortError */
export async function askOperator(chat: Chat): Promise<string | undefined> {
  await chat.run({ text: 'AT+COPS=3,0' });
  const [, , name] = await valuesFrom(chat, 'AT+COPS?', '+COPS');
  return textIn(name);
}

/** The service centre's number, as the SIM has it. @throws AtTimeout, AtAborted, PortError */
export async function askServiceCentre(chat: Chat): Promise<string | undefined> {
  const [number, type] = await valuesFrom(chat, 'AT+CSCA?', '+CSCA');
  const digits = textIn(number) ?? '';
  if (digits === '') return undefined;
  return numberIn(type) === 145 && !digits.startsWith('+') ? `+${digits}` : digits;
}
