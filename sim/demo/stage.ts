import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPhone, fileFlash } from '../../device/index.ts';
import { type Clock, type Modem, memoryPort, openModem, type Port, serialPort } from '../../modem/index.ts';
import { createServiceKeys, openService, type Service, servicePrimitives } from '../../server/index.ts';
import type { VirtualModem } from '../modem/virtual-modem.ts';
import type { LatencyProfile } from '../network/profiles.ts';
import { openPty } from '../ports/pty.ts';
import { seededRandom } from '../random.ts';
import { createWorld, type World } from '../world.ts';
import { CUSTOMER, MERCHANT, POCKET_MONEY, type Role, SERVICE_NUMBER } from './cast.ts';
import { Person } from './person.ts';
import { type Hold, Till } from './till.ts';

/** How a stage is set. */
export interface StageOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly profile: LatencyProfile;
  /** What lies between drivers and modems: memory, or pseudo terminals. */
  readonly lines: 'memory' | 'pty';
  /** Where database, flash files and pseudo terminals go. Absent: a folder of its own, removed at the end. */
  readonly folder?: string;
  /** Where the service listens. Default: any free port of 127.0.0.1. */
  readonly httpPort?: number;
  /** How fast hands are: 1 as people, 0 at once. Default 1. */
  readonly pace?: number;
  /** Stops time while something real goes on; needed on a virtual clock. */
  readonly hold: Hold;
}

/** A whole world with the service, a merchant and a customer in it, wired but not enrolled. */
export interface Stage {
  readonly world: World;
  readonly service: Service;
  readonly clock: Clock;
  readonly merchant: Person;
  readonly customer: Person;
  /** Where the merchant's page is, with the merchant's key in the fragment. */
  readonly page: string;
  /** The merchant's till. */
  readonly till: Till;
  /** Enrols both phones, each by four SMS. */
  enrol(): Promise<void>;
  /** Minor units left to the customer. */
  customerBalance(): Promise<number>;
  /** Ends everything and removes what was only lent. */
  close(): Promise<void>;
}

/** Sets the stage: network, three modems, the service on one, a phone on each of the others. */
export async function setStage(options: StageOptions): Promise<Stage> {
  const strike = new Strike();
  try {
    return await build(options, strike);
  } catch (error) {
    await strike.everything();
    throw error;
  }
}

async function build(options: StageOptions, strike: Strike): Promise<Stage> {
  const { clock, seed, profile, hold } = options;
  const random = seededRandom(seed);
  const folder = makeFolder(options, strike);
  const world = createWorld({ seed, clock, profile });
  const driverOf = (role: string, number: string) =>
    openDriver(options, folder, role, world.addModem({ number }), strike);

  const { keys, adminKey } = createServiceKeys(servicePrimitives(), random.fork('keys'));
  const service = await openService({
    database: join(folder, 'service.sqlite'),
    keys,
    number: SERVICE_NUMBER,
    bearer: await driverOf('service', SERVICE_NUMBER),
    clock,
    random: random.fork('service'),
  });
  strike.later(() => hold(service.close()));
  const url = await hold(service.http.listen({ host: '127.0.0.1', port: options.httpPort ?? 0 }));

  const person = async (role: Role, who: 'merchant' | 'customer') => {
    const radio = await driverOf(who, role.number);
    const flash = fileFlash(join(folder, `${who}.flash.json`));
    const handset = createPhone({ radio, flash, clock, random: random.fork(`${who}'s phone`) });
    handset.powerOn();
    strike.later(async () => handset.powerOff());
    return new Person(role, handset, { clock, random: random.fork(`${who}'s hand`), pace: options.pace ?? 1 });
  };
  const merchant = await person(MERCHANT, 'merchant');
  const customer = await person(CUSTOMER, 'customer');

  const office = new Till(url, adminKey, hold);
  const register = ({ name, number }: Role) => office.addPerson({ name, number, language: 'en' });
  const merchantId = await register(MERCHANT);
  const customerId = await register(CUSTOMER);
  const { currency } = POCKET_MONEY;
  const apiKey = await office.addMerchant({ name: MERCHANT.payee, currency, personId: merchantId });
  await office.deposit(customerId, POCKET_MONEY, 'pocket-money');

  const enrol = async (somebody: Person, id: number) => {
    const { activationCode, descriptor } = await office.activate(id);
    somebody.phone.handset.install(descriptor);
    await somebody.enrol(activationCode);
  };
  return {
    world,
    service,
    clock,
    merchant,
    customer,
    page: `${url}/#key=${apiKey}`,
    till: new Till(url, apiKey, hold),
    async enrol() {
      await enrol(merchant, merchantId);
      await enrol(customer, customerId);
    },
    customerBalance: () => office.balance(customerId),
    close: () => strike.everything(),
  };
}

/** What has to be taken down again, last built first. */
class Strike {
  readonly #tasks: (() => Promise<void>)[] = [];

  later(task: () => Promise<void>): void {
    this.#tasks.push(task);
  }

  async everything(): Promise<void> {
    for (let task = this.#tasks.pop(); task !== undefined; task = this.#tasks.pop()) await task();
  }
}

function makeFolder({ folder }: StageOptions, strike: Strike): string {
  if (folder !== undefined) {
    mkdirSync(folder, { recursive: true });
    return folder;
  }
  const lent = mkdtempSync(join(tmpdir(), 'cash-mobile-'));
  const remove = () => rmSync(lent, { recursive: true, force: true });
  process.once('exit', remove);
  strike.later(async () => {
    process.off('exit', remove);
    remove();
  });
  return lent;
}

/** Opens the driver on a virtual modem, over memory or a pseudo terminal named after its role. */
async function openDriver(
  { clock, lines }: StageOptions,
  folder: string,
  role: string,
  virtual: VirtualModem,
  strike: Strike,
): Promise<Modem> {
  const lay = (): Port => {
    if (lines === 'memory') {
      const { port, farEnd } = memoryPort(role);
      virtual.attach(farEnd);
      return port;
    }
    const pty = openPty(join(folder, role));
    virtual.attach(pty);
    strike.later(async () => pty.hangUp());
    return serialPort(pty.path);
  };
  const modem = await openModem(lay(), { clock });
  strike.later(() => modem.close());
  return modem;
}
