import { Command } from 'commander';
import { outputOf, UsageError } from '../../modem/cli/program.ts';
import type { FaultAction } from '../network/fault-kinds.ts';
import type { ArrangedFault } from '../network/faults.ts';
import { ask } from './control-client.ts';
import { oneOf, wholeNumber, withControl } from './options.ts';

const ACTIONS = [
  'drop',
  'duplicate',
  'reorder',
  'delay',
  'corrupt',
  'lose-answer',
  'refuse',
  'lose-acknowledgement',
] as const satisfies readonly FaultAction['kind'][];

interface FaultOptions {
  readonly control: string;
  readonly action?: (typeof ACTIONS)[number];
  readonly remove?: string;
  readonly ms: number;
  readonly cause: number;
  readonly from?: string;
  readonly to?: string;
  readonly nth?: number;
  readonly times?: number;
  readonly probability?: number;
}

/** `gsm-sim fault`: arranges a fault, takes one back, or lists them. */
export function faultCommand(): Command {
  const command = new Command('fault')
    .description('arrange a fault (--action), take one back (--remove), or list them')
    .option('--action <name>', ACTIONS.join(', '), oneOf(ACTIONS))
    .option('--remove <id>', 'take this fault back')
    .option('--ms <ms>', 'how much later, with delay', wholeNumber(0, 1_000_000_000), 10_000)
    .option('--cause <number>', 'what +CMS ERROR shows, with refuse', wholeNumber(1, 512), 38)
    .option('--from <number>', 'only messages from this number')
    .option('--to <number>', 'only messages to this number')
    .option('--nth <n>', 'only the nth message that matches', wholeNumber(1, 1_000_000))
    .option('--times <n>', 'how often at most; default: once, or always with a probability', wholeNumber(1, 1_000_000))
    .option('--probability <p>', '0 to 1, drawn from the seed', probability);
  return withControl(command).action(async () => {
    const { control, action, remove, ms, cause, ...match } = command.opts<FaultOptions>();
    if (action !== undefined && remove !== undefined) throw new UsageError('give either --action or --remove');
    const output = outputOf(command);
    if (remove !== undefined) {
      await ask(control, 'DELETE', `/faults/${encodeURIComponent(remove)}`);
      output.print({ event: 'removed', id: remove }, `${remove} is taken back`);
    } else if (action !== undefined) {
      const body = { action: actionOf(action, ms, cause), ...match };
      const { id }: { id: string } = JSON.parse(await ask(control, 'POST', '/faults', body));
      output.print({ event: 'arranged', id }, `${id} is arranged`);
    } else {
      const faults: readonly ArrangedFault[] = JSON.parse(await ask(control, 'GET', '/faults'));
      for (const fault of faults) {
        output.print(
          fault,
          `${fault.id.padEnd(9)} ${fault.action.kind.padEnd(21)} matched ${fault.matched}, struck ${fault.struck}`,
        );
      }
    }
  });
}

/** `gsm-sim coverage`: takes a phone out of coverage, or back. */
export function coverageCommand(): Command {
  const command = new Command('coverage')
    .description('take a phone out of coverage, or back into it')
    .requiredOption('--number <number>', 'a number of the network')
    .requiredOption('--set <on|off>', 'on or off', oneOf(['on', 'off']));
  return withControl(command).action(async () => {
    const { control, number, set } = command.opts<{ control: string; number: string; set: 'on' | 'off' }>();
    const path = `/subscribers/${encodeURIComponent(number)}`;
    const answer: object = JSON.parse(await ask(control, 'POST', path, { covered: set === 'on' }));
    outputOf(command).print(
      { event: 'coverage', ...answer },
      `${number} is ${set === 'on' ? 'in' : 'out of'} coverage`,
    );
  });
}

function actionOf(kind: (typeof ACTIONS)[number], ms: number, cause: number): FaultAction {
  if (kind === 'delay') return { kind, ms };
  return kind === 'refuse' ? { kind, cause } : { kind };
}

function probability(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !(number >= 0 && number <= 1)) throw new UsageError('--probability must be from 0 to 1');
  return number;
}
