import type { Board } from '../hal/index.ts';
import type { Machine } from '../machine/machine.ts';
import type { AlertType, DisplayableView, DisplayEvent, GuestEvent, Host, HostFailure } from '../midp/index.ts';
import { type Alarms, alarmOf } from './alarms.ts';
import { Consent } from './consent.ts';
import { EventThrottle } from './event-throttle.ts';
import { nameInQuestion } from './indicator.ts';
import type { PhoneQuestion } from './interruptions.ts';
import type { Language } from './languages.ts';
import { type Link, linkOf } from './link.ts';
import { Messaging, type OutgoingMessage, segmentsOf } from './messaging.ts';
import type { Permissions } from './permissions.ts';
import type { PushMessages } from './push-messages.ts';
import { missingClass, registerPush, registrationOf, unregisterPush } from './push-registry.ts';
import { RecordStorage } from './record-storage.ts';
import type { SuiteMidlet, Suites } from './suites.ts';

/** What a running application needs of the phone. */
export interface RunPhone {
  readonly board: Board;
  readonly push: PushMessages;
  readonly alarms: Alarms;
  readonly suites: Suites;
  readonly language: Language;
  readonly permissions: Permissions;
  /** Asks the owner; no when the application ends before. */
  ask(question: PhoneQuestion): Promise<boolean>;
  send(message: OutgoingMessage): ReturnType<Board['radio']['send']>;
  show(view: DisplayableView, listener: (event: DisplayEvent) => void): void;
  playSound(type: AlertType): void;
  /** The application ended by itself, or failed for a reason. */
  ended(failure?: Error): void;
}

/** What an application wants the phone to open when it has ended. */
export interface RequestedLink {
  readonly link: Link;
  /** The name of the application. */
  readonly by: string;
}

/** Properties of the phone (CLDC, `java.lang.System.getProperty`; JSR-118, "System properties"). */
const PROPERTIES: ReadonlyMap<string, string> = new Map([
  ['microedition.platform', 'cash-handset'],
  ['microedition.encoding', 'UTF-8'],
  ['microedition.configuration', 'CLDC-1.1'],
  ['microedition.profiles', 'MIDP-2.0'],
]);

/** Timers of an application that run at once. */
const TIMER_LIMIT = 1_000;
/** Tasks of `callSerially` that wait at once. */
const SERIAL_LIMIT = 1_000;
/** Messages of an application that are being sent at once. */
const SENDING_LIMIT = 20;
/** Octets of chance that an application gets in one call. */
const RANDOM_LIMIT = 65_536;

/**
 * One run of an application, from its start to its end: hands the phone's events to its machine one after the other, never
 * while the machine calls the phone. Calls of the application after its end have no effect.
 */
export class MidletRun {
  readonly application: SuiteMidlet;
  readonly messaging: Messaging;
  readonly #phone: RunPhone;
  readonly #consent: Consent;
  #mayReceive = false;
  readonly #timers = new Map<number, () => void>();
  readonly #own: EventThrottle;
  /** Tasks of `callSerially` that wait. */
  #serials = 0;
  #sending = 0;
  #machine: Machine | undefined;
  #events: readonly GuestEvent[] = [];
  #isInside = false;
  #state: 'runs' | 'ending' | 'ended' = 'runs';
  #requested: Link | undefined;

  constructor(application: SuiteMidlet, phone: RunPhone) {
    this.application = application;
    this.#phone = phone;
    const { board, push, suites } = phone;
    this.#own = new EventThrottle(board.clock, (event) => this.#enter(event));
    this.#consent = new Consent(application.suite, phone);
    const run = this;
    this.messaging = new Messaging({
      suite: application.suite,
      push,
      suites,
      maySend: (number) => this.#consent.sending(number),
      get mayReceive() {
        return run.#mayReceive;
      },
      send: (message) => phone.send(message),
    });
  }

