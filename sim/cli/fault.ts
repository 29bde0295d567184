import { Command } from 'commander';
import { outputOf, UsageError } from '../../modem/cli/program.ts';
import { type FaultKind, faultKinds } from '../network/fault-kinds.ts';
import type { ArrangedFault } from '../network/faults.ts';
import { ask } from './control-client.ts';
import { controlOf, group, withControl } from './options.ts';
import { oneOf, wholeNumber } from './values.ts';

/** `gsm-sim fault`: what goes wrong, on demand. */
export function faultCommand(): Command {
  return group('fault', listCommand())
    .addCommand(kindsCommand())
    .addCommand(addCommand())
    .addCommand(switchCommand('on'))
    .addCommand(switchCommand('off'))
    .addCommand(removeCommand());
}

function listCommand(): Command {
  const command = new Command('list').description('the faults that are arranged');
  return withControl(command).action(async () => {
    const faults: readonly ArrangedFault[] = JSON.parse(await ask(controlOf(command), 'GET', '/faults'));
    const output = outputOf(command);
    for (const fault of faults) {
      const { id, on, action, matched, struck } = fault;
      const state = on ? 'on ' : 'off';
      output.print(fault, `${id.padEnd(9)} ${state} ${action.kind.padEnd(21)} matched ${matched}, struck ${struck}`);
    }
  });
}

function kindsCommand(): Command {
  const command = new Command('kinds').description('the faults that there are, what they take, and who saw them');
  return command.action(() => {
    const output = outputOf(command);
    for (const [kind, fault] of Object.entries(faultKinds)) output.print({ kind, ...fault }, kindText(kind, fault));
  });
}

function kindText(kind: string, { strikes, sentence, source, parameters }: FaultKind): string {
  const margin = ' '.repeat(21);
  const takes = parameters.map(
    ({ name, unit, default: value }) =>
      `${margin}--set ${name}=<${unit}>${value === undefined ? ', must be given' : `, default ${value}`}`,
  );
  return [`${kind.padEnd(20)} ${sentence}`, ...takes, `${margin}[${source}; strikes: ${strikes}]`].join('\n');
}

type Assignments = Readonly<Record<string, string | number>>;

interface AddOptions {
  readonly set?: Assignments;
  readonly control: string;
  readonly [match: string]: unknown;
}

function addCommand(): Command {
  const command = new Command('add')
    .description('arrange a fault: gsm-sim fault kinds lists them')
    .argument('<kind>', 'what goes wrong', oneOf(Object.keys(faultKinds)))
    .option('--set <name=value>', 'a parameter of the fault; may be given again', assignment)
    .option('--from <sender>', 'only messages from this sender')
    .option('--to <number>', 'only messages to this number')
    .option('--about <what>', 'messages, reports or both', oneOf(['messages', 'reports', 'both']))
    .option('--contains <text>', 'only messages with this in their text')
    .option('--modem <number>', 'of faults of the line: only this modem')
    .option('--command <name>', 'of faults of the line: only while this command runs, such as +CMGS')
    .option(
      '--said <what>',
      'of faults of the line: only an answer, a prompt or a code; default: the answer of --command, else all',
      oneOf(['answer', 'prompt', 'code']),
    )
    .option('--nth <n>', 'only the nth that matches', wholeNumber(1, 1_000_000))
    .option('--times <n>', 'how often at most; default: once, or always with a probability', wholeNumber(1, 1_000_000))
    .option('--probability <p>', '0 to 1, drawn from the seed', probability)
    .option('--starts-at <moment>', 'not before: 2010-03-01T09:00:00Z')
    .option('--ends-at <moment>', 'not from then on');
  return withControl(command).action(async (kind: string) => {
    const { set, control, ...match } = command.opts<AddOptions>();
    const body = { action: { kind, ...set }, ...match };
    const { id }: { id: string } = JSON.parse(await ask(control, 'POST', '/faults', body));
    outputOf(command).print({ event: 'arranged', id }, `${id} is arranged`);
  });
}

function switchCommand(state: 'on' | 'off'): Command {
  const command = new Command(state).description(`switch a fault ${state}`).argument('<id>', 'fault-1');
  return withControl(command).action(async (id: string) => {
    await ask(controlOf(command), 'POST', `/faults/${encodeURIComponent(id)}`, { on: state === 'on' });
    outputOf(command).print({ event: state, id }, `${id} is ${state}`);
  });
}

function removeCommand(): Command {
  const command = new Command('remove').description('take a fault back').argument('<id>', 'fault-1');
  return withControl(command).action(async (id: string) => {
    await ask(controlOf(command), 'DELETE', `/faults/${encodeURIComponent(id)}`);
    outputOf(command).print({ event: 'removed', id }, `${id} is taken back`);
  });
}

/** `name=value`, added to those before it; what looks like a number is one. */
function assignment(text: string, before: Assignments = {}): Assignments {
  const at = text.indexOf('=');
  if (at <= 0) throw new UsageError(`--set takes name=value, not "${text}"`);
  const value = text.slice(at + 1);
  return { ...before, [text.slice(0, at)]: /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value };
}

function probability(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !(number >= 0 && number <= 1)) throw new UsageError('--probability must be from 0 to 1');
  return number;
}
