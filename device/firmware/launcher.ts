import { alarmOf } from './alarms.ts';
import type { HandsetEvent } from './events.ts';
import { calledInQuestion, nameInQuestion } from './indicator.ts';
import { INSTALL_TEXTS } from './install-texts.ts';
import type { PhoneQuestion } from './interruptions.ts';
import { type Language, SHELL_TEXTS } from './languages.ts';
import { MidletRun, type RequestedLink, type RunPhone } from './midlet-run.ts';
import type { Suite, SuiteMidlet, Suites } from './suites.ts';

/** The part of the phone that the launcher uses. */
export interface LauncherPhone extends Omit<RunPhone, 'ended'> {
  readonly isOn: boolean;
  readonly suites: Suites;
  readonly askBeforeOpening: boolean;
  emit(event: HandsetEvent): void;
  /** Rings and asks the owner whether an application may open. */
  askToOpen(application: SuiteMidlet): void;
  /**
   * No application has the screen any more. @param failed the suite whose application had to be closed. @param requested what the
   * application that has ended wants to be opened after it
   */
  closed(failed: Suite | undefined, requested?: RequestedLink): void;
}

/** Why an application is to be started: the message that waits for it, or the name of its alarm that has rung. */
interface Wake {
  readonly application: SuiteMidlet;
  readonly event: object | string;
}

/** Starts applications, one at a time: for their owner, for a message, for an alarm. */
export class Launcher {
  readonly #phone: LauncherPhone;
  #run: MidletRun | undefined;
  /**
   * Messages and alarms that an application was started for, or that the owner has put off. Each starts an application once: one
   * that ends without taking its message would otherwise be started for ever. It can still be opened by hand.
   */
  #served: ReadonlySet<Wake['event']> = new Set();
  /** Messages that the owner was told of while another application ran. */
  #told: ReadonlySet<Wake['event']> = new Set();

  constructor(phone: LauncherPhone) {
    this.#phone = phone;
  }

  /** The application that runs. */
  get run(): MidletRun | undefined {
    return this.#run;
  }

  /** The first application for which a message waits or whose alarm has rung. */
  get waiting(): SuiteMidlet | undefined {
    return this.#wakes()[0]?.application;
  }

  /** The phone was switched on: opens an application for what waits, also for what it was opened for before. */
  powerOn(): void {
    this.#served = new Set();
    this.openWaiting();
  }

  /**
   * Opens the application for which a message or an alarm has come. While another one runs, the owner is asked about a message, and what
   * is not opened then is opened afterwards.
   */
  openWaiting(): void {
    const wakes = this.#wakes();
    this.#served = new Set(wakes.flatMap(({ event }) => (this.#served.has(event) ? [event] : [])));
    const application = wakes.find(({ event }) => !this.#served.has(event))?.application;
    this.#tellOfMessages();
    if (application === undefined || this.#run !== undefined || !this.#phone.isOn) return;
    if (this.#phone.askBeforeOpening || application.suite.signer.kind === 'nobody') this.#phone.askToOpen(application);
    else this.launch(application);
  }

  #tellOfMessages(): void {
    const run = this.#run;
    const untold = this.#messages().filter(({ event }) => !this.#told.has(event) && !this.#served.has(event));
    const wake = untold.find(({ application }) => run !== undefined && !isSame(application, run.application));
    this.#told = new Set(this.#messages().map(({ event }) => event));
    if (run === undefined || wake === undefined || !this.#phone.isOn) return;
    this.#phone.playSound('ALARM');
    const question = switchQuestion(wake.application, run.application, this.#phone.language);
    void this.#phone.ask(question).then((switches) => {
      if (switches && this.#run === run) this.launch(wake.application);
    });
  }

  /** Opens what else waits, after an application failed or the owner did not want to open it. */
  openOthers(postponed: Suite): void {
    this.#serve(this.#wakes().filter(({ application }) => application.suite === postponed));
    this.openWaiting();
  }

  /** Starts an application; one that runs is ended before. */
  launch(application: SuiteMidlet): void {
    this.#run?.destroy();
    const { name } = application.suite.descriptor;
    const run: MidletRun = new MidletRun(application, {
      ...this.#phone,
      ended: (failure) => this.#ended(run, failure),
    });
    this.#run = run;
    this.#serve(this.#messages().filter((wake) => isSame(wake.application, application)));
    this.#phone.emit({ kind: 'application', name, state: 'started' });
    this.#phone.alarms.serve(alarmOf(application), (started) => run.start(started));
  }

  #serve(wakes: readonly Wake[]): void {
    this.#served = new Set([...this.#served, ...wakes.map(({ event }) => event)]);
  }

  #wakes(): readonly Wake[] {
    const { alarms, suites } = this.#phone;
    const forAlarms = alarms.due.flatMap((event) =>
      suites.midlets.filter((one) => alarmOf(one) === event).map((application) => ({ application, event })),
    );
    return [...this.#messages(), ...forAlarms];
  }

  #messages(): readonly Wake[] {
    const { push, suites } = this.#phone;
    return push.waiting.flatMap((event) =>
      suites.midlets
        .filter(({ suite, midlet }) => {
          const isOwner = event.suite === undefined || event.suite === suite.id;
          const { className } = midlet;
          return isOwner && suite.push.some((one) => one.port === event.port && one.className === className);
        })
        .map((application) => ({ application, event })),
    );
  }

  #ended({ application, messaging, requested }: MidletRun, failure: Error | undefined): void {
    const { suite } = application;
    const { name } = suite.descriptor;
    this.#run = undefined;
    // It has heard of the messages on the ports that it listened on.
    const { push } = this.#phone;
    const heard = push.waiting.filter((event) => messaging.isOpen(event.port));
    this.#serve(heard.map((event) => ({ application, event })));
    if (failure === undefined) {
      this.#phone.emit({ kind: 'application', name, state: 'ended' });
      this.#phone.closed(undefined, requested);
      queueMicrotask(() => this.openWaiting());
    } else {
      const reason = `${failure.name}: ${failure.message}`;
      this.#phone.emit({ kind: 'application', name, state: 'failed', reason });
      this.#phone.closed(suite);
    }
  }
}

function isSame(one: SuiteMidlet, other: SuiteMidlet): boolean {
  return one.suite === other.suite && one.midlet === other.midlet;
}

/** Whether an application for which a message has come takes the place of the one that runs. */
function switchQuestion(application: SuiteMidlet, running: SuiteMidlet, language: Language): PhoneQuestion {
  const { openNow, open, later } = SHELL_TEXTS[language];
  const { suite } = application;
  const closes = INSTALL_TEXTS[language].closes.replace('{}', () => nameInQuestion(running.suite));
  const asks = openNow.replace('{}', () => calledInQuestion(suite, language));
  return { title: suite.descriptor.name, text: `${asks} ${closes}`, yes: open, no: later };
}
