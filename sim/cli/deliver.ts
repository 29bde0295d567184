import { Command } from 'commander';
import { outputOf, UsageError } from '../../modem/cli/program.ts';
import { ask } from './control-client.ts';
import { hex, oneOf, wholeNumber, withControl } from './options.ts';

interface DeliverOptions {
  readonly control: string;
  readonly to: string;
  readonly from: string;
  readonly text?: string;
  readonly data?: string;
  readonly alphabet?: 'gsm7' | 'ucs2' | '8bit';
  readonly destinationPort?: number;
  readonly sourcePort?: number;
}

const port = wholeNumber(0, 65_535);

/** `gsm-sim deliver`: a message from outside the network to one of its numbers. */
export function deliverCommand(): Command {
  const command = new Command('deliver')
    .description('send a message into the network, as another operator or a service would')
    .requiredOption('--to <number>', 'a number of the network')
    .requiredOption('--from <sender>', 'a number, a short code, or at most 11 letters')
    .option('--text <text>', 'a text, in as many SMS as it takes')
    .option('--data <hex>', 'octets', hex)
    .option('--alphabet <name>', 'gsm7, ucs2 or 8bit; default: the smallest', oneOf(['gsm7', 'ucs2', '8bit']))
    .option('--destination-port <port>', 'application port at the phone', port)
    .option('--source-port <port>', 'application port of the sender, default 0', port);
  return withControl(command).action(async () => {
    const { control, ...body } = command.opts<DeliverOptions>();
    if ((body.text === undefined) === (body.data === undefined)) throw new UsageError('give either --text or --data');
    if (body.sourcePort !== undefined && body.destinationPort === undefined) {
      throw new UsageError('--source-port needs --destination-port');
    }
    const { sms }: { sms: readonly number[] } = JSON.parse(await ask(control, 'POST', '/deliver', body));
    outputOf(command).print(
      { event: 'accepted', sms },
      `The network took ${sms.length === 1 ? '1 SMS' : `${sms.length} SMS`}`,
    );
  });
}
