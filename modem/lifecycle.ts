import { STARTED_CODES, STARTUP_CODES, type UnsolicitedCode } from './at/unsolicited.ts';
import { textIn, valuesOf } from './at/values.ts';
import type { Cancel, Clock } from './clock.ts';
import { ModemError } from './error.ts';
import type { ModemIdentity } from './opening/identify.ts';
import { hasForgotten } from './opening/indications.ts';
import type { SimPin } from './opening/pin-attempts.ts';
import { shortcomingsOf } from './opening/reception.ts';
import { askRegistration, isUsable, type Registration, registrationIn } from './opening/registration.ts';
import { type ModemPorts, openSession, type Session } from './opening/session.ts';
import { isSimLocked } from './opening/sim-state.ts';
import { PortError } from './port/port.ts';
import type { IncomingMessages } from './receiving/incoming.ts';
import type { SendQueue } from './sending/queue.ts';
import { describeState, type ModemLog, type ModemState } from './state.ts';

/** Pauses before opening again, in ms: the first, then twice as long each time up to the last. */
const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 30_000;

/** The pause before the registration is asked again, in ms: without a network, and with one (to find a modem that hangs). */
const SEARCHING_MS = 5_000;
const WATCH_MS = 10_000;

/** The pause is longer by so many times {@link Chat.paceMs}, so that a slow modem has time for other commands. */
const WATCH_PACES = 4;

/** How often the modem is asked whether it has rebooted unnoticed, in ms. */
const REBOOT_CHECK_MS = 60_000;

/** The objects that use the open session; each is there for all sessions of the modem. */
export interface SessionUsers {
  readonly incoming: IncomingMessages;
  readonly queue: SendQueue;
  /** Gets each session when it begins. */
  opened(session: Session): void;
}

/** An open session: `ended` resolves to the reason of its end. */
interface Opening {
  readonly ended: Promise<string>;
}

/**
 * The life cycle of a modem: it is opened, and opened again when its port is lost, when it does not answer any more and when
 * it reboots, until it is closed. One session at a time. Unsolicited codes are distributed here and nowhere else.
 */
export class Lifecycle {
  readonly #ports: ModemPorts;
  readonly #clock: Clock;
  readonly #log: ModemLog;
  readonly #sim: SimPin;
  readonly #users: SessionUsers;
  readonly #listeners = new Set<(state: ModemState) => void>();
  #state: ModemState = { kind: 'opening' };
  #identity: ModemIdentity = {};
  #session: Session | undefined;
  /** Ends the current session with a reason; does nothing when it has ended. */
  #endSession: (reason: string) => void = () => {};
  #cancelWatch: Cancel = () => {};
  #endPause: () => void = () => {};
  /** When the modem was asked last whether it has rebooted. */
  #checkedAt = 0;
  /** The sentences about what the modem cannot do that were logged last. */
  #shortcomings: readonly string[] = [];

  constructor(ports: ModemPorts, clock: Clock, log: ModemLog, sim: SimPin, users: SessionUsers) {
    this.#ports = ports;
    this.#clock = clock;
    this.#log = log;
    this.#sim = sim;
    this.#users = users;
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

  /** The open session. @throws ModemError (`not-open`) */
  openSession(): Session {
    if (this.#session !== undefined) return this.#session;
    throw new ModemError('not-open', `${this.#name}: the modem is ${describeState(this.#state)}`);
  }

  onState(listener: (state: ModemState) => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Opens the modem; afterwards it is opened again whenever it is lost. @throws PortError, ModemError, AtTimeout */
  async begin(): Promise<void> {
    const first = await this.#open();
    void this.#keepOpen(first);
  }

  /** Closes the modem for good. */
  async end(): Promise<void> {
    const session = this.#session;
    this.#leave({ kind: 'closed' });
    this.#endPause();
    await (session?.close() ?? this.#ports.command.close());
  }

  get #name(): string {
    return this.#ports.command.name;
  }

  async #open(): Promise<Opening> {
    // An unplugged modem stays `absent` while its port is tried every few seconds, instead of changing to `opening` each time.
    if (this.#state.kind !== 'absent') this.#enter({ kind: 'opening' });
    const ended = new Promise<string>((resolve) => {
      this.#endSession = resolve;
    });
    const end = this.#endSession;
    const session = await openSession(this.#ports, this.#clock, this.#sim, {
      identified: (identity) => {
        this.#recognise(identity);
        // A modem that refuses `+CGSN` before the PIN keeps the IMEI of the last opening, which `#recognise` compares.
        const { imei } = this.#identity;
        this.#identity = { ...(imei !== undefined && { imei }), ...identity };
        this.#enter({ kind: 'identified', identity });
      },
      unsolicited: (code) => this.#route(code),
      ended: ({ message }) => end(message),
    });
    if (this.#isClosed()) {
      await session.close();
      throw new ModemError('not-open', `${this.#name} was closed`);
    }
    this.#session = session;
    this.#checkedAt = this.#clock.now();
    this.#users.incoming.attach(session);
    this.#users.opened(session);
    this.#tellShortcomings(session);
    this.#register(session.registration);
    return { ended };
  }

  /** Logs what the modem cannot do; after a new opening only what was not logged before. */
  #tellShortcomings({ reception }: Session): void {
    const found = shortcomingsOf(reception);
    for (const text of found) {
      if (!this.#shortcomings.includes(text)) this.#log({ kind: 'setup', text });
    }
    this.#shortcomings = found;
  }

  /** Passes an unsolicited code to the object that takes it. */
  #route(code: UnsolicitedCode): void {
    const session = this.#session;
    if (code.prefix === '+CUSD') session?.ussd.hear(code);
    else if (code.prefix === '+CREG') {
      const registration = registrationIn(code.line);
      if (session !== undefined && registration !== undefined) this.#register(registration);
    } else if (STARTUP_CODES.has(code.prefix)) {
      // `openSession` itself begins again when the modem reboots during the opening.
      if (session !== undefined) this.#endSession(`${this.#name}: the modem rebooted`);
    } else if (saysStarted(code)) {
      // `SMS DONE`, `+CPIN: READY`: either the modem was opened while it was starting, or it has rebooted just now.
      this.look();
    } else this.#users.incoming.hear(code);
  }

  /** Compares the IMEI, before the PIN is typed into the wrong SIM. @throws ModemError (`other-modem`) */
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
      await this.#pause(pauseMs);
      if (this.#isClosed()) return;
      pauseMs = Math.min(pauseMs * 2, LAST_PAUSE_MS);
      current = await this.#open().catch((error: unknown) => this.#notOpened(error));
    }
  }

