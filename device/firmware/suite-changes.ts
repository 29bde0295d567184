import type { Alarms } from './alarms.ts';
import type { HandsetEvent } from './events.ts';
import type { MidletRun } from './midlet-run.ts';
import type { Notices } from './notices.ts';
import type { Permissions } from './permissions.ts';
import type { PushMessages } from './push-messages.ts';
import type { Installation, Suite, Suites } from './suites.ts';

/** The part of the phone that a change of its suites concerns. */
export interface SuiteChangesPhone {
  readonly suites: Suites;
  readonly alarms: Alarms;
  readonly push: PushMessages;
  readonly permissions: Permissions;
  readonly notices: Notices;
  /** The application that runs. */
  readonly run: MidletRun | undefined;
  emit(event: HandsetEvent): void;
  /** What the idle screen says may be another. */
  draw(): void;
}

/** What the rest of the phone does when a suite was installed or is removed. */
export class SuiteChanges {
  readonly #phone: SuiteChangesPhone;

  /** Forgets what belonged to suites that went before a power cut. @throws FlashError */
  constructor(phone: SuiteChangesPhone) {
    this.#phone = phone;
    this.#forgetRemoved();
  }

  /** A suite was installed: an application of the one that it replaced is ended. @returns the installation */
  installed(installation: Installation): Installation {
    const { suite, replaced, isDowngrade } = installation;
    this.#end(replaced);
    this.#forgetRemoved();
    const { name, version } = suite.descriptor;
    const before = replaced === undefined ? {} : { replaced: replaced.descriptor.version };
    this.#phone.emit({ kind: 'installed', name, version, ...before, isDowngrade });
    this.#phone.draw();
    return installation;
  }

  /** Removes a suite with all that is its own, and tells its server (JSR-118, `MIDlet-Delete-Notify`). @throws FlashError */
  remove(suite: Suite): void {
    const { name, version, attributes } = suite.descriptor;
    this.#end(suite);
    this.#phone.suites.remove(suite);
    this.#forgetRemoved();
    this.#phone.emit({ kind: 'removed', name, version });
    const notify = attributes['MIDlet-Delete-Notify'];
    if (notify !== undefined) this.#phone.notices.add(notify, 912);
  }

  #end(suite: Suite | undefined): void {
    const { run } = this.#phone;
    if (run !== undefined && run.application.suite === suite) run.destroy();
  }

  #forgetRemoved(): void {
    const { suites, alarms, push, permissions } = this.#phone;
    const has = (id: string) => suites.has(id);
    alarms.retain(has);
    push.retain(has);
    permissions.retain(has);
    suites.registrations.retain(has);
  }
}