  /** Starts a machine and the application in it. @param started called when the application has started, or has failed to */
  start(started: () => void): void {
    const { suite, midlet } = this.application;
    const begin = (machine: Machine) => {
      if (this.#state === 'ended') {
        machine.end();
        return;
      }
      this.#machine = machine;
      this.#events = [{ kind: 'start' }, ...this.#events];
      this.#run();
      started();
    };
    const failed = (error: unknown) => {
      started();
      this.#end(errorOf(error));
    };
    const boot = (mayReceive: boolean) => {
      this.#mayReceive = mayReceive;
      return suite.boot(midlet.className, this.#host());
    };
    try {
      const allowed = this.#receives ? this.#consent.receiving() : true;
      const booted = allowed instanceof Promise ? allowed.then(boot) : boot(allowed);
      if (booted instanceof Promise) booted.then(begin).catch(failed);
      else begin(booted);
    } catch (error) {
      failed(error);
    }
  }

  get #receives(): boolean {
    return this.application.suite.descriptor.permissions.includes('javax.wireless.messaging.sms.receive');
  }

  /** A message waits on a port that the application listens on. */
  arrived(port: number): void {
    this.#enter({ kind: 'message', port });
  }

  /** Ends the application. */
  destroy(): void {
    if (this.#state !== 'runs') return;
    this.#state = 'ending';
    this.#events = [{ kind: 'destroy' }];
    this.#run();
  }

  #enter(event: GuestEvent): void {
    if (this.#state !== 'runs') return;
    if (event.kind === 'serial') this.#serials -= 1;
    this.#events = [...this.#events, event];
    this.#run();
  }

  // An application that throws is closed, and the phone shows that.
  #run(): void {
    if (this.#isInside) return;
    let failure: Error | undefined;
    this.#isInside = true;
    try {
      this.#handleEvents();
    } catch (error) {
      failure = errorOf(error);
    } finally {
      this.#isInside = false;
    }
    if (failure !== undefined || this.#state === 'ending') this.#end(failure);
  }

  #handleEvents(): void {
    for (;;) {
      const [event, ...others] = this.#events;
      const isOver = this.#state === 'ending' && event?.kind !== 'destroy';
      if (event === undefined || this.#machine === undefined || isOver) return;
      this.#events = others;
      this.#machine.enter(event);
      this.#own.spent(this.#machine.fuel());
    }
  }

  #end(failure?: Error): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#own.stop();
    for (const cancel of this.#timers.values()) cancel();
    this.#machine?.end();
    this.#phone.ended(failure);
  }

  /** What the application wants to be opened after its end. */
  get requested(): RequestedLink | undefined {
    const by = nameInQuestion(this.application.suite);
    return this.#requested === undefined ? undefined : { link: this.#requested, by };
  }

  /** The last request counts, and an empty one takes it back (JSR-118, `MIDlet.platformRequest`). @returns whether the application has to end first */
  #request(url: string): boolean | HostFailure {
    const link = url === '' ? undefined : linkOf(url);
    if (url !== '' && link === undefined) return { code: 'io', reason: `This phone does not open ${url}` };
    this.#requested = link;
    return link !== undefined;
  }

  get #isAlive(): boolean {
    return this.#state !== 'ended';
  }

