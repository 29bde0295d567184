import type { ApplicationPorts, IncomingSms, SmsReceiver } from '../../modem/index.ts';
import type { PlatformMessage } from '../midp/index.ts';
import { passesFilter } from '../suite/index.ts';
import { octetsOf, portOf } from './content.ts';
import type { HandsetEvent } from './events.ts';
import type { ImmediateMessage } from './immediate-message.ts';
import type { Inbox } from './inbox.ts';
import { indicationIn, isWapPush } from './link.ts';
import type { MidletRun } from './midlet-run.ts';
import type { PushMessages } from './push-messages.ts';
import type { Suite, Suites } from './suites.ts';

/** The part of the phone that the reception of messages uses. */
export interface ReceptionPhone {
  readonly isOn: boolean;
  readonly inbox: Inbox;
  readonly push: PushMessages;
  readonly suites: Suites;
  /** The application that runs. */
  readonly run: MidletRun | undefined;
  emit(event: HandsetEvent): void;
  /** A text is in the inbox. @param rings whether the owner is to hear that */
  textCame(rings: boolean): void;
  /** A text of class 0 has come: rings, and puts it on the screen. */
  showNow(message: ImmediateMessage): void;
  /** ms since 1970 */
  now(): number;
  /** A message waits for an application that does not listen. */
  openWaiting(): void;
}

/** Distributes messages: a text goes to the inbox, one of class 0 to the screen, a message to a port to the application that listens or is registered there. */
export class Reception {
  readonly #phone: ReceptionPhone;

  constructor(phone: ReceptionPhone) {
    this.#phone = phone;
  }

  /** For the radio. */
  get receiver(): SmsReceiver {
    return {
      message: async (sms) => {
        if (!this.#phone.isOn) throw new Error('The handset is off');
        this.take(sms);
      },
      report: () => {},
      // The phone has nothing to show of an undecodable record; taking the record frees its place in the SIM.
      unreadable: async () => {},
    };
  }

  /** Stores a message; the modem deletes it when this returns. @throws FlashError when there is no room: it stays in the modem */
  take(sms: IncomingSms): void {
    const { content } = sms;
    if (isWapPush(content)) this.#takePush(sms);
    else if (content.ports !== undefined) this.#takeForPort(sms, content.ports);
    else if (content.kind === 'text') this.#takeText(sms, content.text);
    else this.#emit(sms, 'nobody');
  }

  #takeText(sms: IncomingSms, text: string): void {
    const message = { from: sms.originator, sentAt: sms.sentAt, text };
    if (sms.immediate === true) {
      this.#emit(sms, 'screen');
      this.#phone.showNow(message);
      return;
    }
    this.#phone.inbox.add(message);
    this.#emit(sms, 'inbox');
    this.#phone.textCame(true);
  }

  /** A WAP push is a text with a link in the inbox. */
  #takePush(sms: IncomingSms): void {
    const { inbox } = this.#phone;
    const push = indicationIn(sms.content, this.#phone.now());
    if (push === undefined) {
      this.#emit(sms, 'nobody');
      return;
    }
    const { id: pushId, text, rings, deletes } = push;
    const link = push.link === undefined ? {} : { link: push.link };
    if (deletes) inbox.deletePush(pushId);
    else inbox.add({ from: sms.originator, sentAt: sms.sentAt, text, pushId, ...link });
    this.#emit(sms, 'inbox');
    this.#phone.textCame(rings);
  }

  #takeForPort(sms: IncomingSms, { destination: port, source: sourcePort }: ApplicationPorts): void {
    const { originator: from, sentAt, content } = sms;
    const suite = this.#receiver(port, from);
    if (suite === undefined) {
      this.#emit(sms, 'nobody');
      return;
    }
    const payload: PlatformMessage['payload'] =
      content.kind === 'text' ? { kind: 'text', text: content.text } : { kind: 'binary', data: content.data };
    this.#phone.push.add({ suite: suite.id, port, from, sourcePort, sentAt, payload });
    this.#emit(sms, 'application');
    const { run } = this.#phone;
    if (run?.messaging.isOpen(port) === true) run.arrived(port);
    else this.#phone.openWaiting();
  }

  /** The suite that listens on a port, or else the one that is registered there and wants messages of this sender. */
  #receiver(port: number, from: string): Suite | undefined {
    const { run, suites } = this.#phone;
    if (run?.messaging.isOpen(port) === true) return run.application.suite;
    const suite = suites.registeredFor(port);
    const registration = suite?.push.find((push) => push.port === port);
    return registration !== undefined && passesFilter(registration.filter, from) ? suite : undefined;
  }

  #emit({ originator: from, content }: IncomingSms, destination: 'inbox' | 'screen' | 'application' | 'nobody'): void {
    this.#phone.emit({ kind: 'received', from, octets: octetsOf(content), ...portOf(content), destination });
  }
}
