import type { NamedFault } from '../vocabulary/faults.ts';
import { number } from '../vocabulary/numbers.ts';
import type { EventPattern } from './event-pattern.ts';
import type { Action, PhoneOfScenario, Scenario, Step } from './schema.ts';

/** What the names in a scenario mean. */
export interface Names {
  /** The numbers of a phone or a crowd. */
  readonly phones: ReadonlyMap<string, readonly string[]>;
  /** Whom messages from outside, and those whose sender a fault changes, say that they are from. */
  readonly senders: ReadonlySet<string>;
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
  return {
    phones: new Map(phones.map((phone) => [phone.name, numbersOf(phone)])),
    senders: given([
      ...steps.map(({ action: { name, what } }) => (name === 'deliver' ? what.from : undefined)),
      ...faultsIn({ faults, steps }).map(({ action }) => (action.kind === 'spoof' ? action.sender : undefined)),
    ]),
    messages: given(steps.map(({ action }) => messageName(action))),
    faults: given(faultsIn({ faults, steps }).map((fault) => fault.as)),
  };
}

/** The faults of the beginning and those of steps. */
function faultsIn({ faults, steps }: Pick<Scenario, 'faults' | 'steps'>): readonly NamedFault[] {
  return [...faults, ...steps.flatMap(({ action: { name, what } }) => (name === 'fault' ? [what] : []))];
}

function given(names: readonly (string | undefined)[]): ReadonlySet<string> {
  return new Set(names.filter((name) => name !== undefined));
}

/** The name that an action gives to its messages. */
function messageName({ name, what }: Action): string | undefined {
  return name === 'send' || name === 'deliver' || name === 'traffic' ? what.as : undefined;
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

/** The phones, numbers and the like that a scenario names and that do not exist. */
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
    ...expect.flatMap((expectation, i) =>
      ('count' in expectation
        ? strangersInEvent(expectation.count, names, numbers).map((found) => ({
            ...found,
            path: ['count', ...found.path],
          }))
        : strangeMessage(expectation.message, names)
      ).map((found) => ({ ...found, path: ['expect', i, ...found.path] })),
    ),
  ];
}

type Find = (name: string | undefined, ...path: readonly string[]) => readonly Stranger[];

/** `own` finds a phone of the scenario, `any` such a phone or a number of anybody, `sender` whom a message can be from too. */
function finders(
  names: Names,
  numbers: ReadonlyMap<string, number>,
): { readonly own: Find; readonly any: Find; readonly sender: Find } {
  const own: Find = (name, ...path) =>
    name === undefined || names.phones.has(name) || numbers.has(name)
      ? []
      : [{ path, message: `no phone is called "${name}": there ${are([...names.phones.keys()])}` }];
  const any: Find = (name, ...path) => (name !== undefined && number.safeParse(name).success ? [] : own(name, ...path));
  const sender: Find = (name, ...path) => (name !== undefined && names.senders.has(name) ? [] : any(name, ...path));
  return { own, any, sender };
}

function strangersIn(
  { action, moment }: Step,
  names: Names,
  numbers: ReadonlyMap<string, number>,
): readonly Stranger[] {
  const event = moment.kind === 'event' ? strangersInEvent(moment.event, names, numbers) : [];
  return [
    ...strangersInAction(action, names, numbers).map((found) => ({ ...found, path: [action.name, ...found.path] })),
    ...event.map((found) => ({ ...found, path: ['when', ...found.path] })),
  ];
}

function strangersInEvent(
  { from, to, number: about, message }: EventPattern,
  names: Names,
  numbers: ReadonlyMap<string, number>,
): readonly Stranger[] {
  const { any, sender } = finders(names, numbers);
  return [...sender(from, 'from'), ...any(to, 'to'), ...any(about, 'number'), ...strangeMessage(message, names)];
}

function strangeMessage(name: string | undefined, names: Names): readonly Stranger[] {
  return name === undefined || names.messages.has(name) ? [] : [{ path: ['message'], message: noMessage(name, names) }];
}

/** The paths are from the value of the action on. */
function strangersInAction(
  { name, what }: Action,
  names: Names,
  numbers: ReadonlyMap<string, number>,
): readonly Stranger[] {
  const { own, any } = finders(names, numbers);
  switch (name) {
    case 'send':
      return [...own(what.from, 'from'), ...any(what.to, 'to')];
    case 'deliver':
      return own(what.to, 'to');
    case 'traffic':
      return [...own(what.from, 'from'), ...own(what.to, 'to')];
    case 'swap':
    case 'clone':
      return [...own(what.phone, 'phone'), ...own(what.into, 'into')];
    case 'change':
    case 'unplug':
    case 'plug':
    case 'ussd':
      return own(what.phone, 'phone');
    case 'fill':
    case 'reboot':
    case 'read':
      return own(what);
    case 'fault':
      return strangersInFault(what, names, numbers);
    case 'switch':
      return strangeFault(what.fault, names, 'fault');
    case 'remove':
      return strangeFault(what, names);
    case 'profile':
      return [];
  }
}

function strangeFault(fault: string, { faults }: Names, ...path: readonly string[]): readonly Stranger[] {
  return faults.has(fault) ? [] : [{ path, message: `no fault is called "${fault}": there ${are([...faults])}` }];
}

/** A fault is about one phone, which is there. */
function strangersInFault(fault: NamedFault, names: Names, numbers: ReadonlyMap<string, number>): readonly Stranger[] {
  const { own, any, sender } = finders(names, numbers);
  const crowds = Object.entries(fault).flatMap(([field, value]) => {
    const isCrowd = ['from', 'to', 'modem'].includes(field) && (names.phones.get(String(value))?.length ?? 1) > 1;
    return isCrowd ? [{ path: [field], message: `a fault is about one phone, and "${value}" are many` }] : [];
  });
  return [
    ...crowds,
    ...('modem' in fault ? own(fault.modem, 'modem') : []),
    ...('from' in fault ? sender(fault.from, 'from') : []),
    ...('to' in fault ? any(fault.to, 'to') : []),
  ];
}

function noMessage(name: string, { messages }: Names): string {
  return `no step sends a message as "${name}": there ${are([...messages])}`;
}

function are(names: readonly string[]): string {
  return names.length === 0 ? 'are none' : `${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}`;
}
