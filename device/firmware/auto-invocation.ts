import type { Permissions } from './permissions.ts';
import type { Suite } from './suites.ts';

/** The part of the phone that knows what its owner has chosen. */
export interface AutoInvocationPhone {
  readonly permissions: Permissions;
  /** The owner wants to be asked before any application opens. */
  readonly askBeforeOpening: boolean;
}

/** Whether a message or an alarm may start an application (MIDP 2.1, application auto invocation). */
export class AutoInvocation {
  readonly #phone: AutoInvocationPhone;
  /** Suites that the owner has let start until the phone is switched off, by their ids. */
  readonly #allowed = new Set<string>();

  constructor(phone: AutoInvocationPhone) {
    this.#phone = phone;
  }

  /** The phone was switched on: the owner is asked anew. */
  powerOn(): void {
    this.#allowed.clear();
  }

  /** `never`: the owner opens the application, or nobody does. */
  mayStart(suite: Suite): 'at-once' | 'ask' | 'never' {
    const { start } = this.#phone.permissions.of(suite);
    if (start === 'no') return 'never';
    const isAllowed = start === 'blanket' || (start === 'session' && this.#allowed.has(suite.id));
    return isAllowed && !this.#phone.askBeforeOpening ? 'at-once' : 'ask';
  }

  /** The owner was asked, and has opened an application of the suite. */
  allow({ id }: Suite): void {
    this.#allowed.add(id);
  }
}
