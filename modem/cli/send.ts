import { Command } from 'commander';
import type { ApplicationPorts, SendOutcome, SmsContent, SmsReport } from '../bearer.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { Modem } from '../modem.ts';
import { PduEncodeError, segment } from '../pdu/index.ts';
import { createPool } from '../pool.ts';
import { readBatch } from './batch-file.ts';
import { type CodingFlags, codingOf, withCoding } from './coding-options.ts';
import { severalOption, withConnection, withModem, withModems } from './connection.ts';
import { destinationOption, hexOption, numberOption } from './options.ts';
import { type Output, outputOf, UsageError } from './program.ts';
import { PERHAPS_SENT, sendBatch } from './send-file.ts';
import { type Sender, sendingAgain } from './sending-again.ts';

interface SendOptions extends CodingFlags {
  readonly to?: string;
  readonly file?: string;
  readonly text?: string;
  readonly data?: Uint8Array;
  readonly destinationPort?: number;
  readonly sourcePort?: number;
  readonly report?: true;
  readonly wait: number;
  readonly also: readonly string[];
  readonly perMinute?: number;
  readonly retry: number;
}

const port = numberOption(0, 65_535);
const retries = numberOption(0, 100);
const perMinute = numberOption(1, 10_000);

/** `gsm-modem send`: one message, and how that ended. */
export function sendCommand(): Command {
  const command = new Command('send')
    .option('--to <number>', 'international number with +, or a short code', destinationOption)
    .option(
      '--file <path>',
      'messages, one a line: {"number":"…","text":"…"} or number,"text"; - is the standard input',
    )
    .addOption(severalOption('--also <name>', 'with --file: another modem that shares the work (again for more)'))
    .option('--per-minute <n>', 'with --file: messages that each modem starts in a minute at most', perMinute)
    .option('--text <text>', 'a text, in as many SMS as it takes')
    .option('--data <hex>', 'octets', hexOption)
    .option('--destination-port <port>', 'application port at the other end', port)
    .option('--source-port <port>', 'application port at this end, to which answers go (default: 0)', port)
    .option(
      '--retry <times>',
      'send again, so often, what is refused for now: the network or the modem is busy',
      retries,
      0,
    )
    .option('--report', 'ask for a status report, and wait for it')
    .option('--wait <seconds>', 'how long to wait for the report', numberOption(1, 86_400), 60);
  return withConnection(withCoding(command)).action(async () => {
    const options = command.opts<SendOptions>();
    const output = outputOf(command);
    if (options.file !== undefined) {
      const messages = await readBatch(alone(options, options.file));
      await withModems(command, options.also, (modems) =>
        sendBatch(bearerOf(modems, options), messages, output, codingOf(options)),
      );
      return;
    }
    const { to, also, perMinute: rate } = options;
    if (also.length > 0 || rate !== undefined) throw new UsageError('--also and --per-minute go with --file');
    if (to === undefined) throw new UsageError('say where to: --to <number>, or --file <path>');
    const content = contentOf(options);
    checkCoding(content, options);
    await withModem(command, (modem) => send(modem, to, options, content, output, systemClock));
  });
}

/** The modem, or a pool of several. With `--per-minute` one modem is put into a pool too, since the pool keeps the rate. */
function bearerOf(modems: readonly [Modem, ...Modem[]], { perMinute: rate, retry }: SendOptions): Sender {
  if (modems.length === 1 && rate === undefined) return sendingAgain(modems[0], retry, systemClock);
  const pool = createPool(modems.map((modem) => ({ modem, ...(rate !== undefined && { perMinute: rate }) })));
  return sendingAgain(pool, retry, systemClock);
}

/** The file. @throws UsageError when other options say what to send too */
function alone({ to, text, data, destinationPort, sourcePort, report }: SendOptions, file: string): string {
  if ([to, text, data, destinationPort, sourcePort, report].every((option) => option === undefined)) return file;
  throw new UsageError('--file says numbers and texts: give none of --to, --text, --data, ports and --report with it');
}

