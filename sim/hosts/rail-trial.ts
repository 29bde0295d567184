import { strict as assert } from 'node:assert';
import {
  createServiceKeys,
  type NoticeHeaders,
  type Outcome,
  openService,
  type Payment,
  type PaymentState,
  type RailOrder,
  type RemoteRail,
  type Service,
  type SettlementLine,
  servicePrimitives,
} from '../../server/index.ts';
import { VirtualClock } from '../clock.ts';
import { seededRandom } from '../random.ts';
import type { HostFault } from './example-host.ts';
import type { SettlementFault } from './settlement-fault.ts';
import { WillingCustomer } from './willing-customer.ts';

/** What a law tells the double of a rail's host, and sees of it. */
export interface TrialHost {
  /** What the host does wrong with the next orders, one fault an order. */
  misbehave(...faults: HostFault[]): void;
  /** What is wrong in its reports from now on. */
  misreport(...faults: SettlementFault[]): void;
  /** Decides about the orders that are pending. */
  decide(state: 'moved' | 'declined'): void;
  /** Charges less refunds in the host's own book, minor units. */
  moved(): number;
  /** Gets each message that the host sends by itself, and the headers of a host that signs in them. */
  onNotice: (message: Uint8Array, headers?: NoticeHeaders) => void;
  /** Nothing that is sent reaches the host. */
  down: boolean;
}

/** A rail and the double of its host; made anew for each law. */
export interface RailUnderTrial {
  readonly rail: RemoteRail;
  readonly host: TrialHost;
}

/** What the customer pays each time: EUR 12.50. */
export const PRICE = 1_250;

/** What the customer has paid in: EUR 1,000. */
const DEPOSIT = 100_000;

/** A service with one customer who approves everything, one merchant, and one rail, on a virtual clock. */
export class RailTrial {
  readonly clock: VirtualClock;
  readonly service: Service;
  readonly host: TrialHost | undefined;
  /** What the rail was asked to carry out, in order. */
  readonly orders: readonly RailOrder[];
  readonly #rail: RemoteRail | undefined;
  readonly #pay: (mref: string) => Promise<Payment>;
  readonly #holdings: () => Promise<number>;

  private constructor(
    clock: VirtualClock,
    service: Service,
    orders: readonly RailOrder[],
    tried: RailUnderTrial | undefined,
    person: number,
    pay: (mref: string) => Promise<Payment>,
  ) {
    this.clock = clock;
    this.service = service;
    this.orders = orders;
    this.host = tried?.host;
    this.#rail = tried?.rail;
    this.#pay = pay;
    this.#holdings = async () => {
      const [holding] = await service.holdings((await service.person(person)).id);
      return holding?.minor ?? 0;
    };
  }

  /**
   * @param make the rail under trial; `undefined`: the service's own ledger
   * @param database an empty one: a file, or a URL of PostgreSQL. Default: one in memory
   */
  static async open(
    make: ((clock: VirtualClock) => RailUnderTrial) | undefined,
    database: string = ':memory:',
  ): Promise<RailTrial> {
    const clock = new VirtualClock();
    const random = seededRandom('rail trial');
    const { keys } = createServiceKeys(servicePrimitives(), random.fork('keys'));
    const customer = new WillingCustomer('+393400000001', clock, random.fork('phone'), keys);
    const tried = make?.(clock);
    const orders: RailOrder[] = [];
    const service = await openService({
      database,
      alone: true,
      keys,
      number: '+393400000000',
      bearer: customer,
      clock,
      random: random.fork('service'),
      rails: tried === undefined ? [] : [recorded(tried.rail, orders)],
      hold: (work) => void clock.hold(work),
    });
    const person = await customer.join(service);
    await clock.advance(10_000);
    await service.deposit(person, { minor: DEPOSIT, currency: 'EUR' }, 'first');
    const { merchant } = await service.addMerchant({ name: 'Edicola', currency: 'EUR' });
    const pay = async (mref: string) => {
      const amount = { minor: PRICE, currency: 'EUR' } as const;
      return (await service.requestPayment(merchant, { mref, customer: customer.number, amount })).payment;
    };
    return new RailTrial(clock, service, orders, tried, person, pay);
  }

  /** Asks for EUR 12.50; 5 s later the customer has approved and the rail is asked. */
  async pay(mref = 'order-1'): Promise<string> {
    const { txn } = await this.#pay(mref);
    await this.clock.advance(5_000);
    return txn;
  }

  /** The rail itself. @throws Error when it is the ledger */
  get remote(): RemoteRail {
    if (this.#rail === undefined) throw new Error('the ledger is no rail at a host');
    return this.#rail;
  }

  /** The host itself. @throws Error when the rail is the ledger */
  get misbehaving(): TrialHost {
    if (this.host === undefined) throw new Error('the ledger has no host');
    return this.host;
  }

  /** Sends an order that was sent before, past the service. */
  again(order: RailOrder | undefined): Promise<Outcome> {
    if (order === undefined) throw new Error('nothing was sent');
    return this.clock.run(this.remote.send(order));
  }

  /** A message of the host comes to the service. */
  notice(message: Uint8Array, headers?: NoticeHeaders): Promise<void> {
    return this.clock.run(this.service.notice(this.remote.name, message, headers));
  }

  /** The report of the host, `[from, to)`, ms since 1970. */
  settlement(from: number, to: number): Promise<readonly SettlementLine[]> {
    return this.clock.run(this.remote.settlement(from, to));
  }

  /** Gives back, and waits a moment for the rail. @param minor default: all that is left */
  async refund(txn: string, key: string, minor?: number): Promise<void> {
    const amount = minor === undefined ? {} : { amount: { minor, currency: 'EUR' } as const };
    await this.clock.run(this.service.refund(txn, { key, ...amount }, 0));
    await this.clock.advance(1_000);
  }

  /** Lets time pass until the payment has this state. @throws AssertionError when it has another one after a week */
  async expectState(txn: string, state: PaymentState): Promise<void> {
    for (let hour = 0; hour < 7 * 24 && (await this.service.payment(txn)).state !== state; hour += 1) {
      await this.clock.advance(3_600_000);
    }
    assert.equal((await this.service.payment(txn)).state, state, `the payment should become ${state}`);
  }

  /** Expects that so much has moved: in the host's book, in the service's, and nothing of it twice. @throws AssertionError */
  async expectMoved(minor: number): Promise<void> {
    const payments = await this.service.payments({ limit: 100 });
    const paid = payments.filter(({ state }) => ['CAPTURED', 'REFUNDING', 'REFUNDED'].includes(state));
    const own = paid.reduce((sum, { amount, refunded }) => sum + amount.minor - refunded, 0);
    assert.equal(own, minor, 'what the service says has moved');
    if (this.host !== undefined) assert.equal(this.host.moved(), minor, "what has moved in the host's own book");
    const left = this.host === undefined ? DEPOSIT - minor : DEPOSIT;
    assert.equal(await this.#holdings(), left, "what is left in the customer's prepaid account");
  }

  async close(): Promise<void> {
    await this.clock.run(this.service.close());
  }
}

function recorded(rail: RemoteRail, orders: RailOrder[]): RemoteRail {
  const send = (order: RailOrder) => {
    orders.push(order);
    return rail.send(order);
  };
  return new Proxy(rail, { get: (target, name) => (name === 'send' ? send : Reflect.get(target, name, target)) });
}
