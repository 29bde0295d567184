import type { LogEntry } from '../log.ts';
import { MessageStates } from '../message-states.ts';
import type { SubmitAnswer } from '../network/radio-link.ts';
import { type SeededRandom, seededRandom } from '../random.ts';
import { addSubscriber } from '../vocabulary/subscribers.ts';
import type { World } from '../world.ts';
import { act, arrange, readAll, type Scene } from './actions.ts';
import type { EventPattern } from './event-pattern.ts';
import { type Fate, type Judgement, judgeCount, judgeMessages } from './judgement.ts';
import { type Names, numbersFor } from './names.ts';
import type { PhoneOfScenario, Scenario, Step } from './schema.ts';

/** How a scenario went. */
export interface ScenarioResult {
  readonly name: string;
  readonly ok: boolean;
  /** How long it was, in the network's time, ms. */
  readonly lastedMs: number;
  /** SMS that were sent or came from outside. */
  readonly sms: number;
  readonly judgements: readonly Judgement[];
}

/** Messages and reports whose fate is remembered: as many as the largest traffic has. */
const MESSAGES = 2_000_000;
/** How long nothing may be on its way before it is over, ms. */
const QUIET_MS = 2_000;
/** When the user of a phone reads what has come, and deletes it, ms. */
const READS_AFTER_MS = 1_000;

/** A scenario that is played in a world. Phones that are not there yet are put into it. */
export class ScenarioRun {
  readonly #world: World;
  readonly #scenario: Scenario;
  readonly #names: Names;
  readonly #messages: MessageStates;
  readonly #sent = new Map<string, number[]>();
  readonly #told = new Map<string, SubmitAnswer['kind'][]>();
  readonly #counts: number[];
  readonly #faults = new Map<string, string>();
  /** Steps that are not done, by their place. */
  readonly #open = new Set<number>();
  readonly #failed = new Map<number, string>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #undo: (() => void)[] = [];
  /** The phones whose users read what comes. */
  readonly #reading = new Set<string>();
  readonly #waiting: { readonly matches: (entry: LogEntry) => boolean; left: number; readonly begin: () => void }[] =
    [];
  /** By the place of the expectation; made when the phones are there, by which a national number is known. */
  #counters: readonly (((entry: LogEntry) => boolean) | undefined)[] = [];
  #beganAt: number;
  #endedAt: number | undefined;
  #sms = 0;
  #looking = false;

  constructor(world: World, scenario: Scenario, names: Names) {
    this.#world = world;
    this.#scenario = scenario;
    this.#names = names;
    this.#messages = new MessageStates(world.log, MESSAGES);
    this.#counts = scenario.expect.map(() => 0);
    this.#beganAt = world.clock.now();
  }

