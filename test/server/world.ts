import { copyFileSync, existsSync } from 'node:fs';
import type { Amount } from '../../device/safe-mobile/index.ts';
import type { Clock, SmsBearer } from '../../modem/index.ts';
import {
  createServiceKeys,
  type JournalEntry,
  type Merchant,
  openService,
  type Payment,
  type PaymentOrder,
  type Person,
  type Service,
  type ServiceKeys,
  type ServiceOptions,
  servicePrimitives,
} from '../../server/index.ts';
import { breachText, checkLedger } from '../../server/ledger/invariants.ts';
import { openStore } from '../../server/store/open-store.ts';
import type { ReadTx, Store } from '../../server/store/store.ts';
import { type SeededRandom, seededRandom, VirtualClock } from '../../sim/index.ts';
import { Air } from './air.ts';
import { look, newDatabase, onPostgres, whenTestEnds } from './database.ts';
import { madeKeys } from './jws-keys/rsa-keys.ts';
import { TestPhone } from './phone.ts';
import type { Body } from './run-twice.ts';

export const SERVICE_NUMBER = '+393400000000';
export const CUSTOMER_NUMBER = '+393400000001';
export const MERCHANT_NUMBER = '+393400000002';
export const PIN = '48213';

/** Money enough for every test, EUR 1,000. */
export const DEPOSIT: Amount = { minor: 100_000, currency: 'EUR' };

/** A person with an enrolled phone. */
export interface Subscriber {
  readonly person: Person;
  readonly phone: TestPhone;
  /** `A`, which no real phone keeps. */
  readonly approvalKey: Uint8Array;
}

/** A service on a virtual clock, a network, and phones. */
export class World {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly keys: ServiceKeys;
  readonly adminKey: string;
  /** Of the root key, which lies on no server. */
  readonly rootSeed: Uint8Array;
  readonly air: Air;
  /** The file of the service that runs. */
  database = '';
  readonly journal: JournalEntry[] = [];
  readonly #newJwsKey = madeKeys();
  readonly #options: Partial<ServiceOptions>;
  #service: Service | undefined;
  #alive = { value: true };
  /** Called after each commit of the service, before anybody hears of it. */
  afterCommit: () => void = () => {};
  /** What runs in the place of the body of each transaction. Default: the body. */
  body: Body = (_, work) => work;
  /** Called before each statement of the service; what it throws is a fault of the database. */
  beforeStatement: (sql: string) => void = () => {};

  constructor(seed: number | string = 1, options: Partial<ServiceOptions> = {}) {
    this.clock = new VirtualClock();
    this.random = seededRandom(seed);
    const made = createServiceKeys(servicePrimitives(), this.random.fork('keys'));
    this.keys = made.keys;
    this.adminKey = made.adminKey;
    this.rootSeed = made.rootSeed;
    this.air = new Air(this.clock);
    this.#options = options;
  }

