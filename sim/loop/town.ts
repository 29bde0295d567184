import { createHash } from 'node:crypto';
import { builtInWith, createPhone, type Handset, memoryFlash, type Screen } from '../../device/index.ts';
import type { Primitives } from '../../device/safe-mobile/index.ts';
import { createServiceKeys, type JournalEntry, type PersonId, servicePrimitives } from '../../server/index.ts';
import { VirtualClock } from '../clock.ts';
import { type SeededRandom, seededRandom } from '../random.ts';
import { createWorld, type World } from '../world.ts';
import { Acquirer } from './acquirer.ts';
import { Air } from './air.ts';
import { Bank } from './bank.ts';
import { BearerJudge } from './bearer-judge.ts';
import { Diary } from './diary.ts';
import { safePin } from './known-pin.ts';
import { Operator } from './operator.ts';
import type { PaymentHost } from './payment-host.ts';
import { PayPal } from './paypal.ts';
import { DISK_FULL, KILLED, ServiceLife } from './service-life.ts';
import { type LoopDepth, serviceLine } from './service-line.ts';
import { Shop } from './shop.ts';
import { Shopper } from './shopper.ts';
import { SteppedClock } from './stepped-clock.ts';

export const SERVICE_NUMBER = '+393400000000';
const FIRST_CUSTOMER = 393_410_000_000;
/** EUR cents that each customer has: no deposit needs a second operator. */
export const POCKET_MONEY = 100_000;
/** Events of the network that are kept: the diagram of a failure has the last ones. */
const KEPT_EVENTS = 5_000;

/** Faults that the service writes into its journal because the loop has spoilt its database. */
const SPOILT = new RegExp(`${KILLED}|${DISK_FULL}`);

/** What moves the money: the service's own ledger, a bank whose lost answers are dealt with in one of three ways, a card host, or PayPal. */
export type LoopRail = (typeof LOOP_RAILS)[number];
export const LOOP_RAILS: readonly ['ledger', 'inquire', 'repeat', 'reverse', 'card', 'paypal'] = [
  'ledger',
  'inquire',
  'repeat',
  'reverse',
  'card',
  'paypal',
];

/** How a town is built. */
export interface TownOptions {
  readonly seed: string;
  readonly customers: number;
  readonly shops: number;
  readonly rail: LoopRail;
  readonly depth: LoopDepth;
  /** The service's file: it must not be there yet. */
  readonly database: string;
}

/** Hears what happens in a town, beside the network's own log. */
export interface Witness {
  /** The service has written this into its journal. */
  journal(entry: JournalEntry): void;
  /** A customer's phone shows this. */
  screen?(number: string, screen: Screen): void;
  /** Something goes wrong, in words. */
  fault?(words: string): void;
}

/** A customer's belongings. */
interface Belongings {
  readonly number: string;
  readonly personId: PersonId;
  readonly handset: Handset;
  readonly clock: SteppedClock;
  readonly shopper: Shopper;
}

/** The whole loop in one process: the service on its file, a network, shops, and customers whose phones run the real application. */
export class Town {
  readonly clock: VirtualClock = new VirtualClock();
  readonly world: World;
  readonly air: Air;
  readonly diary: Diary;
  /** Where the money moves; not asked when it moves in the service's own ledger. */
  readonly host: PaymentHost;
  readonly life: ServiceLife;
  /** The clock of the service's machine. */
  readonly serviceClock: SteppedClock = new SteppedClock(this.clock);
  readonly operator: Operator;
  readonly customers: Belongings[] = [];
  readonly shops: Shop[] = [];
  readonly witnesses: Witness[] = [];
  readonly #random: SeededRandom;
  readonly #options: TownOptions;
  readonly #primitives: Primitives = withoutScrypt(servicePrimitives());

