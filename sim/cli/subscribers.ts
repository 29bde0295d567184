import { Command } from 'commander';
import { outputOf } from '../../modem/cli/program.ts';
import { personalities } from '../modem/personalities.ts';
import { HOME, type Operator, operators } from '../network/operators.ts';
import type { NewSubscriber, SubscriberChange } from '../vocabulary/phones.ts';
import type { SubscriberView } from '../vocabulary/subscribers.ts';
import { ask } from './control-client.ts';
import { controlOf, group, withControl } from './options.ts';
import { oneOf, onOrOff, wholeNumber } from './values.ts';

/** Something about a subscriber that a command changes. */
interface Change {
  readonly name: string;
  readonly description: string;
  readonly field: keyof SubscriberChange;
  /** What the value is called in the usage. */
  readonly value: string;
  read(text: string): SubscriberChange[keyof SubscriberChange];
}

const operator = oneOf(Object.keys(operators));
const RECEPTIONS = ['good', 'weak', 'moving', 'shadow', 'none'] as const;
const perMinute = wholeNumber(1, 600);

const CHANGES: readonly Change[] = [
  {
    name: 'coverage',
    description: 'take a phone out of coverage, or back into it',
    field: 'covered',
    value: '<on|off>',
    read: onOrOff,
  },
  {
    name: 'reception',
    description: `how it hears the network: ${RECEPTIONS.join(', ')}`,
    field: 'reception',
    value: '<how>',
    read: oneOf(RECEPTIONS),
  },
  { name: 'power', description: 'switch a phone off, or on', field: 'powered', value: '<on|off>', read: onOrOff },
  { name: 'bar', description: 'bar incoming messages, or not', field: 'barred', value: '<on|off>', read: onOrOff },
  {
    name: 'rate',
    description: 'messages a minute over its air; none: no limit of its own',
    field: 'ratePerMinute',
    value: '<n|none>',
    read: (text) => (text === 'none' ? null : perMinute(text)),
  },
  {
    name: 'roam',
    description: 'take a phone into the cells of an operator: see gsm-sim subscribers operators',
    field: 'roaming',
    value: '<code>',
    read: operator,
  },
  {
    name: 'port',
    description: 'move a number to another operator, with its phones',
    field: 'operator',
    value: '<code>',
    read: operator,
  },
];

/** `gsm-sim subscribers`: the numbers of the network, and what happens to their phones. */
export function subscribersCommand(): Command {
  const command = group('subscribers', listCommand()).addCommand(addCommand()).addCommand(addForeignCommand());
  for (const change of CHANGES) command.addCommand(changeCommand(change));
  return command
    .addCommand(intoCommand('swap', 'move a number to the SIM in another phone; the SIM that had it is dead'))
    .addCommand(intoCommand('clone', 'make the SIM in another phone a copy: two phones with one number'))
    .addCommand(fillCommand())
    .addCommand(operatorsCommand());
}

function listCommand(): Command {
  const command = new Command('list').description('the numbers of the network');
  return withControl(command).action(async () => {
    const views: readonly SubscriberView[] = JSON.parse(await ask(controlOf(command), 'GET', '/subscribers'));
    for (const view of views) print(command, view);
  });
}

function addCommand(): Command {
  const command = new Command('add')
    .description('a new number, with a phone that is switched on')
    .argument('<number>', 'international, with +')
    .option('--personality <id>', 'how its modem behaves: see gsm-sim personalities', oneOf(Object.keys(personalities)))
    .option('--pin <pin>', 'the SIM asks for this PIN')
    .option('--sim-capacity <places>', 'for messages on the SIM, default 30', wholeNumber(1, 255))
    .option('--phone-capacity <places>', 'for messages in the phone, default 100', wholeNumber(0, 10_000))
    .option('--rate-per-minute <n>', 'messages a minute over its air', perMinute);
  return withControl(command).action(async (number: string) => {
    const { control, ...options } = command.opts<Omit<NewSubscriber, 'number'> & { control: string }>();
    print(command, JSON.parse(await ask(control, 'POST', '/subscribers', { number, ...options })));
  });
}

function addForeignCommand(): Command {
  const command = new Command('add-foreign')
    .description('a number of another operator, which has no phone here')
    .argument('<number>', 'international, with +')
    .argument('<operator>', 'its code: see gsm-sim subscribers operators', operator);
  return withControl(command).action(async (number: string, code: string) => {
    print(command, JSON.parse(await ask(controlOf(command), 'POST', '/foreign-numbers', { number, operator: code })));
  });
}

function changeCommand({ name, description, field, value, read }: Change): Command {
  const command = new Command(name)
    .description(description)
    .argument('<number>', 'a number of the network')
    .argument(value, 'what it is from now on', read);
  return withControl(command).action(async (number: string, changed: unknown) => {
    print(command, JSON.parse(await ask(controlOf(command), 'POST', pathOf(number), { [field]: changed })));
  });
}

function intoCommand(name: 'swap' | 'clone', description: string): Command {
  const command = new Command(name)
    .description(description)
    .argument('<number>', 'a number of the network')
    .argument('<into>', 'the number that the other phone has now');
  return withControl(command).action(async (number: string, into: string) => {
    print(command, JSON.parse(await ask(controlOf(command), 'POST', `${pathOf(number)}/${name}`, { into })));
  });
}

function fillCommand(): Command {
  const command = new Command('fill')
    .description('fill SIM and phone with old messages, so that the next is refused until one is deleted')
    .argument('<number>', 'a number of the network');
  return withControl(command).action(async (number: string) => {
    print(command, JSON.parse(await ask(controlOf(command), 'POST', `${pathOf(number)}/fill`)));
  });
}

function operatorsCommand(): Command {
  const command = new Command('operators').description('the operators that there are');
  return command.action(() => {
    const output = outputOf(command);
    for (const known of Object.values(operators)) output.print(known, operatorText(known));
  });
}

function operatorText({ code, long, admitsRoamers, interworking }: Operator): string {
  const home = code === HOME.code ? 'home; ' : '';
  const roaming = admitsRoamers ? 'admits roamers' : 'admits no roamers';
  return `${code} ${long.padEnd(16)} ${home}${roaming}; reports of messages to its numbers: ${interworking}`;
}

function pathOf(number: string): string {
  return `/subscribers/${encodeURIComponent(number)}`;
}

function print(command: Command, view: SubscriberView): void {
  const { number, registered, covered, powered, sims, sim, stored, waiting, visited, operator: home } = view;
  const state = registered ? 'registered' : powered ? (covered ? 'searching' : 'out of coverage') : 'off';
  const words = [
    `${number.padEnd(16)} ${(sims.length === 0 ? 'no phone here' : state).padEnd(16)}`,
    ...(sims.length === 0 ? [] : [`SIM ${sim}, ${stored.SM} SMS on it, ${stored.ME} in the phone;`]),
    [
      `${waiting} wait`,
      ...(visited === undefined || visited === home ? [] : [`roams in ${visited}`]),
      ...(home === HOME.code ? [] : [`of operator ${home}`]),
    ].join('; '),
  ];
  outputOf(command).print(view, words.join(' '));
}
