import type { Clock } from '../../../modem/index.ts';
import type { Capabilities, Outcome, RailLimits, RailOrder, RailRuntime, RemoteRail, SettlementLine } from '../rail.ts';
import { AcquirerReconciliation } from './acquirer-reconciliation.ts';
import { CardConnection, type Dialect } from './connection.ts';
import type { IsoMessage } from './iso8583.ts';
import type { OpenLine } from './line.ts';
import { type Acceptor, requestOf } from './requests.ts';
import { approvalCodeOf, NOT_FOUND, responseOf } from './response-codes.ts';
import { readStatement, type Statement, settlementLineOf } from './statement.ts';
import { type Card, newTrace, readTrace, type Trace } from './trace.ts';

/** How a {@link cardRail} is made. */
export interface CardRailOptions extends Acceptor {
  readonly open: OpenLine;
  readonly clock: Clock;
  readonly dialect: Dialect;
  /** When the host is asked for an echo, ms after the last message. Default: a minute. */
  readonly silenceMs?: number;
  /** DE 41: the terminals that the service may use, at most 8 characters each. Each has 999,999 trace numbers. */
  readonly terminals: readonly [string, ...string[]];
  /** The card of a customer by phone number (E.164); `undefined`: the customer has none. */
  readonly cardOf: (number: string) => Card | undefined;
  /** The acquirer's statements with the movements of a time, `[from, to)`, ms since 1970; they may have more. @throws Error when one is missing */
  readonly statements: (from: number, to: number) => Promise<readonly Statement[]>;
  /** What the acquirer is to keep of a purchase: hundredths of a per cent, and minor units. Default: not agreed, and not compared. */
  readonly fee?: { readonly basisPoints: number; readonly fixedMinor: number } | undefined;
  /** Whether the totals of a business day are sent after the host's cut-off (0500). Default: they are. */
  readonly totals?: boolean;
  /** What the operator lets customers pay. Default: what a message can say. */
  readonly limits?: RailLimits | undefined;
  /** Hears in a sentence what has become of the connection. */
  readonly told?: (what: string) => void;
}

const HOUR_MS = 3_600_000;

const CAPABILITIES: Capabilities = {
  maxMinor: 999_999_999_999,
  refund: 'partial',
  onUnknown: 'reverse',
  keyLifeMs: { charge: 6 * HOUR_MS, refund: 6 * HOUR_MS, reversal: Number.POSITIVE_INFINITY },
  timeoutMs: 15_000,
  retryMs: [1_000, 5_000, 30_000, 120_000, 600_000, HOUR_MS, HOUR_MS],
};

/**
 * Cards by ISO 8583:1987 over TCP. A charge whose answer is lost is reversed, and the reversal repeated until the host answers; an
 * approval that comes after it changes nothing. A refund whose answer is lost is repeated with the same numbers (0201).
 */
export function cardRail(options: CardRailOptions): RemoteRail {
  const { clock, terminals, cardOf } = options;
  const connection = new CardConnection({
    ...options,
    ...(options.totals !== false && { cutOff: (day) => reconciliation.cutOff(day) }),
  });
  const reconciliation = new AcquirerReconciliation({
    ...options,
    terminal: terminals[0],
    exchange: (request, limitMs) => connection.exchange(request, limitMs),
  });
  let runtime: RailRuntime | undefined;
  return {
    name: 'card',
    local: false,
    capabilities: CAPABILITIES,
    limits: options.limits,
    payerOf: () => 'clearing:card',
    prepare: async (tx, order) => JSON.stringify(await newTrace(tx, order, clock.now(), terminals, cardOf)),
    async send(order) {
      const trace = readTrace(order);
      if (trace.card === undefined) return { kind: 'declined', reason: 'no-card' };
      const request = requestOf(order, trace, options, clock.now());
      const answer = await connection.exchange(request, CAPABILITIES.timeoutMs);
      if (answer === 'not-sent') return unsent(order, trace);
      if (answer === 'no-answer') return lost('the card host did not answer in time', trace);
      return outcomeOf(order, trace, request, answer);
    },
    lastDigitsOf: (order) => readTrace(order).lastDigits,
    feeOf({ kind, amount }) {
      const { fee } = options;
      if (fee === undefined || kind !== 'charge') return undefined;
      return Math.round((amount.minor * fee.basisPoints) / 10_000) + fee.fixedMinor;
    },
    async settlement(from, to) {
      if (runtime === undefined) throw new Error('the card rail is not started');
      const lines = (await options.statements(from, to))
        .flatMap(readStatement)
        .filter(({ at }) => at >= from && at < to);
      return runtime.read(async (tx) => {
        const settled: SettlementLine[] = [];
        for (const line of lines) settled.push(await settlementLineOf(tx, line));
        return settled;
      });
    },
    start(run) {
      runtime = run;
      reconciliation.begin(run);
      const stop = connection.start();
      return () => {
        reconciliation.end();
        stop();
      };
    },
  };
}

/** A charge that never left has moved nothing; a refund or a reversal may have left before. */
function unsent({ kind }: RailOrder, { sent }: Trace): Outcome {
  if (kind === 'charge' && sent === undefined) return { kind: 'declined', reason: 'rail-unreachable' };
  return { kind: 'unknown', reason: 'there is no connection to the card host' };
}

function lost(reason: string, trace: Trace): Outcome {
  return { kind: 'unknown', reason, note: JSON.stringify({ ...trace, sent: true }) };
}

function outcomeOf({ kind }: RailOrder, trace: Trace, request: IsoMessage, { fields }: IsoMessage): Outcome {
  const response = responseOf(fields.get(39), kind);
  if (response.kind === 'unknown') return lost(response.reason, trace);
  const settled = fields.get(15);
  const unknownThere = kind === 'reversal' && fields.get(39) === NOT_FOUND;
  const note = JSON.stringify({
    ...trace,
    ...(settled !== undefined && { settled }),
    ...(unknownThere && { unknownThere }),
  });
  if (response.kind === 'declined') return { ...response, note };
  if (kind !== 'reversal' && (fields.get(4) ?? request.fields.get(4)) !== request.fields.get(4)) {
    return lost('the card host approved another amount', trace);
  }
  return { kind: 'done', approvalCode: kind === 'charge' ? approvalCodeOf(fields.get(38)) : 0, note };
}
