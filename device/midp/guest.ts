import type { MidletContext } from './context.ts';
import {
  ClassNotFoundException,
  ConnectionNotFoundException,
  IllegalArgumentException,
  InterruptedIOException,
  IOException,
  SecurityException,
} from './errors.ts';
import { type GuestEvent, type Host, type HostFailure, isFailure } from './host.ts';
import type { LcdPlatform, ShownScreen } from './lcdui/view.ts';
import type { MessagingPlatform } from './messaging/platform.ts';
import type { PushPlatform } from './messaging/push-registry.ts';
import type { MIDlet } from './midlet.ts';
import { RecordStoreException } from './rms/exception.ts';
import type { RecordPlatform } from './rms/platform.ts';
import type { System } from './system.ts';

/** Handles one event of the phone. */
export type Guest = (event: GuestEvent) => void;

/**
 * The application's side of the boundary: makes one {@link MIDlet} on a {@link Host} and hands the phone's events to it. The same
 * code runs inside a virtual machine and beside the phone.
 */
export function createGuest(host: Host, create: (context: MidletContext) => MIDlet): Guest {
  const screen = new TurnScreen(host);
  const serial: (() => void)[] = [];
  const timers = new Pending<() => void>();
  const sends = new Pending<PromiseWithResolvers<void>>();
  const listeners = new Map<number, () => void>();
  const lcd: LcdPlatform = {
    show: (shown) => screen.show(shown),
    playSound: (type) => host.sound(type),
    callSerially: (task) => {
      serial.push(task);
      host.serial();
    },
  };
  const context: MidletContext = {
    lcd,
    records: recordsOf(host),
    messaging: messagingOf(host, listeners, sends),
    push: pushOf(host),
    system: systemOf(host, timers),
    getResource: (path) => host.resource(path),
    getAppProperty: (key) => host.attribute(key),
    platformRequest: (url) => requestOf(host, url),
    checkPermission: (permission) => host.permission(permission),
    notifyDestroyed: () => host.ended(),
  };
  let midlet: MIDlet | undefined;
  const handle = (event: GuestEvent): void => {
    switch (event.kind) {
      case 'start':
        midlet = create(context);
        midlet.startApp();
        break;
      case 'destroy':
        midlet?.destroyApp(true);
        break;
      case 'ui':
        screen.event(event.viewId, event.event);
        break;
      case 'serial':
        serial.shift()?.();
        break;
      case 'timer':
        timers.take(event.id)?.();
        break;
      case 'message':
        listeners.get(event.port)?.();
        break;
      case 'sent':
        settle(sends.take(event.id), event.failure);
    }
  };
  return (event) => screen.turn(() => handle(event));
}

/** What the application shows, handed to the phone once a turn. */
class TurnScreen {
  readonly #host: Host;
  #shown: ShownScreen | undefined;
  #isChanged = false;
  #inTurn = false;

  constructor(host: Host) {
    this.#host = host;
  }

