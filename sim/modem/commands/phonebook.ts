import { fromHost, toHost } from '../charset.ts';
import { type Call, type Command, cme } from '../command.ts';
import { cmeError } from '../result.ts';
import type { PhonebookEntry } from '../sim-card.ts';

const PLACES = 50;
const NUMBER_LENGTH = 40;
const NAME_LENGTH = 16;
const OWN_NUMBERS = 'ON';

function entriesOf({ modem }: Call): ReadonlyMap<number, PhonebookEntry> {
  if (modem.settings.phonebook !== OWN_NUMBERS) return modem.sim.phonebook;
  return new Map([[1, { number: modem.sim.number, name: '' }]]);
}

function line(call: Call, index: number, { number, name }: PhonebookEntry): string {
  return `+CPBR: ${index},"${number}",${number.startsWith('+') ? 145 : 129},"${toHost(call.modem.settings.charset, name)}"`;
}

function read(call: Call): void {
  const from = call.args.number(0, [1, PLACES]);
  const to = call.args.number(1, [1, PLACES], from);
  const entries = entriesOf(call);
  const found = [...entries].filter(([index]) => index >= from && index <= to).sort(([a], [b]) => a - b);
  call.respond(...found.map(([index, entry]) => line(call, index, entry)));
}

function write({ modem, args }: Call): void {
  if (modem.settings.phonebook === OWN_NUMBERS) throw cmeError('operationNotAllowed');
  const { phonebook } = modem.sim;
  const free = Array.from({ length: PLACES }, (_, i) => i + 1).find((index) => !phonebook.has(index));
  const index = args.number(0, [1, PLACES], free);
  const number = args.string(1, '');
  if (number === '' && !args.has(3)) {
    phonebook.delete(index);
    return;
  }
  const name = fromHost(modem.settings.charset, args.string(3, ''));
  if (name === undefined || number.length > NUMBER_LENGTH) throw cmeError('incorrectParameters');
  phonebook.set(index, { number, name: name.slice(0, NAME_LENGTH) });
}

/** The SIM's phonebook and own number (3GPP TS 27.007, 8.11, 8.12 and 8.14). */
export const phonebookCommands: readonly Command[] = [
  cme('+CPBS', {
    needsSim: true,
    test: '("SM","ON")',
    read: (call) => call.respond(`+CPBS: "${call.modem.settings.phonebook}",${entriesOf(call).size},${PLACES}`),
    set: ({ modem, args }) => {
      const name = args.string(0);
      if (name !== 'SM' && name !== OWN_NUMBERS) throw cmeError('operationNotSupported');
      modem.settings.phonebook = name;
    },
  }),
  cme('+CPBR', { needsSim: true, test: `(1-${PLACES}),${NUMBER_LENGTH},${NAME_LENGTH}`, set: read }),
  cme('+CPBW', { needsSim: true, test: `(1-${PLACES}),${NUMBER_LENGTH},(129,145),${NAME_LENGTH}`, set: write }),
];
