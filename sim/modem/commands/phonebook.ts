import { fromHost, numberFromHost, toHost } from '../charset.ts';
import { type Call, type Command, cme } from '../command.ts';
import { cmeError } from '../result.ts';
import type { PhonebookEntry } from '../sim-card.ts';

const NUMBER_LENGTH = 40;
const NAME_LENGTH = 16;

/** A phonebook (3GPP TS 27.007, 8.11): how many places it has, and whether a host may write into it. */
interface Phonebook {
  readonly places: number;
  readonly writable: boolean;
}

/** The phonebooks: SIM and phone; own numbers; calls (always empty); fixed dialling, which needs PIN2; emergency. */
const phonebooks: Readonly<Record<string, Phonebook>> = {
  SM: { places: 50, writable: true },
  ME: { places: 100, writable: true },
  ON: { places: 1, writable: false },
  LD: { places: 10, writable: false },
  MC: { places: 10, writable: false },
  RC: { places: 10, writable: false },
  DC: { places: 10, writable: false },
  FD: { places: 10, writable: false },
  EN: { places: 1, writable: false },
};

function selected({ modem }: Call): Phonebook {
  return phonebooks[modem.settings.phonebook] ?? { places: 0, writable: false };
}

function entriesOf({ modem }: Call): ReadonlyMap<number, PhonebookEntry> {
  switch (modem.settings.phonebook) {
    case 'SM':
      return modem.sim.phonebook;
    case 'ME':
      return modem.phonebook;
    case 'ON':
      return new Map([[1, { number: modem.sim.number, name: '' }]]);
    case 'EN':
      return new Map([[1, { number: '112', name: 'SOS' }]]);
    default:
      return new Map();
  }
}

/** An entry as `+CPBR` and `+CPBF` show it. */
function line(call: Call, command: string, index: number, { number, name }: PhonebookEntry): string {
  const type = number.startsWith('+') ? 145 : 129;
  const { settings, personality } = call.modem;
  const shown = personality.strings.numbers ? toHost(settings.charset, number) : number;
  return `${command}: ${index},"${shown}",${type},"${toHost(settings.charset, name)}"`;
}

function sorted(call: Call): readonly (readonly [number, PhonebookEntry])[] {
  return [...entriesOf(call)].sort(([a], [b]) => a - b);
}

function read(call: Call): void {
  const { places } = selected(call);
  const from = call.args.number(0, [1, places]);
  const to = call.args.number(1, [1, places], from);
  const found = sorted(call).filter(([index]) => index >= from && index <= to);
  call.respond(...found.map(([index, entry]) => line(call, '+CPBR', index, entry)));
}

function find(call: Call): void {
  const wanted = fromHost(call.modem.settings.charset, call.args.string(0, ''));
  if (wanted === undefined) throw cmeError('incorrectParameters');
  const found = sorted(call).filter(([, { name }]) => name.toLowerCase().startsWith(wanted.toLowerCase()));
  if (found.length === 0) throw cmeError('notFound');
  call.respond(...found.map(([index, entry]) => line(call, '+CPBF', index, entry)));
}

/** `+CPBW=[index][,number[,type[,name]]]`: without an index into the first free place; with it alone, the place is emptied. */
function write(call: Call): void {
  const { modem, args } = call;
  const { places, writable } = selected(call);
  if (!writable) throw cmeError('operationNotAllowed');
  const book = modem.settings.phonebook === 'SM' ? modem.sim.phonebook : modem.phonebook;
  const free = Array.from({ length: places }, (_, i) => i + 1).find((index) => !book.has(index));
  if (!args.has(0) && free === undefined) throw cmeError('memoryFull');
  const index = args.number(0, [1, places], free);
  const number = numberFromHost(modem.settings.charset, args.string(1, ''));
  if (number === '' && !args.has(3)) {
    book.delete(index);
    return;
  }
  const type = args.number(2, [128, 255], 129);
  const name = fromHost(modem.settings.charset, args.string(3, ''));
  if (name === undefined || number === undefined) throw cmeError('incorrectParameters');
  if (number.length > NUMBER_LENGTH) throw cmeError('dialStringTooLong');
  if (name.length > NAME_LENGTH) throw cmeError('textStringTooLong');
  book.set(index, { number: type === 145 && !number.startsWith('+') ? `+${number}` : number, name });
}

/** Phonebooks and the own number (3GPP TS 27.007, 8.11 to 8.14). */
export const phonebookCommands: readonly Command[] = [
  cme('+CPBS', {
    needsSim: true,
    test: `(${Object.keys(phonebooks)
      .map((name) => `"${name}"`)
      .join(',')})`,
    read: (call) => {
      const { places } = selected(call);
      call.respond(`+CPBS: "${call.modem.settings.phonebook}",${entriesOf(call).size},${places}`);
    },
    set: ({ modem, args }) => {
      const name = args.string(0).toUpperCase();
      if (phonebooks[name] === undefined) throw cmeError('operationNotSupported');
      modem.settings.phonebook = name;
    },
  }),
  cme('+CPBR', {
    needsSim: true,
    test: (call) => call.respond(`+CPBR: (1-${selected(call).places}),${NUMBER_LENGTH},${NAME_LENGTH}`),
    set: read,
  }),
  cme('+CPBF', { needsSim: true, test: `${NUMBER_LENGTH},${NAME_LENGTH}`, set: find }),
  cme('+CPBW', {
    needsSim: true,
    test: (call) => call.respond(`+CPBW: (1-${selected(call).places}),${NUMBER_LENGTH},(129,145),${NAME_LENGTH}`),
    set: write,
  }),
];
