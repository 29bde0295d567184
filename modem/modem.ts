import { AtAborted, type AtCommand, type AtResult } from './at/command.ts';
import type { OutgoingSms, SendOutcome, SmsBearer, SmsReceiver } from './bearer.ts';
import { type Cancel, type Clock, steadyClock } from './clock.ts';
import { Lifecycle } from './lifecycle.ts';
import { askOperator, askOwnNumbers, askServiceCentre, askSignal, type Signal, setServiceCentre } from './network.ts';
import { askImsi, type ModemIdentity } from './opening/identify.ts';
import type { SimPin } from './opening/pin-attempts.ts';
import { proveReception, type ReceptionProof } from './opening/reception.ts';
import { askRegistration, type Registration } from './opening/registration.ts';
import type { ModemPorts, Session } from './opening/session.ts';
import { portFromName } from './port/name.ts';
import type { Port } from './port/port.ts';
import { IncomingMessages } from './receiving/incoming.ts';
import { SendQueue } from './sending/queue.ts';
import { ReportMatcher } from './sending/status-reports.ts';
import { SUBMIT_TIMEOUT_MS } from './sending/submit.ts';
import { describeState, type ModemLog, type ModemState } from './state.ts';
import type { UssdAnswer } from './ussd/ussd.ts';

/** How to open a modem. */
export interface ModemOptions {
  /** Default: the machine's. */
  readonly clock?: Clock;
  /**
   * The SIM's PIN. A PIN that the SIM has refused is not tried again by this `Modem`, and no PIN is tried when fewer than
   * two tries are left. Never logged.
   */
  readonly pin?: string;
  /**
   * Try the PIN once even when the modem does not say how many tries are left. Default false. A program that is started
   * again and again with a wrong PIN tries it each time, and locks the SIM: for a service, take a SIM without a PIN.
   */
  readonly trustPin?: boolean;
  /**
   * How long `+CMGS` may take, in ms, before its answer counts as lost; other messages wait meanwhile. Default 120,000, as
   * in Quectel's manuals.
   */
  readonly submitTimeoutMs?: number;
  /**
   * Other ports of the same modem, or their names, which are only listened to: some sticks send unsolicited codes there, and
   * Huawei and ZTE sticks crash when such a port is not read.
   */
  readonly codePorts?: readonly (Port | string)[];
  /** Gets the log entries. */
  readonly log?: ModemLog;
}

/**
 * A GSM modem. When the port is lost or the modem reboots, the modem is opened again, until `close`; meanwhile its questions
 * throw {@link ModemError} (`not-open`).
 */
export interface Modem extends SmsBearer {
  readonly identity: ModemIdentity;
  readonly state: ModemState;
  /** Calls `listener` at every change of state from now on. */
  onState(listener: (state: ModemState) => void): Cancel;
  /** @throws ModemError, AtTimeout, PortError, as all questions. */
  signal(): Promise<Signal>;
  /** The operator's name, or its number (MCC and MNC). */
  operator(): Promise<string | undefined>;
  registration(): Promise<Registration>;
  /** The service centre's number in the SIM. */
  serviceCentre(): Promise<string | undefined>;
  /** Stores another service centre in the SIM. @throws PduEncodeError when it is no number; AtRefused */
  setServiceCentre(number: string): Promise<void>;
  /** Lists every memory that may hold messages, and says how the modem tells of new ones. */
  reception(): Promise<ReceptionProof>;
  /** The SIM's own numbers, as stored in it: many SIMs have none, and they may be wrong. */
  ownNumbers(): Promise<readonly string[]>;
  /** The subscriber's number in the SIM. */
  imsi(): Promise<string | undefined>;
  /**
   * Asks the network for a service by its code, such as `*100#`. One session at a time: a session that waits for a reply is
   * ended by the next code.
   *
   * @throws UssdError when the network does not answer, or says no; ModemError, AtRefused, AtTimeout, PortError.
   */
  ussd(code: string): Promise<UssdAnswer>;
  /** Calls `listener` for USSD that the network begins: a notice, or a question that waits for a reply. */
  onUssd(listener: (message: UssdAnswer) => void): Cancel;
  /** Runs any AT command in its turn. Never throws. */
  run(command: AtCommand): Promise<AtResult>;
}

/**
 * Opens the modem on a port, or on the port of that name (a device path or `tcp://host:port`): wakes it, asks what it is,
 * unlocks its SIM and sets it up. It may still be `searching` for a network then; sending waits for that.
 *
 * @throws PortError when the port cannot be opened.
 * @throws ModemError when there is no usable modem on it, or the SIM stays locked.
 * @throws AtTimeout when the modem stops answering during the opening.
 */
