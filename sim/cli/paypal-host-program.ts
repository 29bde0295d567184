import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createProgram, outputOf, runProgram, UsageError } from '../../modem/cli/program.ts';
import { systemClock } from '../../modem/index.ts';
import { PayPalBook } from '../hosts/paypal-book.ts';
import { deliverWebhooks } from '../hosts/paypal-delivery.ts';
import { PAYPAL_FAULTS, type PayPalFault, PayPalHost } from '../hosts/paypal-host.ts';
import { listenForPayPal } from '../hosts/paypal-link.ts';

/** What the service and this PayPal have agreed on: there is no money behind it. */
const AGREED = { clientId: 'client', webhookId: '4JH86294D6297924G' };
const SECRET = 'secret';

/** What can be typed wrongly. */
interface Typed {
  readonly port: string;
  readonly book?: string | undefined;
  readonly webhooks?: string | undefined;
}

interface Options extends Typed {
  readonly vault: readonly string[];
}

const COMMANDS = `
It reads commands, a line each:
  fault NAME         what it does wrong with the next order: ${PAYPAL_FAULTS.join(', ')}, or an issue as PAYER_CANNOT_PAY
  decide moved       what is pending is captured, or given back
  decide declined    what is pending is not
  reverse ID         the payer gets the money of this capture back from PayPal`;

/** `npm run paypal:host`: the double of PayPal as a program, for \`cash-server serve --paypal\`. */
export async function run(): Promise<void> {
  const program = createProgram(
    'npm run paypal:host --',
    'A double of PayPal on 127.0.0.1. It prints what belongs into the file of "cash-server serve --paypal".',
  )
    .option('--port <port>', 'where it listens; 0: a free one', '0')
    .option('--vault <token...>', 'the payment tokens that it knows', ['8kk8451t'])
    .option('--book <file>', 'where it keeps its book')
    .option('--webhooks <url>', 'where its webhooks go, as http://127.0.0.1:8080/v1/rails/paypal/notices')
    .addHelpText('after', COMMANDS)
    .action(async ({ port, vault, book, webhooks }: Options) => {
      check({ port, webhooks, book });
      const output = outputOf(program);
      const { host, url } = await listenForPayPal((address) => {
        const options = { clock: systemClock, ...AGREED, secret: SECRET, vault, address };
        return new PayPalHost({ ...options, ...(book !== undefined && { bookFile: book }) });
      }, Number(port));
      if (webhooks !== undefined) deliverWebhooks(host, webhooks, systemClock);
      const settings = { ...AGREED, url, certificatesFrom: [url], customers: 'customers.csv' };
      output.print(
        { event: 'ready', url, settings, secret: SECRET },
        `PayPal's double answers at ${url}\npaypal.json: ${JSON.stringify(settings)}\nCASH_SERVER_PAYPAL_SECRET=${SECRET}`,
      );
      createInterface({ input: process.stdin }).on('line', (line) => {
        const obeyed = obey(host, line);
        output.print({ event: 'command', line, obeyed }, obeyed ? 'Done' : `Not a command: ${line}`);
      });
    });
  await runProgram(program);
}

/** Looks at what was typed, before anything listens. @throws UsageError */
export function check({ port, webhooks, book }: Typed): void {
  if (!/^[0-9]{1,5}$/.test(port) || Number(port) > 65_535) throw new UsageError(`${port} is not a port`);
  if (webhooks !== undefined && !/^https?:$/.test(URL.parse(webhooks)?.protocol ?? '')) {
    const expected = 'expected one as http://127.0.0.1:8080/v1/rails/paypal/notices';
    throw new UsageError(`--webhooks ${webhooks} is no URL: ${expected}`);
  }
  if (book === undefined) return;
  try {
    appendFileSync(book, '');
    new PayPalBook(book);
  } catch (error) {
    throw new UsageError(`--book ${book} cannot be used: ${error instanceof Error ? error.message : error}`);
  }
}

/** Does what a line says. @returns whether it is a command */
export function obey(host: PayPalHost, line: string): boolean {
  const [verb, word = ''] = line.trim().split(/ +/);
  if (verb === 'decide' && (word === 'moved' || word === 'declined')) host.decide(word);
  else if (verb === 'reverse' && host.entries.some(({ id }) => id === word)) host.reverse(word);
  else if (verb === 'fault' && isFault(word)) host.misbehave(word);
  else if (verb === 'fault' && /^[A-Z_]+$/.test(word)) host.misbehave({ issue: word });
  else return false;
  return true;
}

function isFault(word: string): word is Exclude<PayPalFault, object> {
  return PAYPAL_FAULTS.some((fault) => fault === word);
}
