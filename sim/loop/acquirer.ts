import type { Clock } from '../../modem/index.ts';
import { cardRail, type OpenLine, type RemoteRail } from '../../server/index.ts';
import type { CardEntry } from '../hosts/card-book.ts';
import { CardHost } from '../hosts/card-host.ts';
import { memoryCardLine } from '../hosts/card-link.ts';
import type { HostOrder } from '../hosts/example-host.ts';
import type { Lifeline } from './lifeline.ts';
import type { LostRefund, PaymentHost } from './payment-host.ts';

const MERCHANT = 'TOWN';
const TERMINALS = ['TOWN0001', 'TOWN0002', 'TOWN0003'] as const;
const TOKEN = '9000000000000000017';
const LATENCY_MS = 300;
/** Between two echoes, ms: an episode lasts days. */
const SILENCE_MS = 600_000;

/** A card host, and the rail of ISO 8583 to it: everybody in town has a card. */
export class Acquirer implements PaymentHost {
  readonly double: CardHost;
  readonly #clock: Clock;
  readonly #txns: () => Iterable<string>;

  /** @param txns of all payments, whose first 12 digits the host has as the retrieval reference */
  constructor(clock: Clock, txns: () => Iterable<string>) {
    this.#clock = clock;
    this.#txns = txns;
    const speech = { variant: 'binary', lengthCountsItself: false, tpdu: false } as const;
    this.double = new CardHost({ clock, merchant: MERCHANT, speech });
  }

  rail(lifeline: Lifeline, clock: Clock): RemoteRail {
    return cardRail({
      open: tied(memoryCardLine(this.double, this.#clock, LATENCY_MS), lifeline),
      clock: lifeline.clock(clock),
      dialect: { variant: 'binary', framing: { lengthCountsItself: false } },
      silenceMs: SILENCE_MS,
      acquirer: '12345',
      merchant: MERCHANT,
      terminals: TERMINALS,
      reversals: 'request',
      cardOf: () => ({ token: TOKEN }),
      statements: async (from, to) => [{ name: 'town', text: this.double.statement(from, to) }],
    });
  }

  get orders(): readonly HostOrder[] {
    return ordersOf(this.double.entries, this.#txns());
  }

  hasCharged(txn: string): boolean {
    return movedOf(this.double.entries, txn, 'purchase').length > 0;
  }

  hasGivenBack(refund: LostRefund): boolean {
    return hasGivenBack(this.double.entries, refund);
  }
}

/** The book of a card host as that of any host: it knows payments by the first 12 digits of their txn. @param txns of all payments */
export function ordersOf(entries: readonly CardEntry[], txns: Iterable<string>): readonly HostOrder[] {
  const byReference = new Map(Array.from(txns, (txn) => [referenceOf(txn), txn]));
  return entries.map(({ terminal, trace, reference, kind, minor, currency, at, state }) => {
    const txn = byReference.get(reference) ?? reference;
    const of = `${txn}:charge`;
    const order = { of, minor, currency, at, state };
    if (kind === 'purchase') return { ...order, key: of, kind: 'charge' };
    return { ...order, key: `${txn}:refund ${terminal} ${trace}`, kind: 'refund' };
  });
}

/** The book has no keys of ours: the lost refund has moved when the book has more of its amount than the service knows. */
export function hasGivenBack(entries: readonly CardEntry[], { txn, minor, done }: LostRefund): boolean {
  return movedOf(entries, txn, 'refund').filter((entry) => entry.minor === minor).length > done;
}

function movedOf(entries: readonly CardEntry[], txn: string, kind: CardEntry['kind']): readonly CardEntry[] {
  const reference = referenceOf(txn);
  return entries.filter((entry) => entry.reference === reference && entry.kind === kind && entry.state === 'moved');
}

/** DE 37 of a payment: the first 12 digits of its txn. */
function referenceOf(txn: string): string {
  return txn.slice(0, 12).toUpperCase();
}

/** A line that a process has: what arrives waits while it is stopped, and the line is closed when it dies. */
function tied(open: OpenLine, lifeline: Lifeline): OpenLine {
  return (events) => {
    const line = open({
      opened: () => lifeline.run(() => events.opened()),
      received: (octets) => lifeline.run(() => events.received(octets)),
      closed: (why) => lifeline.run(() => events.closed(why)),
    });
    void lifeline.ended.then(() => line.close());
    return { write: (octets) => lifeline.send(() => line.write(octets)), close: () => line.close() };
  };
}
