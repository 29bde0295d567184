import { DatabaseSync } from 'node:sqlite';
import type { Primitives } from '../../device/safe-mobile/index.ts';
import type { IncomingSms, OutgoingSms, SendOutcome, SmsBearer, SmsReceiver } from '../../modem/index.ts';
import { systemClock, systemRandom } from '../../modem/index.ts';
import {
  type AddedMerchant,
  createServiceKeys,
  type Merchant,
  openService,
  type PaymentOrder,
  type Person,
  type Service,
  type ServiceKeys,
  type StoreProbe,
  servicePrimitives,
} from '../../server/index.ts';
import type { Limits } from '../../server/limits/limits.ts';
import { INSERT_DEVICE, numberOf, Phones } from './service-phones.ts';

/** What a shop is opened with. */
export interface ShopOptions {
  /** A file that is not there yet, or one that was filled by an earlier shop with the same keys. */
  readonly database: string;
  readonly keys?: ServiceKeys | undefined;
  readonly customers: number;
  /** So many customers more, who have phones and never pay. */
  readonly idle?: number;
  readonly probe?: StoreProbe;
  /** The service's; the phones always have the native ones. */
  readonly primitives?: Primitives;
  /** As {@link ServiceOptions}. */
  readonly keptSecrets?: number;
}

/** What happened in one payment, by the clock of the machine, ms. */
export interface Cycle {
  /** From the merchant's request to the frame for the phone, and from the phone's answer to the frame of the receipt. */
  readonly serverMs: number;
}

/** Money that no benchmark uses up. */
const DEPOSIT_MINOR = 1_000_000_000;
const PRICE = { minor: 1_250, currency: 'EUR' } as const;

/** One merchant asks all customers at once. */
export const LIMITS: Pick<Limits, 'inVain'> = { inVain: { atOnce: 1_000_000, everyMs: 1 } };

/** The service's number. */
export const SERVICE_NUMBER = '+393400000000';

/** What the merchant asks of a customer. */
export function orderOf(place: number, mref: string): PaymentOrder {
  return { mref, customer: numberOf(place), amount: PRICE, reference: 'scontrino 2010/47' };
}

function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** One payment that is under way. */
interface Running {
  asked: number;
  serverMs: number;
  end(cycle: Cycle): void;
}

/**
 * A service on a file, with customers whose phones answer at once: the bearer is a call in the same process, and there is no
 * HTTP. The phones' own work is counted apart.
 */
export class Shop {
  readonly service: Service;
  readonly keys: ServiceKeys;
  readonly customers: number;
  readonly #merchant: Merchant;
  readonly #bearer: PhonesBearer;
  #payments = 0;

  constructor(service: Service, keys: ServiceKeys, merchant: Merchant, bearer: PhonesBearer, customers: number) {
    this.service = service;
    this.keys = keys;
    this.#merchant = merchant;
    this.#bearer = bearer;
    this.customers = customers;
  }

  /** One payment, from the request to the receipt on the customer's phone. @throws Error when the customer is not asked: the machine is too busy for this rate */
  async pay(): Promise<Cycle> {
    const place = this.#payments % this.customers;
    this.#payments += 1;
    const done = this.#bearer.await(place);
    const order = orderOf(place, `bench-${systemClock.now()}-${this.#payments}`);
    const { payment } = await this.service.requestPayment(this.#merchant, order);
    if (payment.state === 'REJECTED')
      throw new Error(`customer ${place} cannot be asked (${payment.reason}): the machine is too busy`);
    return done;
  }

  /** So many payments, of which `inFlight` are under way at any time. */
  payAll(payments: number, inFlight: number): Promise<void> {
    return manyTimes(payments, inFlight, () => this.pay());
  }

  /**
   * Asks so many customers, and holds their answers back.
   * @returns the answers, and what resolves when all receipts have come
   */
  async heldAnswers(
    payments: number,
  ): Promise<{ readonly answers: readonly IncomingSms[]; readonly paid: Promise<unknown> }> {
    const answers: IncomingSms[] = [];
    const asked = new Promise<void>((resolve) => {
      this.#bearer.onAnswer = (answer) => {
        if (answers.push(answer) === payments) resolve();
      };
    });
    const paid = Promise.all(Array.from({ length: payments }, () => this.pay()));
    await asked;
    this.#bearer.onAnswer = undefined;
    return { answers, paid };
  }

  /** Hands an SMS to the service, as its modem does. */
  async receive(sms: IncomingSms): Promise<void> {
    await this.#bearer.receiver?.message(sms);
  }

