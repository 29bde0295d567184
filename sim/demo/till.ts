import { z } from 'zod';
import type { Amount } from '../../device/safe-mobile/index.ts';

/** What the merchant asks for. */
export interface Order {
  readonly mref: string;
  readonly customer: string;
  readonly amount: Amount;
  readonly reference: string;
  /** Seconds. */
  readonly ttl?: number;
}

/** A payment as the API shows it. */
export interface PaymentView {
  readonly txn: string;
  readonly state: string;
  readonly settled: boolean;
  readonly matchCode: string;
}

const paymentView = z.object({ txn: z.string(), state: z.string(), settled: z.boolean(), matchCode: z.string() });
const listView = z.object({ payments: z.array(paymentView) });
const receiptView = z.object({ status: z.string() });
const personView = z.object({ id: z.int() });
const merchantView = z.object({ apiKey: z.string() });
const activationView = z.object({ deviceId: z.int(), activationCode: z.string(), descriptor: z.string() });
const balancesView = z.object({ balances: z.array(z.object({ minor: z.int(), currency: z.string() })) });

/** Lets time stand still until something real has happened. */
export type Hold = <T>(promise: Promise<T>) => Promise<T>;

/** A client of the service's HTTP API with one key: the administrator's, or the merchant's at the till. */
export class Till {
  readonly #url: string;
  readonly #apiKey: string;
  readonly #hold: Hold;

  /** @param url where the service listens: `http://127.0.0.1:8080`. */
  constructor(url: string, apiKey: string, hold: Hold) {
    this.#url = url;
    this.#apiKey = apiKey;
    this.#hold = hold;
  }

  async addPerson(person: {
    readonly number: string;
    readonly name: string;
    readonly language: string;
  }): Promise<number> {
    return personView.parse(await this.#ask('POST', '/v1/people', person)).id;
  }

  async deposit(personId: number, amount: Amount, reference: string): Promise<void> {
    await this.#ask('POST', `/v1/people/${personId}/deposits`, { amount, reference });
  }

  /** Minor units that a person has, in the one currency of the demonstration. */
  async balance(personId: number): Promise<number> {
    const { balances } = balancesView.parse(await this.#ask('GET', `/v1/people/${personId}`));
    return balances[0]?.minor ?? 0;
  }

  /** @returns the merchant's API key. */
  async addMerchant(merchant: {
    readonly name: string;
    readonly currency: string;
    readonly personId: number;
  }): Promise<string> {
    return merchantView.parse(await this.#ask('POST', '/v1/merchants', merchant)).apiKey;
  }

  /** @returns the code that the person types, and the descriptor (JAD) that the phone installs. */
  async activate(personId: number): Promise<{ readonly activationCode: string; readonly descriptor: string }> {
    const { activationCode, descriptor } = activationView.parse(
      await this.#ask('POST', `/v1/people/${personId}/activations`),
    );
    return { activationCode, descriptor: await this.#text('GET', descriptor) };
  }

  async requestPayment(order: Order): Promise<PaymentView> {
    return paymentView.parse(await this.#ask('POST', '/v1/payments', order));
  }

  async payment(txn: string): Promise<PaymentView> {
    return paymentView.parse(await this.#ask('GET', `/v1/payments/${txn}`));
  }

  /** The merchant's last payment. */
  async lastPayment(): Promise<PaymentView | undefined> {
    return listView.parse(await this.#ask('GET', '/v1/payments?limit=1')).payments[0];
  }

  /** What the merchant's signed receipt says. */
  async receiptStatus(txn: string): Promise<string> {
    return receiptView.parse(await this.#ask('GET', `/v1/payments/${txn}/receipt`)).status;
  }

  async #ask(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    return JSON.parse(await this.#text(method, path, body));
  }

  #text(method: 'GET' | 'POST', path: string, body?: object): Promise<string> {
    return this.#hold(this.#fetch(method, path, body));
  }

  async #fetch(method: 'GET' | 'POST', path: string, body?: object): Promise<string> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#apiKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return text;
  }
}
