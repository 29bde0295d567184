import type { Clock } from '../../../modem/index.ts';
import type { Capabilities, Inquiry, RailLimits, RailOrder, RemoteRail } from '../rail.ts';
import { chargeOf, foundOf, refundOf, reportedOf } from './answers.ts';
import { type Credentials, PayPalClient, type Question } from './client.ts';
import type { AskOverHttp } from './http.ts';
import { afterLostAnswer, FIRST_REPEAT_MS, withoutAnswer } from './lost-answer.ts';
import { moneyOf } from './money.ts';
import { customIdOf, type Note, newNote, noted, readNote } from './note.ts';
import { reportOf, settlementOf } from './report.ts';
import { Webhooks, type WebhookTrust } from './webhook.ts';

/** How a {@link paypalRail} is made. */
export interface PayPalRailOptions extends Credentials, WebhookTrust {
  readonly http: AskOverHttp;
  readonly clock: Clock;
  /** The payment token of a customer in PayPal's vault, by phone number (E.164); `undefined`: the customer has none. */
  readonly vaultIdOf: (number: string) => string | undefined;
  /** What the operator lets customers pay. Default: what PayPal takes. */
  readonly limits?: RailLimits | undefined;
  /** Hears in a sentence that a webhook was refused, once a minute at most: anybody may send one. */
  readonly told?: (what: string) => void;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How long one answer over HTTP is waited for, ms. An order takes up to four: an access token, the order, and both again after 401. */
export const ANSWER_MS = 10_000;

/**
 * After a lost answer the same order goes again with the same PayPal-Request-Id: PayPal answers with what the order is by now, which is also how
 * it tells of an order without an id. The last tries come when the id is forgotten, and ask the report, which is up to three hours late.
 */
const CAPABILITIES: Capabilities = {
  maxMinor: 999_999_999_999,
  refund: 'partial',
  onUnknown: 'repeat',
  keyLifeMs: { charge: 6 * HOUR_MS, refund: 45 * 24 * HOUR_MS, reversal: 0 },
  timeoutMs: 4 * ANSWER_MS,
  retryMs: [
    ...[FIRST_REPEAT_MS, 5_000, 30_000, 2 * MINUTE_MS, 10 * MINUTE_MS],
    ...[HOUR_MS, 2 * HOUR_MS, 3 * HOUR_MS, 4 * HOUR_MS, 6 * HOUR_MS],
  ],
};

/** PayPal accounts in its vault, by Orders v2, Payments v2 and Transaction Search v1. */
export function paypalRail(options: PayPalRailOptions): RemoteRail {
  const { clock, http, vaultIdOf } = options;
  const client = new PayPalClient(options, http, clock);
  const webhooks = new Webhooks(options, http, clock);

  let toldAt = Number.NEGATIVE_INFINITY;

  const inquire = async (order: RailOrder): Promise<Inquiry> => {
    const note = readNote(order);
    if (note.id === undefined) return reported(client, order, note, clock.now());
    const kind = order.kind === 'refund' ? 'refunds' : 'captures';
    return noted(note, foundOf(order, await client.ask({ method: 'GET', path: `/v2/payments/${kind}/${note.id}` })));
  };

  return {
    name: 'paypal',
    local: false,
    capabilities: CAPABILITIES,
    limits: options.limits,
    payerOf: () => 'clearing:paypal',
    prepare: async (tx, order) => JSON.stringify(await newNote(tx, order, clock.now(), vaultIdOf)),
    async send(order) {
      const note = readNote(order);
      if (note.id !== undefined) {
        const found = await inquire(order);
        return found.kind === 'absent' ? { kind: 'unknown', reason: 'PayPal does not know its own id' } : found;
      }
      const question = questionOf(order, note);
      if ('reason' in question) return { kind: 'declined', reason: question.reason };
      const begun = clock.now();
      const found = await client.ask(question).then(
        (answer) => (order.kind === 'refund' ? refundOf(order, answer) : chargeOf(order, answer)),
        (error: unknown) => withoutAnswer(order, note, error, begun),
      );
      return afterLostAnswer(note, found, clock.now());
    },
    inquire,
    async accept(message, headers) {
      try {
        return await webhooks.read(message, headers);
      } catch (error) {
        if (clock.now() >= toldAt + MINUTE_MS) {
          toldAt = clock.now();
          options.told?.(`a webhook was refused: ${error instanceof Error ? error.message : error}`);
        }
        throw error;
      }
    },
    feeOf: (order) => (order.kind === 'charge' ? readNote(order).fee : undefined),
    settlement: (from, to) => settlementOf(client, from, to, clock.now()),
  };
}

/** The request that carries an order out, or why there is none. */
function questionOf(
  { key, kind, txn, amount }: RailOrder,
  { vaultId, captureId }: Note,
): Question | { readonly reason: string } {
  const money = moneyOf(amount);
  const requestId = customIdOf(key);
  if (kind === 'reversal') return { reason: 'PayPal reverses nothing' };
  if (money === undefined) return { reason: 'not-permitted' };
  if (kind === 'refund') {
    if (captureId === undefined) return { reason: 'rail-failed' };
    const body = { amount: money, custom_id: requestId };
    return { method: 'POST', path: `/v2/payments/captures/${captureId}/refund`, requestId, body };
  }
  if (vaultId === undefined) return { reason: 'not-linked' };
  const body = {
    intent: 'CAPTURE',
    purchase_units: [{ invoice_id: txn, custom_id: requestId, amount: money }],
    payment_source: { paypal: { vault_id: vaultId } },
  };
  return { method: 'POST', path: '/v2/checkout/orders', requestId, body };
}

/** What the report says of an order whose id is not known here. It is final when the report has all that could come of it. */
async function reported(client: PayPalClient, order: RailOrder, note: Note, now: number): Promise<Inquiry> {
  const from = note.from ?? now;
  const { transactions, refreshedAt } = await reportOf(client, from - MINUTE_MS, now);
  const own = transactions.filter((transaction) => transaction.key === order.key);
  const movement = own.find(({ status }) => status === 'S' || status === 'V') ?? own[0];
  if (movement !== undefined) return noted(note, reportedOf(order, movement));
  const { [order.kind]: keyLifeMs } = CAPABILITIES.keyLifeMs;
  return { kind: 'absent', final: refreshedAt !== undefined && refreshedAt > from + keyLifeMs };
}
