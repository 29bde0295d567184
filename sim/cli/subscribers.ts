import { Command } from 'commander';
import { outputOf } from '../../modem/cli/program.ts';
import type { NewSubscriber, SubscriberChange } from '../control/schema.ts';
import { personalities } from '../modem/personalities.ts';
import { ask } from './control-client.ts';
import { controlOf, oneOf, onOrOff, wholeNumber, withControl } from './options.ts';

interface SubscriberView {
  readonly number: string;
  readonly registered: boolean;
  readonly covered: boolean;
  readonly powered: boolean;
  readonly sim: string;
  readonly stored: { readonly SM: number; readonly ME: number };
  readonly waiting: number;
}

/** What can be switched on and off about a subscriber. */
const SWITCHES = {
  coverage: { field: 'covered', description: 'take a phone out of coverage, or back into it' },
  power: { field: 'powered', description: 'switch a phone off, or on' },
} as const satisfies Readonly<Record<string, { field: keyof SubscriberChange; description: string }>>;

/** `gsm-sim subscribers`: the numbers of the network, and what happens to their phones. */
export function subscribersCommand(): Command {
  const command = new Command('subscribers')
    .description('list the numbers of the network, add one, and what happens to their phones')
    .addCommand(listCommand(), { isDefault: true })
    .addCommand(addCommand());
  for (const [name, { field, description }] of Object.entries(SWITCHES)) {
    command.addCommand(switchCommand(name, description, field));
  }
  return command;
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
    .option('--sim-capacity <places>', 'for messages on the SIM, default 30', wholeNumber(1, 255));
  return withControl(command).action(async (number: string) => {
    const { control, ...options } = command.opts<Omit<NewSubscriber, 'number'> & { control: string }>();
    print(command, JSON.parse(await ask(control, 'POST', '/subscribers', { number, ...options })));
  });
}

function switchCommand(name: string, description: string, field: string): Command {
  const command = new Command(name)
    .description(description)
    .argument('<number>', 'a number of the network')
    .argument('<on|off>', 'on or off', onOrOff);
  return withControl(command).action(async (number: string, on: boolean) => {
    const path = `/subscribers/${encodeURIComponent(number)}`;
    print(command, JSON.parse(await ask(controlOf(command), 'POST', path, { [field]: on })));
  });
}

function print(command: Command, view: SubscriberView): void {
  const { number, registered, covered, powered, sim, stored, waiting } = view;
  const state = registered ? 'registered' : powered ? (covered ? 'searching' : 'out of coverage') : 'off';
  outputOf(command).print(
    view,
    `${number.padEnd(16)} ${state.padEnd(16)} SIM ${sim}, ${stored.SM} SMS on it, ${stored.ME} in the phone; ${waiting} wait`,
  );
}
