import type { Clock } from '../../modem/index.ts';
import { HOST_FAULTS, type HostFault } from './example-host.ts';
import { answer, captureBody, orderBody, type PayPalAnswer, refundBody, refused } from './paypal-answers.ts';
import { PayPalBook, type PayPalEntry } from './paypal-book.ts';
import { eventOf } from './paypal-events.ts';
import { transactionsBody } from './paypal-report.ts';
import { type Refusal, readOrder, readRefund } from './paypal-requests.ts';
import { PayPalTokens } from './paypal-tokens.ts';
import { WebhookSigner } from './paypal-webhooks.ts';
import type { SettlementFault } from './settlement-fault.ts';

/**
 * What PayPal can do wrong beside what every host can. `error`: it carries the order out and answers 500; `busy`: 429; `token-ended`: 401;
 * `payer-action`: the payer must say more in a browser.
 */
const OWN_FAULTS = ['error', 'busy', 'token-ended', 'payer-action'] as const;

/** All that PayPal can do wrong with one order or refund, beside refusing it with an issue. */
export const PAYPAL_FAULTS: readonly (HostFault | (typeof OWN_FAULTS)[number])[] = [...HOST_FAULTS, ...OWN_FAULTS];

/** One of {@link PAYPAL_FAULTS}, or PayPal refuses with an issue. */
export type PayPalFault = HostFault | (typeof OWN_FAULTS)[number] | { readonly issue: string };

/** A request as it came: nothing of it is read yet. */
export interface PayPalRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** How a {@link PayPalHost} is opened. */
export interface PayPalHostOptions {
  readonly clock: Clock;
  readonly clientId: string;
  readonly secret: string;
  /** The payment tokens in the vault of the merchant. */
  readonly vault: readonly string[];
  /** Names the receiver of webhooks. */
  readonly webhookId: string;
  /** What stands before the path of its certificate, as `https://api.paypal.com`. */
  readonly address: string;
  /** Whether a second order with an invoice that was paid is refused: an option of the merchant's account. Default: it is not. */
  readonly refusesSecondInvoice?: boolean;
  /** How old a movement is before reports have it, ms: at PayPal up to three hours. Default: 0. */
  readonly reportLagMs?: number;
  /** Where the book is kept. Default: nowhere. */
  readonly bookFile?: string;
}

const LATE_MS = 120_000;
const SLOW_MS = 30_000;

/** How long the host works on an order, ms: the same one meanwhile is refused. */
const WORK_MS = 10;

/**
 * An honest double of PayPal (Orders v2, Payments v2, Transaction Search v1, webhooks): its own parser, its own book, and the faults that it
 * is told to make. It carries out an order of a PayPal-Request-Id once, as long as it remembers the id.
 */
export class PayPalHost {
  /** Nothing that is sent reaches the host. */
  down = false;
  /** Gets each webhook. */
  onNotice: (body: Uint8Array, headers?: Readonly<Record<string, string>>) => void = () => {};
  /** Each request that was read, oldest first. */
  readonly heard: PayPalRequest[] = [];
  readonly #options: PayPalHostOptions;
  readonly #book: PayPalBook;
  readonly #tokens: PayPalTokens;
  readonly #signer: WebhookSigner;
  readonly #faults: PayPalFault[] = [];
  readonly #settlementFaults: SettlementFault[] = [];
  readonly #listeners = new Set<(entry: PayPalEntry) => void>();
  readonly #inWork = new Set<string>();
  #events = 0;

  constructor(options: PayPalHostOptions) {
    this.#options = options;
    this.#book = new PayPalBook(options.bookFile);
    this.#tokens = new PayPalTokens(options);
    this.#signer = new WebhookSigner(options.webhookId, options.address, options.clock.now());
  }

  /** What the host does wrong with the next orders and refunds, one fault each. */
  misbehave(...faults: PayPalFault[]): void {
    this.#faults.push(...faults);
  }

  /** What is wrong in every report from now on. */
  misreport(...faults: SettlementFault[]): void {
    this.#settlementFaults.push(...faults);
  }

  /** Where its certificate is, behind its address. */
  get certificatePath(): string {
    return this.#signer.certificatePath;
  }

  get entries(): readonly PayPalEntry[] {
    return this.#book.entries;
  }

