import { AtAborted, type AtCommand, type AtResult } from './at/command.ts';
import type { OutgoingSms, SendOutcome, SmsBearer, SmsReceiver } from './bearer.ts';
import { type Cancel, type Clock, sleep, systemClock } from './clock.ts';
import { ModemError } from './error.ts';
import { askImsi, type ModemIdentity } from './identify.ts';
import { askOperator, askOwnNumbers, askServiceCentre, askSignal, type Signal, setServiceCentre } from './network.ts';
import { portFromName } from './port/name.ts';
import { type Port, PortError } from './port/port.ts';
import { Inbox } from './receiving.ts';
import { hasForgotten } from './reception.ts';
import { askRegistration, isUsable, type Registration } from './register.ts';
import { ReportMatcher } from './reports.ts';
import { SendQueue } from './send-queue.ts';
import { SUBMIT_TIMEOUT_MS } from './sending.ts';
import { type ModemPorts, openSession, type Session } from './session.ts';
import { describeState, type ModemLog, type ModemState } from './state.ts';
import type { SimPin } from './unlock.ts';
import type { UssdAnswer } from './ussd.ts';

/** How to open a modem. */
export interface ModemOptions {
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** The SIM's PIN: tried at most once, and only when at least two tries are left. Never logged. */
  readonly pin?: string;
  /** Try the PIN once even when the modem does not say how many tries are left. Default false. */
  readonly trustPin?: boolean;
  /**
   * How long the network may take to take an SMS, in ms, before its answer counts as lost; meanwhile the others wait.
   * Default 120,000, as the manuals have it.
   */
  readonly submitTimeoutMs?: number;
  /**
   * Other ports of the same modem, or their names. They are listened to only: some modems say their codes there, and
   * crash when a port fills up unread.
   */
  readonly codePorts?: readonly (Port | string)[];
  /** Gets what is worth a line in a log. */
  readonly log?: ModemLog;
}

/**
 * A GSM modem. It opens its port again by itself when that is lost, and the modem when it reboots, until it is closed;
 * what can be asked of it throws {@link ModemError} (`not-open`) meanwhile.
 */
export interface Modem extends SmsBearer {
  readonly identity: ModemIdentity;
  readonly state: ModemState;
  /** Tells every change of state from now on. */
  onState(listener: (state: ModemState) => void): Cancel;
  /** @throws ModemError, AtTimeout, PortError, as all questions. */
  signal(): Promise<Signal>;
  /** The operator's name, or its number. */
  operator(): Promise<string | undefined>;
  registration(): Promise<Registration>;
  /** The service centre's number in the SIM. */
  serviceCentre(): Promise<string | undefined>;
  /** Stores another one there. @throws PduEncodeError when it is no number; AtRefused */
  setServiceCentre(number: string): Promise<void>;
  /** The numbers that the SIM says are its own: not all say, and nobody checks them. */
  ownNumbers(): Promise<readonly string[]>;
  /** The subscriber's number in the SIM. */
  imsi(): Promise<string | undefined>;
  /**
   * Asks the network for a service by its code, such as `*100#`. One session at a time; one that still waits for a reply
   * is ended by the next code.
   *
   * @throws UssdError when the network does not answer, or says no; ModemError, AtRefused, AtTimeout, PortError.
   */
  ussd(code: string): Promise<UssdAnswer>;
  /** Runs any AT command in its turn. Never throws. */
  run(command: AtCommand): Promise<AtResult>;
}

/**
 * Opens the modem on a port, or on the port of that name (a device path or `tcp://host:port`): wakes it, asks what it is,
 * unlocks its SIM and sets it up. It may still be `searching` for a network then; sending waits for that.
 *
 * @throws PortError when the port cannot be opened.
 * @throws ModemError when there is no usable modem on it, or the SIM stays locked.
 * @throws AtTimeout when it stops answering half-way.
 */
export async function openModem(port: Port | string, options: ModemOptions = {}): Promise<Modem> {
  const clock = options.clock ?? systemClock;
  const named = (one: Port | string) => (typeof one === 'string' ? portFromName(one, {}, clock) : one);
  const ports = { command: named(port), codes: (options.codePorts ?? []).map(named) };
  const modem = new GsmModem(ports, clock, options);
  await modem.open();
  return modem;
}

