import { z } from 'zod';
import { type Clock, sleep } from '../../../modem/index.ts';
import type { ServiceKeys } from '../../../server/index.ts';
import { type ExampleHost, HOST_FAULTS, type SeededRandom } from '../../../sim/index.ts';
import { type Api, PaymentAnswer, PersonAnswer } from './api.ts';
import { ObligingPhone } from './obliging-phone.ts';
import type { SmsNetwork } from './sms-network.ts';

/** What each customer begins with, cents. */
export const DEPOSIT = 100_000;

/** What a payment is at most, cents, so that customers have money for a long run; and what one is that nobody can pay twice. */
const LARGEST = 300;
const TOO_LARGE = 90_000;

/** People who join at once. */
const AT_ONCE = 4;

/** How long an enrolment may take before the person is given another code, ms. */
const ENROLMENT_MS = 300_000;

const ActivationAnswer = z.object({ deviceId: z.int(), activationCode: z.string() });
const ReceiptAnswer = z.looseObject({ status: z.string() });

/** A person with a phone, as the load knows them. */
export interface Customer {
  readonly id: number;
  readonly number: string;
  readonly phone: ObligingPhone;
}

/** How a load is made. */
export interface LoadOptions {
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly keys: ServiceKeys;
  readonly network: SmsNetwork;
  readonly admin: Api;
  readonly till: Api;
  /** Of the rail, if it has one. */
  readonly host: ExampleHost | undefined;
  readonly customers: number;
  /** The merchant, who has a phone. */
  readonly merchant: Customer;
}

