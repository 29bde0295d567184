import type {
  ListQuery,
  OwnMerchantView,
  PaymentBody,
  PaymentListView,
  PaymentView,
  ReceiptView,
  RefundBody,
} from '../http/payment-schemas.ts';
import { type CallOptions, type ClientOptions, Connection } from './connection.ts';

/** What a customer is asked to pay. Without `mref` the client draws one, and keeps it over its own repeats. */
export type PaymentOrder = Omit<PaymentBody, 'mref'> & { readonly mref?: string | undefined };

/** A merchant's payments. All calls throw {@link ClientError}, or the reason of their signal. */
export class PaymentsClient {
  readonly #connection: Connection;

  /** @throws TypeError for a URL or key that cannot be one */
  constructor(options: ClientOptions) {
    this.#connection = new Connection(options);
  }

  /** Whose key it is. */
  merchant(options: CallOptions = {}): Promise<OwnMerchantView> {
    return this.#connection.ask({ method: 'GET', path: '/v1/merchant', ...options });
  }

  /** Asks a customer for a payment; the same `mref` with the same content is the same payment. */
  create(order: PaymentOrder, options: CallOptions = {}): Promise<PaymentView> {
    const body: PaymentBody = { ...order, mref: order.mref ?? this.#connection.newKey() };
    return this.#connection.ask({ method: 'POST', path: '/v1/payments', body, ...options });
  }

  /** A payment as it stands. */
  get(txn: string, options: CallOptions = {}): Promise<PaymentView> {
    return this.#connection.ask({ method: 'GET', path: pathOf(txn), ...options });
  }

  /** A payment once it is settled: nothing more happens to it by itself. */
  settled(txn: string, options: CallOptions = {}): Promise<PaymentView> {
    return this.#connection.askUntil<PaymentView>(pathOf(txn), ({ settled }) => settled, options);
  }

  /** Payments, latest first; `next` of an answer is `after` of the next call. */
  list(query: Partial<ListQuery> = {}, options: CallOptions = {}): Promise<PaymentListView> {
    return this.#connection.ask({ method: 'GET', path: '/v1/payments', query: { ...query }, ...options });
  }

  /** Takes a request back that the customer has not approved. */
  cancel(txn: string, options: CallOptions = {}): Promise<PaymentView> {
    return this.#connection.ask({ method: 'POST', path: `${pathOf(txn)}/cancel`, ...options });
  }

  /** Gives a payment back, all of it or an amount. Without `key` the client draws one, and keeps it over its own repeats. */
  refund(txn: string, refund: RefundBody = {}, options: CallOptions = {}): Promise<PaymentView> {
    const body: RefundBody = { ...refund, key: refund.key ?? this.#connection.newKey() };
    return this.#connection.ask({
      ...{ method: 'POST', path: `${pathOf(txn)}/refund`, body, waitMs: REFUND_WAIT_MS },
      ...options,
    });
  }

  /** The receipt that the service signed. */
  receipt(txn: string, options: CallOptions = {}): Promise<ReceiptView> {
    return this.#connection.ask({ method: 'GET', path: `${pathOf(txn)}/receipt`, ...options });
  }
}

/** How long the service waits for what a rail says of a refund, ms. */
const REFUND_WAIT_MS = 30_000;

function pathOf(txn: string): string {
  return `/v1/payments/${encodeURIComponent(txn)}`;
}