  /** Resolves when all is done and nothing is on its way, or the time is up. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  get over(): boolean {
    return this.#endedAt !== undefined;
  }

  /** Begins. @throws Refused when the world cannot have one of the phones. */
  start(): void {
    const { phones, faults, steps, expect, lasts, seed } = this.#scenario;
    const { log, clock } = this.#world;
    for (const phone of phones) {
      for (const number of numbersFor(this.#names, phone.name)) this.#addPhone(number, phone);
    }
    this.#counters = expect.map((expected) => ('count' in expected ? this.#matcher(expected.count) : undefined));
    this.#beganAt = clock.now();
    this.#undo.push(log.listen((entry) => this.#note(entry)));
    this.#undo.push(clock.after(lasts, () => this.finish()));
    const random = seededRandom(seed).fork('scenario');
    for (const fault of faults) arrange(this.#scene(random), fault);
    for (const [i, step] of steps.entries()) this.#arrange(step, i, random.fork(`step ${i}`));
  }

  /** Ends it now, as far as it came. */
  finish(): void {
    if (this.over) return;
    this.#endedAt = this.#world.clock.now();
    for (const undo of this.#undo) undo();
    this.#messages.close();
    this.#ended.resolve();
  }

  /** How it went; called when it is over, or as far as it came. */
  result(): ScenarioResult {
    const { name, expect, steps } = this.#scenario;
    const failures = [...this.#failed].map(([i, why]) => ({ what: `steps.${i}`, ok: false, found: why }));
    const missed = [...this.#open].map((i) => ({
      what: `steps.${i}`,
      ok: false,
      found: steps[i]?.moment.kind !== 'event' ? 'was not done in time' : 'its event never came',
    }));
    const judgements = expect.map((expectation, i) =>
      'count' in expectation
        ? judgeCount(expectation, this.#counts[i] ?? 0)
        : judgeMessages(expectation, this.#fateOf(expectation.message)),
    );
    const all = [...failures, ...missed, ...judgements];
    return {
      name,
      ok: all.every(({ ok }) => ok),
      lastedMs: (this.#endedAt ?? this.#world.clock.now()) - this.#beganAt,
      sms: this.#sms,
      judgements: all,
    };
  }

  #fateOf(name: string): Fate {
    const sent = this.#sent.get(name) ?? [];
    return { states: sent.map((sms) => this.#messages.get(sms)), answers: this.#told.get(name) ?? [] };
  }

  /** A phone that was there before has somebody who reads already. */
  #addPhone(number: string, phone: PhoneOfScenario): void {
    if (this.#world.modem(number) !== undefined) return;
    addSubscriber(this.#world, { ...phone, number });
    if (phone.reads) this.#reading.add(number);
  }

  #arrange({ moment, every, times, action }: Step, i: number, random: SeededRandom): void {
    const { clock } = this.#world;
    const perform = (left: number): void => {
      if (this.over) return;
      act(this.#scene(random), action).then(
        () => (left === 1 ? this.#done(i) : undefined),
        (error: unknown) => this.#fail(i, error instanceof Error ? error.message : String(error)),
      );
      if (left > 1) clock.after(every, () => perform(left - 1));
    };
    const beginAfter = (ms: number) => clock.after(ms, () => perform(times));
    this.#open.add(i);
    if (moment.kind === 'at') beginAfter(moment.ms);
    else {
      const { event, nth, after } = moment;
      this.#waiting.push({ matches: this.#matcher(event), left: nth, begin: () => beginAfter(after) });
    }
  }

  #scene(random: SeededRandom): Scene {
    return {
      world: this.#world,
      names: this.#names,
      random,
      faults: this.#faults,
      sent: (name, sms) => add(this.#sent, name, sms),
      told: (name, answer) => add(this.#told, name, answer),
    };
  }

  #note(entry: LogEntry): void {
    if (entry.kind === 'submit') this.#sms += 1;
    if (entry.kind === 'deliver' && this.#reading.has(entry.to)) this.#readSoon(entry.to);
    this.#counters.forEach((matches, i) => {
      if (matches?.(entry) === true) this.#counts[i] = (this.#counts[i] ?? 0) + 1;
    });
    for (const waiting of this.#waiting) {
      if (waiting.left === 0 || !waiting.matches(entry)) continue;
      waiting.left -= 1;
      if (waiting.left === 0) waiting.begin();
    }
    this.#look();
  }

  /** A host at the line reads by itself. */
  #readSoon(number: string): void {
    this.#world.clock.after(READS_AFTER_MS, () => {
      const modem = this.#world.modem(number);
      if (modem !== undefined && !modem.hostPresent) readAll(modem);
    });
  }

  #matcher({ kind, message, from, to, number }: EventPattern): (entry: LogEntry) => boolean {
    const numbers = (name: string | undefined) =>
      name === undefined ? undefined : new Set(numbersFor(this.#names, name).map((of) => this.#world.resolve(of)));
    const wanted = { from: numbers(from), to: numbers(to), number: numbers(number) };
    return (entry) => {
      if (entry.kind !== kind) return false;
      const fields: Readonly<Partial<Record<string, unknown>>> = entry;
      return (
        Object.entries(wanted).every(([name, set]) => set === undefined || this.#isOneOf(set, fields[name])) &&
        (message === undefined || this.#isOf(message, Number(fields['about'] ?? fields['sms'])))
      );
    };
  }

  /** A sender from outside is in the log as the message had it, so a national number too. A line fault without a number is of every modem. */
  #isOneOf(numbers: ReadonlySet<string>, number: unknown): boolean {
    return number === undefined || numbers.has(this.#world.resolve(String(number)));
  }

  /** Whether the SMS, or the one of which it is a copy, has the name. */
  #isOf(message: string, sms: number): boolean {
    return (this.#sent.get(message) ?? []).includes(this.#messages.originalOf(sms));
  }

  #done(i: number): void {
    this.#open.delete(i);
    this.#look();
  }

  #fail(i: number, why: string): void {
    this.#failed.set(i, why);
    this.#done(i);
  }

  get #quiet(): boolean {
    return this.#open.size === 0 && this.#messages.openCount === 0;
  }

  /** It is over when nothing is to be done and nothing on its way for a moment. */
  #look(): void {
    if (this.over || this.#looking || !this.#quiet) return;
    this.#looking = true;
    this.#world.clock.after(QUIET_MS, () => {
      this.#looking = false;
      if (this.#quiet) this.finish();
    });
  }
}

function add<Value>(map: Map<string, Value[]>, name: string | undefined, value: Value): void {
  if (name === undefined) return;
  const values = map.get(name);
  if (values === undefined) map.set(name, [value]);
  else values.push(value);
}
