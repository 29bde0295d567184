import type { HandsetEvent } from './events.ts';
import { MidletRun, type RunPhone } from './midlet-run.ts';
import type { Suite, Suites } from './suites.ts';

/** The part of the phone that the launcher uses. */
export interface LauncherPhone extends Omit<RunPhone, 'ended'> {
  readonly isOn: boolean;
  readonly suites: Suites;
  readonly askBeforeOpening: boolean;
  emit(event: HandsetEvent): void;
  /** Rings and asks the owner whether an application may open. */
  ask(suite: Suite): void;
  /** No application has the screen any more. @param failed the application, when it had to be closed */
  closed(failed: Suite | undefined): void;
}

/** Starts applications, one at a time: for their owner, for a message, for an alarm. */
export class Launcher {
  readonly #phone: LauncherPhone;
  #run: MidletRun | undefined;

  constructor(phone: LauncherPhone) {
    this.#phone = phone;
  }

  /** The application that runs. */
  get run(): MidletRun | undefined {
    return this.#run;
  }

  /** The first application for which a message waits or whose alarm has rung. */
  get waiting(): Suite | undefined {
    const { push, alarms, suites } = this.#phone;
    const forMessages = push.waitingPorts.map((port) => suites.registeredFor(port));
    const forAlarms = alarms.due.map((name) => suites.installed.find(({ descriptor }) => descriptor.name === name));
    return [...forMessages, ...forAlarms].find((suite) => suite !== undefined);
  }

  /** Opens the application that is {@link waiting}, unless one runs: then it is opened afterwards. */
  openWaiting(): void {
    const suite = this.waiting;
    if (suite === undefined || this.#run !== undefined || !this.#phone.isOn) return;
    if (this.#phone.askBeforeOpening) this.#phone.ask(suite);
    else this.launch(suite);
  }

  /** Starts an application; one that runs is ended before. */
  launch(suite: Suite): void {
    this.#run?.destroy();
    const { name } = suite.descriptor;
    const run = new MidletRun(suite, { ...this.#phone, ended: (failure) => this.#ended(suite, failure) });
    this.#run = run;
    this.#phone.emit({ kind: 'application', name, state: 'started' });
    this.#phone.alarms.serve(name, () => run.start());
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
