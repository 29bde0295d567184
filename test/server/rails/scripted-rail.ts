import type {
  Account,
  Capabilities,
  Inquiry,
  Notice,
  Outcome,
  RailLimits,
  RailOrder,
  RemoteRail,
  SettlementLine,
} from '../../../server/index.ts';

const DAY_MS = 24 * 3_600_000;

/** A rail outside the service that answers as a test says; what the test does not say is `unknown`. */
export class ScriptedRail implements RemoteRail {
  readonly name: RemoteRail['name'] = 'card';
  readonly local = false;
  readonly capabilities: Capabilities;
  /** What was asked, in order: the kind of the attempt, or `inquire` and the kind. */
  readonly calls: string[] = [];
  readonly orders: RailOrder[] = [];
  charges: (Outcome | Promise<Outcome>)[] = [];
  reversals: Outcome[] = [];
  refunds: (Outcome | Promise<Outcome>)[] = [];
  inquiries: Inquiry[] = [];
  /** The answer to what the lists do not say. */
  otherwise: Outcome = { kind: 'unknown', reason: 'no answer' };
  lines: SettlementLine[] = [];
  /** What it is to keep of each movement. */
  fee: number | undefined;
  notices: Notice[] = [];
  limits: RailLimits | undefined;
  /** The last digits of the card that pays. */
  digits: string | undefined;

  constructor(capabilities: Partial<Capabilities> = {}) {
    this.capabilities = {
      maxMinor: 1_000_000,
      refund: 'partial',
      onUnknown: 'inquire',
      keyLifeMs: { charge: DAY_MS, refund: DAY_MS, reversal: DAY_MS },
      timeoutMs: 10_000,
      retryMs: [0, 5_000, 30_000, 120_000, 600_000, 3_600_000, 3_600_000],
      ...capabilities,
    };
  }

  payerOf(): Account {
    return 'clearing:card';
  }

  async send(order: RailOrder): Promise<Outcome> {
    this.calls.push(order.kind);
    this.orders.push(order);
    const answers = { charge: this.charges, reversal: this.reversals, refund: this.refunds }[order.kind];
    return answers.shift() ?? this.otherwise;
  }

  async inquire(order: RailOrder): Promise<Inquiry> {
    this.calls.push(`inquire ${order.kind}`);
    return this.inquiries.shift() ?? this.otherwise;
  }

  /** The notices of the list, whatever the message is. */
  async accept(): Promise<readonly Notice[]> {
    return this.notices;
  }

  lastDigitsOf(): string | undefined {
    return this.digits;
  }

  feeOf(): number | undefined {
    return this.fee;
  }

  async settlement(): Promise<readonly SettlementLine[]> {
    return this.lines;
  }
}
