import { join } from 'node:path';
import { bundle } from '../../device/cli/suite-bundle.ts';
import { type Boot, BUILT_IN, type BuiltInClasses, type Flash, memoryFlash, textOf } from '../../device/index.ts';
import { systemClock } from '../../modem/index.ts';
import type { VirtualClock } from '../../sim/index.ts';
import { type Bench, bench, FakeRadio, settle } from '../device/bench.ts';
import { enrolled, PIN } from '../device/cash-mobile/cash-bench.ts';
import type { FakeService } from '../device/cash-mobile/fake-service.ts';
import { openEngine } from '../device/machine/engine.ts';
import { median } from './comparison.ts';

/** What is measured: so many phones in one process, and where their payment application runs. */
export interface PhoneLoad {
  readonly phones: number;
  readonly machine: 'in-process' | 'quickjs';
}

/** What a phone takes. Memory is the resident set of the process for each phone, kB of a thousand octets; time is of the processor. */
export interface PhoneResult extends PhoneLoad {
  /** Switched on. */
  readonly onKb: number;
  /** With the payment application open, which shows a request. */
  readonly openKb: number;
  /** After the payment, the application closed again. */
  readonly closedKb: number;
  /** The application itself, at most, as its machine says: 0 in-process. */
  readonly machineKb: number;
  /** From the request's SMS to the question for approval, ms: median. */
  readonly openMs: number;
  /** From the last key of the PIN to the SMS of the approval, ms: median. */
  readonly answerMs: number;
  /** A whole payment, from the request's SMS to the dismissed receipt, ms: median. */
  readonly paymentMs: number;
}

/** Phones that pay; all of them are open. */
const PAYERS = 100;
/** How long a phone may take for one step on a busy machine, ms. */
const PATIENCE_MS = 120_000;
const DEVICE = join(import.meta.dirname, '../../device');

/** Where the application runs, and the most memory that it said to have. */
async function applications(machine: PhoneLoad['machine']) {
  const most = { octets: 0, isWatched: true };
  if (machine === 'in-process') return { classes: BUILT_IN, most };
  const engine = await openEngine();
  const { script } = await bundle(join(DEVICE, 'cash-mobile/index.ts'), join(DEVICE, 'midp/index.ts'));
  const boot = engine.boot(script, 'CashMobile');
  const watched: Boot = async (host) => {
    const made = await boot(host);
    // To count the memory of a machine takes long.
    if (!most.isWatched) return made;
    return {
      enter(event) {
        made.enter(event);
        most.octets = Math.max(most.octets, made.memory());
      },
      memory: () => made.memory(),
      fuel: () => made.fuel(),
      end: () => made.end(),
    };
  };
  return { classes: new Map([['CashMobile', watched]]), most };
}

function copyOf(flash: Flash): Flash {
  const copy = memoryFlash();
  for (const name of flash.names()) copy.write(name, flash.read(name));
  return copy;
}

/** A phone of many that share one identity, and what one payment costs it. */
class Payer {
  readonly #phone: Bench;
  readonly #service: FakeService;
  #txn: Uint8Array = new Uint8Array();

  constructor(flash: Flash, service: FakeService, classes: BuiltInClasses, clock: VirtualClock) {
    this.#phone = bench({ flash, classes, clock, radio: new FakeRadio() });
    this.#service = service;
  }

  /** A request comes, and is shown. @returns ms of the processor */
  async open(): Promise<number> {
    const request = this.#service.payRequest();
    this.#txn = request.txn;
    const sms = this.#service.sms(request);
    return cpuMs(async () => {
      await this.#phone.radio.deliver(sms);
      await this.#until(() => textOf(this.#phone.phone.screen).includes('Approve'));
    });
  }

  /** The owner approves. @returns ms of the processor: from the last key to the SMS, and in all */
  async pay(): Promise<{ readonly answer: number; readonly all: number }> {
    const { phone, radio } = this.#phone;
    let answer = 0;
    const asked = await cpuMs(async () => {
      await this.#select('Approve');
      await phone.type(PIN);
      answer = await cpuMs(async () => {
        phone.select('Confirm');
        await this.#until(() => radio.sent.length > 0);
      });
    });
    const receipt = this.#service.sms(this.#service.receipt(this.#txn, 'paid'));
    const told = await cpuMs(async () => {
      await radio.deliver(receipt);
      await this.#until(() => textOf(phone.screen).includes('Paid'));
      await this.#select('OK');
      phone.press('power');
      await settle(this.#phone.clock);
    });
    return { answer, all: asked + told };
  }

  async #select(label: string): Promise<void> {
    this.#phone.phone.select(label);
    await settle(this.#phone.clock);
  }

  /**
   * Lets what needs no time happen, and an engine start, which takes turns of the event loop.
   * @throws Error when the phone never shows what it should, as when its application was ended
   */
  async #until(isSo: () => boolean): Promise<void> {
    const giveUpAt = systemClock.now() + PATIENCE_MS;
    while (!isSo()) {
      if (systemClock.now() > giveUpAt)
        throw new Error(`a phone stands still and shows: ${textOf(this.#phone.phone.screen)}`);
      await settle(this.#phone.clock);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

async function cpuMs(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** Resident set, kB, without what nobody uses any more. */
function memoryKb(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().rss / 1_000;
}

async function run({ phones, machine }: PhoneLoad): Promise<PhoneResult> {
  const { classes, most } = await applications(machine);
  const { flash, service, clock, handset } = await enrolled();
  handset.powerOff();
  const switchOn = () => new Payer(copyOf(flash), service, classes, clock);
  // The first ones warm the engines up.
  for (let number = 0; number < 3; number += 1) {
    const first = switchOn();
    await first.open();
    await first.pay();
    most.isWatched = false;
  }
  const empty = memoryKb();
  const payers = Array.from({ length: phones }, switchOn);
  await settle(clock);
  const on = memoryKb();
  const opened: number[] = [];
  for (const payer of payers) opened.push(await payer.open());
  const open = memoryKb();
  const paid: Awaited<ReturnType<Payer['pay']>>[] = [];
  for (const payer of payers.slice(0, PAYERS)) paid.push(await payer.pay());
  const closed = memoryKb();
  const openMs = median(opened);
  return {
    ...{ phones, machine },
    onKb: (on - empty) / phones,
    openKb: (open - empty) / phones,
    closedKb: (closed - empty) / phones,
    machineKb: most.octets / 1_000,
    openMs,
    answerMs: median(paid.map(({ answer }) => answer)),
    paymentMs: openMs + median(paid.map(({ all }) => all)),
  };
}

const [load] = process.argv.slice(2);
if (load !== undefined) process.stdout.write(`${JSON.stringify(await run(JSON.parse(load)))}\n`);