  constructor(options: TownOptions) {
    const { seed, database, rail, depth } = options;
    const { clock } = this;
    this.#options = options;
    this.#random = seededRandom(seed);
    this.diary = new Diary(() => clock.now());
    this.world = createWorld({ seed, clock, keptEvents: KEPT_EVENTS });
    this.air = new Air(this.world.log, SERVICE_NUMBER);
    this.host = this.#hostOf(rail);
    const { keys, rootSeed } = createServiceKeys(servicePrimitives(), this.#random.fork('keys'));
    const seen = (text: string) => this.diary.seen.push({ text });
    const line = serviceLine(this.world, SERVICE_NUMBER, depth);
    const judge = new BearerJudge(this.world.log, SERVICE_NUMBER, seen);
    this.life = new ServiceLife({
      database,
      keys,
      number: SERVICE_NUMBER,
      line: async (lifeline, own) => judge.bearer(await line(lifeline, own)),
      clock,
      ownClock: this.serviceClock,
      hold: (work) => void clock.hold(work),
      random: (life) => this.#random.fork(`service, life ${life}`),
      rails: (lifeline) => (rail === 'ledger' ? [] : [this.host.rail(lifeline, this.serviceClock)]),
      tooEarly: seen,
      log: (entry) => this.#written(entry),
    });
    this.operator = new Operator(this.life, this.host, servicePrimitives(), rootSeed);
  }

  #hostOf(rail: LoopRail): PaymentHost {
    const { clock, diary } = this;
    const notice = (of: string) => (message: Uint8Array, headers?: Readonly<Record<string, string>>) =>
      void this.life
        .asked((service) => service.notice(of, message, headers))
        .catch((error) => this.#failed(String(error)));
    if (rail === 'card') return new Acquirer(clock, () => diary.stories.flatMap(({ txn }) => txn ?? []));
    if (rail === 'paypal') return new PayPal(clock, notice(rail));
    return new Bank(clock, rail === 'ledger' ? 'inquire' : rail, notice('bank'));
  }

  /** Opens the service, and brings in customers with phones that are enrolled, and shops. */
  async settle(): Promise<void> {
    const { clock } = this;
    await clock.run(this.life.open());
    for (let n = 0; n < this.#options.customers; n += 1) this.customers.push(await clock.run(this.#moveIn(n)));
    for (let n = 0; n < this.#options.shops; n += 1) this.shops.push(await clock.run(this.#openShop(n)));
    for (const { shopper } of this.customers) void shopper.live();
  }

  /** Tells the witnesses what goes wrong. */
  tellFault(words: string): void {
    for (const witness of this.witnesses) witness.fault?.(words);
  }

  #written(entry: JournalEntry): void {
    for (const witness of this.witnesses) witness.journal(entry);
    if (entry.event.kind === 'fault' && !SPOILT.test(entry.event.reason)) this.#failed(entry.event.reason);
  }

  /** The service has made a mistake by its own account. */
  #failed(reason: string): void {
    this.diary.seen.push({ text: `an internal fault of the service: ${reason}` });
  }

  /** What the service's ledger says that a customer has, EUR cents. */
  async holding({ personId }: Belongings): Promise<number> {
    const holdings = await this.life.asked((service) => service.holdings(personId));
    return holdings.find(({ currency }) => currency === 'EUR')?.minor ?? 0;
  }

  async #moveIn(n: number): Promise<Belongings> {
    const number = `+${FIRST_CUSTOMER + n}`;
    const { life, diary } = this;
    const clock = new SteppedClock(this.clock);
    const random = this.#random.fork(number);
    const handset = createPhone({
      radio: this.world.addBareRadio(number),
      flash: memoryFlash(),
      clock,
      random: random.fork('phone'),
      primitives: this.#primitives,
      classes: builtInWith(this.#primitives),
      language: 'en',
      clockTicks: false,
    });
    handset.watch((event) => {
      if (event.kind === 'screen') for (const witness of this.witnesses) witness.screen?.(number, event.screen);
    });
    handset.powerOn();
    const shopper = new Shopper({
      number,
      pin: safePin(random),
      handset,
      clock: this.clock,
      random: random.fork('hand'),
      diary,
      reached: () => this.air.reached.get(number) ?? 0,
    });
    const person = await life.asked((service) => service.addPerson({ number, name: `Customer ${n}`, language: 'en' }));
    const amount = { minor: POCKET_MONEY, currency: 'EUR' } as const;
    await life.asked((service) => service.deposit(person.id, amount, 'pocket money'));
    const { activationCode, linkToken } = await life.asked((service) => service.activate(person.id));
    handset.install(await life.asked((service) => service.downloads.descriptor(linkToken)));
    await shopper.enrol(activationCode);
    return { number, personId: person.id, handset, clock, shopper };
  }

  async #openShop(n: number): Promise<Shop> {
    const { life, clock, diary } = this;
    const name = `Shop ${n + 1}`;
    const { merchant } = await life.asked((service) => service.addMerchant({ name, currency: 'EUR' }));
    const customers = this.customers.map(({ number }) => number);
    return new Shop({ name, merchant, life, clock, random: this.#random.fork(name), diary, customers });
  }
}

/** scrypt is made to take time: here a digest takes its place, and all else is the real thing. */
function withoutScrypt(primitives: Primitives): Primitives {
  return {
    ...primitives,
    scrypt: (password, salt) => new Uint8Array(createHash('sha256').update(password).update(salt).digest()),
  };
}