  #host(): Host {
    const { board, alarms, suites, push: messages } = this.#phone;
    const { id, descriptor } = this.application.suite;
    const { attributes, permissions } = descriptor;
    const records = new RecordStorage(board.flash, id, () => board.clock.now());
    const over = { code: 'failed', reason: 'The application has ended' } as const;
    return {
      show: (view) => this.#show(view),
      sound: (type) => {
        if (this.#isAlive) this.#phone.playSound(type);
      },
      rmsOpen: (name, create) => (this.#isAlive ? records.open(name, create) : over),
      rmsPut: (name, record, data) => (this.#isAlive ? records.put(name, record, data) : over),
      rmsDelete: (name, record) => (this.#isAlive ? records.delete(name, record) : over),
      rmsRemove: (name) => (this.#isAlive ? records.remove(name) : over),
      rmsList: () => records.list(),
      rmsRoom: () => records.room(),
      listen: (port) => (this.#isAlive ? this.messaging.listen(port) : { ...over, code: 'io' }),
      closePort: (port) => this.messaging.close(port),
      take: (port) => (this.#isAlive ? this.messaging.take(port) : undefined),
      segments: (payload, toPort) => segmentsOf(payload, toPort),
      send: (message, number, port, payload, sourcePort) => {
        if (!this.#isAlive) return { ...over, code: 'io' };
        return this.#send(message, outgoing(number, port, payload), sourcePort);
      },
      connections: (available) =>
        this.application.suite.push
          .filter(({ port }) => !available || messages.waitingFor(id).includes(port))
          .map(({ connection }) => connection),
      alarm: (at, className) => {
        const { suite, midlet } = this.application;
        if (!this.#isAlive) return undefined;
        const missing = className === undefined ? undefined : missingClass(suite, className);
        return missing ?? alarms.request(alarmOf({ suite, midlet: { className: className ?? midlet.className } }), at);
      },
      register: (connection, className, filter) =>
        this.#isAlive
          ? registerPush(suites, this.application.suite, { connection, className, filter })
          : { ...over, code: 'io' },
      unregister: (connection) => this.#isAlive && unregisterPush(suites, this.application.suite, connection),
      registration: (connection) => registrationOf(this.application.suite, connection),
      now: () => board.clock.now(),
      offset: (at) => board.utcOffsetMinutes(at) * 60_000,
      random: (count) => {
        if (count > RANDOM_LIMIT) throw new Error(`The application wants more than ${RANDOM_LIMIT} octets of chance`);
        return board.random.bytes(count);
      },
      timer: (timer, delayMs) => this.#schedule(timer, delayMs),
      clearTimer: (timer) => {
        this.#timers.get(timer)?.();
        this.#timers.delete(timer);
      },
      property: (name) => (name === 'microedition.locale' ? this.#phone.language : PROPERTIES.get(name)),
      resource: (path) => this.application.suite.resource(path),
      attribute: (name) => (Object.hasOwn(attributes, name) ? attributes[name] : undefined),
      request: (url) => this.#request(url),
      permission: (name) => (permissions.includes(name) ? this.#consent.known(name) : 0),
      serial: () => this.#serial(),
      ended: () => {
        if (this.#state === 'runs') this.#state = 'ending';
        this.#run();
      },
    };
  }

  #show(view: DisplayableView): void {
    if (this.#state !== 'runs') return;
    this.#phone.show(view, (event) => {
      const told: GuestEvent = { kind: 'ui', viewId: view.id, event };
      // The end of an alert may be the end of its time, which the application has set.
      if (event.kind === 'dismissed') this.#own.add(told);
      else this.#enter(told);
    });
  }

  #send(
    id: number,
    message: Parameters<Messaging['send']>[0],
    sourcePort: number | undefined,
  ): HostFailure | undefined {
    if (this.#sending >= SENDING_LIMIT)
      return { code: 'io', reason: `${SENDING_LIMIT} messages are being sent already` };
    const refused = this.messaging.send(message, sourcePort, (failure) => {
      this.#sending -= 1;
      this.#own.add({ kind: 'sent', id, ...(failure === undefined ? {} : { failure }) });
    });
    if (refused === undefined) this.#sending += 1;
    return refused;
  }

  #serial(): void {
    if (this.#state !== 'runs') return;
    if (this.#serials >= SERIAL_LIMIT) throw new Error(`The application has ${SERIAL_LIMIT} tasks that wait`);
    this.#serials += 1;
    this.#own.add({ kind: 'serial' });
  }

  #schedule(id: number, delayMs: number): void {
    if (this.#state !== 'runs') return;
    if (this.#timers.size >= TIMER_LIMIT) throw new Error(`The application has ${TIMER_LIMIT} timers`);
    const cancel = this.#phone.board.clock.after(Math.max(1, delayMs), () => {
      this.#timers.delete(id);
      this.#own.add({ kind: 'timer', id });
    });
    this.#timers.set(id, cancel);
  }
}

function outgoing(
  number: string,
  port: number | undefined,
  payload: string | Uint8Array,
): Parameters<Messaging['send']>[0] {
  return {
    number,
    ...(port === undefined ? {} : { port }),
    payload: typeof payload === 'string' ? { kind: 'text', text: payload } : { kind: 'binary', data: payload },
  };
}

function errorOf(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
