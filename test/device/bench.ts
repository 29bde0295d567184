import {
  type BuiltInClasses,
  builtInWith,
  createPhone,
  type Download,
  type Flash,
  type Handset,
  HeadlessHandset,
  type Language,
  memoryFlash,
  type ScriptLoader,
} from '../../device/index.ts';
import type { Primitives } from '../../device/safe-mobile/index.ts';
import type { IncomingSms, OutgoingSms, Random, SendOutcome, SmsBearer, SmsReceiver } from '../../modem/index.ts';
import { servicePrimitives } from '../../server/index.ts';
import { seededRandom, VirtualClock } from '../../sim/index.ts';

/** A radio without a network: keeps what was sent, and hands over what a test delivers. */
export class FakeRadio implements SmsBearer {
  readonly sent: OutgoingSms[] = [];
  /** How the next sends end; when used up, all are sent. */
  readonly outcomes: SendOutcome[] = [];
  /** Hears of each message that the network took. */
  onSent: (message: OutgoingSms) => void = () => {};
  #receiver: SmsReceiver | undefined;

  async send(message: OutgoingSms): Promise<SendOutcome> {
    const outcome = this.outcomes.shift() ?? { kind: 'sent', references: [this.sent.length % 256] };
    if (outcome.kind === 'failed') return outcome;
    this.sent.push(message);
    this.onSent(message);
    return outcome;
  }

  receive(receiver: SmsReceiver): void {
    this.#receiver = receiver;
  }

  async close(): Promise<void> {}

  /** Resolves when the phone has the message safe. */
  async deliver(sms: IncomingSms): Promise<void> {
    if (this.#receiver === undefined) throw new Error('Nobody receives');
    await this.#receiver.message(sms);
  }
}

/** A handset on a virtual clock with nothing around it. */
export interface Bench {
  readonly clock: VirtualClock;
  readonly radio: FakeRadio;
  readonly flash: Flash;
  readonly handset: Handset;
  readonly phone: HeadlessHandset;
}

export interface BenchOptions {
  readonly language?: Language;
  readonly askBeforeOpening?: boolean;
  readonly flash?: Flash;
  readonly clock?: VirtualClock;
  readonly radio?: FakeRadio;
  readonly seed?: string;
  readonly random?: Random;
  readonly classes?: BuiltInClasses;
  readonly download?: Download;
  readonly scripts?: ScriptLoader;
  readonly primitives?: Primitives;
  readonly trustedKeys?: readonly string[];
}

/** The phone's own are tried by themselves and in the machine of an application; all other tests need only what they compute, soon. */
const FAST: Primitives = servicePrimitives();

/** A phone that is switched on. */
export function bench(options: BenchOptions = {}): Bench {
  const { language, askBeforeOpening, seed = 'bench', primitives = FAST } = options;
  const { clock = new VirtualClock(), radio = new FakeRadio(), flash = memoryFlash() } = options;
  const handset = createPhone({
    radio,
    flash,
    clock,
    random: options.random ?? seededRandom(seed),
    gauges: { operator: () => 'I-Sim', signal: () => 3, battery: () => 4 },
    utcOffsetMinutes: () => 60,
    classes: options.classes ?? builtInWith(primitives),
    ...(options.download === undefined ? {} : { download: options.download }),
    ...(options.scripts === undefined ? {} : { scripts: options.scripts }),
    primitives,
    ...(options.trustedKeys === undefined ? {} : { trustedKeys: options.trustedKeys }),
    ...(language === undefined ? {} : { language }),
    ...(askBeforeOpening === undefined ? {} : { askBeforeOpening }),
  });
  handset.powerOn();
  return { clock, radio, flash, handset, phone: new HeadlessHandset(handset, clock) };
}

/** Moves the clock until a promise settles. */
export async function during<T>(clock: VirtualClock, promise: Promise<T>, limitMs = 3_600_000): Promise<T> {
  let settled = false;
  const done = () => {
    settled = true;
  };
  promise.then(done, done);
  await clock.runUntil(() => settled, limitMs);
  return promise;
}

/** Lets everything happen that needs no time. */
export async function settle(clock: VirtualClock): Promise<void> {
  await clock.advance(0);
}
