import { Command } from 'commander';
import { outputOf } from '../../modem/cli/program.ts';
import type { DeliverBody, SendBody } from '../control/schema.ts';
import type { Sending } from '../messages.ts';
import { checkContentOptions, withContent } from './content-options.ts';
import { ask } from './control-client.ts';
import { controlOf, lengthOfTime, withControl, withTimeout } from './options.ts';

interface Delivered {
  readonly sms: readonly number[];
  readonly over?: boolean;
  readonly messages?: readonly { readonly state: string; readonly reason?: string; readonly status?: number }[];
}

/** `gsm-sim deliver`: a message from outside the network to one of its numbers. */
export function deliverCommand(): Command {
  const command = new Command('deliver')
    .requiredOption('--to <number>', 'a number of the network')
    .requiredOption('--from <sender>', 'a number, a short code, or at most 11 letters');
  withContent(command).option('--wait', 'until the phone has it; exit code 1 when it never does');
  return withControl(withTimeout(command)).action(async () => {
    const { wait, timeout, control: _, ...body } = command.opts<DeliverOptions>();
    checkContentOptions(body);
    const request = { ...body, ...(wait === true ? { wait: timeout } : {}) };
    const { sms, messages = [] }: Delivered = JSON.parse(
      await ask(controlOf(command), 'POST', '/deliver', request, timeout),
    );
    const many = sms.length === 1 ? '1 SMS' : `${sms.length} SMS`;
    const output = outputOf(command);
    if (wait !== true) {
      output.print({ event: 'accepted', sms }, `The network took ${many}`);
      return;
    }
    const missing = messages.find(({ state }) => state !== 'delivered');
    if (missing !== undefined) throw new Error(`not delivered within ${timeout / 1000} s: ${inWords(missing)}`);
    output.print({ event: 'delivered', sms }, `The phone has ${many}`);
  });
}

type DeliverOptions = Omit<DeliverBody, 'wait'> & { wait?: true; timeout: number; control: string };

function inWords({ state, reason, status }: { state: string; reason?: string; status?: number }): string {
  if (state === 'waiting') return `it waits (${reason})`;
  if (state === 'on-the-way') return 'it is on the way';
  return status === undefined ? `it was ${state}` : `it ${state} with status ${status}`;
}

/** `gsm-sim send`: a message from one of the network's own phones. */
export function sendCommand(): Command {
  const command = new Command('send')
    .requiredOption('--from <number>', 'a number of the network')
    .requiredOption('--to <number>', 'any number');
  withContent(command)
    .option('--status-report', 'ask for a status report')
    .option('--validity <time>', 'how long the service centre tries', lengthOfTime);
  return withControl(command).action(async () => {
    const { control: _, ...body } = command.opts<SendBody & { control: string }>();
    checkContentOptions(body);
    const sent: readonly (Sending & Sending['answer'])[] = JSON.parse(
      await ask(controlOf(command), 'POST', '/send', body),
    );
    const output = outputOf(command);
    for (const { sms, reference, kind, ...more } of sent) {
      const cause = 'cause' in more ? `: +CMS ERROR: ${more.cause}` : '';
      output.print({ event: kind, sms, reference, ...more }, `${kind}, reference ${reference}${cause}`);
    }
    const refused = sent.find(({ kind }) => kind === 'refused');
    if (refused !== undefined) throw new Error('the message was refused');
  });
}
