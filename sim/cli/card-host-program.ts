import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createProgram, outputOf, runProgram, UsageError } from '../../modem/cli/program.ts';
import { systemClock } from '../../modem/index.ts';
import { CardBook } from '../hosts/card-book.ts';
import { CardHost } from '../hosts/card-host.ts';
import { listenForCards } from '../hosts/card-link.ts';
import { HOST_FAULTS, type HostFault } from '../hosts/example-host.ts';
import { wholeNumber } from './values.ts';

/** What the service and this host have agreed on: there is no money behind it. */
const AGREED = { variant: 'ascii', acquirer: '12345', merchant: 'MERCHANT1', terminals: ['TERM0001'] } as const;

interface Options {
  readonly port: number;
  readonly book?: string;
}

const COMMANDS = `
It reads commands, a line each:
  fault NAME         what it does wrong with the next order: ${HOST_FAULTS.join(', ')}, without-terminal, or a response code as 51
  decide moved       what is pending is carried out; the service hears of it when it asks again
  decide declined    what is pending is not
  cut-off            its business day has ended (0800, 201): ten minutes later the service sends the totals of the day
  miscount MINOR     from now on its totals have one purchase more than its book
  statement          prints the settlement of the last 24 hours, for a file in the folder "statements"`;

/** `npm run card:host`: the double of a card host as a program, for `cash-server serve --card`. */
export async function run(): Promise<void> {
  const program = createProgram(
    'npm run card:host --',
    'A double of a card host (ISO 8583:1987) on 127.0.0.1. It prints what belongs into the file of "cash-server serve --card".',
  )
    .option('--port <port>', 'where it listens; 0: a free one', wholeNumber(0, 65_535), 0)
    .option('--book <file>', 'where it keeps its book')
    .addHelpText('after', COMMANDS)
    .action(async ({ port, book }: Options) => {
      if (book !== undefined) checkBook(book);
      const output = outputOf(program);
      const host = new CardHost({
        ...{ clock: systemClock, merchant: AGREED.merchant },
        speech: { variant: AGREED.variant, lengthCountsItself: false, tpdu: false },
        ...(book !== undefined && { bookFile: book }),
      });
      const address = `127.0.0.1:${(await listenForCards(host, port)).port}`;
      const settings = { host: address, ...AGREED, customers: 'customers.csv', statements: 'statements' };
      output.print(
        { event: 'ready', host: address, settings },
        `The card host answers at ${address}\ncard.json: ${JSON.stringify(settings)}`,
      );
      createInterface({ input: process.stdin }).on('line', (line) => {
        const said = obey(host, line);
        output.print({ event: 'command', line, obeyed: said !== undefined }, said ?? `Not a command: ${line}`);
      });
    });
  await runProgram(program);
}

/** Looks at the book before anything listens. @throws UsageError */
function checkBook(book: string): void {
  try {
    appendFileSync(book, '');
    new CardBook(book);
  } catch (error) {
    throw new UsageError(`--book ${book} cannot be used: ${error instanceof Error ? error.message : error}`);
  }
}

/** Does what a line says. @returns what it answers; `undefined`: it is no command */
export function obey(host: CardHost, line: string): string | undefined {
  const [verb, word = ''] = line.trim().split(/ +/);
  if (verb === 'decide' && (word === 'moved' || word === 'declined')) host.decide(word);
  else if (verb === 'fault' && isFault(word)) host.misbehave(word);
  else if (verb === 'fault' && /^[0-9A-Z]{2}$/.test(word)) host.misbehave({ code: word });
  else if (verb === 'cut-off' && word === '') host.manage('201');
  else if (verb === 'miscount' && /^[1-9][0-9]{0,8}$/.test(word)) host.miscount(Number(word));
  else if (verb === 'statement' && word === '') {
    const now = systemClock.now();
    return host.statement(now - 24 * 3_600_000, now + 1).trimEnd();
  } else return undefined;
  return 'Done';
}

function isFault(word: string): word is HostFault | 'without-terminal' {
  return word === 'without-terminal' || HOST_FAULTS.some((fault) => fault === word);
}
