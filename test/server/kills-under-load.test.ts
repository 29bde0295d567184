import { describe, expect, it } from 'vitest';
import { hexOf } from '../../device/safe-mobile/index.ts';
import {
  type Capabilities,
  isSettled,
  type Merchant,
  PAYMENT_STATES,
  type Payment,
  type Rail,
  type Service,
  ServiceError,
} from '../../server/index.ts';
import { balanceOf } from '../../server/ledger/ledger.ts';
import { ExampleHost, exampleRail, HOST_FAULTS, memoryLink, type SeededRandom, seededRandom } from '../../sim/index.ts';
import type { TestPhone } from './phone.ts';
import { rotate } from './rotate.ts';
import { WIDE_LIMITS } from './wide-limits.ts';
import { DEPOSIT, PIN, type Subscriber, World } from './world.ts';

/** How many kills there are in all; a thousand is for a quiet hour. */
const KILLS = Number(process.env['CASH_MOBILE_KILLS'] ?? 24);
const KILLS_A_WORLD = Math.min(20, Math.ceil(KILLS / 4));

const RAILS: readonly ('ledger' | Capabilities['onUnknown'])[] = ['ledger', 'inquire', 'repeat', 'reverse'];
const SECRET = 'between rail and host';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A world under load, whose service is killed and opened again. */
class Load {
  readonly world: World;
  readonly host: ExampleHost;
  readonly customers: Subscriber[] = [];
  /** The merchant's receipts as they were told, by txn and state. */
  readonly receipts = new Map<string, string>();
  readonly txns = new Set<string>();
  kills = 0;
  readonly #kind: (typeof RAILS)[number];
  readonly #random: SeededRandom;
  #alive = { value: false };
  #merchant: Merchant | undefined;
  #orders = 0;

  constructor(kind: (typeof RAILS)[number], seed: string) {
    this.#kind = kind;
    this.#random = seededRandom(seed);
    this.world = new World(seed, { limits: WIDE_LIMITS });
    this.host = new ExampleHost({ clock: this.world.clock, secret: SECRET, keyLifeMs: 48 * HOUR });
    this.host.onNotice = (notice) => void this.#tell(notice);
  }

