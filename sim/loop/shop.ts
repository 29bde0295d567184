import type { Amount } from '../../device/safe-mobile/index.ts';
import { type Clock, randomBelow, sleep } from '../../modem/index.ts';
import {
  isSettled,
  type Merchant,
  type Payment,
  type RefundOrder,
  type Service,
  ServiceError,
} from '../../server/index.ts';
import type { SeededRandom } from '../random.ts';
import { type Diary, euros, type Story } from './diary.ts';
import type { ServiceLife } from './service-life.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Shops are open from 8 to 20 o'clock UTC. */
const OPENS_MS = 8 * HOUR_MS;
const CLOSES_MS = 20 * HOUR_MS;
/** Between two customers of a shop, ms: up to twice as long. */
const PAUSE_MS = MINUTE_MS;
/** The dearest article, EUR cents. */
const DEAREST = 2_000;
/** Seconds a customer has. */
const TTL = 120;

/** Of a hundred payments: asked for twice at once, cancelled while the customer thinks, given back later in one or more parts. */
const ASKED_TWICE = 5;
const CANCELLED = 10;
const GIVEN_BACK = 10;

/** What a shop works with. */
export interface ShopOptions {
  readonly name: string;
  readonly merchant: Merchant;
  readonly life: ServiceLife;
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly diary: Diary;
  /** The numbers of all customers. */
  readonly customers: readonly string[];
}

/** A shop: asks customers for money, looks how it stands, cancels, gives back, and writes down what the service told it. */
export class Shop {
  readonly #options: ShopOptions;
  #orders = 0;
  /** What goes on beside the till: it ends after the last customer. */
  readonly #beside: Promise<void>[] = [];

  constructor(options: ShopOptions) {
    this.#options = options;
  }

  /** Asks so many times. Ends when every payment was looked after. */
  async sell(payments: number): Promise<void> {
    for (let n = 0; n < payments; n += 1) {
      await this.#pause();
      this.#beside.push(this.#sellOne());
    }
    await Promise.all(this.#beside);
  }

  /** Asks how each payment stands. */
  async look(stories: readonly Story[]): Promise<void> {
    for (const story of stories) if (story.payee === this.#options.name) await this.#look(story);
  }

  /** Asks this customer, and looks until the payment is settled. */
  async sellTo(customer: string): Promise<void> {
    const story = this.#open(customer);
    await this.#ask(story);
    await this.#watch(story);
  }

  async #sellOne(): Promise<void> {
    const { random, customers } = this.#options;
    const story = this.#open(customers[randomBelow(random, customers.length)] ?? '');
    const chance = randomBelow(random, 100);
    const later = randomBelow(random, randomBelow(random, 2) === 0 ? MINUTE_MS : 10_000);
    await (chance < ASKED_TWICE ? Promise.all([this.#ask(story), this.#ask(story)]) : this.#ask(story));
    if (story.txn === undefined) return;
    if (chance >= 100 - CANCELLED) await this.#cancel(story, later);
    const payment = await this.#watch(story);
    if (payment?.state === 'CAPTURED' && later % 100 < GIVEN_BACK) await this.#giveBack(story, payment);
  }

  #open(customer: string): Story {
    const { name, random, diary } = this.#options;
    this.#orders += 1;
    let minor = 1 + randomBelow(random, DEAREST);
    while (diary.of(customer, name, euros(minor)) !== undefined) minor += 1;
    const order = String(this.#orders);
    return diary.open({ mref: `order-${order}`, reference: `${name} ${order}`, payee: name, customer, minor });
  }

  async #ask(story: Story): Promise<void> {
    const { merchant, diary, life } = this.#options;
    const { mref, customer, reference, minor } = story;
    const order = { mref, customer, reference, amount: { minor, currency: 'EUR' }, ttl: TTL } as const;
    const asked = await this.#answered((service) => service.requestPayment(merchant, order));
    if (typeof asked === 'string') {
      diary.note(story, { kind: 'asked', answer: asked });
      // The operator has looked, and lets the shop go on.
      if (asked === 'merchant-suspended')
        await life.asked((service) => service.merchantKeys.resume(merchant.id, 'looked at'));
      return;
    }
    const { txn } = asked.payment;
    if (story.txn !== undefined && story.txn !== txn)
      diary.seen.push({ customer, text: `${story.reference}: two payments for one order` });
    story.txn = txn;
    diary.note(story, { kind: 'asked', answer: 'taken' });
  }

  async #cancel(story: Story, afterMs: number): Promise<void> {
    const { clock, diary } = this.#options;
    await sleep(clock, afterMs);
    const cancelled = await this.#answered((service) => service.cancel(story.txn ?? ''));
    if (typeof cancelled !== 'string') diary.note(story, { kind: 'cancelled', state: cancelled.state });
  }

  /** Looks now and then until the payment is settled, for a quarter of an hour. */
  async #watch(story: Story): Promise<Payment | undefined> {
    const { clock, random } = this.#options;
    for (let look = 0; look < 15; look += 1) {
      await sleep(clock, MINUTE_MS / 2 + randomBelow(random, MINUTE_MS));
      const payment = await this.#look(story);
      if (payment !== undefined && isSettled(payment.state)) return payment;
    }
    return undefined;
  }

  async #look(story: Story): Promise<Payment | undefined> {
    const { txn } = story;
    if (txn === undefined) return undefined;
    const payment = await this.#options.life.asked((service) => service.payment(txn));
    this.#options.diary.note(story, { kind: 'told', state: payment.state, refunded: payment.refunded });
    return payment;
  }