  show(shown: ShownScreen): void {
    this.#shown = shown;
    if (this.#isChanged) return;
    this.#isChanged = true;
    // In the reaction of a promise: beside the phone, that is a turn of its own.
    if (!this.#inTurn) void Promise.resolve().then(() => this.#flush());
  }

  event(viewId: number, event: Parameters<ShownScreen['event']>[0]): void {
    if (this.#shown?.id === viewId) this.#shown.event(event);
  }

  turn(task: () => void): void {
    this.#inTurn = true;
    try {
      task();
    } finally {
      this.#inTurn = false;
      this.#flush();
    }
  }

  #flush(): void {
    if (!this.#isChanged || this.#shown === undefined) return;
    this.#isChanged = false;
    this.#host.show(this.#shown.view());
  }
}

/** What waits for an event of the phone, by a number that the event has. */
class Pending<T> {
  readonly #waiting = new Map<number, T>();
  #last = 0;

  add(value: T): number {
    this.#last += 1;
    this.#waiting.set(this.#last, value);
    return this.#last;
  }

  take(id: number): T | undefined {
    const value = this.#waiting.get(id);
    this.#waiting.delete(id);
    return value;
  }
}

function recordsOf(host: Host): RecordPlatform {
  return {
    open: (name, create) => accepted(host.rmsOpen(name, create)),
    put: (name, id, data) => void accepted(host.rmsPut(name, id, data)),
    delete: (name, id) => void accepted(host.rmsDelete(name, id)),
    remove: (name) => void accepted(host.rmsRemove(name)),
    list: () => host.rmsList(),
    room: () => host.rmsRoom(),
    now: () => host.now(),
  };
}

function pushOf(host: Host): PushPlatform {
  return {
    connections: (available) => host.connections(available),
    alarm(at, className) {
      const before = host.alarm(at, className);
      if (typeof before === 'object') throw exceptionOf(before);
      return before;
    },
    register: (connection, className, filter) => void accepted(host.register(connection, className, filter)),
    unregister: (connection) => host.unregister(connection),
    registration: (connection) => host.registration(connection),
  };
}

function messagingOf(
  host: Host,
  listeners: Map<number, () => void>,
  sends: Pending<PromiseWithResolvers<void>>,
): MessagingPlatform {
  return {
    listen(port, notify) {
      const waiting = host.listen(port);
      if (typeof waiting !== 'number') throw exceptionOf(waiting);
      listeners.set(port, notify);
      for (let told = 0; told < waiting; told += 1) notify();
    },
    close(port) {
      listeners.delete(port);
      host.closePort(port);
    },
    take: (port) => host.take(port),
    segments: (payload, toPort) => host.segments(payload.kind === 'text' ? payload.text : payload.data, toPort),
    async send({ number, port, payload }, sourcePort) {
      const waiting = Promise.withResolvers<void>();
      const id = sends.add(waiting);
      const sent = payload.kind === 'text' ? payload.text : payload.data;
      accepted(host.send(id, number, port, sent, sourcePort));
      await waiting.promise;
    },
  };
}

function systemOf(host: Host, timers: Pending<() => void>): System {
  return {
    currentTimeMillis: () => host.now(),
    timeZoneOffsetMillis: (at) => host.offset(at),
    randomBytes: (count) => host.random(count),
    getProperty: (name) => host.property(name),
    schedule(delayMs, task, periodMs) {
      if (!(delayMs >= 0)) throw new IllegalArgumentException(`A task runs in some milliseconds, not in ${delayMs}`);
      if (periodMs !== undefined && !(periodMs > 0)) {
        throw new IllegalArgumentException(`A task runs each so many milliseconds, not each ${periodMs}`);
      }
      let id = 0;
      const begin = (inMs: number) => {
        id = timers.add(() => {
          if (periodMs !== undefined) begin(periodMs);
          task();
        });
        host.timer(id, inMs);
      };
      begin(delayMs);
      return {
        cancel: () => {
          if (timers.take(id) === undefined) return false;
          host.clearTimer(id);
          return true;
        },
      };
    },
  };
}

function requestOf(host: Host, url: string): boolean {
  const answer = host.request(url);
  if (typeof answer === 'boolean') return answer;
  throw new ConnectionNotFoundException(answer.reason);
}

function settle(waiting: PromiseWithResolvers<void> | undefined, failure: HostFailure | undefined): void {
  if (failure === undefined) waiting?.resolve();
  else waiting?.reject(exceptionOf(failure));
}

/** The result of a call of the phone. @throws the exception of the JSR that its refusal stands for */
function accepted<T extends object>(result: T | HostFailure | undefined): T | undefined {
  if (isFailure(result)) throw exceptionOf(result);
  return result;
}

function exceptionOf({ code, reason }: HostFailure): Error {
  switch (code) {
    case 'io':
      return new IOException(reason);
    case 'interrupted-io':
      return new InterruptedIOException(reason);
    case 'security':
      return new SecurityException(reason);
    case 'class-not-found':
      return new ClassNotFoundException(reason);
    case 'illegal-argument':
      return new IllegalArgumentException(reason);
    default:
      return new RecordStoreException(code, reason);
  }
}