  async open(): Promise<void> {
    const alive = { value: true };
    this.#alive = alive;
    let left = 1 + this.#below(15);
    this.world.afterCommit = () => {
      if (this.#merchant === undefined || this.kills >= KILLS_A_WORLD) return;
      left -= 1;
      if (left !== 0) return;
      this.kills += 1;
      alive.value = false;
      this.world.kill();
    };
    // On PostgreSQL a service that is killed before it is open does not open; on SQLite the dead one has its own copy of the file.
    await this.world.open(undefined, { rails: this.#rails(alive) }).catch((error) => {
      if (alive.value) throw error;
    });
  }

  async begin(): Promise<void> {
    await this.open();
    for (const number of ['+393400000001', '+393400000002', '+393400000003']) {
      this.customers.push(this.#obliging(await this.world.subscriber(number)));
    }
    const { merchant } = await this.world.merchant();
    this.#merchant = merchant;
  }

  /** One thing after the other happens until the service was killed often enough. */
  async run(): Promise<void> {
    for (let step = 0; this.kills < KILLS_A_WORLD && step < 40 * KILLS_A_WORLD; step += 1) {
      void this.#act();
      await this.world.clock.runUntil(() => !this.#alive.value, 200 + this.#below(3_000));
      if (this.#alive.value) continue;
      await this.world.clock.advance(this.#below(20_000));
      await this.open();
    }
    expect(this.kills).toBe(KILLS_A_WORLD);
    // The last kill may have come while the service was opened.
    if (!this.#alive.value) await this.open();
  }

  /** All is well from now on, and everything may end. */
  async calmDown(): Promise<void> {
    for (let hour = 0; hour < 8; hour += 1) {
      await this.world.clock.advance(HOUR);
      this.host.decide('moved');
    }
    await this.world.clock.advance(24 * HOUR);
    await this.#review();
  }

  /** The operator's part: what is in review (a host that declines a reversal) is looked up in the host's own book. */
  async #review(): Promise<void> {
    const { service } = this.world;
    const inReview = (await service.payments({ limit: 10_000 })).filter(({ state }) => state === 'REVIEW');
    for (const { txn } of inReview) {
      const charge = this.host.orders.find(({ key }) => key === `${txn}:charge`);
      await service.resolve(txn, { moved: charge?.state === 'moved', reason: 'the book of the host' });
    }
    await this.world.clock.advance(HOUR);
  }

  async #act(): Promise<void> {
    const what = this.#below(20);
    if (what < 9) await this.#request();
    else if (what < 13) await this.#refund();
    else if (what < 16) await this.#readReceipts();
    else if (what < 17) await this.#enrol();
    else if (what < 18) this.host.decide(this.#below(2) === 0 ? 'moved' : 'declined');
    else if (this.#kind !== 'ledger') this.host.misbehave(HOST_FAULTS[this.#below(HOST_FAULTS.length)] ?? 'cut');
  }

  async #request(): Promise<void> {
    const merchant = this.#merchant;
    const customer = this.customers[this.#below(this.customers.length)];
    if (merchant === undefined || customer === undefined) return;
    this.#orders += 1;
    const mref = `order-${this.#orders}`;
    const amount = { minor: 1 + this.#below(20_000), currency: 'EUR' } as const;
    try {
      const { payment } = await this.#asked((service) =>
        service.requestPayment(merchant, { mref, customer: customer.person.number, amount, ttl: 60 }),
      );
      this.txns.add(payment.txn);
    } catch (error) {
      if (!(error instanceof ServiceError && error.code === 'customer-unreachable')) throw error;
    }
  }

  async #refund(): Promise<void> {
    const paid = await this.#somePayment('CAPTURED');
    if (paid === undefined) return;
    const left = paid.amount.minor - paid.refunded;
    const minor = this.#below(3) === 0 ? left : 1 + this.#below(left);
    const key = `key-${this.#below(1_000_000)}`;
    try {
      await this.#asked((service) => service.refund(paid.txn, { key, amount: { minor, currency: 'EUR' } }, 0));
    } catch {
      // Another refund was faster, or the rail gives nothing back.
    }
  }

  async #readReceipts(): Promise<void> {
    const paid = await this.#somePayment(this.#below(2) === 0 ? 'CAPTURED' : 'REFUNDED');
    if (paid !== undefined) await this.readReceipt(paid.txn);
  }

  /** @throws AssertionError when it is not the same octets as the last time */
  async readReceipt(txn: string): Promise<void> {
    const read = async (service: Service) => ({
      state: (await service.payment(txn)).state,
      receipt: await service.receipt(txn),
    });
    const told = await this.#asked(read).catch(() => undefined);
    if (told === undefined) return;
    const place = `${txn} ${told.receipt.status}`;
    const octets = Object.values(told.receipt)
      .map((value) => (value instanceof Uint8Array ? hexOf(value) : value))
      .join(' ');
    expect(octets, place).toBe(this.receipts.get(place) ?? octets);
    this.receipts.set(place, octets);
  }

  async #enrol(): Promise<void> {
    const number = `+3934000001${String(this.customers.length).padStart(2, '0')}`;
    const known = await this.#asked((service) => service.personByNumber(number));
    if (known !== undefined || this.customers.length > 12) return;
    const person = await this.#asked(
      async (service) =>
        (await service.personByNumber(number)) ?? service.addPerson({ number, name: 'New', language: 'it' }),
    );
    if (this.customers.some((customer) => customer.person.id === person.id)) return;
    await this.#asked((service) => service.deposit(person.id, DEPOSIT, 'first'));
    const phone = this.world.phone(number);
    const customer = this.#obliging({ person, phone, approvalKey: new Uint8Array() });
    this.customers.push(customer);
    const { deviceId, activationCode } = await this.#asked((service) => service.activate(person.id));
    phone.enrol(deviceId, activationCode, PIN);
  }

  /** A customer who answers after a moment, and whose phone asks when it hears nothing, as the application does. */
  #obliging(customer: Subscriber): Subscriber {
    const { phone } = customer;
    phone.onMessage = (message) => {
      if (message.type === 'AUTH_REQUEST') phone.approve(PIN);
      if (
        message.type !== 'PAY_REQUEST' ||
        phone.asked.filter(
          (asked) => asked.message.type === 'PAY_REQUEST' && hexOf(asked.message.txn) === hexOf(message.txn),
        ).length > 1
      )
        return;
      const asked = phone.lastAsked();
      this.world.clock.after(this.#below(5_000), () => {
        if (this.#below(10) === 0) phone.refuse('no', asked);
        else phone.approve(PIN, asked);
      });
      for (const minutes of [1, 2, 4, 8])
        this.world.clock.after(minutes * MINUTE, () => this.#askAgain(phone, message.txn));
    };
    return customer;
  }

  #askAgain(phone: TestPhone, txn: Uint8Array): void {
    const last = phone.receipts().findLast(({ ref }) => hexOf(ref) === hexOf(txn));
    if (last === undefined || last.status === 'in-progress') phone.query(txn);
  }

  async #tell(notice: Uint8Array): Promise<void> {
    if (this.#kind === 'ledger' || this.#below(4) === 0) return;
    await this.#asked((service) => service.notice('bank', notice));
  }

  async #somePayment(state: Payment['state']): Promise<Payment | undefined> {
    const found = await this.#asked((service) => service.payments({ state, limit: 20 }));
    return found[this.#below(Math.max(1, found.length))];
  }

  /** Asks the service until one that was not killed meanwhile has answered: what a dead one says nobody hears. */
  async #asked<T>(question: (service: Service) => Promise<T>): Promise<T> {
    for (;;) {
      const alive = this.#alive;
      const [outcome] = await Promise.allSettled([question(this.world.service)]);
      if (alive.value && alive === this.#alive) {
        if (outcome.status === 'fulfilled') return outcome.value;
        throw outcome.reason;
      }
      await new Promise<void>((resolve) => void this.world.clock.after(1_000, resolve));
    }
  }

