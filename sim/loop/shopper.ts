import { type Handset, HeadlessError, HeadlessHandset, type Screen } from '../../device/index.ts';
import { type Clock, randomBelow, sleep } from '../../modem/index.ts';
import type { SeededRandom } from '../random.ts';
import { ChangeOfPin, type PinWord, pinWordOn } from './change-of-pin.ts';
import type { Diary, Story } from './diary.ts';
import { KnownPin, safePin } from './known-pin.ts';

/** Titles of receipts that end a payment, as the phone shows them in English. */
const RECEIPTS: ReadonlySet<string> = new Set([
  ...['Paid', 'Refused', 'Expired', 'Cancelled', 'Declined', 'Reversed', 'Refunded'],
]);

/** A customer waits for a screen as long as it takes, ms. */
const FOR_EVER_MS = 10 * 365 * 86_400_000;
/** How long the next screen of the application may take, ms. */
const SCREEN_MS = 30_000;
/** Between two looks at the phone, ms. */
const LOOK_MS = 1_000;
/** How long a customer thinks at most before the next key, ms: one in a hurry, and one who is not. */
const HASTE_MS = 2_000;
const HESITATION_MS = 40_000;

/** What a customer does with a request. */
type Decision = 'approve' | 'mistype' | 'refuse' | 'not-mine' | 'ignore';

/** How many of a hundred requests meet which decision; the rest is approved. */
const OF_A_HUNDRED: readonly (readonly [Decision, number])[] = [
  ['mistype', 5],
  ['refuse', 6],
  ['not-mine', 1],
  ['ignore', 4],
];

/** Of a hundred customers who mistyped the PIN, how many do so again. */
const MISTYPED_AGAIN = 30;

/** After so many of a hundred looks at the phone the customer changes the PIN. */
const CHANGES_PIN = 4;

/** Of a hundred who change it, how many type a wrong one as the present one. */
const MISTYPES_PRESENT = 15;

/** What the phone says after a wrong PIN. */
const TRIES_LEFT = /^Wrong PIN\. Tries left: (\d)$/;

/** What a customer lives with. */
export interface ShopperOptions {
  readonly number: string;
  readonly pin: string;
  readonly handset: Handset;
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly diary: Diary;
  /** How many messages have reached the phone. */
  readonly reached: () => number;
}

/** A customer with a phone: looks at what it shows, decides, presses keys, and writes down what was seen and done. */
export class Shopper {
  readonly number: string;
  readonly #phone: HeadlessHandset;
  readonly #pin: KnownPin;
  readonly #clock: Clock;
  readonly #random: SeededRandom;
  readonly #diary: Diary;
  /** How many messages have reached the phone. */
  readonly #reached: () => number;
  /** Seen since the customer chose to refuse. */
  #isRefusing = false;
  /** A change of the PIN of which the phone has said nothing since. */
  #change: ChangeOfPin | undefined;
  /** Whether the PIN was ever to be another one. */
  hasChangedPin = false;

  constructor({ number, pin, handset, clock, random, diary, reached }: ShopperOptions) {
    this.number = number;
    this.#reached = reached;
    this.#phone = new HeadlessHandset(handset, clock);
    this.#pin = new KnownPin(pin);
    this.#clock = clock;
    this.#random = random;
    this.#diary = diary;
    handset.watch((event) => {
      if (event.kind === 'screen') this.#see(event.screen);
    });
  }

