import { DatabaseSync } from 'node:sqlite';
import {
  approvalText,
  decodeDown,
  encodeUp,
  openDown,
  type PhoneKeyPair,
  type Primitives,
  sealUp,
} from '../../device/safe-mobile/index.ts';
import type { OutgoingSms, SendOutcome, SmsBearer, SmsReceiver } from '../../modem/index.ts';
import { systemClock, systemRandom } from '../../modem/index.ts';
import {
  APPLICATION_PORT,
  createServiceKeys,
  type Merchant,
  openService,
  type Service,
  type ServiceKeys,
  type StoreProbe,
  servicePrimitives,
} from '../../server/index.ts';
import { Vault } from '../../server/keys/vault.ts';

/** What a shop is opened with. */
export interface ShopOptions {
  /** A file that is not there yet, or one that was filled by an earlier shop with the same keys. */
  readonly database: string;
  readonly keys?: ServiceKeys | undefined;
  readonly customers: number;
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
const FIRST_NUMBER = 3_900_000_001;
const MERCHANT_NAME = 'Edicola Duomo';

interface Customer {
  readonly number: string;
  readonly phone: PhoneKeyPair;
  /** What a right PIN gives: the seed of `A`. */
  readonly seed: Uint8Array;
  ctr: number;
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

  constructor(service: Service, keys: ServiceKeys, merchant: Merchant, bearer: PhonesBearer) {
    this.service = service;
    this.keys = keys;
    this.#merchant = merchant;
    this.#bearer = bearer;
    this.customers = bearer.customers.length;
  }

  /** One payment, from the request to the receipt on the customer's phone. */
  async pay(): Promise<Cycle> {
    const place = this.#payments % this.customers;
    this.#payments += 1;
    const done = this.#bearer.await(place);
    await this.service.requestPayment(this.#merchant, {
      mref: `bench-${systemClock.now()}-${this.#payments}`,
      customer: this.#bearer.numberOf(place),
      amount: PRICE,
      reference: 'scontrino 2010/47',
    });
    return done;
  }

  /** So many payments, of which `inFlight` are under way at any time. */
  async payAll(payments: number, inFlight: number): Promise<void> {
    let left = payments;
    const next = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        await this.pay();
      }
    };
    await Promise.all(Array.from({ length: inFlight }, next));
  }

  /** CPU of the phones so far, ms. */
  get phoneMs(): number {
    return this.#bearer.cpuMs;
  }
}

/** Opens a service, registers its customers and gives each a phone and money. */
export async function openShop(options: ShopOptions): Promise<Shop> {
  const primitives = servicePrimitives();
  const keys = options.keys ?? createServiceKeys(primitives, systemRandom).keys;
  const bearer = new PhonesBearer(keys, primitives);
  const service = await openService({
    database: options.database,
    keys,
    number: '+393400000000',
    bearer,
    clock: systemClock,
    random: systemRandom,
    ...(options.primitives && { primitives: options.primitives }),
    ...(options.keptSecrets !== undefined && { keptSecrets: options.keptSecrets }),
    ...(options.probe && { probe: options.probe }),
  });
  const people = await Promise.all(
    Array.from({ length: options.customers }, (_, place) =>
      service.addPerson({ number: `+${FIRST_NUMBER + place}`, name: `Customer ${place}`, language: 'it' }),
    ),
  );
  await Promise.all(
    people.map(({ id }) => service.deposit(id, { minor: DEPOSIT_MINOR, currency: PRICE.currency }, `first ${id}`)),
  );
  const { merchant } = await service.addMerchant({ name: MERCHANT_NAME, currency: PRICE.currency });
  const file = new DatabaseSync(options.database, { timeout: 10_000 });
  const vault = new Vault(keys.vault, primitives, systemRandom);
  const insert = file.prepare(
    `INSERT INTO device (id, person_id, state, code_mac, code_tries_left, code_expires_at, sealing_key, sealed_approval_key,
       created_at, activated_at) VALUES (?, ?, 'active', x'00', 0, 0, ?, ?, 0, 0)`,
  );
  file.exec('BEGIN IMMEDIATE');
  for (const { id, number } of people) {
    const [seed, secretKey, deviceId] = [systemRandom.bytes(32), systemRandom.bytes(32), 1_000_000 + id];
    const publicKey = primitives.x25519PublicKey(secretKey);
    const approvalKey = vault.seal('approval key', `device ${deviceId}`, primitives.ed25519PublicKey(seed));
    insert.run(deviceId, id, publicKey, approvalKey);
    bearer.customers.push({ number, phone: { deviceId, secretKey, publicKey }, seed, ctr: 0 });
  }
  file.exec('COMMIT');
  file.close();
  bearer.ready();
  return new Shop(service, keys, merchant, bearer);
}

