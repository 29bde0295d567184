import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPhone, fileFlash, memoryFlash } from '../../device/index.ts';
import { type Clock, memoryPort, openModem, type Port, serialPort } from '../../modem/index.ts';
import { openService, type Service } from '../../server/index.ts';
import type { VirtualModem } from '../modem/virtual-modem.ts';
import type { LatencyProfile } from '../network/profiles.ts';
import { openPty } from '../ports/pty.ts';
import { seededRandom } from '../random.ts';
import { createWorld, type World } from '../world.ts';
import { CUSTOMER, MERCHANT, POCKET_MONEY, type PurseName, type Role, SERVICE_NUMBER } from './cast.ts';
import { beginRun, filesIn, type Kept, writeKept } from './kept.ts';
import { Person } from './person.ts';
import { openPurse } from './purse.ts';
import type { PurseHost } from './purse-host.ts';
import { type Hold, Till } from './till.ts';

/** Whoever tries the demonstration asks the same customer again and again, and refuses. */
const LIMITS = {
  waitingOfMerchant: 3,
  inVainAtCustomer: { atOnce: 1_000, everyMs: 1_000 },
  notMePausesMs: Array.from({ length: 1_000 }, () => 0),
} as const;

/** How a stage is set. */
export interface StageOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly profile: LatencyProfile;
  /** What the customer pays with. Default: the prepaid account. */
  readonly purse?: PurseName;
  /** What lies between drivers and modems: memory, or pseudo terminals. */
  readonly lines: 'memory' | 'pty';
  /** Where database, flash files and pseudo terminals go, and the next stage finds them. Absent: nothing is kept. */
  readonly folder?: string;
  /** Where the service listens. Default: any free port of 127.0.0.1. */
  readonly httpPort?: number;
  /** How fast hands are: 1 as people, 0 at once. Default 1. */
  readonly pace?: number;
  /** Stops time while something real goes on; needed on a virtual clock. */
  readonly hold: Hold;
  /** Told what is done now, in a few words: three times until the stage is set, and with each SMS of an enrolment. */
  readonly progress?: (next: string) => void;
}

