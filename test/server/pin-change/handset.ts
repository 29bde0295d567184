import { HeadlessError, type MemoryFlash, memoryFlash } from '../../../device/index.ts';
import { type Merchant, servicePrimitives } from '../../../server/index.ts';
import { type Bench, bench, during, FakeRadio } from '../../device/bench.ts';
import { CUSTOMER_NUMBER, DEPOSIT, SERVICE_NUMBER, type World } from '../world.ts';

/** What becomes of an SMS: ms until each of its copies arrives; none when it is lost. */
export type Fate = () => readonly number[];

const ALIKE: Fate = () => [0];
/** Until a message has come and its answer is there, ms. */
const ANSWERED_MS = 3_000;

/** A phone with the payment application, whose battery may fall out at any write of its flash, and its owner. */
export class Owner {
  /** Decides what becomes of each SMS, to and from the phone. */
  fate: Fate = ALIKE;
  /** Called after each write of the flash that counts. */
  afterWrite: () => void = () => {};
  readonly #world: World;
  readonly #flash: MemoryFlash = memoryFlash();
  /** What the network holds for the phone. */
  readonly #held = new Set<Uint8Array>();
  readonly #toService: (frame: Uint8Array) => void;
  #life = { alive: false };
  #bench: Bench;

  constructor(world: World) {
    this.#world = world;
    this.#toService = world.air.attach(CUSTOMER_NUMBER, (frame) =>
      this.#carry(() => {
        const copy = frame.slice();
        this.#held.add(copy);
        this.#deliver(copy);
      }),
    );
    this.#bench = this.boot();
  }

  get alive(): boolean {
    return this.#life.alive;
  }

  /** Puts the battery in. */
  boot(): Bench {
    const { clock, random } = this.#world;
    const life = { alive: true };
    const radio = new FakeRadio();
    const flash = this.#flash;
    radio.onSent = ({ content }) => {
      if (life.alive && content.kind === 'data') this.#carry(() => this.#toService(content.data));
    };
    this.#life = life;
    this.#bench = bench({
      clock,
      radio,
      random: random.fork(`phone ${clock.now()}`),
      primitives: servicePrimitives(),
      flash: {
        read: (name) => flash.read(name),
        names: () => flash.names(),
        write: (name, value) => {
          if (!life.alive) return;
          flash.write(name, value);
          this.afterWrite();
        },
      },
    });
    for (const frame of this.#held) this.#deliver(frame);
    return this.#bench;
  }

  /** The battery falls out: what the phone does from now on, nobody sees, hears or stores. */
  kill(): void {
    this.#life.alive = false;
  }

  /** Installs the application and enrols. */
  async enrol(pin: string): Promise<Merchant> {
    const { service } = this.#world;
    const person = await service.addPerson({ number: CUSTOMER_NUMBER, name: 'Anna', language: 'en' });
    await service.deposit(person.id, DEPOSIT, 'first');
    const { linkToken, activationCode } = await service.activate(person.id);
    this.#bench.handset.install(await service.downloads.descriptor(linkToken));
    await this.select('Menu', 'Applications', 'Cash-Mobile');
    await this.type(activationCode.replace('-', '').toLowerCase(), 'Next');
    for (let time = 0; time < 2; time += 1) await this.type(pin, 'Next');
    await this.pause();
    await this.type(pin, 'Confirm');
    await this.pause();
    return (await this.#world.merchant()).merchant;
  }

  /** From the menu to the two messages. */
  changePin(present: string, chosen: string): Promise<void> {
    return this.#untilTheBatteryFallsOut(async () => {
      this.#bench.phone.press('power');
      await this.select('Menu', 'Applications', 'Cash-Mobile', 'Change PIN');
      for (const pin of [present, chosen, chosen]) await this.type(pin, 'Next');
    });
  }

  /** Approves the login on the screen with these digits, and with this PIN if the phone asks for it. */
  logIn(digits: string, pin: string): Promise<void> {
    return this.#untilTheBatteryFallsOut(async () => {
      await this.select('Approve');
      await this.type(digits, 'Next');
      if (this.screen.input === undefined) await this.select('OK');
      else await this.type(pin, 'Confirm');
    });
  }

  /** Approves a payment with this PIN, and asks after the change of the PIN as often as the phone wants it. @returns whether it was paid */
  async pays(merchant: Merchant, pin: string): Promise<boolean> {
    const { service, clock } = this.#world;
    this.#bench.phone.press('power');
    const { txn } = await this.#world.request(merchant, { mref: `at ${clock.now()}`, ttl: 600 });
    await this.pause();
    for (let tries = 0; tries < 3 && this.screen.input === undefined; tries += 1) {
      if (this.screen.title === 'Payment') await this.select('Approve');
      else await this.select('OK');
      await this.pause(61_000);
    }
    await this.type(pin, 'Confirm');
    await this.pause();
    const { state } = await service.payment(txn);
    if (state !== 'CAPTURED') await service.cancel(txn);
    await this.pause();
    this.#bench.phone.press('power');
    return state === 'CAPTURED';
  }

  /** Back to the idle screen. */
  leave(): void {
    this.#bench.phone.press('power');
  }

  get screen() {
    return this.#bench.phone.screen;
  }

  pause(ms: number = ANSWERED_MS): Promise<void> {
    return this.#world.clock.advance(ms);
  }

  /** The battery may fall out on the way: then nothing more is typed. */
  async #untilTheBatteryFallsOut(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      if (this.alive || !(error instanceof HeadlessError)) throw error;
    }
  }

  /** Types into the field that is there, and chooses a command. */
  async type(text: string, then: string): Promise<void> {
    await during(this.#world.clock, this.#bench.phone.type(text));
    await this.select(then);
  }

  /** Chooses these one after the other, as the screens come. */
  async select(...labels: readonly string[]): Promise<void> {
    const { clock } = this.#world;
    for (const label of labels) {
      await during(clock, this.#bench.phone.keysWork());
      this.#bench.phone.select(label);
      await clock.advance(0);
    }
  }

  #carry(arrive: () => void): void {
    for (const late of this.fate()) this.#world.clock.after(late, arrive);
  }

  /** The network holds a message until the phone has it. */
  #deliver(frame: Uint8Array): void {
    const life = this.#life;
    if (!life.alive) return;
    const content = { kind: 'data', data: frame, ports: { destination: 16_001, source: 16_001 } } as const;
    const sms = { originator: SERVICE_NUMBER, sentAt: this.#world.clock.now(), content };
    void this.#bench.radio.deliver(sms).then(() => {
      if (life.alive) this.#held.delete(frame);
    });
  }
}