  /** The rails of one life of the service: what a dead one sends never arrives. */
  #rails(alive: { readonly value: boolean }): readonly Rail[] {
    const { clock } = this.world;
    if (this.#kind === 'ledger') return [];
    const near = memoryLink(this.host.serve, clock, 300);
    const link: typeof near = (line, heard) => (alive.value ? near(line, heard) : { close() {} });
    const keyLifeMs = { charge: 48 * HOUR, refund: 48 * HOUR, reversal: 48 * HOUR };
    const capabilities = { onUnknown: this.#kind, keyLifeMs };
    return [exampleRail({ link, clock, secret: SECRET, capabilities, inquiry: this.#kind !== 'repeat' })];
  }

  #below(limit: number): number {
    return Math.floor(this.#random.fraction() * limit);
  }
}

async function judge(load: Load, kind: string): Promise<void> {
  const { world, host, customers } = load;
  expect(await world.breaches()).toEqual([]);
  const payments = await world.service.payments({ limit: 10_000 });
  expect(payments.filter(({ state }) => !isSettled(state))).toEqual([]);
  expect([...load.txns].filter((txn) => !payments.some((payment) => payment.txn === txn))).toEqual([]);
  const refunds = (await Promise.all(payments.map((payment) => world.service.refunds(payment)))).flat();
  expect(refunds.filter(({ state }) => state !== 'refunded' && state !== 'declined')).toEqual([]);
  for (const { person } of customers) {
    const devices = await world.service.devices(person.id);
    expect(
      devices.some(({ state }) => state === 'active'),
      `${person.number} has enrolled`,
    ).toBe(true);
  }

  const isPaid = ({ state }: Payment) => PAYMENT_STATES[state].money === 'moved';
  const moved = payments.filter(isPaid).reduce((sum, { amount, refunded }) => sum + amount.minor - refunded, 0);
  const spent = await Promise.all(
    customers.map(async ({ person }) => DEPOSIT.minor - ((await world.service.holdings(person.id))[0]?.minor ?? 0)),
  );
  expect(spent.reduce((sum, minor) => sum + minor, 0)).toBe(kind === 'ledger' ? moved : 0);
  if (kind !== 'ledger') {
    expect(host.moved()).toBe(moved);
    const orders = new Map(host.orders.map((order) => [order.key, order.state === 'moved']));
    for (const payment of payments)
      expect(orders.get(`${payment.txn}:charge`) ?? false, payment.txn).toBe(isPaid(payment));
    for (const { railKey, state } of refunds) expect(orders.get(railKey) ?? false, railKey).toBe(state === 'refunded');
    const store = await world.store();
    const clearing = await store.read((tx) => balanceOf(tx, 'clearing:bank', 'EUR'));
    await store.close();
    expect(clearing).toEqual({ posted: 0 - moved, pending: 0 });
  }
  for (const { txn } of payments.slice(0, 40)) await load.readReceipt(txn);
  await rotate(world, 'signing');
  world.kill();
  await world.open(undefined, { rails: [] });
  for (const { txn } of payments.slice(0, 40)) {
    const receipt = await world.service.receipt(txn).catch(() => undefined);
    if (receipt === undefined) continue;
    const octets = Object.values(receipt)
      .map((value) => (value instanceof Uint8Array ? hexOf(value) : value))
      .join(' ');
    expect(octets).toBe(load.receipts.get(`${txn} ${receipt.status}`));
  }
}

describe.each(RAILS)('a service on the rail that is %s, killed again and again under load', (kind) => {
  const worlds = Math.max(1, Math.round(KILLS / RAILS.length / KILLS_A_WORLD));
  it.each(Array.from({ length: worlds }, (_, world) => world + 1))(
    'ends everything, and loses nothing (seed %i)',
    async (seed) => {
      const load = new Load(kind, `kills ${kind} ${seed}`);
      await load.begin();
      await load.run();
      await load.calmDown();
      await judge(load, kind);
    },
    120_000,
  );
});