/** Pauses before opening again, in ms: the first, then twice as long each time up to the last. */
const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 30_000;

/** How often the registration is asked, in ms: without a network, and with one (which also finds a dead modem). */
const SEARCHING_MS = 5_000;
const WATCH_MS = 60_000;

/** How long closing waits for the deletion of a message that was just handed over, in ms. */
const CLOSE_LIMIT_MS = 2_000;

class GsmModem implements Modem {
  readonly #ports: ModemPorts;
  readonly #clock: Clock;
  readonly #log: ModemLog;
  readonly #sim: SimPin;
  readonly #listeners = new Set<(state: ModemState) => void>();
  readonly #inbox: Inbox;
  readonly #queue: SendQueue;
  #receiver: SmsReceiver | undefined;
  #state: ModemState = { kind: 'opening' };
  #identity: ModemIdentity = {};
  #session: Session | undefined;
  /** Ends the current session, for a reason; harmless when it has ended. */
  #endSession: (reason: string) => void = () => {};
  #cancelWatch: Cancel = () => {};

  constructor(ports: ModemPorts, clock: Clock, options: ModemOptions) {
    const { pin, trustPin = false, submitTimeoutMs = SUBMIT_TIMEOUT_MS, log = () => {} } = options;
    this.#ports = ports;
    this.#clock = clock;
    this.#log = log;
    this.#sim = { pin, withoutCounter: trustPin, spent: false };
    const reports = new ReportMatcher((report) => this.#receiver?.report(report));
    this.#inbox = new Inbox(clock, log, reports);
    this.#queue = new SendQueue(clock, reports, submitTimeoutMs, () => this.#inbox.sweep());
  }

  get #name(): string {
    return this.#ports.command.name;
  }

  get identity(): ModemIdentity {
    return this.#identity;
  }

  get state(): ModemState {
    return this.#state;
  }