/** What merchants, customers and the host do, several at a time, whether a service runs or not. It notes what it was told. */
export class Load {
  readonly customers: Customer[] = [];
  /** Each payment as the API ever told it. */
  readonly told: PaymentAnswer[] = [];
  /** The merchant's receipts as they were told first, by txn and status. */
  readonly receipts = new Map<string, string>();
  /** Receipts that were told in other octets the next time. */
  readonly changedReceipts: string[] = [];
  readonly #options: LoadOptions;
  readonly #random: SeededRandom;
  /** The payments that were asked for over HTTP. */
  readonly #txns = new Set<string>();
  #workers = 1;
  #payments = 0;
  #refunds = 0;
  #running = true;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#random = options.random.fork('load');
    options.network.loses = (number) => this.#isChance(20) && this.#isEnrolled(number);
  }

  /** Resolves when merchants are busy: so many more payments were told as there are workers, and there are `payments` in all. */
  async busy(payments: number = 0): Promise<void> {
    const enough = this.told.length + this.#workers;
    while (this.told.length < enough || this.#txns.size < payments) await sleep(this.#options.clock, 500);
  }

  /**
   * Goes on until {@link calmDown}; resolves when the last of the workers has its answer.
   * @param pauseMs how long a worker pauses between two requests at most
   */
  async run(workers: number, pauseMs: number): Promise<void> {
    this.#workers = workers;
    await Promise.all([this.#enrolAll(), ...Array.from({ length: workers }, () => this.#work(pauseMs))]);
  }

  /** Nothing new begins, and nobody makes faults any more. */
  calmDown(): void {
    this.#running = false;
    this.#options.network.loses = () => false;
  }

  /** Asks for a merchant's receipt, and compares it with what was told before. */
  async readReceipt(txn: string): Promise<void> {
    const { till } = this.#options;
    const { status, body } = await till.ask('GET', `/v1/payments/${txn}/receipt`);
    if (status !== 200) return;
    const receipt = ReceiptAnswer.parse(body);
    const place = `${txn} ${receipt.status}`;
    const octets = JSON.stringify(receipt);
    const before = this.receipts.get(place) ?? octets;
    if (before !== octets) this.changedReceipts.push(place);
    this.receipts.set(place, before);
  }

  async #work(pauseMs: number): Promise<void> {
    while (this.#running) {
      const what = this.#below(20);
      if (what < 8) await this.#request();
      else if (what < 9) await this.#demand();
      else if (what < 15) await this.#refund();
      else if (what < 17) await this.#readOne();
      else if (what < 18) await this.#cancel();
      else this.#misbehave();
      await sleep(this.#options.clock, this.#below(pauseMs));
    }
  }

  async #request(): Promise<void> {
    const customer = this.#anyCustomer();
    if (customer === undefined) return;
    this.#payments += 1;
    const minor = this.#isChance(30) ? TOO_LARGE : 1 + this.#below(LARGEST);
    await this.#askPayment('/v1/payments', {
      mref: `order-${this.#payments}`,
      customer: customer.number,
      amount: { minor, currency: 'EUR' },
      ttl: 60 + 10 * this.#below(25),
    });
  }

  async #demand(): Promise<void> {
    const { merchant } = this.#options;
    const customer = this.#anyCustomer();
    if (customer !== undefined && merchant.phone.isActive)
      merchant.phone.demand(customer.number, 1 + this.#below(LARGEST));
  }

  async #refund(): Promise<void> {
    const paid = await this.#anyInState('CAPTURED');
    if (paid === undefined) return;
    this.#refunds += 1;
    const { minor } = paid.amount;
    const part = this.#isChance(3) ? minor : 1 + this.#below(minor);
    const order = { key: `refund-${this.#refunds}`, amount: { minor: part, currency: 'EUR' } };
    await this.#askPayment(`/v1/payments/${paid.txn}/refund`, order);
  }

  async #cancel(): Promise<void> {
    const asked = await this.#anyInState('REQUESTED');
    if (asked !== undefined) await this.#askPayment(`/v1/payments/${asked.txn}/cancel`, {});
  }

  async #readOne(): Promise<void> {
    const known = this.told[this.#below(this.told.length)];
    if (known !== undefined) await this.readReceipt(known.txn);
  }

  #misbehave(): void {
    const { host } = this.#options;
    if (host === undefined) return;
    if (this.#isChance(4)) host.decide(this.#isChance(2) ? 'moved' : 'declined');
    else host.misbehave(HOST_FAULTS[this.#below(HOST_FAULTS.length)] ?? 'cut');
  }

  async #askPayment(path: string, body: object): Promise<void> {
    const answer = await this.#options.till.ask('POST', path, body);
    if (answer.status >= 300) return;
    const payment = PaymentAnswer.parse(answer.body);
    this.told.push(payment);
    this.#txns.add(payment.txn);
  }

  /** The first people join at once, the others one after the other; each gets another code as long as the phone is not active. */
  async #enrolAll(): Promise<void> {
    const { customers, merchant } = this.#options;
    const numbers = Array.from({ length: customers }, (_, place) => `+39340000${String(place + 1).padStart(4, '0')}`);
    await Promise.all([this.#enrol(merchant), ...numbers.splice(0, AT_ONCE).map((number) => this.#join(number))]);
    for (const number of numbers) if (this.#running) await this.#join(number);
  }

  async #join(number: string): Promise<void> {
    const customer = await joined(this.#options, number);
    const deposit = { amount: { minor: DEPOSIT, currency: 'EUR' }, reference: 'first' };
    await this.#options.admin.ask('POST', `/v1/people/${customer.id}/deposits`, deposit);
    await this.#enrol(customer);
    this.customers.push(customer);
  }

  async #enrol({ id, phone }: Customer): Promise<void> {
    const { admin, clock } = this.#options;
    while (!phone.isActive) {
      const { body } = await admin.ask('POST', `/v1/people/${id}/activations`);
      const { deviceId, activationCode } = ActivationAnswer.parse(body);
      phone.enrol(deviceId, activationCode);
      for (let waited = 0; !phone.isActive && waited < ENROLMENT_MS; waited += 500) await sleep(clock, 500);
    }
  }

  #anyCustomer(): Customer | undefined {
    return this.customers[this.#below(this.customers.length)];
  }

  /** One of the latest payments, if it is in this state now. */
  async #anyInState(state: string): Promise<PaymentAnswer | undefined> {
    const latest = this.told.slice(-100);
    const known = latest[this.#below(latest.length)];
    if (known === undefined) return undefined;
    const now = await this.#options.till.get(PaymentAnswer, `/v1/payments/${known.txn}`);
    this.told.push(now);
    return now.state === state ? now : undefined;
  }

  #isEnrolled(number: string): boolean {
    return this.customers.some((customer) => customer.number === number);
  }

  /** Once in so many times. */
  #isChance(once: number): boolean {
    return this.#below(once) === 0;
  }

  #below(limit: number): number {
    return Math.floor(this.#random.fraction() * limit);
  }
}

/** A person who is registered, once a number, and has a phone that is not active yet. */
export async function joined(
  { admin, keys, clock, random, network }: Pick<LoadOptions, 'admin' | 'keys' | 'clock' | 'random' | 'network'>,
  number: string,
): Promise<Customer> {
  const added = await admin.ask('POST', '/v1/people', { number, name: `Person ${number.slice(-4)}` });
  const known = z.object({ people: z.array(PersonAnswer) });
  // The answer to an earlier try was lost: this person is there already.
  const id =
    added.status === 201
      ? PersonAnswer.parse(added.body).id
      : (await admin.get(known, `/v1/people?number=${encodeURIComponent(number)}`)).people[0]?.id;
  if (id === undefined) throw new Error(`${number} could not be registered: ${JSON.stringify(added.body)}`);
  return { id, number, phone: new ObligingPhone(number, keys, clock, random.fork(number), network) };
}
