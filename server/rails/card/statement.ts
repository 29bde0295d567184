import { CURRENCIES, type Currency, isCurrency } from '../../../device/safe-mobile/index.ts';
import type { ReadTx } from '../../store/store.ts';
import type { SettlementLine } from '../rail.ts';
import { keyOfTrace, type Trace } from './trace.ts';

/** A movement as the acquirer's statement has it. */
export interface StatementLine extends Pick<Trace, 'terminal' | 'trace' | 'reference'> {
  readonly minor: number;
  readonly currency: Currency;
  /** ms since 1970. */
  readonly at: number;
}

/** A statement of the acquirer, as it came. */
export interface Statement {
  /** For people, when it cannot be read: the name of the file. */
  readonly name: string;
  readonly text: string;
}

const HEADING = 'terminal,trace,reference,kind,minor,currency,time';

const LINE =
  /^([ -~]{1,8}),([0-9]{6}),([0-9A-Z]{12}),(?:purchase|refund),([0-9]{1,12}),([0-9]{3}),([0-9-]{10}T[0-9:.]{8,12}Z)$/;

/** Reads a statement: a heading, then a line a movement. @throws Error that names the statement and the line */
export function readStatement({ name, text }: Statement): readonly StatementLine[] {
  const [heading, ...lines] = text.trimEnd().split(/\r?\n/);
  if (heading !== HEADING) throw new Error(`${name}: a statement begins with "${HEADING}"`);
  return lines.map((line, index) => {
    const [, terminal = '', trace = '', reference = '', minor, number, time = ''] = LINE.exec(line) ?? [];
    const currency = Object.keys(CURRENCIES)
      .filter(isCurrency)
      .find((letters) => CURRENCIES[letters].number === Number(number));
    const at = Date.parse(time);
    if (currency === undefined || Number.isNaN(at)) {
      throw new Error(`${name}: line ${index + 2} cannot be read: ${line.slice(0, 80)}`);
    }
    return { terminal: terminal.padEnd(8), trace, reference, minor: Number(minor), currency, at };
  });
}

/** The movement under the key that the service has for it; one that the service does not know has a key of its numbers. */
export async function settlementLineOf(tx: ReadTx, line: StatementLine): Promise<SettlementLine> {
  const { terminal, trace, reference, minor, currency, at } = line;
  const key = (await keyOfTrace(tx, line)) ?? `${terminal.trimEnd()}/${trace}/${reference}`;
  return { key, amount: { minor, currency }, at };
}
