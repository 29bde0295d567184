import { nameInQuestion } from './indicator.ts';
import { INSTALL_TEXTS } from './install-texts.ts';
import type { PhoneQuestion } from './interruptions.ts';
import type { Language } from './languages.ts';
import { isServiceOf, type Permissions } from './permissions.ts';
import type { Suite } from './suites.ts';

/** The part of the phone that asks its owner. */
export interface ConsentPhone {
  readonly permissions: Permissions;
  readonly language: Language;
  ask(question: PhoneQuestion): Promise<boolean>;
}

/** What the owner lets an application do during one run. An answer comes at once when the owner is not asked. */
export class Consent {
  readonly #suite: Suite;
  readonly #phone: ConsentPhone;
  /** The answer for all messages of this run. */
  #sending: boolean | Promise<boolean> | undefined;
  #receiving: boolean | undefined;

  constructor(suite: Suite, phone: ConsentPhone) {
    this.#suite = suite;
    this.#phone = phone;
  }

  /** What is known of a permission without a question: 1 yes, 0 no, -1 when the owner is asked (JSR-118, `checkPermission`). */
  known(permission: string): 1 | 0 | -1 {
    const { send, receive } = this.#phone.permissions.of(this.#suite);
    const isSending = permission === 'javax.wireless.messaging.sms.send';
    if (!isSending && permission !== 'javax.wireless.messaging.sms.receive') return 1;
    const granted = isSending ? send : receive;
    const answer = isSending ? this.#sending : this.#receiving;
    if (granted === 'blanket' || granted === 'no') return granted === 'no' ? 0 : 1;
    return typeof answer === 'boolean' ? (answer ? 1 : 0) : -1;
  }

  /** Whether the application may send a message to a number. */
  sending(number: string): boolean | Promise<boolean> {
    const { send } = this.#phone.permissions.of(this.#suite);
    if (send === 'no') return false;
    if (send === 'blanket' || isServiceOf(this.#suite, number)) return true;
    if (send === 'oneshot') return this.#ask('maySend', number);
    this.#sending ??= this.#ask('maySendAll', number).then((answer) => {
      this.#sending = answer;
      return answer;
    });
    return this.#sending;
  }

  /** Whether the application may listen on its ports. */
  receiving(): boolean | Promise<boolean> {
    const { receive } = this.#phone.permissions.of(this.#suite);
    if (receive !== 'session') return receive !== 'no';
    return this.#ask('mayReceive', '').then((answer) => {
      this.#receiving = answer;
      return answer;
    });
  }

  #ask(text: 'maySend' | 'maySendAll' | 'mayReceive', number: string): Promise<boolean> {
    const texts = INSTALL_TEXTS[this.#phone.language];
    const name = nameInQuestion(this.#suite);
    const asked = texts[text].replace('{number}', () => number).replace('{}', () => name);
    return this.#phone.ask({ title: name, text: asked, yes: texts.allow, no: texts.deny });
  }
}