  /** Waits between two openings, until the modem is closed: a timer would keep the program running. */
  #pause(pauseMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(pauseMs, resolve);
      this.#endPause = () => {
        cancel();
        resolve();
      };
    });
  }

  #notOpened(error: unknown): undefined {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof ModemError && error.code === 'locked') this.#enter({ kind: 'locked', reason });
    else if (error instanceof PortError && error.code === 'missing') this.#enter({ kind: 'absent', reason });
    else this.#enter({ kind: 'lost', reason });
  }

  #register(registration: Registration): void {
    this.#enter({ kind: isUsable(registration) ? 'ready' : 'searching', registration });
    this.#cancelWatch();
    const pauseMs = isUsable(registration) ? WATCH_MS : SEARCHING_MS;
    const slownessMs = WATCH_PACES * (this.#session?.chat.paceMs ?? 0);
    this.#cancelWatch = this.#clock.after(pauseMs + slownessMs, () => this.#watch());
  }

  /** Checks the modem now, because some answer or code suggests that it has rebooted. */
  look(): void {
    this.#checkedAt = Number.NEGATIVE_INFINITY;
    this.#watch();
  }

  #watch(): void {
    const session = this.#session;
    // An error means that the chat has ended, which `ended` of the session reports.
    if (session !== undefined) this.#lookAfter(session).catch(() => {});
  }

  /** Asks for the registration, now and then also for the `+CNMI` setting and the SIM's state, which a reboot changes. */
  async #lookAfter(session: Session): Promise<void> {
    const registration = await askRegistration(session.chat);
    const reason =
      this.#clock.now() - this.#checkedAt < REBOOT_CHECK_MS ? undefined : await this.#signOfReboot(session);
    if (this.#session !== session) return;
    if (reason === undefined) this.#register(registration);
    else this.#endSession(`${this.#name}: ${reason}`);
  }

  /** What shows that the modem has rebooted; undefined: nothing does. */
  async #signOfReboot({ chat, reception }: Session): Promise<string | undefined> {
    this.#checkedAt = this.#clock.now();
    if (await hasForgotten(chat, reception)) return 'the modem lost its settings: it rebooted';
    if (await isSimLocked(chat)) return 'the SIM is locked again: the modem rebooted';
    return undefined;
  }

  #leave(state: ModemState): void {
    this.#session?.ussd.detach();
    this.#session = undefined;
    this.#cancelWatch();
    this.#users.incoming.detach();
    this.#enter(state);
  }

  #enter(state: ModemState): void {
    const before = describeState(this.#state);
    const after = describeState(state);
    if (this.#isClosed()) return;
    this.#state = state;
    this.#users.queue.enter(state, this.#session?.chat);
    if (after === before) return;
    this.#log({ kind: 'state', text: after });
    for (const listener of this.#listeners) listener(state);
  }

  #isClosed(): boolean {
    return this.#state.kind === 'closed';
  }
}

/** Whether the code says that the modem has started. */
function saysStarted({ prefix, line }: UnsolicitedCode): boolean {
  return STARTED_CODES.has(prefix) || (prefix === '+CPIN' && textIn(valuesOf(line)[0]) === 'READY');
}
