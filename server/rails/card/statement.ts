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
  readonly kind: (typeof KINDS)[number];
  /** What the acquirer keeps of it, minor units; below zero: what it gives back; `undefined`: the statement does not say. */
  readonly fee: number | undefined;
}

/** A statement of the acquirer, as it came. */
export interface Statement {
  /** For people, when it cannot be read: the name of the file. */
  readonly name: string;
  readonly text: string;
}

const HEADING = 'terminal,trace,reference,kind,minor,currency,time';

/** The heading of a statement with fees. */
const HEADING_WITH_FEE = `${HEADING},fee`;

const KINDS = ['purchase', 'refund', 'chargeback', 'chargeback-reversal'] as const;

const LINE =
  /^([ -~]{1,8}),([0-9]{6}),([0-9A-Z]{12}),([a-z-]+),([0-9]{1,12}),([0-9]{3}),([0-9-]{10}T[0-9:.]{8,12}Z)(?:,(-?[0-9]{1,12}))?$/;

/** Reads a statement: a heading, then a line a movement. @throws Error that names the statement and the line */
export function readStatement({ name, text }: Statement): readonly StatementLine[] {
  const [heading, ...lines] = text.trimEnd().split(/\r?\n/);
  if (heading !== HEADING && heading !== HEADING_WITH_FEE) {
    throw new Error(`${name}: a statement begins with "${HEADING}", and ",fee" where it has fees`);
  }
  return lines.map((line, index) => {
    const [, terminal = '', trace = '', reference = '', word, minor, number, time = '', fee] = LINE.exec(line) ?? [];
    const kind = KINDS.find((known) => known === word);
    const currency = Object.keys(CURRENCIES)
      .filter(isCurrency)
      .find((letters) => CURRENCIES[letters].number === Number(number));
    const at = Date.parse(time);
    const hasFee = fee !== undefined;
    if (kind === undefined || currency === undefined || Number.isNaN(at) || hasFee !== (heading === HEADING_WITH_FEE)) {
      throw new Error(`${name}: line ${index + 2} cannot be read: ${line.slice(0, 80)}`);
    }
    const numbers = { terminal: terminal.padEnd(8), trace, reference };
    return { ...numbers, kind, minor: Number(minor), currency, at, fee: hasFee ? Number(fee) : undefined };
  });
}

/** The movement under the key that the service has for it; one that the service does not know has a key of its numbers. */
export async function settlementLineOf(tx: ReadTx, line: StatementLine): Promise<SettlementLine> {
  const { terminal, trace, reference, kind, minor, currency, at, fee } = line;
  const key = (await keyOfTrace(tx, line)) ?? `${terminal.trimEnd()}/${trace}/${reference}`;
  return {
    ...{ key, amount: { minor, currency }, at, fee },
    ...(kind === 'chargeback' && { isChargeback: true }),
    ...(kind === 'chargeback-reversal' && { isWonBack: true }),
  };
}
