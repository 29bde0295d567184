import { z } from 'zod';
import { type Clock, systemClock } from '../../../modem/index.ts';
import { dataFolder } from '../../../server/cli/data-folder.ts';
import { createServiceKeys, servicePrimitives, writeKeyFile } from '../../../server/index.ts';
import { ExampleHost, listenForLines, type SeededRandom, seededRandom } from '../../../sim/index.ts';
import { temporaryFolder } from '../database.ts';
import { Api } from './api.ts';
import { fileIn, type JudgedDatabase } from './database.ts';
import { fastClock } from './fast-clock.ts';
import type { Evidence } from './judge.ts';
import { type Customer, DEPOSIT, joined, Load } from './load.ts';
import { MortalService } from './mortal-service.ts';
import type { Setting } from './setting.ts';
import { SmsNetwork } from './sms-network.ts';

/** Of the rail, ms of the fast clock: how long the host remembers a key, and when it is asked again. */
const KEY_LIFE_MS = 48 * 3_600_000;
const RETRY_MS = [1_000, 5_000, 20_000, 40_000];

const SECRET = 'between rail and host';
const MERCHANT_NUMBER = '+393499999999';

/** What moves the money: the prepaid accounts, or a host that loses answers; then, what the service does about it. */
export type StageRail = 'ledger' | 'inquire' | 'repeat' | 'reverse';

/** How a stage is set. */
export interface StageOptions {
  readonly rail: StageRail;
  readonly seed: string;
  readonly customers: number;
  /** How fast the clock of all processes is: see `fastClock`. */
  readonly speed: number;
  /** Default: a new file. */
  readonly database?: JudgedDatabase;
  /** Processes on the database. Default 1. */
  readonly processes?: number;
}

/** What lives on when a service is killed: its file, the network with its phones, the host of the rail, merchant and operator. */
export interface Stage {
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly services: readonly MortalService[];
  readonly network: SmsNetwork;
  readonly host: ExampleHost | undefined;
  readonly load: Load;
  readonly admin: Api;
  readonly till: Api;
  readonly setting: Setting;
  /** The same service without the host. */
  readonly reconfigured: Setting;
  /** The rows are in another database now, which is judged from here on. @returns how services are started on it */
  movedTo(database: JudgedDatabase): Setting;
  /** What can be seen from outside at this moment. */
  evidence(): Evidence;
  /** Kills what still runs. */
  close(): Promise<void>;
}

/** Sets the stage, with a service that runs, and a merchant who has a phone. */
export async function openStage(options: StageOptions): Promise<Stage> {
  const { rail, seed, customers, speed, processes = 1 } = options;
  const random = seededRandom(seed);
  const origin = systemClock.now();
  const clock = fastClock(origin, speed);
  const folder = temporaryFolder();
  let judged = options.database ?? fileIn(folder);
  const { database } = judged;
  const { keys, adminKey } = createServiceKeys(servicePrimitives(), random.fork('keys'));
  const keyFile = dataFolder(folder).keys;
  writeKeyFile(keyFile, keys);
  const network = new SmsNetwork(clock, random.fork('network'));
  const host = rail === 'ledger' ? undefined : new ExampleHost({ clock, secret: SECRET, keyLifeMs: KEY_LIFE_MS });
  if (host !== undefined) host.onNotice = (notice) => network.notify(notice);
  const listener = host === undefined ? undefined : await listenForLines(host.serve);
  const base: Setting = { database, keys: keyFile, network: await network.listen(), origin, speed };
  const setting: Setting = {
    ...base,
    ...(rail !== 'ledger' && listener !== undefined && { rail: railSetting(listener.port, rail) }),
  };

  const admin = new Api(clock, adminKey);
  const services = Array.from({ length: processes }, (_, place) => {
    const service = new MortalService();
    service.onUrl = (url) => {
      admin.urls[place] = url;
    };
    service.begin(setting);
    return service;
  });
  const close = async () => {
    for (const service of services) await service.abandon();
    network.close();
    await listener?.close();
  };
  try {
    for (const service of services) await service.ready();
  } catch (error) {
    await close();
    throw error;
  }
  const world = { admin, keys, clock, random, network };
  const merchant = await joined(world, MERCHANT_NUMBER);
  const till = new Api(clock, await apiKeyOf(admin, merchant), admin.urls);
  const load = new Load({ ...world, till, host, merchant, customers });
  return {
    ...{ clock, random, services, network, host, load, admin, till, setting },
    reconfigured: base,
    movedTo(other) {
      judged = other;
      return { ...setting, database: other.database };
    },
    evidence: () => ({
      ...{ admin, till, told: load.told, host: host?.orders },
      select: (sql) => judged.select(sql),
      ledgerCheck: () => judged.ledgerCheck(),
      phones: [...load.customers.map((customer) => seen(customer, DEPOSIT)), seen(merchant, 0)],
    }),
    close,
  };
}

function railSetting(port: number, onUnknown: Exclude<StageRail, 'ledger'>): Setting['rail'] {
  const keyLifeMs = { charge: KEY_LIFE_MS, refund: KEY_LIFE_MS, reversal: KEY_LIFE_MS };
  return {
    ...{ port, secret: SECRET, inquiry: onUnknown !== 'repeat' },
    capabilities: { onUnknown, keyLifeMs, timeoutMs: 10_000, retryMs: RETRY_MS },
  };
}

async function apiKeyOf(admin: Api, { id }: Customer): Promise<string> {
  const body = { name: 'Edicola', currency: 'EUR', personId: id };
  const answer = await admin.ask('POST', '/v1/merchants', body);
  return z.object({ apiKey: z.string() }).parse(answer.body).apiKey;
}

function seen({ number, phone }: Customer, deposit: number): Evidence['phones'][number] {
  return { number, deposit, receipts: phone.receipts, unbelievable: phone.unbelievable };
}