/** The bearer, the network and the phones: each phone approves what it is asked at once. */
class PhonesBearer implements SmsBearer {
  readonly customers: Customer[] = [];
  cpuMs = 0;
  readonly #keys: ServiceKeys;
  readonly #primitives: Primitives;
  readonly #places = new Map<string, number>();
  readonly #running = new Map<number, Running[]>();
  #receiver: SmsReceiver | undefined;
  #sent = 0;

  constructor(keys: ServiceKeys, primitives: Primitives) {
    this.#keys = keys;
    this.#primitives = primitives;
  }

  ready(): void {
    for (const [place, { number }] of this.customers.entries()) this.#places.set(number, place);
  }

  numberOf(place: number): string {
    return this.#customer(place).number;
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
    const place = this.#places.get(sms.destination);
    if (place === undefined || sms.content.kind !== 'data') throw new Error(`${sms.destination} is nobody's number`);
    this.#take(place, sms.content.data);
    this.#sent += 1;
    return { kind: 'sent', references: [this.#sent & 0xff] };
  }

  receive(receiver: SmsReceiver): void {
    this.#receiver = receiver;
  }

  async close(): Promise<void> {}

  #take(place: number, frame: Uint8Array): void {
    const running = this.#running.get(place)?.[0];
    if (running === undefined) throw new Error(`customer ${place} was not expected to be asked`);
    running.serverMs += nowMs() - running.asked;
    const before = process.threadCpuUsage();
    const answer = this.#answer(this.#customer(place), frame);
    const { user, system } = process.threadCpuUsage(before);
    this.cpuMs += (user + system) / 1_000;
    running.asked = nowMs();
    if (answer === undefined) {
      this.#running.get(place)?.shift();
      running.end({ serverMs: running.serverMs });
    } else void this.#receiver?.message(answer);
  }

  /** What the phone sends; `undefined` when it was told that it has paid. */
  #answer(customer: Customer, frame: Uint8Array) {
    const { phone, seed } = customer;
    const plaintext = openDown(this.#primitives, this.#keys.sealing, phone, frame);
    const message = decodeDown(plaintext);
    if (message.type === 'RECEIPT' && message.status === 'paid') return undefined;
    if (message.type !== 'PAY_REQUEST') throw new Error(`a phone was told ${JSON.stringify(message)}`);
    customer.ctr = Math.max(customer.ctr + 1, Math.floor(systemClock.now() / 1000));
    const { ctr } = customer;
    const signature = this.#primitives.ed25519Sign(seed, approvalText(phone.deviceId, ctr, 0, plaintext));
    const approval = encodeUp({ type: 'APPROVE', ctr, txn: message.txn, instrument: 0, signature });
    const data = sealUp(this.#primitives, this.#keys.sealing, phone, approval, systemRandom.bytes(32));
    const ports = { destination: APPLICATION_PORT, source: APPLICATION_PORT };
    return {
      originator: customer.number,
      sentAt: Math.floor(systemClock.now() / 1000) * 1000,
      content: { kind: 'data', data, ports },
    } as const;
  }

  #customer(place: number): Customer {
    const customer = this.customers[place];
    if (customer === undefined) throw new Error(`there is no customer ${place}`);
    return customer;
  }
}
