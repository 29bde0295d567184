import { alarmOf } from './alarms.ts';
import { AutoInvocation } from './auto-invocation.ts';
import type { HandsetEvent } from './events.ts';
import type { Front } from './front.ts';
import { calledInQuestion, nameInQuestion } from './indicator.ts';
import { INSTALL_TEXTS } from './install-texts.ts';
import type { PhoneQuestion } from './interruptions.ts';
import { type Language, SHELL_TEXTS } from './languages.ts';
import { MidletRun, type RequestedLink, type RunPhone } from './midlet-run.ts';
import type { Suite, SuiteMidlet, Suites } from './suites.ts';

/** The part of the phone that the launcher uses. */
export interface LauncherPhone extends Omit<RunPhone, 'ended'> {
  readonly front: Pick<Front, 'isOn' | 'isAsking' | 'expectApplication' | 'lockKeys'>;
  readonly suites: Suites;
  readonly askBeforeOpening: boolean;
  /** An application has to wait until the phone's question is answered: rings, and says so on the screen. */
  holdUp(): void;
  emit(event: HandsetEvent): void;
  /** Rings and asks the owner whether an application may open. @param open the answer is yes */
  askToOpen(application: SuiteMidlet, cause: 'message' | 'alarm', open: () => void): void;
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
  readonly #invocation: AutoInvocation;
  #run: MidletRun | undefined;
  /**
   * Messages and alarms that an application was started for, or that the owner has put off. Each starts an application once: one
   * that ends without taking its message would otherwise be started for ever. It can still be opened by hand.
   */
  #served: ReadonlySet<Wake['event']> = new Set();
  /** Messages that the owner was told of while another application ran. */
  #told: ReadonlySet<Wake['event']> = new Set();
  /** The applications of these messages, as long as the owner has not answered. */
  #offered: readonly SuiteMidlet[] = [];
  /** Messages and alarms that wait for the answer to a question of the phone. */
  #heldUp: ReadonlySet<Wake['event']> = new Set();

  constructor(phone: LauncherPhone) {
    this.#phone = phone;
    this.#invocation = new AutoInvocation(phone);
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
    this.#invocation.powerOn();
    this.openWaiting();
  }

  /** The first application that waits for the answer to the question on the screen, which is about something else. */
  get heldUp(): SuiteMidlet | undefined {
    const current = this.#run === undefined ? this.#offered : [...this.#offered, this.#run.application];
    return this.#unserved().find(({ application }) => !current.some((one) => isSame(one, application)))?.application;
  }

  /**
   * Opens the application for which a message or an alarm has come. While the phone asks something it waits, and the owner hears that it
   * does. While another one runs, the owner is asked about a message, and what is not opened then is opened afterwards.
   */
  openWaiting(): void {
    const all = this.#wakes();
    this.#served = new Set(all.flatMap(({ event }) => (this.#served.has(event) ? [event] : [])));
    const wakes = this.#unserved();
    const [first] = wakes;
    if (this.#run !== undefined) this.#offerOthers(this.#run);
    else if (this.#phone.front.isAsking) this.#holdUp(wakes);
    else if (first !== undefined && this.#phone.front.isOn) this.#open(first);
  }

  /** The same after another screen has gone, of which the owner may be pressing a key. */
  openNext(): void {
    const before = this.#run;
    this.openWaiting();
    if (before === undefined && this.#run !== undefined) this.#phone.front.lockKeys();
  }

  #open({ application, event }: Wake): void {
    if (this.#invocation.mayStart(application.suite) === 'at-once') {
      this.#start(application);
      return;
    }
    // Asked once: the red key is a "Later" too.
    this.#serve(this.#wakes().filter((wake) => isSame(wake.application, application)));
    const cause = typeof event === 'string' ? 'alarm' : 'message';
    this.#phone.askToOpen(application, cause, () => this.#launchAsked(application));
  }

  /** The owner was asked, and has said yes. */
  #launchAsked(application: SuiteMidlet): void {
    this.#invocation.allow(application.suite);
    this.launch(application);
  }

  #holdUp(wakes: readonly Wake[]): void {
    const isNew = wakes.some(({ event }) => !this.#heldUp.has(event));
    this.#heldUp = new Set(wakes.map(({ event }) => event));
    if (isNew) this.#phone.holdUp();
  }

  #offerOthers(run: MidletRun): void {
    const untold = this.#unserved().filter(({ event }) => typeof event !== 'string' && !this.#told.has(event));
    this.#told = new Set(this.#messages().map(({ event }) => event));
    for (const { application } of untold) {
      const isKnown = [run.application, ...this.#offered].some((one) => isSame(one, application));
      if (!isKnown && this.#phone.front.isOn) this.#offer(application, run);
    }
  }

  #offer(application: SuiteMidlet, run: MidletRun): void {
    this.#offered = [...this.#offered, application];
    this.#phone.playSound('ALARM');
    const question = switchQuestion(application, run.application, this.#phone.language);
    void this.#phone.ask(question).then((switches) => {
      this.#offered = this.#offered.filter((one) => one !== application);
      if (switches && this.#run === run) this.#launchAsked(application);
    });
  }

  /** Opens what else waits, after an application failed or the owner did not want to open it. */
  openOthers(postponed: Suite): void {
    this.#serve(this.#wakes().filter(({ application }) => application.suite === postponed));
    this.openNext();
  }

  /** Starts an application for its owner; one that runs is ended before. */
  launch(application: SuiteMidlet): void {
    this.#run?.destroy();
    this.#phone.front.expectApplication();
    this.#start(application);
  }

  #start(application: SuiteMidlet): void {
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

  #unserved(): readonly Wake[] {
    const mayStart = ({ suite }: SuiteMidlet) => this.#invocation.mayStart(suite) !== 'never';
    return this.#wakes().filter(({ application, event }) => !this.#served.has(event) && mayStart(application));
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
      queueMicrotask(() => this.openNext());
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