  get service(): Service {
    if (this.#service === undefined) throw new Error('the service is not open');
    return this.#service;
  }

  /** Opens the service, or opens it again after {@link kill}, then on the copy that the kill left behind. @param changed options that differ this time */
  async open(database: string = this.database, changed: Partial<ServiceOptions> = {}): Promise<Service> {
    this.database = database === '' ? await newDatabase() : database;
    const alive = { value: true };
    this.#alive = alive;
    if (onPostgres) {
      whenTestEnds(() => {
        alive.value = false;
      });
    }
    this.#service = await openService({
      database: this.database,
      keys: this.keys,
      number: SERVICE_NUMBER,
      bearer: mortalBearer(this.air.bearer(), alive),
      clock: mortalClock(this.clock, alive),
      alone: true,
      random: this.random.fork(`service ${this.clock.now()}`),
      log: (entry) => this.journal.push(entry),
      newJwsKey: this.#newJwsKey,
      hold: (work) => void this.clock.hold(work),
      probe: {
        afterCommit: () => alive.value && this.afterCommit(),
        beforeStatement: (sql) => {
          if (onPostgres && !alive.value) throw new Error('this service was killed');
          this.beforeStatement(sql);
        },
        body: (name, work) => this.body(name, work),
      },
      ...this.#options,
      ...changed,
    });
    return this.#service;
  }

  /**
   * Ends the service as `kill -9` does: its timers do not fire, its messages do not leave, and what is on disk at this
   * moment is all that the next one finds. A copy keeps that, because here the dead one may still write to its file.
   */
  kill(): void {
    this.#alive.value = false;
    if (onPostgres) return;
    const copy = `${this.database}.killed`;
    for (const suffix of ['', '-wal']) {
      if (existsSync(this.database + suffix)) copyFileSync(this.database + suffix, copy + suffix);
    }
    this.database = copy;
  }

  /** A person with money and an enrolled phone. */
  async subscriber(number: string, pin: string = PIN): Promise<Subscriber> {
    const person = await this.service.addPerson({ number, name: `Person ${number.slice(-1)}`, language: 'it' });
    await this.service.deposit(person.id, DEPOSIT, 'first');
    return this.enrolPhone(person, pin);
  }

  /** A phone that has gone through enrolment. */
  async enrolPhone(person: Person, pin: string = PIN): Promise<Subscriber> {
    const phone = this.phone(person.number);
    const { deviceId, activationCode } = await this.service.activate(person.id);
    const approvalKey = phone.enrol(deviceId, activationCode, pin);
    await this.clock.advance(3_000);
    phone.approve(pin);
    await this.clock.advance(3_000);
    return { person, phone, approvalKey };
  }

  /** A phone of this number; it takes the place of an earlier one. */
  phone(number: string): TestPhone {
    const phone: TestPhone = new TestPhone(
      number,
      this.keys,
      this.clock,
      this.random.fork(`phone ${number} ${this.clock.now()}`),
      this.air.attach(number, (frame) => phone.receive(frame)),
    );
    return phone;
  }

  merchant(personId?: number): Promise<{ readonly merchant: Merchant; readonly apiKey: string }> {
    return this.service.addMerchant({
      name: 'Edicola Città',
      currency: 'EUR',
      ...(personId === undefined ? {} : { personId }),
    });
  }

  /** Asks the customer for EUR 12.50. */
  async request(merchant: Merchant, order: Partial<PaymentOrder> = {}): Promise<Payment> {
    const { payment } = await this.service.requestPayment(merchant, {
      mref: `order-${this.air.sent.length}`,
      customer: CUSTOMER_NUMBER,
      amount: { minor: 1_250, currency: 'EUR' },
      reference: 'scontrino 2010/47',
      ...order,
    });
    return payment;
  }

  /** A second store on the database, as of another process. */
  async store(database: string = this.database): Promise<Store> {
    const { clock, random } = this;
    return (await openStore({ database, clock, random, hold: (work) => void clock.hold(work) })).store;
  }

  /** What a second look into the database finds. */
  look<T>(work: (tx: ReadTx) => Promise<T>, database: string = this.database): Promise<T> {
    return look(database, work);
  }

  /** What is wrong with the money, from a second look. */
  async breaches(database: string = this.database): Promise<string[]> {
    return (await this.look(checkLedger, database)).map(breachText);
  }
}

/** A world whose customer is enrolled and whose merchant has an API key. */
export async function shop(seed: number | string = 1, options: Partial<ServiceOptions> = {}) {
  const world = new World(seed, options);
  await world.open();
  const customer = await world.subscriber(CUSTOMER_NUMBER);
  const { merchant, apiKey } = await world.merchant();
  return { world, customer, merchant, apiKey };
}

function mortalClock(clock: Clock, alive: { readonly value: boolean }): Clock {
  return {
    now: () => clock.now(),
    after: (delay, task) =>
      clock.after(delay, () => {
        if (alive.value) task();
      }),
  };
}

function mortalBearer(bearer: SmsBearer, alive: { readonly value: boolean }): SmsBearer {
  return {
    async send(sms) {
      const outcome = alive.value ? await bearer.send(sms) : undefined;
      return outcome !== undefined && alive.value ? outcome : new Promise(() => {});
    },
    // What comes to a dead service is not confirmed: the next one gets it.
    receive: (receiver) =>
      bearer.receive({
        async message(sms) {
          // What a service that dies meanwhile says of it nobody hears.
          if (alive.value) await receiver.message(sms).catch((error) => alive.value && Promise.reject(error));
          if (!alive.value) await new Promise(() => {});
        },
        report: (report) => alive.value && receiver.report(report),
      }),
    close: () => bearer.close(),
  };
}