function contentOf(options: SendOptions): SmsContent {
  const { text, data, destinationPort, sourcePort } = options;
  if (sourcePort !== undefined && destinationPort === undefined) {
    throw new UsageError('--source-port needs --destination-port');
  }
  const ports: ApplicationPorts | undefined =
    destinationPort === undefined ? undefined : { destination: destinationPort, source: sourcePort ?? 0 };
  if (text !== undefined && data === undefined) return { kind: 'text', text, ...(ports && { ports }) };
  if (data !== undefined && text === undefined) return { kind: 'data', data, ...(ports && { ports }) };
  throw new UsageError('give either --text or --data');
}

/** Refuses options that do not go with the content or with each other, before a modem is opened. */
function checkCoding(content: SmsContent, options: SendOptions): void {
  try {
    segment(content, { ...codingOf(options), reference: 0 });
  } catch (error) {
    if (error instanceof PduEncodeError) throw new UsageError(error.message);
    throw error;
  }
}

/** Sends one message, prints how that ended, and sets the exit code. With `report` waits for it, `wait` seconds at most. */
export async function send(
  modem: Pick<Modem, 'send' | 'receive'>,
  to: string,
  options: Pick<SendOptions, 'report' | 'wait' | 'retry'> & CodingFlags,
  content: SmsContent,
  output: Output,
  clock: Clock,
): Promise<void> {
  const wantsReport = options.report === true;
  const reported = wantsReport ? finalReport(modem, output, clock) : undefined;
  const outcome = await sendingAgain(modem, options.retry, clock).send({
    id: to,
    destination: to,
    content,
    coding: codingOf(options),
    statusReport: wantsReport,
  });
  const report = outcome.kind === 'failed' ? undefined : await reported?.within(options.wait * 1_000);
  reported?.cancel();
  const references = outcome.kind === 'sent' ? outcome.references : [];
  if (wantsReport && outcome.kind !== 'failed' && report === undefined && !output.json) {
    process.stderr.write(`no report came within ${options.wait} s: ask for more with --wait\n`);
  }
  output.print(
    {
      event: 'outcome',
      outcome: outcome.kind,
      references,
      ...(outcome.kind !== 'sent' && { reason: outcome.reason }),
      ...(outcome.kind === 'failed' && { retry: outcome.retry }),
      ...(wantsReport && { report: report?.outcome ?? 'none' }),
    },
    describe(to, outcome),
  );
  process.exitCode = exitCodeOf(outcome, report);
}

/** The exit code. When the modem's answer was lost (`unknown`), a status report decides. */
export function exitCodeOf(outcome: SendOutcome, report: SmsReport | undefined): number {
  if (outcome.kind === 'failed' || report?.outcome === 'failed') return 1;
  return outcome.kind === 'sent' || report?.outcome === 'delivered' ? 0 : PERHAPS_SENT;
}

function describe(to: string, outcome: SendOutcome): string {
  if (outcome.kind === 'sent') return `sent to ${to}, references ${outcome.references.join(' ')}`;
  return `${outcome.kind === 'unknown' ? 'perhaps sent' : 'not sent'} to ${to}: ${outcome.reason}`;
}

interface ReportWait {
  within(limitMs: number): Promise<SmsReport | undefined>;
  cancel(): void;
}

/** Waits for the final status report of the message. SMS that come meanwhile stay in the modem. */
function finalReport(modem: Pick<Modem, 'receive'>, output: Output, clock: Clock): ReportWait {
  let settle: (report: SmsReport | undefined) => void = () => {};
  let cancel = () => {};
  const settled = new Promise<SmsReport | undefined>((resolve) => {
    settle = resolve;
  });
  modem.receive({
    message: () => Promise.reject(new Error('this command only sends')),
    report: (report) => {
      output.print({ event: 'report', outcome: report.outcome, status: report.status }, `report: ${report.outcome}`);
      if (report.outcome !== 'trying') settle(report);
    },
  });
  return {
    within(limitMs) {
      cancel = clock.after(limitMs, () => settle(undefined));
      return settled;
    },
    cancel: () => cancel(),
  };
}
