import type { NamedFault } from '../control/fault-schema.ts';
import { number } from '../control/fields.ts';
import type { PhoneOfScenario, Scenario, Step } from './schema.ts';

/** What the names in a scenario mean. */
export interface Names {
  /** The numbers of a phone or a crowd. */
  readonly phones: ReadonlyMap<string, readonly string[]>;
  /** The names that steps give to messages, and to faults. */
  readonly messages: ReadonlySet<string>;
  readonly faults: ReadonlySet<string>;
}

/** Something in a scenario that names what is not there. */
interface Stranger {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The names of a scenario. */
export function namesIn({ phones, faults, steps }: Scenario): Names {
  const given = (names: readonly (string | undefined)[]) => new Set(names.filter((name) => name !== undefined));
  return {
    phones: new Map(phones.map((phone) => [phone.name, numbersOf(phone)])),
    messages: given(steps.flatMap(({ send, deliver, traffic }) => [send?.as, deliver?.as, traffic?.as])),
    faults: given([...faults, ...steps.map(({ fault }) => fault)].map((fault) => fault?.as)),
  };
}

/** The numbers of a phone, or of a crowd: as many as it counts, from its number on. */
function numbersOf({ number, count }: PhoneOfScenario): readonly string[] {
  if (count === 1) return [number];
  const sign = number.startsWith('+') ? '+' : '';
  const first = BigInt(number.replace(/\D/g, ''));
  return Array.from({ length: count }, (_, i) => `${sign}${first + BigInt(i)}`);
}

/** The numbers that a name means; a number means itself. */
export function numbersFor(names: Names, text: string): readonly string[] {
  return names.phones.get(text) ?? [text];
}

/** What is named in a scenario and not there. */
export function strangers({ phones, faults, steps, expect }: Scenario, names: Names): readonly Stranger[] {
  const all = phones.flatMap((phone, i) => numbersOf(phone).map((of) => ({ of, i })));
  const numbers = new Map(all.map(({ of, i }) => [of, i]));
  const doubled = all.find(({ of, i }) => numbers.get(of) !== i);
  const twice = phones.findIndex(({ name }, i) => phones.some((other, j) => j < i && other.name === name));
  return [
    ...(doubled === undefined
      ? []
      : [{ path: ['phones', doubled.i, 'number'], message: `the number ${doubled.of} is there twice` }]),
    ...(twice < 0 ? [] : [{ path: ['phones', twice, 'name'], message: 'another phone has this name' }]),
    ...steps.flatMap((step, i) =>
      strangersIn(step, names, numbers).map((found) => ({ ...found, path: ['steps', i, ...found.path] })),
    ),
    ...faults.flatMap((fault, i) =>
      strangersInFault(fault, names, numbers).map((found) => ({ ...found, path: ['faults', i, ...found.path] })),
    ),
    ...expect.flatMap(({ message, count }, i) => {
      const name = message ?? count?.message;
      const path = ['expect', i, ...(message === undefined ? ['count'] : []), 'message'];
      return name === undefined || names.messages.has(name) ? [] : [{ path, message: noMessage(name, names) }];
    }),
  ];
}

type Find = (name: string | undefined, ...path: readonly string[]) => readonly Stranger[];

/** `own` finds a phone of the scenario, `any` such a phone or a number of anybody. */
function finders(names: Names, numbers: ReadonlyMap<string, number>): { readonly own: Find; readonly any: Find } {
  const own: Find = (name, ...path) =>
    name === undefined || names.phones.has(name) || numbers.has(name)
      ? []
      : [{ path, message: `no phone is called "${name}": there ${are([...names.phones.keys()])}` }];
  const any: Find = (name, ...path) => (name !== undefined && number.safeParse(name).success ? [] : own(name, ...path));
  return { own, any };
}

function strangersIn(step: Step, names: Names, numbers: ReadonlyMap<string, number>): readonly Stranger[] {
  const { when, send, deliver, change, swap, clone, fill, reboot, unplug, plug, read, ussd, traffic } = step;
  const { own, any } = finders(names, numbers);
  const fault = step.switch?.fault ?? step.remove;
  return [
    ...own(send?.from, 'send', 'from'),
    ...any(send?.to, 'send', 'to'),
    ...own(deliver?.to, 'deliver', 'to'),
    ...own(change?.phone, 'change', 'phone'),
    ...own(swap?.phone, 'swap', 'phone'),
    ...own(swap?.into, 'swap', 'into'),
    ...own(clone?.phone, 'clone', 'phone'),
    ...own(clone?.into, 'clone', 'into'),
    ...own(fill, 'fill'),
    ...own(reboot, 'reboot'),
    ...own(unplug?.phone, 'unplug', 'phone'),
    ...own(plug?.phone, 'plug', 'phone'),
    ...own(read, 'read'),
    ...own(ussd?.phone, 'ussd', 'phone'),
    ...own(traffic?.from, 'traffic', 'from'),
    ...own(traffic?.to, 'traffic', 'to'),
    ...(fault === undefined || names.faults.has(fault)
      ? []
      : [
          {
            path: step.remove === undefined ? ['switch', 'fault'] : ['remove'],
            message: `no fault is called "${fault}": there ${are([...names.faults])}`,
          },
        ]),
    ...strangersInFault(step.fault, names, numbers).map((found) => ({ ...found, path: ['fault', ...found.path] })),
    ...(when?.message === undefined || names.messages.has(when.message)
      ? []
      : [{ path: ['when', 'message'], message: noMessage(when.message, names) }]),
  ];
}

/** A fault is about one phone, which is there. */
function strangersInFault(
  fault: NamedFault | undefined,
  names: Names,
  numbers: ReadonlyMap<string, number>,
): readonly Stranger[] {
  if (fault === undefined) return [];
  const { own, any } = finders(names, numbers);
  const crowds = Object.entries(fault).flatMap(([field, value]) => {
    const isCrowd = ['from', 'to', 'modem'].includes(field) && (names.phones.get(String(value))?.length ?? 1) > 1;
    return isCrowd ? [{ path: [field], message: `a fault is about one phone, and "${value}" are many` }] : [];
  });
  return [
    ...crowds,
    ...('modem' in fault ? own(fault.modem, 'modem') : []),
    ...('to' in fault ? any(fault.to, 'to') : []),
  ];
}

function noMessage(name: string, { messages }: Names): string {
  return `no step sends a message as "${name}": there ${are([...messages])}`;
}

function are(names: readonly string[]): string {
  return names.length === 0 ? 'are none' : `${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}`;
}
