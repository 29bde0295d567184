import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPhone, fileFlash, type Handset } from '../../device/index.ts';
import { type Clock, type Modem, memoryPort, openModem, type Port, serialPort } from '../../modem/index.ts';
import { createServiceKeys, openService, type Service, servicePrimitives } from '../../server/index.ts';
import type { VirtualModem } from '../modem/virtual-modem.ts';
import type { LatencyProfile } from '../network/profiles.ts';
import { openPty } from '../ports/pty.ts';
import { type SeededRandom, seededRandom } from '../random.ts';
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
  const { clock, seed, profile, hold } = options;
  const random = seededRandom(seed);
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'cash-mobile-'));
  mkdirSync(folder, { recursive: true });
  const world = createWorld({ seed, clock, profile });
  const wires = new Wires(options, folder);

  const serviceModem = await wires.open(world.addModem({ number: SERVICE_NUMBER }), 'service');
  const { keys, adminKey } = createServiceKeys(servicePrimitives(), random.fork('keys'));
  const service = await openService({
    database: join(folder, 'service.sqlite'),
    keys,
    number: SERVICE_NUMBER,
    bearer: serviceModem,
    clock,
    random: random.fork('service'),
  });
  const url = await hold(service.http.listen({ host: '127.0.0.1', port: options.httpPort ?? 0 }));

  const person = async (role: Role, who: 'merchant' | 'customer') => {
    const radio = await wires.open(world.addModem({ number: role.number }), who);
    const handset = openPhone(radio, join(folder, `${who}.flash.json`), clock, random.fork(`${who}'s phone`));
    return new Person(role, handset, clock, random.fork(`${who}'s hand`));
  };
  const merchant = await person(MERCHANT, 'merchant');
  const customer = await person(CUSTOMER, 'customer');

  const office = new Till(url, adminKey, hold);
  const register = ({ name, number }: Role) => office.addPerson({ name, number, language: 'en' });
  const merchantId = await register(MERCHANT);
  const customerId = await register(CUSTOMER);
  const apiKey = await office.addMerchant({
    name: MERCHANT.payee,
    currency: POCKET_MONEY.currency,
    personId: merchantId,
  });
  await office.deposit(customerId, POCKET_MONEY, 'pocket money');

  return {
    world,
    service,
    clock,
    merchant,
    customer,
    page: `${url}/#key=${apiKey}`,
    till: new Till(url, apiKey, hold),
    async enrol() {
      for (const [somebody, id] of [
        [merchant, merchantId],
        [customer, customerId],
      ] as const) {
        const { activationCode, descriptor } = await office.activate(id);
        somebody.phone.handset.install(descriptor);
        await somebody.enrol(activationCode);
      }
    },
    customerBalance: () => office.balance(customerId),
    async close() {
      merchant.phone.handset.powerOff();
      customer.phone.handset.powerOff();
      await wires.close();
      await hold(service.close());
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function openPhone(radio: Modem, flash: string, clock: Clock, random: SeededRandom): Handset {
  const handset = createPhone({ radio, flash: fileFlash(flash), clock, random });
  handset.powerOn();
  return handset;
}

/** The lines between drivers and virtual modems, in memory or as pseudo terminals. */
class Wires {
  readonly #options: StageOptions;
  readonly #folder: string;
  readonly #modems: Modem[] = [];
  readonly #hangUps: (() => void)[] = [];

  constructor(options: StageOptions, folder: string) {
    this.#options = options;
    this.#folder = folder;
  }

  /** Opens the driver on a virtual modem. */
  async open(virtual: VirtualModem, name: string): Promise<Modem> {
    const modem = await openModem(this.#lay(virtual, name), { clock: this.#options.clock });
    this.#modems.push(modem);
    return modem;
  }

  #lay(virtual: VirtualModem, name: string): Port {
    if (this.#options.lines === 'memory') {
      const { port, farEnd } = memoryPort(name);
      virtual.attach(farEnd);
      return port;
    }
    const pty = openPty(join(this.#folder, name));
    virtual.attach(pty);
    this.#hangUps.push(() => pty.hangUp());
    return serialPort(pty.path);
  }

  async close(): Promise<void> {
    for (const modem of this.#modems) await modem.close();
    for (const hangUp of this.#hangUps) hangUp();
  }
}