  /** Enrols the phone: the application, the code of the letter, the PIN three times. Ends when the phone is active. */
  async enrol(activationCode: string): Promise<void> {
    const phone = this.#phone;
    for (const label of ['Menu', 'Applications', 'Cash-Mobile']) await this.#choose(label);
    await phone.waitFor('Activation code');
    await phone.type(activationCode.replace('-', '').toLowerCase());
    await this.#choose('Next');
    for (const field of ['New PIN', 'The same PIN again']) {
      await phone.waitFor(field);
      await phone.type(this.#pin.typed.pin);
      await this.#choose('Next');
    }
    await phone.waitFor('Confirm your PIN', FOR_EVER_MS);
    await phone.type(this.#pin.typed.pin);
    await this.#choose('Confirm');
    await phone.waitFor('Your phone is active', FOR_EVER_MS);
    phone.press('power');
  }

  /** Looks at the phone for ever, and deals with what it shows. */
  async live(): Promise<never> {
    for (;;) {
      await this.#phone.waitFor((screen) => screen.kind !== 'idle' && screen.kind !== 'off', FOR_EVER_MS);
      await sleep(this.#clock, LOOK_MS);
      try {
        await this.#deal(this.#phone.screen);
        if (randomBelow(this.#random, 100) < CHANGES_PIN) await this.#changePin();
      } catch (error) {
        // Another screen came meanwhile: the request has expired, or a receipt is there.
        if (!(error instanceof HeadlessError)) throw error;
      }
    }
  }

  /** Opens the application's history, and writes down how it says that each payment stands. */
  async readHistory(): Promise<void> {
    const phone = this.#phone;
    phone.press('power');
    for (const label of ['Menu', 'Applications', 'Cash-Mobile', 'History']) await this.#choose(label);
    const { title, items } = await phone.waitFor(({ title }) => title === 'History', SCREEN_MS);
    for (const [line] of items.entries()) {
      if (title !== phone.screen.title) break;
      for (let down = 0; down < line; down += 1) phone.press('down');
      phone.press('select');
      const details = await phone.waitFor((screen) => screen.title !== title, SCREEN_MS);
      this.#noteReceipt(details.items.map(({ label, value }) => value ?? label));
      if (details.kind !== 'form') break;
      phone.select('Back');
      await phone.waitFor((screen) => screen.title === title, SCREEN_MS);
    }
    phone.press('power');
  }

  /** Types the present PIN, and a new one twice. What comes of it the phone says later. */
  async #changePin(): Promise<void> {
    const phone = this.#phone;
    const { pin, isSure } = this.#pin.typed;
    if (!isSure || this.#change !== undefined) return;
    const isMistyped = randomBelow(this.#random, 100) < MISTYPES_PRESENT;
    phone.press('power');
    for (const label of ['Menu', 'Applications', 'Cash-Mobile', 'Change PIN']) await this.#choose(label, SCREEN_MS);
    const chosen = safePin(this.#random, pin);
    for (const [field, digits] of [
      ['Your present PIN', isMistyped ? mistyped(pin) : pin],
      ['New PIN', chosen],
      ['The same PIN again', chosen],
    ] as const) {
      await phone.waitFor(field, SCREEN_MS);
      // Who takes long has a request behind the form, which is shown before anybody has said which PIN counts.
      await this.#think();
      await phone.type(digits);
      await phone.waitFor(field, SCREEN_MS);
      if (field === 'The same PIN again') this.#begins(chosen, isMistyped);
      phone.select('Next');
    }
  }

  /** The phone sends the key of the new PIN to the service. */
  #begins(chosen: string, isMistyped: boolean): void {
    this.#change = new ChangeOfPin(isMistyped, this.#clock.now(), this.#reached());
    if (isMistyped) this.#diary.mistype(this.number);
    else {
      this.#pin.changesTo(chosen);
      this.hasChangedPin = true;
    }
  }

  /** Looks whether the phone still awaits the service's word about a new PIN: then it asks for no present one. */
  async lookAtPin(): Promise<void> {
    const phone = this.#phone;
    for (const label of ['Menu', 'Applications', 'Cash-Mobile', 'Change PIN']) await this.#choose(label);
    const { items } = await phone.waitFor(({ title }) => title === 'Change PIN', SCREEN_MS);
    if (!items.some(({ label }) => label === 'Your present PIN')) this.#saw('the phone does not know which PIN counts');
    phone.press('power');
  }

  #noteReceipt([status = '', amount = '', payee = '']: readonly string[]): void {
    const story = this.#diary.of(this.number, payee, amount);
    if (story !== undefined && RECEIPTS.has(status) && lastRead(story) !== status) this.#read(story, status);
  }

  async #deal(screen: Screen): Promise<void> {
    const story = isQuestion(screen) ? this.#storyOf(screen) : undefined;
    if (story === undefined) {
      this.#phone.press('power');
      return;
    }
    const decision = this.#decide(story);
    await this.#think();
    if (!this.#shows(story)) return;
    if (decision === 'approve' || decision === 'mistype') await this.#approve(story, decision);
    else if (decision === 'ignore') this.#phone.press('power');
    else await this.#refuse(story, decision);
  }

  async #approve(story: Story, decision: 'approve' | 'mistype'): Promise<void> {
    if (isRequest(this.#phone.screen)) this.#phone.select('Approve');
    const { items } = await this.#phone.waitFor((screen) => screen.input?.numeric === true, SCREEN_MS);
    const [payee, amount] = items.map(({ label }) => label);
    const { pin, isSure } = this.#pin.typed;
    if (this.#change?.mayBeKnown(this.#reached()) === false)
      this.#saw('a PIN is asked for before the phone can know which one counts');
    await this.#phone.type(decision === 'approve' ? pin : mistyped(pin));
    await this.#phone.waitFor('Confirm', SCREEN_MS);
    const belief = decision === 'mistype' ? 'wrong' : isSure ? 'right' : 'unsure';
    this.#diary.note(story, { kind: 'approved', pin: belief, payee: payee ?? '', amount: amount ?? '' });
    this.#phone.select('Confirm');
    await this.#phone.waitFor((screen) => screen.input === undefined, SCREEN_MS);
  }

  async #refuse(story: Story, decision: 'refuse' | 'not-mine'): Promise<void> {
    this.#isRefusing = true;
    try {
      this.#phone.select('Refuse');
      await this.#phone.waitFor('Why do you refuse?', SCREEN_MS);
      this.#diary.note(story, { kind: 'refused' });
      this.#phone.select(decision === 'refuse' ? 'I do not want to' : 'It is not mine');
    } finally {
      this.#isRefusing = false;
    }
  }

  /** A PIN that was mistyped is mostly typed rightly the next time. */
  #decide({ events }: Story): Decision {
    let drawn = randomBelow(this.#random, 100);
    if (events.some(({ kind }) => kind === 'approved')) return drawn < MISTYPED_AGAIN ? 'mistype' : 'approve';
    for (const [decision, share] of OF_A_HUNDRED) {
      if (drawn < share) return decision;
      drawn -= share;
    }
    return 'approve';
  }

  #think(): Promise<void> {
    const most = randomBelow(this.#random, 2) === 0 ? HASTE_MS : HESITATION_MS;
    return sleep(this.#clock, randomBelow(this.#random, most));
  }

  async #choose(label: string, limitMs: number = FOR_EVER_MS): Promise<void> {
    await this.#phone.waitFor(label, limitMs);
    this.#phone.select(label);
  }

  #shows(story: Story): boolean {
    return isQuestion(this.#phone.screen) && this.#storyOf(this.#phone.screen) === story;
  }

  /** The payment that stands on a screen: `Pay to: Shop 1`, `EUR 12.50`; a receipt has both in one text. */
  #storyOf({ items }: Screen): Story | undefined {
    const lines = items.flatMap(({ label, value }) => (value === undefined ? label.split('\n') : [value]));
    return this.#diary.of(this.number, lines[0] ?? '', lines[1] ?? '');
  }

  /** Everything that the phone shows passes here, also what is gone before anybody acts. */
  #see(screen: Screen): void {
    if (this.#isRefusing && screen.input !== undefined) this.#saw('a field to type in on the way to a refusal');
    const word = pinWordOn(screen);
    if (word !== undefined) this.#hearOfPin(word);
    const story = this.#storyOf(screen);
    if (isRequest(screen) && story === undefined) {
      const words = screen.items.map(({ label, value = '' }) => `${label} ${value}`).join(', ');
      this.#saw(`a request that no shop has made: ${words}`);
    }
    if (story === undefined) return;
    if (isRequest(screen)) this.#change?.shown(story);
    const tries = screen.items.map(({ label }) => TRIES_LEFT.exec(label)?.[1]).find((left) => left !== undefined);
    if (tries !== undefined) this.#noteTries(story, Number(tries));
    if (RECEIPTS.has(screen.title) && lastRead(story) !== screen.title) this.#read(story, screen.title);
  }

  #read(story: Story, title: string): void {
    if (title === 'Paid' && lastTyped(story)?.pin === 'unsure') this.#pin.changed();
    this.#diary.note(story, { kind: 'read', title });
  }

  /** The phone says what became of a change of the PIN. */
  #hearOfPin(word: PinWord): void {
    const doubt = this.#change?.doubts(word);
    if (doubt !== undefined) this.#saw(doubt);
    if (word === 'changed') this.#pin.changed();
    else this.#pin.kept();
    if (word === 'not-changed' && this.#change?.isMistyped === false) this.#diary.unchanged.add(this.number);
    this.#change = undefined;
  }

  /** Something that must never happen. */
  #saw(text: string): void {
    this.#diary.seen.push({ customer: this.number, text });
  }

  /** Once, however often the screen is drawn. */
  #noteTries(story: Story, left: number): void {
    const last = story.events.findLast(({ kind }) => kind === 'tries' || kind === 'approved');
    if (last?.kind === 'tries' && last.left === left) return;
    if (last?.kind === 'approved' && last.pin === 'unsure') this.#pin.kept();
    this.#diary.note(story, { kind: 'tries', left });
  }
}

/** The digits of a PIN in a wrong order. */
function mistyped(pin: string): string {
  return `${pin.slice(1)}${pin[0]}`;
}

/** Whether the phone asks the customer, or asks for the PIN once more. */
function isQuestion(screen: Screen): boolean {
  return isRequest(screen) || screen.items.some(({ label }) => TRIES_LEFT.test(label));
}

function isRequest({ title, softKeys, keysLocked }: Screen): boolean {
  return title === 'Payment' && keysLocked !== true && [softKeys.left, softKeys.right].includes('Refuse');
}

/** The title of the receipt that the phone showed last. */
export function lastRead({ events }: Story): string | undefined {
  return events.findLast((event) => event.kind === 'read')?.title;
}

/** What the customer typed last below this payment. */
function lastTyped({ events }: Story) {
  return events.findLast((event) => event.kind === 'approved');
}