export async function openModem(port: Port | string, options: ModemOptions = {}): Promise<Modem> {
  const clock = options.clock ?? steadyClock;
  const named = (one: Port | string) => (typeof one === 'string' ? portFromName(one, {}, clock) : one);
  const ports = { command: named(port), codes: (options.codePorts ?? []).map(named) };
  const modem = new GsmModem(ports, clock, options);
  await modem.open();
  return modem;
}

/** How long closing waits for the deletion of a message that was just handed over, in ms. */
const CLOSE_LIMIT_MS = 2_000;

class GsmModem implements Modem {
  readonly #lifecycle: Lifecycle;
  readonly #incoming: IncomingMessages;
  readonly #queue: SendQueue;
  readonly #ussdListeners = new Set<(message: UssdAnswer) => void>();
  #receiver: SmsReceiver | undefined;
  #closing: Promise<void> | undefined;

  constructor(ports: ModemPorts, clock: Clock, options: ModemOptions) {
    const { pin, trustPin = false, submitTimeoutMs = SUBMIT_TIMEOUT_MS, log = () => {} } = options;
    const reports = new ReportMatcher((report) => this.#receiver?.report(report));
    this.#incoming = new IncomingMessages(clock, log, reports);
    this.#queue = new SendQueue(clock, reports, submitTimeoutMs, {
      storeFull: () => this.#incoming.sweep(),
      simLocked: () => this.#lifecycle.look(),
    });
    const sim: SimPin = { pin, withoutCounter: trustPin, attempt: { kind: 'none' } };
    this.#lifecycle = new Lifecycle(ports, clock, log, sim, {
      incoming: this.#incoming,
      queue: this.#queue,
      opened: ({ ussd }) => {
        if (this.#ussdListeners.size > 0) ussd.listen(this.#tellUssd);
      },
    });
  }

  get identity(): ModemIdentity {
    return this.#lifecycle.identity;
  }

  get state(): ModemState {
    return this.#lifecycle.state;
  }

  onState(listener: (state: ModemState) => void): Cancel {
    return this.#lifecycle.onState(listener);
  }

  /** Opens the modem for the first time; afterwards it is opened again when it is lost. */
  open(): Promise<void> {
    return this.#lifecycle.begin();
  }

  send(message: OutgoingSms): Promise<SendOutcome> {
    return this.#queue.send(message);
  }

  receive(receiver: SmsReceiver): void {
    this.#receiver = receiver;
    this.#incoming.receive(receiver);
  }

  close(): Promise<void> {
    this.#closing ??= this.#finish();
    return this.#closing;
  }

  async #finish(): Promise<void> {
    await this.#incoming.finish(CLOSE_LIMIT_MS);
    await this.#lifecycle.end();
  }

  signal(): Promise<Signal> {
    return this.#ask(askSignal);
  }

  operator(): Promise<string | undefined> {
    return this.#ask(askOperator);
  }

  registration(): Promise<Registration> {
    return this.#ask(({ chat }) => askRegistration(chat));
  }

  serviceCentre(): Promise<string | undefined> {
    return this.#ask(askServiceCentre);
  }

  setServiceCentre(number: string): Promise<void> {
    return this.#ask((session) => setServiceCentre(session, number));
  }

  ownNumbers(): Promise<readonly string[]> {
    return this.#ask(askOwnNumbers);
  }

  reception(): Promise<ReceptionProof> {
    return this.#ask(proveReception);
  }

  imsi(): Promise<string | undefined> {
    return this.#ask(({ chat }) => askImsi(chat));
  }

  ussd(code: string): Promise<UssdAnswer> {
    return this.#ask(({ ussd }) => ussd.request(code));
  }

  onUssd(listener: (message: UssdAnswer) => void): Cancel {
    this.#ussdListeners.add(listener);
    this.#lifecycle.session?.ussd.listen(this.#tellUssd);
    return () => this.#ussdListeners.delete(listener);
  }

  async run(command: AtCommand): Promise<AtResult> {
    const { session } = this.#lifecycle;
    if (session !== undefined) return session.chat.run(command);
    const error = new AtAborted(command.text, `the modem is ${describeState(this.state)}`);
    return { kind: 'aborted', error, payloadTyped: false };
  }

  readonly #tellUssd = (message: UssdAnswer): void => {
    for (const listener of this.#ussdListeners) listener(message);
  };

  async #ask<T>(question: (session: Session) => Promise<T>): Promise<T> {
    return question(this.#lifecycle.openSession());
  }
}
