import { Command, InvalidArgumentError } from 'commander';
import {
  addressOf,
  encodePdu,
  PduEncodeError,
  type Segment,
  segment,
  type TimeStamp,
  type Tpdu,
  timeStampOf,
  toHex,
  tpduLength,
} from '../pdu/index.ts';
import { type CodingFlags, codingOf, withCoding } from './coding-options.ts';
import { hexOption, numberOption } from './options.ts';
import { outputOf, UsageError } from './program.ts';

interface EncodeOptions extends CodingFlags {
  readonly to?: string;
  readonly from?: string;
  readonly at?: TimeStamp;
  readonly text?: string;
  readonly data?: Uint8Array;
  readonly destinationPort?: number;
  readonly sourcePort?: number;
  readonly reference: number;
  readonly messageReference: number;
  readonly pid: number;
  readonly validity?: number;
  readonly report?: true;
  readonly smsc?: string;
}

function timeOption(text: string): TimeStamp {
  try {
    return timeStampOf(text);
  } catch (error) {
    if (error instanceof PduEncodeError) throw new InvalidArgumentError('Give ISO 8601, as 2009-03-04T17:25:00+01:00.');
    throw error;
  }
}

/** `gsm-modem pdu encode`: the PDUs of a message. */
export function pduEncodeCommand(): Command {
  const port = numberOption(0, 65_535);
  const octet = numberOption(0, 255);
  const command = new Command('encode')
    .description('print the PDUs of a message: a SUBMIT with --to, a DELIVER with --from and --at')
    .option('--to <number>', 'destination: international number with +, or a short code')
    .option('--from <number>', 'originator: a number or letters')
    .option('--at <time>', "the service centre's time stamp, ISO 8601", timeOption)
    .option('--text <text>', 'a text, in as many SMS as it takes')
    .option('--data <hex>', 'octets', hexOption)
    .option('--destination-port <port>', 'application port at the other end', port)
    .option('--source-port <port>', 'application port at this end', port)
    .option('--reference <number>', 'concatenation reference', port, 0)
    .option('--message-reference <number>', 'TP-MR', octet, 0)
    .option('--pid <number>', 'TP-PID', octet, 0)
    .option('--validity <seconds>', 'how long the service centre may try', numberOption(1, 63 * 7 * 86_400))
    .option('--report', 'ask for a status report')
    .option('--smsc <number>', 'service centre address in front');
  return withCoding(command).action(() => {
    const options = command.opts<EncodeOptions>();
    const output = outputOf(command);
    const smsc = options.smsc === undefined ? {} : { smsc: addressOf(options.smsc) };
    for (const tpdu of tpdusOf(options)) {
      const pdu = encodePdu({ ...smsc, tpdu });
      output.print({ pdu: toHex(pdu), length: tpduLength(pdu) }, toHex(pdu));
    }
  });
}

function segmentsOf(options: EncodeOptions): readonly Segment[] {
  const { text, data, destinationPort, sourcePort, reference } = options;
  const ports =
    destinationPort === undefined && sourcePort === undefined
      ? {}
      : { ports: { destination: destinationPort ?? 0, source: sourcePort ?? 0 } };
  const how = {
    ...codingOf(options),
    reference,
    referenceWidth: reference > 255 ? 16 : 8,
  } as const;
  if (text !== undefined && data === undefined) return segment({ kind: 'text', text, ...ports }, how);
  if (data !== undefined && text === undefined) return segment({ kind: 'data', data, ...ports }, how);
  throw new UsageError('give either --text or --data');
}

function tpdusOf(options: EncodeOptions): readonly Tpdu[] {
  const { to, from, at, pid, messageReference, validity, report } = options;
  if ((to === undefined) === (from === undefined)) throw new UsageError('give either --to or --from');
  const segments = segmentsOf(options);
  if (to !== undefined) {
    const destination = addressOf(to);
    return segments.map(({ dcs, userData }) => ({
      type: 'SUBMIT',
      statusReportRequested: report === true,
      messageReference,
      destination,
      pid,
      dcs,
      ...(validity !== undefined && { validity: { format: 'relative', ms: validity * 1000 } }),
      userData,
    }));
  }
  if (from === undefined || at === undefined) throw new UsageError('--from needs --at');
  const originator = addressOf(from);
  return segments.map(({ dcs, userData }) => ({
    type: 'DELIVER',
    statusReportIndication: report === true,
    originator,
    pid,
    dcs,
    timestamp: at,
    userData,
  }));
}
