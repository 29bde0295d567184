import { alarmOf } from './alarms.ts';
import type { HandsetEvent } from './events.ts';
import { MidletRun, type RunPhone } from './midlet-run.ts';
import type { Suite, SuiteMidlet, Suites } from './suites.ts';

/** The part of the phone that the launcher uses. */
export interface LauncherPhone extends Omit<RunPhone, 'ended'> {
  readonly isOn: boolean;
  readonly suites: Suites;
  readonly askBeforeOpening: boolean;
  emit(event: HandsetEvent): void;
  /** Rings and asks the owner whether an application may open. */
  ask(application: SuiteMidlet): void;
  /** No application has the screen any more. @param failed the suite whose application had to be closed */
  closed(failed: Suite | undefined): void;
}

/** Starts applications, one at a time: for their owner, for a message, for an alarm. */
export class Launcher {
  readonly #phone: LauncherPhone;
  #run: MidletRun | undefined;
  /** Suites that failed or that the owner did not want to open: not opened again before another message or alarm comes. */
  #postponed: readonly Suite[] = [];

  constructor(phone: LauncherPhone) {
    this.#phone = phone;
  }

  /** The application that runs. */
  get run(): MidletRun | undefined {
    return this.#run;
  }

  /** The first application for which a message waits or whose alarm has rung. */
  get waiting(): SuiteMidlet | undefined {
    return this.#allWaiting()[0];
  }

  /** Opens the application that is {@link waiting}, unless one runs: then it is opened afterwards. */
  openWaiting(): void {
    this.#postponed = [];
    this.#openNext();
  }

  /** Opens what else waits, after an application failed or the owner did not want to open it. */
  openOthers(postponed: Suite): void {
    this.#postponed = [...this.#postponed, postponed];
    this.#openNext();
  }

  /** Starts an application; one that runs is ended before. */
  launch(application: SuiteMidlet): void {
    this.#run?.destroy();
    const { suite } = application;
    const { name } = suite.descriptor;
    const run = new MidletRun(application, { ...this.#phone, ended: (failure) => this.#ended(suite, failure) });
    this.#run = run;
    this.#phone.emit({ kind: 'application', name, state: 'started' });
    this.#phone.alarms.serve(alarmOf(application), (started) => run.start(started));
  }

  #openNext(): void {
    const application = this.#allWaiting().find(({ suite }) => !this.#postponed.includes(suite));
    if (application === undefined || this.#run !== undefined || !this.#phone.isOn) return;
    if (this.#phone.askBeforeOpening) this.#phone.ask(application);
    else this.launch(application);
  }

  #allWaiting(): readonly SuiteMidlet[] {
    const { push, alarms, suites } = this.#phone;
    const { midlets } = suites;
    const forMessages = push.waiting.flatMap(({ port, suite: owner }) =>
      midlets.filter(
        ({ suite, midlet }) =>
          (owner === undefined || owner === suite.id) &&
          suite.descriptor.push.some((one) => one.port === port && one.className === midlet.className),
      ),
    );
    const forAlarms = alarms.due.flatMap((alarm) => midlets.filter((application) => alarmOf(application) === alarm));
    return [...forMessages, ...forAlarms];
  }

  #ended(suite: Suite, failure: Error | undefined): void {
    const { name } = suite.descriptor;
    this.#run = undefined;
    if (failure === undefined) {
      this.#phone.emit({ kind: 'application', name, state: 'ended' });
      this.#phone.closed(undefined);
      queueMicrotask(() => this.openWaiting());
    } else {
      const reason = `${failure.name}: ${failure.message}`;
      this.#phone.emit({ kind: 'application', name, state: 'failed', reason });
      this.#phone.closed(suite);
    }
  }
}
