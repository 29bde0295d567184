import type { Chat } from '../at/chat.ts';
import { type AtValue, numberIn, valuesOf } from '../at/values.ts';

/** Whether the modem is in a network (3GPP TS 27.007, 7.2). `unknown`: the modem does not say; sending may work. */
export type Registration = 'home' | 'roaming' | 'searching' | 'denied' | 'not-searching' | 'unknown';

/** `<stat>` of `+CREG`; 6 and 7 are "SMS only", 9 and 10 "CSFB not preferred". */
const STATES: Readonly<Record<number, Registration>> = {
  0: 'not-searching',
  1: 'home',
  2: 'searching',
  3: 'denied',
  4: 'unknown',
  5: 'roaming',
  6: 'home',
  7: 'roaming',
  9: 'home',
  10: 'roaming',
};

/** Whether SMS can be sent and received in this state. */
export function isUsable(registration: Registration): boolean {
  return registration === 'home' || registration === 'roaming' || registration === 'unknown';
}

/**
 * The answer has `<n>,<stat>`, the unsolicited code `<stat>` alone or before a location, which is quoted or of four
 * digits. Some write both numbers with leading zeros (`002,001`).
 */
function isAnswer([, second]: readonly AtValue[]): boolean {
  return second?.kind === 'word' && /^\d{1,3}$/.test(second.text);
}

/** The state in an unsolicited `+CREG:`; undefined when it is not in {@link STATES}. */
export function registrationIn(line: string): Registration | undefined {
  const values = valuesOf(line);
  return STATES[numberIn(isAnswer(values) ? values[1] : values[0]) ?? -1];
}

/** Asks the modem to announce changes (`+CREG=1`). A refusal does no harm, because `+CREG?` is asked regularly too. */
export async function watchRegistration(chat: Chat): Promise<void> {
  await chat.run({ text: 'AT+CREG=1', repeatable: true });
}

/** How long switching the radio on may take, in ms. */
const RADIO_ON_MS = 30_000;

/**
 * Switches the radio on when another program has left it off (`+CFUN` 0 or 4, 3GPP TS 27.007, 8.2). When a modem refuses,
 * it stays without a network, which the state `searching` shows.
 */
export async function switchRadioOn(chat: Chat): Promise<void> {
  const result = await chat.run({ text: 'AT+CFUN?', response: { prefix: '+CFUN:' }, repeatable: true });
  const level = result.kind === 'ok' ? numberIn(valuesOf(result.lines[0]?.text ?? '')[0]) : undefined;
  if (level === 0 || level === 4) await chat.run({ text: 'AT+CFUN=1', timeoutMs: RADIO_ON_MS });
}

/** Asks for the registration. A modem in LTE may answer `+CREG?` with "not registered" and give its state in `+CEREG?` only. */
export async function askRegistration(chat: Chat): Promise<Registration> {
  const circuit = await ask(chat, '+CREG');
  if (circuit === undefined) return 'unknown';
  if (isUsable(circuit)) return circuit;
  const lte = await ask(chat, '+CEREG');
  return lte === 'home' || lte === 'roaming' ? lte : circuit;
}

async function ask(chat: Chat, name: string): Promise<Registration | undefined> {
  const accepts = (line: string) => isAnswer(valuesOf(line));
  const response = { prefix: `${name}:`, accepts };
  const result = await chat.run({ text: `AT${name}?`, response, repeatable: true });
  if (result.kind === 'lost' || result.kind === 'aborted') throw result.error;
  const line = result.kind === 'ok' ? result.lines[0] : undefined;
  return line && registrationIn(line.text);
}
