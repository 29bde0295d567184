import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { type Description, type Direction, decodePdu, decodeTpdu, describePdu, toHex } from '../pdu/index.ts';
import { hexOption } from './options.ts';
import { outputOf } from './program.ts';

interface DecodeOptions {
  readonly direction: Direction;
  readonly tpdu?: true;
  readonly lenient?: true;
}

/** The words for a direction: who sent it, or what it is. */
const DIRECTIONS: ReadonlyMap<string, Direction> = new Map([
  ['mobile-originated', 'mobile-originated'],
  ['submit', 'mobile-originated'],
  ['command', 'mobile-originated'],
  ['deliver-report', 'mobile-originated'],
  ['mobile-terminated', 'mobile-terminated'],
  ['deliver', 'mobile-terminated'],
  ['status-report', 'mobile-terminated'],
  ['submit-report', 'mobile-terminated'],
]);

function directionOption(text: string): Direction {
  const direction = DIRECTIONS.get(text);
  if (direction !== undefined) return direction;
  throw new InvalidArgumentError(`Give one of ${[...DIRECTIONS.keys()].join(', ')}.`);
}

/** `gsm-modem pdu decode`: a PDU field by field. */
export function pduDecodeCommand(): Command {
  const command = new Command('decode')
    .description('show a PDU field by field')
    .addArgument(new Argument('<hex>', 'the PDU as AT commands carry it').argParser(hexOption))
    .addOption(
      new Option('--direction <direction>', 'who sent it, or what it is: mobile-terminated, deliver, submit, …')
        .argParser(directionOption)
        .makeOptionMandatory(),
    )
    .option('--tpdu', 'the hex has no service centre address in front')
    .option('--lenient', 'decode what deviates from the standard too, and list how');
  return command.action((octets: Uint8Array) => {
    const { direction, tpdu, lenient } = command.opts<DecodeOptions>();
    const smsc = tpdu !== true;
    if (lenient !== true) (smsc ? decodePdu : decodeTpdu)(octets, direction);
    const description = describePdu(octets, { direction, smsc });
    outputOf(command).print(recordOf(description), tableOf(description));
  });
}

function recordOf({ pdu, fields, deviations }: Description): object {
  return JSON.parse(
    JSON.stringify({ ...pdu, fields, deviations }, (_name, value) =>
      value instanceof Uint8Array ? toHex(value) : value,
    ),
  );
}

/** Octets in one line of the table. */
const OCTETS_A_LINE = 16;

function tableOf({ fields, deviations }: Description): string {
  const rows = fields.flatMap(({ field, offset, octets, meaning }) => {
    const pairs = toHex(octets).match(/../g) ?? [];
    const first = row(offset, field, pairs.slice(0, OCTETS_A_LINE), meaning);
    const more = Array.from({ length: Math.ceil(pairs.length / OCTETS_A_LINE) - 1 }, (_, index) => {
      const start = (index + 1) * OCTETS_A_LINE;
      return row(offset + start, '', pairs.slice(start, start + OCTETS_A_LINE), '');
    });
    return [first, ...more];
  });
  const notes = deviations.map(({ field, offset, reason }) => `deviation: ${field}, octet ${offset}: ${reason}`);
  return [...rows, ...notes].join('\n');
}

function row(offset: number, field: string, pairs: readonly string[], meaning: string): string {
  const columns = [String(offset).padStart(3), field.padEnd(7), pairs.join(' ').padEnd(OCTETS_A_LINE * 3 - 1), meaning];
  return columns.join('  ').trimEnd();
}