  async #giveBack(story: Story, { txn, amount }: Payment): Promise<void> {
    const { clock, random } = this.#options;
    const [third, half] = [Math.ceil(amount.minor / 3), Math.ceil(amount.minor / 2)];
    // All; a part; twice a third; more than was paid, in parts.
    const ways = [[amount.minor], [half], [third, third], [half, half, half]];
    const parts = ways[randomBelow(random, ways.length)] ?? [];
    // One part after another, or all while the first one is still on its way.
    const pauseMs = randomBelow(random, 2) === 0 ? 10 * MINUTE_MS : 1_000;
    // A shop whose connection ended asks again, and one with two tills asks twice at once.
    const times = randomBelow(random, 4) === 0 ? 2 : 1;
    for (const [part, minor] of parts.entries()) {
      await sleep(clock, randomBelow(random, pauseMs));
      const order = { key: `${story.mref}-${part}`, amount: { minor, currency: 'EUR' } } as const;
      await Promise.all(Array.from({ length: times }, () => this.#refund(story, txn, order)));
    }
  }

  async #refund(story: Story, txn: string, order: RefundOrder & { key: string; amount: Amount }): Promise<void> {
    const answer = await this.#answered((service) => service.refund(txn, order, 0));
    this.#options.diary.note(story, {
      ...{ kind: 'refunded', key: order.key, minor: order.amount.minor },
      answer: typeof answer === 'string' ? answer : answer.state,
    });
  }

  /** The answer of the service, or the code with which it refused. */
  async #answered<T>(question: (service: Service) => Promise<T>): Promise<T | string> {
    try {
      return await this.#options.life.asked(question);
    } catch (error) {
      if (error instanceof ServiceError) return error.code;
      throw error;
    }
  }

  /** Until the next customer, who does not come at night. */
  async #pause(): Promise<void> {
    const { clock, random } = this.#options;
    await sleep(clock, randomBelow(random, 2 * PAUSE_MS));
    const time = clock.now() % DAY_MS;
    if (time >= OPENS_MS && time < CLOSES_MS) return;
    await sleep(clock, (OPENS_MS - time + DAY_MS) % DAY_MS);
  }
}
