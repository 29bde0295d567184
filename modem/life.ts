import type { UnsolicitedCode } from './at/unsolicited.ts';
import { type Cancel, type Clock, sleep } from './clock.ts';
import { ModemError } from './error.ts';
import type { ModemIdentity } from './opening/identify.ts';
import { hasForgotten } from './opening/reception.ts';
import { askRegistration, isUsable, type Registration } from './opening/registration.ts';
import { type ModemPorts, openSession, type Session } from './opening/session.ts';
import { isSimLocked, type SimPin } from './opening/unlock.ts';
import { PortError } from './port/port.ts';
import { describeState, type ModemLog, type ModemState } from './state.ts';

/** Pauses before opening again, in ms: the first, then twice as long each time up to the last. */
const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 30_000;

/** How often the registration is asked, in ms: without a network, and with one (which also finds a dead modem). */
const SEARCHING_MS = 5_000;
const WATCH_MS = 60_000;

/** What a life tells. */
export interface LifeEvents {
  opened(session: Session): void;
  /** The session is over, for whatever comes next. */
  left(): void;
  /** A code about messages, or one that only a user of the modem understands. */
  code(code: UnsolicitedCode): void;
  /** Every state, also one that only differs in its reason; the session is there while the modem is set up. */
  entered(state: ModemState, session: Session | undefined): void;
}

/** An open session: a promise of how it ends. */
interface Opening {
  readonly ended: Promise<string>;
}

/**
 * The life of a modem, state by state: it is opened, and opened again when its port is lost, when it falls silent and
 * when it reboots, until it is closed. One session at a time.
 */
export class Life {
  readonly #ports: ModemPorts;
  readonly #clock: Clock;
  readonly #log: ModemLog;
  readonly #sim: SimPin;
  readonly #events: LifeEvents;
  readonly #listeners = new Set<(state: ModemState) => void>();
  #state: ModemState = { kind: 'opening' };
  #identity: ModemIdentity = {};
  #session: Session | undefined;
  /** Ends the current session, for a reason; harmless when it has ended. */
  #endSession: (reason: string) => void = () => {};
  #cancelWatch: Cancel = () => {};

  constructor(ports: ModemPorts, clock: Clock, log: ModemLog, sim: SimPin, events: LifeEvents) {
    this.#ports = ports;
    this.#clock = clock;
    this.#log = log;
    this.#sim = sim;
    this.#events = events;
  }

  get identity(): ModemIdentity {
    return this.#identity;
  }

  get state(): ModemState {
    return this.#state;
  }

  get session(): Session | undefined {
    return this.#session;
  }

  /** The session, for whoever cannot do without. @throws ModemError (`not-open`) */
  openSession(): Session {
    if (this.#session !== undefined) return this.#session;
    throw new ModemError('not-open', `${this.#name}: the modem is ${describeState(this.#state)}`);
  }

  onState(listener: (state: ModemState) => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Opens the modem for the first time; from then on it is kept open. @throws PortError, ModemError, AtTimeout */
  async begin(): Promise<void> {
    const first = await this.#open();
    void this.#keepOpen(first);
  }

  /** Closes it for good. */
  async end(): Promise<void> {
    const session = this.#session;
    this.#leave({ kind: 'closed' });
    await (session?.close() ?? this.#ports.command.close());
  }

  get #name(): string {
    return this.#ports.command.name;
  }

  async #open(): Promise<Opening> {
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
      code: (code) => this.#events.code(code),
      ended: ({ message }) => end(message),
      rebooted: () => end(`${this.#name}: the modem rebooted`),
    });
    if (this.#isClosed()) {
      await session.close();
      throw new ModemError('not-open', `${this.#name} was closed`);
    }
    this.#session = session;
    this.#events.opened(session);
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

  async #keepOpen(first: Opening): Promise<void> {
    let current: Opening | undefined = first;
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
      current = await this.#open().catch((error: unknown) => this.#notOpened(error));
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
    this.#cancelWatch = this.#clock.after(isUsable(registration) ? WATCH_MS : SEARCHING_MS, () => this.look());
  }

  /** Looks after the modem now: something says that it is not as it was. */
  look(): void {
    const session = this.#session;
    // When the chat ends meanwhile, that is told elsewhere.
    if (session !== undefined) this.#lookAfter(session).catch(() => {});
  }

  /** Whether it is there, in a network, and as it was set up. */
  async #lookAfter(session: Session): Promise<void> {
    const registration = await askRegistration(session.chat);
    const isForgetful = await hasForgotten(session.chat, session.reception);
    const isLocked = await isSimLocked(session.chat);
    if (this.#session !== session) return;
    if (isForgetful) this.#endSession(`${this.#name}: the modem lost its settings: it rebooted`);
    else if (isLocked) this.#endSession(`${this.#name}: the SIM is locked again: the modem rebooted`);
    else this.#register(registration);
  }

  #leave(state: ModemState): void {
    this.#session?.ussd.detach();
    this.#session = undefined;
    this.#cancelWatch();
    this.#events.left();
    this.#enter(state);
  }

  #enter(state: ModemState): void {
    const before = describeState(this.#state);
    const after = describeState(state);
    if (this.#isClosed()) return;
    this.#state = state;
    this.#events.entered(state, this.#session);
    if (after === before) return;
    this.#log({ kind: 'state', text: after });
    for (const listener of this.#listeners) listener(state);
  }

  #isClosed(): boolean {
    return this.#state.kind === 'closed';
  }
}
