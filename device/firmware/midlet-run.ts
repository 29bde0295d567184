import type { Board } from '../hal/index.ts';
import type { AlertType, DisplayableView, DisplayEvent, MIDlet, MidletContext, System } from '../midp/index.ts';
import { type Alarms, alarmOf } from './alarms.ts';
import type { Language } from './languages.ts';
import { Messaging, type OutgoingMessage } from './messaging.ts';
import type { PushMessages } from './push-messages.ts';
import { recordStorage } from './record-storage.ts';
import type { SuiteMidlet, Suites } from './suites.ts';

/** What a running application needs of the phone. */
export interface RunPhone {
  readonly board: Board;
  readonly push: PushMessages;
  readonly alarms: Alarms;
  readonly suites: Suites;
  readonly language: Language;
  send(message: OutgoingMessage): ReturnType<Board['radio']['send']>;
  show(view: DisplayableView, listener: (event: DisplayEvent) => void): void;
  playSound(type: AlertType): void;
  /** The application ended by itself, or failed for a reason. */
  ended(failure?: Error): void;
}

/** One run of an application, from `startApp` to its end. Calls of the application after its end have no effect. */
export class MidletRun {
  readonly application: SuiteMidlet;
  readonly messaging: Messaging;
  readonly #phone: RunPhone;
  readonly #timers = new Set<() => void>();
  #midlet: MIDlet | undefined;
  #alive = true;

  constructor(application: SuiteMidlet, phone: RunPhone) {
    this.application = application;
    this.#phone = phone;
    const { push, suites } = phone;
    this.messaging = new Messaging({ suite: application.suite, push, suites, send: (message) => phone.send(message) });
  }

  /** Makes the application and starts it. */
  start(): void {
    this.#guard(() => {
      const { suite, midlet } = this.application;
      this.#midlet = suite.create(midlet.className, this.#context());
      this.#midlet.startApp();
    });
  }

  /** A message waits on a port that the application listens on. */
  arrived(port: number): void {
    this.#guard(() => this.messaging.arrived(port));
  }

  /** Ends the application. */
  destroy(): void {
    this.#guard(() => this.#midlet?.destroyApp(true));
    this.#end();
  }

  #end(failure?: Error): void {
    if (!this.#alive) return;
    this.#alive = false;
    for (const cancel of this.#timers) cancel();
    this.#phone.ended(failure);
  }

  // An application that throws is closed, and the phone shows that.
  #guard(task: () => void): void {
    if (!this.#alive) return;
    try {
      task();
    } catch (error) {
      this.#end(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #context(): MidletContext {
    const { id, descriptor } = this.application.suite;
    const { attributes, push } = descriptor;
    return {
      lcd: {
        show: (view, listener) => {
          if (this.#alive) this.#phone.show(view, (event) => this.#guard(() => listener(event)));
        },
        playSound: (type) => {
          if (this.#alive) this.#phone.playSound(type);
        },
        callSerially: (task) => queueMicrotask(() => this.#guard(task)),
      },
      records: recordStorage(this.#phone.board.flash, id),
      messaging: this.messaging,
      push: {
        connections: (available) =>
          push
            .filter(({ port }) => !available || this.#phone.push.waitingFor(id).includes(port))
            .map(({ connection }) => connection),
        alarm: (at) => this.#phone.alarms.set(alarmOf(this.application), at),
      },
      system: this.#system(),
      getAppProperty: (key) => (Object.hasOwn(attributes, key) ? attributes[key] : undefined),
      notifyDestroyed: () => this.#end(),
    };
  }

  #system(): System {
    const { board, language } = this.#phone;
    return {
      currentTimeMillis: () => board.clock.now(),
      timeZoneOffsetMillis: (at) => board.utcOffsetMinutes(at) * 60_000,
      randomBytes: (count) => board.random.bytes(count),
      getProperty: (property) => (property === 'microedition.locale' ? language : undefined),
      schedule: (delayMs, task) => {
        if (!this.#alive) return { cancel: () => {} };
        const stop = board.clock.after(delayMs, () => {
          this.#timers.delete(stop);
          this.#guard(task);
        });
        this.#timers.add(stop);
        return {
          cancel: () => {
            this.#timers.delete(stop);
            stop();
          },
        };
      },
    };
  }
}