  /** While the phones are off, what the service sends reaches nobody. */
  switchPhones(to: 'on' | 'off'): void {
    this.#bearer.isOff = to === 'off';
  }

  /** SMS that the service has sent so far. */
  get sent(): number {
    return this.#bearer.sent;
  }

  /** CPU of the phones so far, ms. */
  get phoneMs(): number {
    return this.#bearer.cpuMs;
  }
}

/** Opens a service, registers its customers and gives each a phone and money. */
export async function openShop(options: ShopOptions): Promise<Shop> {
  const keys = options.keys ?? createServiceKeys(servicePrimitives(), systemRandom).keys;
  const customers = options.customers + (options.idle ?? 0);
  const phones = new Phones(keys, customers);
  const bearer = new PhonesBearer(phones);
  const service = await openService({
    database: options.database,
    keys,
    number: SERVICE_NUMBER,
    limits: LIMITS,
    bearer,
    clock: systemClock,
    random: systemRandom,
    ...(options.primitives && { primitives: options.primitives }),
    ...(options.keptSecrets !== undefined && { keptSecrets: options.keptSecrets }),
    ...(options.probe && { probe: options.probe }),
  });
  const { people, merchant } = await register(service, customers);
  const file = new DatabaseSync(options.database, { timeout: 10_000 });
  const insert = file.prepare(INSERT_DEVICE);
  file.exec('BEGIN IMMEDIATE');
  for (const [place, person] of people.entries()) insert.run(...phones.row(place, person));
  file.exec('COMMIT');
  file.close();
  return new Shop(service, keys, merchant, bearer, options.customers);
}

/** Who pays and who is paid. */
export interface Registered extends AddedMerchant {
  /** By their places. */
  readonly people: readonly Person[];
}

/** Registers customers with money, and a merchant. The customers have no phones yet. */
export async function register(service: Service, customers: number): Promise<Registered> {
  const people = await Promise.all(
    Array.from({ length: customers }, (_, place) =>
      service.addPerson({ number: numberOf(place), name: `Customer ${place}`, language: 'it' }),
    ),
  );
  const amount = { minor: DEPOSIT_MINOR, currency: PRICE.currency };
  await Promise.all(people.map(({ id }) => service.deposit(id, amount, `first ${id}`)));
  return { people, ...(await service.addMerchant({ name: 'Edicola Duomo', currency: PRICE.currency })) };
}

/** Runs `work` so many times, of which `inFlight` are under way at any time. */
export async function manyTimes(times: number, inFlight: number, work: () => Promise<unknown>): Promise<void> {
  let left = times;
  const next = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await work();
    }
  };
  await Promise.all(Array.from({ length: inFlight }, next));
}

/** The bearer, the network and the phones: each phone approves what it is asked at once. */
class PhonesBearer implements SmsBearer {
  readonly #phones: Phones;
  readonly #running = new Map<number, Running[]>();
  receiver: SmsReceiver | undefined;
  /** The phones are off. */
  isOff = false;
  /** Takes the answers in the place of the service. */
  onAnswer: ((answer: IncomingSms) => void) | undefined;
  sent = 0;

  constructor(phones: Phones) {
    this.#phones = phones;
  }

  /** CPU of the phones so far, ms. */
  get cpuMs(): number {
    return this.#phones.cpuMs;
  }

  /** The cycle of the payment that this customer is asked for next. */
  await(place: number): Promise<Cycle> {
    return new Promise((resolve) => {
      const running = this.#running.get(place) ?? [];
      running.push({ asked: nowMs(), serverMs: 0, end: resolve });
      this.#running.set(place, running);
    });
  }

  async send(sms: OutgoingSms): Promise<SendOutcome> {
    if (sms.content.kind !== 'data') throw new Error('a phone of this benchmark gets frames only');
    if (!this.isOff) this.#take(this.#phones.placeOf(sms.destination), sms.content.data);
    this.sent += 1;
    return { kind: 'sent', references: [this.sent & 0xff] };
  }

  receive(receiver: SmsReceiver): void {
    this.receiver = receiver;
  }

  async close(): Promise<void> {}

  #take(place: number, frame: Uint8Array): void {
    const running = this.#running.get(place)?.[0];
    if (running === undefined) throw new Error(`customer ${place} was not expected to be asked`);
    running.serverMs += nowMs() - running.asked;
    const answer = this.#phones.answer(place, frame);
    running.asked = nowMs();
    if (answer === undefined) {
      this.#running.get(place)?.shift();
      running.end({ serverMs: running.serverMs });
    } else if (this.onAnswer !== undefined) this.onAnswer(answer);
    else void this.receiver?.message(answer);
  }
}
