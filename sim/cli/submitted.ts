import { Command } from 'commander';
import { outputOf } from '../../modem/cli/program.ts';
import type { ReadableContent } from '../control/readable.ts';
import { ask } from './control-client.ts';
import { controlOf, withControl, withTimeout } from './options.ts';
import { wholeNumber } from './values.ts';

interface Options {
  readonly from: string;
  readonly to?: string;
  readonly since?: string;
  readonly whole?: true;
  readonly wait?: true;
  readonly count: number;
  readonly timeout: number;
}

interface Taken extends ReadableContent {
  readonly at: string;
  readonly from: string;
  readonly to: string;
  /** Of an SMS, or of all parts of a whole message. */
  readonly tpdu?: string;
  readonly tpdus?: readonly string[];
}

/** `gsm-sim submitted`: what the network took from a number. */
export function submittedCommand(): Command {
  const command = new Command('submitted')
    .requiredOption('--from <number>', 'a number of the network')
    .option('--to <number>', 'only what goes to this number')
    .option('--since <moment>', 'only from this moment on, as gsm-sim clock says it: 2010-03-01T09:00:00Z')
    .option('--whole', 'one line a message: long ones are joined, and those that lack a part are left out')
    .option('--wait', 'until there are --count; exit code 1 when there never are')
    .option('--count <n>', 'with --wait: how many', wholeNumber(1, 1_000_000), 1);
  return withControl(withTimeout(command)).action(async () => {
    const { from, to, since, whole, wait, count, timeout } = command.opts<Options>();
    const waitMs = wait === true ? timeout : 0;
    const query = new URLSearchParams({
      from,
      count: String(count),
      whole: String(whole === true),
      wait: `${waitMs}ms`,
      ...(to === undefined ? {} : { to }),
      ...(since === undefined ? {} : { since }),
    });
    const taken: readonly Taken[] = JSON.parse(
      await ask(controlOf(command), 'GET', `/submitted?${query}`, undefined, waitMs),
    );
    const output = outputOf(command);
    for (const message of taken) {
      output.print(message, `${message.at}  ${message.from.padEnd(16)} ${message.to.padEnd(16)} ${saidBy(message)}`);
    }
    if (wait === true && taken.length < count) {
      throw new Error(`${taken.length} from ${from} within ${timeout / 1000} s, ${count} were expected`);
    }
  });
}

/** Its text or data, and what is wrong with it; of one that cannot be read, its octets and why. */
function saidBy({ text, data, tpdu = '', deviations = [], unreadable }: Taken): string {
  if (unreadable !== undefined) return `${tpdu} (unreadable: ${unreadable})`;
  const content = text === undefined ? (data ?? tpdu) : JSON.stringify(text);
  return deviations.length === 0 ? content : `${content} (${deviations.join('; ')})`;
}
