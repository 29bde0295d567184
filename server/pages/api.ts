import type { Words } from './words.ts';

/** A payment as the service shows it. */
export interface Payment {
  readonly txn: string;
  readonly state: keyof Words & Uppercase<string>;
  readonly settled: boolean;
  readonly reason?: string;
  readonly customer: string;
  readonly amount: { readonly minor: number; readonly currency: string };
  readonly reference: string;
  readonly rail: 'ledger' | 'card' | 'bank' | 'paypal';
  readonly lastDigits?: string;
  readonly matchCode: string;
  readonly createdAt: string;
}

/** How the service reaches phones: by all of its modems, by some, or not at all. */
export type Health = 'ok' | 'degraded' | 'no-modem' | 'no-database' | 'no-room';

export interface Merchant {
  readonly name: string;
  readonly currency: string;
  /** The terminals of its cash registers. */
  readonly registers: readonly string[];
}

/** The service refused; the message is its sentence. */
export class Refusal extends Error {
  readonly status: number;

  /** @param status of HTTP */
  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }

  /** The service does not know the key. */
  get unauthorized(): boolean {
    return this.status === 401;
  }

  /** The payment has changed before the request came (paid, expired, cancelled). */
  get conflict(): boolean {
    return this.status === 409;
  }
}

/** The part of the HTTP API that the page uses, with one merchant's key. */
export class Api {
  readonly #key: string;

  constructor(key: string) {
    this.#key = key;
  }

  /** The merchant of the key. */
  merchant(): Promise<Merchant> {
    return this.#call('GET', '/v1/merchant');
  }

  /** Whether the service does its work now. */
  async health(): Promise<Health> {
    const { status }: { status: Health } = await this.#call('GET', '/health');
    return status;
  }

  /** Whether the service does its work, as soon as it differs from `known`, or after 25 seconds. */
  async healthAfter(known: Health): Promise<Health> {
    const { status }: { status: Health } = await this.#call('GET', `/health?not=${known}&wait=25`);
    return status;
  }

  async payments(): Promise<readonly Payment[]> {
    const { payments }: { payments: readonly Payment[] } = await this.#call('GET', '/v1/payments?limit=10');
    return payments;
  }

  /** The payment as soon as it is settled, or as it stands after 25 seconds. */
  settled(txn: string): Promise<Payment> {
    return this.#call('GET', `/v1/payments/${txn}?wait=25`);
  }

  /** Asks a customer for a payment. @param minor whole minor units */
  ask(customer: string, minor: number, currency: string, reference: string): Promise<Payment> {
    const mref = Array.from(crypto.getRandomValues(new Uint8Array(12)), (octet) => octet.toString(16).padStart(2, '0'));
    const body = { mref: `page-${mref.join('')}`, customer, amount: { minor, currency }, reference };
    return this.#call('POST', '/v1/payments', body);
  }

  /** Names the customer of the next payment of a cash register. @returns until when, as ISO 8601 */
  async name(terminal: string, customer: string): Promise<string> {
    const named: { until: string } = await this.#call('POST', `/v1/registers/${terminal}/customer`, { customer });
    return named.until;
  }

  cancel(txn: string): Promise<Payment> {
    return this.#call('POST', `/v1/payments/${txn}/cancel`);
  }

  /** @throws Refusal when the service answers no, TypeError when it does not answer */
  async #call<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(path, {
      method,
      headers: {
        authorization: `Bearer ${this.#key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Refusal(String(answer.detail), response.status);
    return answer;
  }
}