  onState(listener: (state: ModemState) => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Opens it for the first time; from then on it keeps itself open. */
  async open(): Promise<void> {
    const ended = await this.#openOnce();
    void this.#keepOpen(ended);
  }

  send(message: OutgoingSms): Promise<SendOutcome> {
    return this.#queue.send(message);
  }

  receive(receiver: SmsReceiver): void {
    this.#receiver = receiver;
    this.#inbox.receive(receiver);
  }

  async close(): Promise<void> {
    if (this.#isClosed()) return;
    await this.#inbox.finish(CLOSE_LIMIT_MS);
    const session = this.#session;
    this.#leave({ kind: 'closed' });
    await (session?.close() ?? this.#ports.command.close());
  }

  signal(): Promise<Signal> {
    return this.#ask(({ chat }) => askSignal(chat));
  }

  operator(): Promise<string | undefined> {
    return this.#ask(({ chat }) => askOperator(chat));
  }

  registration(): Promise<Registration> {
    return this.#ask(({ chat }) => askRegistration(chat));
  }

  serviceCentre(): Promise<string | undefined> {
    return this.#ask(({ chat }) => askServiceCentre(chat));
  }

  setServiceCentre(number: string): Promise<void> {
    return this.#ask(({ chat }) => setServiceCentre(chat, number));
  }

  ownNumbers(): Promise<readonly string[]> {
    return this.#ask(({ chat }) => askOwnNumbers(chat));
  }

  imsi(): Promise<string | undefined> {
    return this.#ask(({ chat }) => askImsi(chat));
  }

  ussd(code: string): Promise<UssdAnswer> {
    return this.#ask(({ ussd }) => ussd.request(code));
  }

  async run(command: AtCommand): Promise<AtResult> {
    if (this.#session !== undefined) return this.#session.chat.run(command);
    const error = new AtAborted(command.text, `the modem is ${describeState(this.#state)}`);
    return { kind: 'aborted', error, payloadTyped: false };
  }

  async #ask<T>(question: (session: Session) => Promise<T>): Promise<T> {
    if (this.#session === undefined) {
      throw new ModemError('not-open', `${this.#name}: the modem is ${describeState(this.#state)}`);
    }
    return question(this.#session);
  }

  /** Opens a session; the promise that comes back ends with it, and says how. */
  async #openOnce(): Promise<{ readonly ended: Promise<string> }> {
    // A port that is not there is not being opened; only when it is, that is news.
    if (this.#state.kind !== 'absent') this.#enter({ kind: 'opening' });
    const ended = new Promise<string>((resolve) => {
      this.#endSession = resolve;
    });
    const end = this.#endSession;
    let registration: Registration = 'unknown';
    const session = await openSession(this.#ports, this.#clock, this.#sim, {
      identified: (identity) => {
        this.#recognise(identity);
        this.#identity = identity;
        this.#enter({ kind: 'identified', identity });
      },
      registration: (news) => {
        registration = news;
        if (this.#session !== undefined) this.#register(news);
      },
      code: (code) => this.#inbox.hear(code),
      ended: ({ message }) => end(message),
      rebooted: () => end(`${this.#name}: the modem rebooted`),
    });
    if (this.#isClosed()) {
      await session.close();
      throw new ModemError('not-open', `${this.#name} was closed`);
    }
    this.#session = session;
    this.#inbox.attach(session);
    this.#register(registration);
    return { ended };
  }

  /** Before anything is done to it, the SIM above all. @throws ModemError (`other-modem`) */
  #recognise({ imei }: ModemIdentity): void {
    const before = this.#identity.imei;
    if (before === undefined || imei === undefined || imei === before) return;
    const text = `${this.#name} leads to another modem now: IMEI ${imei}, and it was ${before}`;
    throw new ModemError('other-modem', text);
  }

  async #keepOpen(first: { readonly ended: Promise<string> }): Promise<void> {
    let current: { readonly ended: Promise<string> } | undefined = first;
    let pauseMs = FIRST_PAUSE_MS;
    while (!this.#isClosed()) {
      if (current !== undefined) {
        const reason = await current.ended;
        if (this.#isClosed()) return;
        const session = this.#session;
        this.#leave({ kind: 'lost', reason });
        await session?.close();
        pauseMs = FIRST_PAUSE_MS;
      }
      await sleep(this.#clock, pauseMs);
      if (this.#isClosed()) return;
      pauseMs = Math.min(pauseMs * 2, LAST_PAUSE_MS);
      current = await this.#openOnce().catch((error: unknown) => this.#notOpened(error));
    }
  }

  #notOpened(error: unknown): undefined {
    if (this.#isClosed()) return;
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof ModemError && error.code === 'locked') this.#enter({ kind: 'locked', reason });
    else if (error instanceof PortError && error.code === 'missing') this.#enter({ kind: 'absent', reason });
    else this.#enter({ kind: 'lost', reason });
  }

  #register(registration: Registration): void {
    this.#enter({ kind: isUsable(registration) ? 'ready' : 'searching', registration });
    this.#cancelWatch();
    this.#cancelWatch = this.#clock.after(isUsable(registration) ? WATCH_MS : SEARCHING_MS, () => {
      const session = this.#session;
      // When the chat ends meanwhile, that is told elsewhere.
      if (session !== undefined) this.#look(session).catch(() => {});
    });
  }

  /** Looks after a modem that says nothing: whether it is there, in a network, and as it was set up. */
  async #look(session: Session): Promise<void> {
    const registration = await askRegistration(session.chat);
    const isForgetful = await hasForgotten(session.chat, session.reception);
    if (this.#session !== session) return;
    if (isForgetful) this.#endSession(`${this.#name}: the modem lost its settings: it rebooted`);
    else this.#register(registration);
  }

  /** The session is over, for whatever comes next. */
  #leave(state: ModemState): void {
    this.#session?.ussd.detach();
    this.#session = undefined;
    this.#cancelWatch();
    this.#inbox.detach();
    this.#enter(state);
  }

  #enter(state: ModemState): void {
    const before = describeState(this.#state);
    const after = describeState(state);
    const isNews = after !== before;
    if (this.#isClosed()) return;
    this.#state = state;
    this.#queue.enter(state, this.#session?.chat);
    if (!isNews) return;
    this.#log({ kind: 'state', text: after });
    for (const listener of this.#listeners) listener(state);
  }

  #isClosed(): boolean {
    return this.#state.kind === 'closed';
  }
}