  /** Hears of each capture and refund when it is written into the book, and of each change of it, until the returned function is called. */
  listen(listener: (entry: PayPalEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Captures less refunds in the host's book, smallest units. */
  moved(): number {
    return this.#book.moved();
  }

  /** Decides about all that is pending, and sends a webhook of each. */
  decide(state: 'moved' | 'declined'): void {
    for (const entry of this.entries.filter(({ status }) => status === 'PENDING')) {
      const refusedAs = entry.kind === 'capture' ? 'DECLINED' : 'FAILED';
      const status = state === 'moved' ? 'COMPLETED' : refusedAs;
      this.#tell(this.#write({ ...entry, status, changedAt: this.#now() }));
    }
  }

  /** The payer gets the money of a capture back from PayPal, against the merchant's will; a webhook says so. */
  reverse(id: string): void {
    const capture = this.#book.byId('capture', id);
    if (capture !== undefined) this.#tell(capture, 'PAYMENT.CAPTURE.REVERSED');
  }

  /** Deals with one request. @param reply once, at once or later. @param cut ends the connection with half an answer */
  readonly serve = (
    request: PayPalRequest,
    reply: (answer: PayPalAnswer) => void,
    cut: (half: PayPalAnswer) => void,
  ): void => {
    if (this.down) return;
    this.heard.push(request);
    const [path = ''] = request.path.split('?');
    if (path === this.#signer.certificatePath) reply({ status: 200, body: this.#signer.certificate });
    else if (path === '/v1/oauth2/token') reply(this.#tokens.grant(request));
    else if (!this.#tokens.admits(request)) reply(refused(401));
    else if (request.method === 'GET') reply(this.#shown(path, request));
    else if (request.method === 'POST') this.#asked(path, request, reply, cut);
    else reply(refused(404));
  };

  #shown(path: string, { path: full }: PayPalRequest): PayPalAnswer {
    const [, kind = '', id = ''] = /^\/v[123]\/([a-z/-]+)\/([0-9A-Za-z_-]+)$/.exec(path) ?? [];
    if (path === '/v1/reporting/transactions') {
      const { reportLagMs = 0 } = this.#options;
      return transactionsBody(this.entries, new URL(full, 'http://host').searchParams, {
        faults: this.#settlementFaults,
        refreshedAt: this.#now() - reportLagMs,
      });
    }
    if (kind === 'vault/payment-tokens' && this.#options.vault.includes(id)) {
      return answer(200, { id, customer: { id: 'customer' }, payment_source: { paypal: {} } });
    }
    const refund = kind === 'payments/refunds' ? this.#book.byId('refund', id) : undefined;
    if (refund !== undefined) return answer(200, refundBody(refund));
    const capture = kind === 'checkout/orders' ? this.#book.byOrder(id) : this.#book.byId('capture', id);
    if (capture === undefined) return refused(404, 'INVALID_RESOURCE_ID');
    const body = kind === 'checkout/orders' ? orderBody : captureBody;
    return answer(200, body(capture, this.#refundsOf(capture)));
  }

  #asked(
    path: string,
    request: PayPalRequest,
    reply: (answer: PayPalAnswer) => void,
    cut: (half: PayPalAnswer) => void,
  ): void {
    const fault = this.#faults.shift();
    if (fault === 'no-answer') return;
    if (fault === 'busy') reply(refused(429));
    else if (fault === 'token-ended') {
      this.#tokens.endAll();
      reply(refused(401));
    } else if (fault === 'slow') {
      this.#options.clock.after(SLOW_MS, () => void this.#carryOut(path, request, undefined));
    } else {
      if (fault === 'twice') this.#carryOut(path, request, undefined);
      const done = this.#carryOut(path, request, fault);
      const requestId = request.headers['paypal-request-id'] ?? '';
      this.#inWork.add(requestId);
      this.#options.clock.after(WORK_MS, () => {
        this.#inWork.delete(requestId);
        if (fault === 'cut') cut(done);
        else if (fault === 'error') reply(refused(500));
        else if (fault !== 'answer-lost' && fault !== 'late') reply(done);
      });
    }
  }

  /** Once a PayPal-Request-Id, as long as it is remembered: 201 the first time, then 200 with what it is by now. */
  #carryOut(path: string, request: PayPalRequest, fault: PayPalFault | undefined): PayPalAnswer {
    const requestId = request.headers['paypal-request-id'] ?? '';
    const refund = /^\/v2\/payments\/captures\/([0-9A-Z]+)\/refund$/.exec(path)?.[1];
    if (refund === undefined && path !== '/v2/checkout/orders') return refused(404);
    if (requestId === '') return refused(400, 'PAYPAL_REQUEST_ID_REQUIRED');
    if (requestId.length > 108) return refused(400, 'INVALID_STRING_LENGTH');
    if (this.#inWork.has(requestId)) return refused(409, 'PREVIOUS_REQUEST_IN_PROGRESS');
    const kind = refund === undefined ? 'capture' : 'refund';
    const known = this.#book.byRequest(kind, requestId, this.#now());
    if (known !== undefined) return this.#said(200, known, request);
    if (typeof fault === 'object') return refused(422, fault.issue);
    if (fault === 'declined')
      return refused(422, kind === 'capture' ? 'INSTRUMENT_DECLINED' : 'REFUND_FAILED_INSUFFICIENT_FUNDS');
    const asked =
      refund === undefined ? this.#order(request, requestId) : this.#refund(refund, request.body, requestId);
    if ('issue' in asked) return refused(asked.status, asked.issue);
    const waits = fault === 'payer-action' && kind === 'capture';
    const status = fault === 'pending' ? 'PENDING' : waits ? 'PAYER_ACTION_REQUIRED' : asked.status;
    const entry = this.#write({ ...asked, status });
    if (fault === 'late') this.#options.clock.after(LATE_MS, () => this.#tell(entry));
    else this.#tell(entry);
    if (fault === 'twice') this.#tell(entry);
    if (fault === 'out-of-order') this.#tell({ ...entry, status: 'PENDING' });
    return this.#said(201, entry, request);
  }

  #order({ body }: PayPalRequest, requestId: string): PayPalEntry | Refusal {
    const asked = readOrder(body);
    if ('issue' in asked) return asked;
    const { vaultId, invoiceId, ...names } = asked;
    if (!this.#options.vault.includes(vaultId)) return { status: 422, issue: 'INVALID_RESOURCE_ID' };
    const isSecond = invoiceId !== undefined && this.#book.hasInvoice(invoiceId);
    if (isSecond && this.#options.refusesSecondInvoice === true) return { status: 422, issue: 'DUPLICATE_INVOICE_ID' };
    const id = this.#book.newId('C');
    const at = this.#now();
    const order = this.#book.newId('O');
    return {
      kind: 'capture',
      id,
      order,
      capture: id,
      requestId,
      invoiceId,
      ...names,
      at,
      changedAt: at,
      status: 'COMPLETED',
    };
  }

  #refund(id: string, body: string, requestId: string): PayPalEntry | Refusal {
    const asked = readRefund(body);
    const capture = this.#book.byId('capture', id);
    if ('issue' in asked) return asked;
    if (capture === undefined) return { status: 422, issue: 'INVALID_RESOURCE_ID' };
    if (capture.status === 'PENDING') return { status: 422, issue: 'PENDING_CAPTURE' };
    const left = capture.minor - this.#book.refunded(id);
    const { minor, currency } = asked.amount ?? { ...capture, minor: left };
    if (currency !== capture.currency) return { status: 422, issue: 'REFUND_CAPTURE_CURRENCY_MISMATCH' };
    if (left === 0) return { status: 422, issue: 'CAPTURE_FULLY_REFUNDED' };
    if (minor > left) return { status: 422, issue: 'REFUND_AMOUNT_EXCEEDED' };
    const at = this.#now();
    const { order, invoiceId } = capture;
    const own = { kind: 'refund', id: this.#book.newId('R'), order, capture: id } as const;
    return {
      ...own,
      requestId,
      invoiceId,
      customId: asked.customId,
      minor,
      currency,
      at,
      changedAt: at,
      status: 'COMPLETED',
    };
  }

  /** Without `Prefer: return=representation` PayPal says only the id and the status. */
  #said(status: number, entry: PayPalEntry, { headers }: PayPalRequest): PayPalAnswer {
    const whole: { readonly id?: string; readonly status?: string } =
      entry.kind === 'refund' ? refundBody(entry) : orderBody(entry, this.#refundsOf(entry));
    const { id, status: state } = whole;
    return answer(status, headers['prefer'] === 'return=representation' ? whole : { id, status: state, links: [] });
  }

  #refundsOf(capture: PayPalEntry): readonly PayPalEntry[] {
    return this.entries.filter(({ kind, capture: of }) => kind === 'refund' && of === capture.id);
  }

  #write(entry: PayPalEntry): PayPalEntry {
    const written = this.#book.write(entry);
    for (const listener of this.#listeners) listener(written);
    return written;
  }

  #tell(entry: PayPalEntry, type?: string): void {
    if (entry.status === 'PAYER_ACTION_REQUIRED') return;
    this.#events += 1;
    const event = eventOf(entry, this.#refundsOf(entry), this.#events, this.#now(), type);
    const { body, headers } = this.#signer.signed(event, this.#now());
    this.onNotice(body, headers);
  }

  #now(): number {
    return this.#options.clock.now();
  }
}
