import { CURRENCIES } from '../../../device/safe-mobile/index.ts';
import type { RailOrder } from '../rail.ts';
import { isoTime } from './iso-time.ts';
import type { IsoMessage } from './iso8583.ts';
import type { Trace } from './trace.ts';

/** Who the service is at the card host. */
export interface Acceptor {
  /** DE 32: the acquirer, at most 11 digits. */
  readonly acquirer: string;
  /** DE 42: the merchant at the acquirer, at most 15 characters. */
  readonly merchant: string;
  /** Reversals go as a request (0400, then 0401) or as an advice (0420, then 0421): hosts differ. */
  readonly reversals: 'request' | 'advice';
}

/** Message types: the first one, and its repeats. */
const TYPES = {
  order: ['0200', '0201'],
  request: ['0400', '0401'],
  advice: ['0420', '0421'],
} as const;

/** DE 3: goods and services, refund. */
const PROCESSING = { charge: '000000', reversal: '000000', refund: '200000' } as const;

/** DE 22: credential on file, no PIN at a terminal. */
const ENTRY_MODE = '100';

/** DE 25: the customer is not there; the order came by mail or phone. */
const CONDITION = '08';

/**
 * The request for an order. A reversal repeats what names its charge (DE 2, 3, 4, 11, 12, 13, 37, 41, 42) and has it in DE 90.
 * @param now ms since 1970
 */
export function requestOf(
  { kind, amount }: RailOrder,
  { terminal, trace, reference, at, card = '', sent }: Trace,
  { acquirer, merchant, reversals }: Acceptor,
  now: number,
): IsoMessage {
  const { transmission, time, date } = isoTime(at);
  const [first, repeat] = TYPES[kind === 'reversal' ? reversals : 'order'];
  const fields = new Map([
    [2, card],
    [3, PROCESSING[kind]],
    [4, `${amount.minor}`.padStart(12, '0')],
    [7, kind === 'reversal' ? isoTime(now).transmission : transmission],
    [11, trace],
    [12, time],
    [13, date],
    [22, ENTRY_MODE],
    [25, CONDITION],
    [32, acquirer],
    [37, reference],
    [41, terminal],
    [42, merchant.padEnd(15)],
    [49, `${CURRENCIES[amount.currency].number}`.padStart(3, '0')],
  ]);
  if (kind === 'reversal') fields.set(90, originalOf(trace, transmission, acquirer));
  return { mti: sent === true ? repeat : first, fields };
}

/** DE 90: type, trace number and transmission time of the charge, acquirer, and no forwarding institution. */
function originalOf(trace: string, transmission: string, acquirer: string): string {
  return `${TYPES.order[0]}${trace}${transmission}${acquirer.padStart(11, '0')}${'0'.repeat(11)}`;
}