/** A whole world with the service, a merchant and a customer in it, wired; the phones are enrolled if they were before. */
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
  /** How many times a stage was set in this folder, this time included. */
  readonly run: number;
  /** How many phones are to be enrolled: those that were not the last time. */
  readonly toEnrol: number;
  /** Enrols those phones, each by four SMS. */
  enrol(): Promise<void>;
  /** The host that moves the customer's money, when it is not the service itself. */
  readonly purseHost: PurseHost | undefined;
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
  const { clock, seed, profile, hold, progress = () => {} } = options;
  progress('The service and its modem start');
  const { folder } = options;
  if (folder !== undefined) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = folder === undefined ? undefined : filesIn(folder);
  const begun = beginRun(folder, clock.now(), seededRandom(seed));
  let { kept } = begun;
  const keep = (news: Partial<Kept>): void => {
    kept = { ...kept, ...news, at: Math.max(kept.at, clock.now()) };
    if (folder !== undefined) writeKept(folder, kept);
  };
  keep({});
  const random = seededRandom(seed).fork(`run ${kept.runs}`);
  const world = createWorld({ seed, clock, profile });
  const purse = openPurse(options.purse ?? 'ledger', clock, folder);
  const lineOf = layLines(options, strike);
  const driverOf = async (role: string, number: string) => {
    const modem = await openModem(lineOf(role, world.addModem({ number })), { clock });
    strike.later(() => modem.close());
    return modem;
  };

  const service = await openService({
    database: files?.database ?? ':memory:',
    keys: begun.keys,
    number: SERVICE_NUMBER,
    bearer: await driverOf('service', SERVICE_NUMBER),
    clock,
    random: random.fork('service'),
    hold,
    limits: LIMITS,
    ...(purse.rails.length > 0 && { rails: purse.rails }),
  });
  strike.later(() => hold(service.close()));
  let isOpen = true;
  strike.later(async () => {
    isOpen = false;
  });
  purse.deliver?.(async (message, headers) => {
    if (isOpen) await service.notice('paypal', message, headers);
  });
  // After a kill the next run must not begin before what the database has seen.
  const unkeep = service.subscribe(() => keep({}));
  strike.later(async () => unkeep());
  const url = await hold(service.http.listen({ host: '127.0.0.1', port: options.httpPort ?? 0 }));

  progress('The merchant and the customer are registered');
  const office = new Till(url, kept.adminKey, hold);
  const register = ({ name, number }: Role) => office.addPerson({ name, number, language: 'en' });
  const merchantId = kept.merchantId ?? (await register(MERCHANT));
  keep({ merchantId });
  const customerId = kept.customerId ?? (await register(CUSTOMER));
  keep({ customerId });
  const { currency } = POCKET_MONEY;
  const merchantKey =
    kept.merchantKey ?? (await office.addMerchant({ name: MERCHANT.payee, currency, personId: merchantId }));
  keep({ merchantKey });
  await purse.fill(office, customerId, kept.runs);

  progress('The phones are switched on');
  const person = async (role: Role, who: 'merchant' | 'customer', id: number) => {
    const file = files?.flash(who);
    const enrolled = file !== undefined && existsSync(file) && kept.enrolled.includes(who);
    // What an enrolment left that did not come to its end is of no use.
    if (file !== undefined && !enrolled) rmSync(file, { force: true });
    const radio = await driverOf(who, role.number);
    const flash = file === undefined ? memoryFlash() : fileFlash(file);
    const handset = createPhone({ radio, flash, clock, random: random.fork(`${who}'s phone`) });
    handset.powerOn();
    strike.later(async () => handset.powerOff());
    const hand = { clock, random: random.fork(`${who}'s hand`), pace: options.pace ?? 1 };
    return { who, id, enrolled, person: new Person(role, handset, hand) };
  };
  const merchant = await person(MERCHANT, 'merchant', merchantId);
  const customer = await person(CUSTOMER, 'customer', customerId);
  const strangers = [merchant, customer].filter(({ enrolled }) => !enrolled);
  return {
    world,
    service,
    clock,
    merchant: merchant.person,
    customer: customer.person,
    page: `${url}/#key=${merchantKey}`,
    till: new Till(url, merchantKey, hold),
    run: kept.runs,
    toEnrol: strangers.length,
    async enrol() {
      let sms = 0;
      const unlisten = world.log.listen(({ kind }) => {
        if (kind !== 'accept') return;
        sms += 1;
        progress(`Enrolment by SMS, ${sms} of ${4 * strangers.length}`);
      });
      for (const { who, id, person: somebody } of strangers) {
        const { activationCode, descriptor } = await office.activate(id);
        somebody.phone.handset.install(descriptor);
        await somebody.enrol(activationCode);
        keep({ enrolled: [...kept.enrolled, who] });
      }
      unlisten();
    },
    purseHost: purse.host,
    customerBalance: () => purse.left(office, customerId),
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

/** Lays the line between a modem and its driver: memory, or a pseudo terminal named after its role. */
function layLines({ lines, folder }: StageOptions, strike: Strike): (role: string, virtual: VirtualModem) => Port {
  if (lines === 'memory') {
    return (role, virtual) => {
      const { port, farEnd } = memoryPort(role);
      virtual.attach(farEnd);
      return port;
    };
  }
  const ttys = folder ?? lendFolder(strike);
  return (role, virtual) => {
    const pty = openPty(join(ttys, role));
    virtual.attach(pty);
    strike.later(async () => pty.hangUp());
    return serialPort(pty.path);
  };
}

/** A folder that is removed at the end. */
function lendFolder(strike: Strike): string {
  const lent = mkdtempSync(join(tmpdir(), 'cash-mobile-'));
  const remove = () => rmSync(lent, { recursive: true, force: true });
  process.once('exit', remove);
  strike.later(async () => {
    process.off('exit', remove);
    remove();
  });
  return lent;
}
