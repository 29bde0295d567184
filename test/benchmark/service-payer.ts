import type { OutgoingSms, SendOutcome, SmsBearer, SmsReceiver } from '../../modem/index.ts';
import { systemClock, systemRandom } from '../../modem/index.ts';
import { type Merchant, openService, readKeyFile, type Service, servicePrimitives } from '../../server/index.ts';
import { type CounterShare, Phones } from './service-phones.ts';
import { LIMITS, manyTimes, orderOf, SERVICE_NUMBER } from './service-shop.ts';

/** A database on which several processes run the service. */
export interface SharedDatabase {
  /** How many. */
  readonly processes: number;
  readonly url: string;
  /** Of the merchant. */
  readonly apiKey: string;
}

/** What a process is started with. */
export interface PayerSetting {
  /** This process runs the service on those with more processes than its place. */
  readonly databases: readonly SharedDatabase[];
  /** The key file. */
  readonly keys: string;
  readonly customers: number;
  /** Which of how many processes it is: it asks its share of the customers. */
  readonly share: CounterShare;
}

/** What the process is told to do. */
export interface PayerOrder {
  /** On the database with so many processes. */
  readonly processes: number;
  readonly payments: number;
  readonly inFlight: number;
}

/** What it says then, and once at its start. */
export interface PayerReport {
  /** CPU of the phones in this process, ms. */
  readonly phoneMs: number;
  readonly statements: number;
  /** Transactions that were begun, also those that were begun again. */
  readonly begun: number;
  readonly commits: number;
}

/** The bearer, the network and the phones: a phone may be asked through one process, and told through another. */
class SharedPhonesBearer implements SmsBearer {
  readonly #phones: Phones;
  #receiver: SmsReceiver | undefined;
  #sent = 0;

  constructor(phones: Phones) {
    this.#phones = phones;
  }

  async send({ destination, content }: OutgoingSms): Promise<SendOutcome> {
    if (content.kind !== 'data') throw new Error('a phone of this benchmark gets frames only');
    const answer = this.#phones.answer(this.#phones.placeOf(destination), content.data);
    if (answer !== undefined) void this.#receiver?.message(answer);
    this.#sent += 1;
    return { kind: 'sent', references: [this.#sent & 0xff] };
  }

  receive(receiver: SmsReceiver): void {
    this.#receiver = receiver;
  }

  async close(): Promise<void> {}
}

/** How long a payment may take on a busy machine, ms. */
const PATIENCE_MS = 120_000;

/** As a merchant does it: asks, and waits until the payment is settled. */
async function pay(service: Service, merchant: Merchant, place: number, mref: string): Promise<void> {
  const { payment } = await service.requestPayment(merchant, orderOf(place, mref));
  const { state } = await service.settled(payment.txn, PATIENCE_MS);
  if (state !== 'CAPTURED') throw new Error(`payment ${mref} is ${state}`);
}

async function run({ databases, keys, customers, share }: PayerSetting): Promise<void> {
  const count = { statements: 0, begun: 0, commits: 0 };
  const primitives = servicePrimitives();
  const phones = new Phones(readKeyFile(keys, primitives), customers, share);
  const open = async ({ processes, url, apiKey }: SharedDatabase) => {
    const service = await openService({
      database: url,
      keys: readKeyFile(keys, primitives),
      number: SERVICE_NUMBER,
      limits: LIMITS,
      bearer: new SharedPhonesBearer(phones),
      clock: systemClock,
      random: systemRandom,
      primitives,
      processName: `payer ${share.place}`,
      probe: {
        beforeStatement: () => {
          count.statements += 1;
        },
        beforeTransaction: () => {
          count.begun += 1;
        },
        afterCommit: () => {
          count.commits += 1;
        },
      },
    });
    const merchant = await service.merchantByApiKey(apiKey);
    if (merchant === undefined) throw new Error('there is no merchant with this key');
    return { processes, service, merchant };
  };
  const shops = await Promise.all(databases.filter(({ processes }) => processes > share.place).map(open));
  let payments = 0;
  const report = () => process.send?.({ phoneMs: phones.cpuMs, ...count } satisfies PayerReport);
  process.on('message', async (order: PayerOrder) => {
    const shop = shops.find(({ processes }) => processes === order.processes);
    if (shop === undefined) throw new Error(`process ${share.place} is none of ${order.processes}`);
    await manyTimes(order.payments, order.inFlight, () => {
      payments += 1;
      const place = (payments * share.of + share.place) % customers;
      return pay(shop.service, shop.merchant, place, `bench-${share.place}-${payments}`);
    });
    report();
  });
  process.once('disconnect', () => {
    for (const { service } of shops) void service.close();
  });
  report();
}

const [setting] = process.argv.slice(2);
if (setting !== undefined) await run(JSON.parse(setting));
