import type { Chat } from '../at/chat.ts';
import type { AtCommand } from '../at/command.ts';
import { type AtValue, numberIn, textIn, valuesOf } from '../at/values.ts';

/** A question whose answer has the number of PIN tries left. */
interface Counter {
  readonly command: AtCommand;
  read(values: readonly AtValue[]): number | undefined;
}

const counter = (text: string, prefix: string, read: Counter['read']): Counter => ({
  command: { text, response: { prefix, many: true } },
  read,
});

const first: Counter['read'] = ([tries]) => numberIn(tries);
const ifNamed =
  (name: string): Counter['read'] =>
  ([code, tries]) =>
    textIn(code) === name ? numberIn(tries) : undefined;

/** First the question of the standard (3GPP TS 27.007, 8.65), then those of manufacturers. */
const counters: readonly Counter[] = [
  counter('AT+CPINR', '+CPINR:', ifNamed('SIM PIN')),
  counter('AT^CPIN?', '^CPIN:', (values) => numberIn(values[3])),
  counter('AT+QPINC?', '+QPINC:', ifNamed('SC')),
  counter('AT+SPIC', '+SPIC:', first),
  counter('AT^SPIC', '^SPIC:', first),
  counter('AT#PCT', '#PCT:', first),
  counter('AT+QTRPIN', '+QTRPIN:', first),
  counter('AT+UPINCNT', '+UPINCNT:', first),
  counter('AT+ZPINPUK=?', '+ZPINPUK:', first),
  counter('AT%PINNUM?', '%PINNUM:', first),
  counter('AT+XPINCNT', '+XPINCNT:', first),
];

/** How many tries of the SIM PIN are left; undefined when the modem does not say. @throws AtTimeout, AtAborted, PortError */
export async function triesLeft(chat: Chat): Promise<number | undefined> {
  for (const { command, read } of counters) {
    const result = await chat.run(command);
    if (result.kind === 'lost' || result.kind === 'aborted') throw result.error;
    if (result.kind !== 'ok') continue;
    const tries = result.lines.map(({ text }) => read(valuesOf(text))).find((left) => left !== undefined);
    if (tries !== undefined) return tries;
  }
  return undefined;
}
