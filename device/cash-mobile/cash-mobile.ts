import { Display, MIDlet, type MidletContext, PushRegistry } from '../midp/index.ts';
import {
  ANNOUNCEMENT_OCTETS,
  type DownMessage,
  decodeDown,
  ifAccepted,
  type Nak,
  type Primitives,
  phonePrimitives,
} from '../safe-mobile/index.ts';
import { Agenda } from './agenda.ts';
import { Answers } from './answers.ts';
import type { AppContext } from './app-context.ts';
import { BalanceQuery } from './balance-query.ts';
import { CLOCK_LIMIT } from './counter.ts';
import { type DeviceRecord, DeviceStore } from './device-record.ts';
import { Enrolment } from './enrolment.ts';
import { History } from './history.ts';
import { dropMessages, Link } from './link.ts';
import { Orders } from './orders.ts';
import { Outcomes } from './outcomes.ts';
import { PinChange } from './pin-change.ts';
import { Prompts } from './prompts.ts';
import { type Properties, PropertyError, readProperties } from './properties.ts';
import { Requests } from './requests.ts';
import { Sales } from './sales.ts';
import { Screens } from './screens.ts';
import { ServiceTime } from './service-time.ts';
import { StatusQueries } from './status-queries.ts';
import { filled, languageFor, type TextSource, type Texts } from './texts.ts';
import { awaitsCustomer, awaitsReceipt } from './transaction.ts';
import { Transactions } from './transactions.ts';
import { Unreadable } from './unreadable.ts';
import { Waiting } from './waiting.ts';
import { WakeUp } from './wake-up.ts';

/** The parts of the running application. */
interface Parts {
  readonly app: AppContext;
  readonly orders: Orders;
  readonly requests: Requests;
  readonly outcomes: Outcomes;
  readonly enrolment: Enrolment;
  readonly queries: StatusQueries;
  readonly balance: BalanceQuery;
  readonly pinChange: PinChange;
  readonly history: History;
  readonly sales: Sales | undefined;
}

/**
 * The payment application, started by its owner or by an SMS to port 16001. It opens frames and passes each message to the
 * part that handles its type; the `Agenda` decides what the user sees next.
 */
export class PaymentApplication extends MIDlet {
  readonly #textsIn: TextSource;
  readonly #primitives: Primitives;
  #parts: Parts | undefined;
  /** Whether a message or an alarm started the application: then it ends when the user has finished. */
  #woken = false;
  #clockSaid = false;

  /** @param primitives default: those of a phone's machine */
  constructor(context: MidletContext, textsIn: TextSource, primitives: Primitives = phonePrimitives) {
    super(context);
    this.#textsIn = textsIn;
    this.#primitives = primitives;
  }

  override startApp(): void {
    const display = Display.getDisplay(this);
    const screens = new Screens(display, this.#texts);
    const properties = this.#readProperties(screens);
    if (properties === undefined) return;
    const parts = this.#assemble(properties, screens);
    const obstacle = this.#obstacle(parts.app);
    if (obstacle !== undefined) {
      this.#refuse(parts.app, obstacle);
      return;
    }
    this.#parts = parts;
    const alarm = parts.app.wakeUp.taken() ?? Number.POSITIVE_INFINITY;
    const rang = alarm <= this.context.system.currentTimeMillis();
    const messages = PushRegistry.listConnections(this.context, true).length > 0;
    parts.app.link.listen((frame) => {
      this.#arrived(parts, frame);
      this.#settle(parts);
    });
    // First it forgets the orders of an earlier activation.
    const resumed = this.#resume(parts, alarm, messages);
    parts.orders.begin();
    parts.app.wakeUp.arrange(parts.app.transactions.all);
    this.#woken = messages || resumed || rang;
    this.#settle(parts);
  }

  override pauseApp(): void {}

  /** Arranges to be started again for a request that is open, and when a receipt is overdue. */
  override destroyApp(): void {
    if (this.#parts === undefined) return;
    const { app } = this.#parts;
    app.wakeUp.leave(app.transactions.all);
    app.link.close();
  }

  get #texts(): Texts {
    return this.#textsIn(languageFor(this.context.system.getProperty('microedition.locale')));
  }

  #readProperties(screens: Screens): Properties | undefined {
    try {
      return readProperties(this);
    } catch (error) {
      if (!(error instanceof PropertyError)) throw error;
      const text = filled(this.#texts.descriptorWrong, error.attribute);
      dropMessages(this.context);
      screens.alert('Cash-Mobile', text, 'ERROR', () => this.notifyDestroyed());
      return undefined;
    }
  }

  /** Why the application cannot be used, in words; `undefined` when it can. */
  #obstacle({ device, properties, texts }: AppContext): string | undefined {
    const strange = device.strangeIn(properties);
    return strange === undefined ? undefined : filled(texts.otherService, strange);
  }

  /** Says why, and ends. Of the messages that wait only announcements are taken: after one of them the application may start again. */
  #refuse({ device, link, screens, wakeUp }: AppContext, obstacle: string): void {
    wakeUp.taken();
    link.listen((frame) => device.announce(frame));
    screens.alert('Cash-Mobile', obstacle, 'ERROR', () => this.notifyDestroyed());
  }

  #assemble(properties: Properties, screens: Screens): Parts {
    const { context } = this;
    const primitives = this.#primitives;
    const device = new DeviceStore(context, primitives, properties);
    const link = new Link(this, primitives, device, () => time.seconds);
    const time = new ServiceTime(context, link, primitives, device);
    const wakeUp = new WakeUp(context, time, device);
    const texts = this.#texts;
    const app: AppContext = {
      system: context.system,
      properties,
      primitives,
      texts,
      screens,
      agenda: new Agenda(
        () => this.#rest(),
        (requests) => screens.announce(moreWaitText(texts, requests)),
      ),
      link,
      device,
      transactions: new Transactions(context, (transactions) => wakeUp.arrange(transactions)),
      unreadable: new Unreadable(context),
      time,
      wakeUp,
      exit: () => this.#exit(),
    };
    const waiting = new Waiting(app);
    const queries = new StatusQueries(app, (transaction) => waiting.gaveUp(transaction));
    const answers = new Answers(app, queries);
    const pinChange = new PinChange(app);
    const prompts = new Prompts(app, answers, waiting, pinChange);
    const enrolment = new Enrolment(app);
    const { merchant } = properties;
    const sales = merchant === undefined ? undefined : new Sales(app, merchant, waiting, queries);
    return {
      app,
      orders: new Orders(context, app, prompts),
      queries,
      balance: new BalanceQuery(app),
      pinChange,
      sales,
      enrolment,
      requests: new Requests(app, answers, prompts),
      outcomes: new Outcomes(app, prompts, enrolment),
      history: new History(app, queries, sales),
    };
  }

  /** Continues with the transactions that were open when the application ended; true when one of them waits for the user's answer. */
  #resume({ app, requests, queries, orders, pinChange }: Parts, missedSince: number, messages: boolean): boolean {
    const { record } = app.device;
    if (record === undefined) {
      // Transactions of an earlier registration of this phone: its keys are gone, so no answer can be made.
      app.transactions.clear();
      app.time.forget();
      orders.forget();
      return false;
    }
    if (orders.locked) return false;
    pinChange.resume(messages);
    for (const transaction of app.transactions.all.filter(awaitsReceipt))
      queries.watch(record, transaction, missedSince);
    const waiting = app.transactions.all.filter(awaitsCustomer);
    for (const transaction of waiting) requests.resume(record, transaction);
    return waiting.length > 0;
  }

  /** Opens a frame and passes its message on. A frame that does not open is not from the service, and is ignored. */
  #arrived(parts: Parts, frame: Uint8Array): void {
    const { app, outcomes, balance, pinChange } = parts;
    if (frame.length === ANNOUNCEMENT_OCTETS) app.device.announce(frame);
    const { record } = app.device;
    const opened = record === undefined ? undefined : openFrame(app.link, record, frame);
    if (record === undefined || opened === undefined) return;
    const { message, plaintext } = opened;
    if (message !== undefined) app.time.heard(message.time);
    switch (message?.type) {
      case undefined:
      case 'PAY_REQUEST':
      case 'AUTH_REQUEST':
        if (!parts.orders.locked) this.#asked(parts, record, message, plaintext);
        return;
      case 'RECEIPT':
        if (!pinChange.receipt(message, plaintext)) outcomes.receipt(record, message, plaintext);
        return;
      case 'NAK':
        if (message.code === 'old-counter') this.#putRight(app, message);
        else if (!balance.refused(message) && !pinChange.refused(message)) outcomes.nak(record, message);
        return;
      case 'TIME_RESPONSE':
        app.time.answered(message, plaintext);
        return;
      case 'BALANCE':
        balance.answered(message);
        return;
      case 'ADMIN':
        parts.orders.arrived(record, message, plaintext);
        return;
    }
  }

  /** A request of the service. @param message absent when this phone cannot show it */
  #asked(
    { requests, enrolment }: Parts,
    record: DeviceRecord,
    message: Asking | undefined,
    plaintext: Uint8Array,
  ): void {
    if (message === undefined) {
      if (record.phase === 'active' && isRequest(plaintext)) requests.unreadable(record, plaintext.slice(5, 13));
      return;
    }
    const confirms = message.type === 'AUTH_REQUEST' && message.kind === 'confirm-enrolment';
    if (confirms !== (record.phase === 'enrolling')) return;
    if (message.type === 'AUTH_REQUEST') enrolment.heard();
    requests.arrived(record, message, plaintext);
  }

  /** The flash of this phone was put back to an earlier state, or is a copy: from now on its messages have numbers that the service takes. */
  #putRight({ link, agenda, screens, texts }: AppContext, { argument, text, code }: Nak): void {
    link.counterSeen(argument);
    const words = text === '' ? texts.nak[code] : text;
    agenda.notice(() => screens.alert('Cash-Mobile', words, 'WARNING', () => agenda.next()));
  }

  /** Shows something after all frames that have come were handled. */
  #settle({ app }: Parts): void {
    const shows = Display.getDisplay(this).getCurrent() !== undefined;
    const expects = app.link.receiving || app.time.asking;
    if (!shows && !expects) app.agenda.next();
  }

  #rest(): void {
    if (this.#parts === undefined) return;
    const { app, enrolment } = this.#parts;
    const { record } = app.device;
    if (this.#sayWrongClock(app)) return;
    if (record?.phase !== 'active') enrolment.show();
    else if (this.#woken) this.#exit();
    else this.#home(this.#parts, record);
  }

  /** Once a run, before the first resting screen. @returns whether there was something to say */
  #sayWrongClock({ system, screens, agenda, texts }: AppContext): boolean {
    if (this.#clockSaid || system.currentTimeMillis() < CLOCK_LIMIT * 1000) return false;
    this.#clockSaid = true;
    screens.alert('Cash-Mobile', texts.clockWrong, 'WARNING', () => agenda.next());
    return true;
  }

  #home({ app, sales, balance, history, pinChange }: Parts, record: DeviceRecord): void {
    const { texts, screens } = app;
    const sale = sales === undefined ? [] : [{ label: texts.requestPayment, does: () => sales.begin(record) }];
    screens.list(
      app.properties.merchant?.name ?? 'Cash-Mobile',
      [
        ...sale,
        { label: texts.balance, does: () => balance.begin(record) },
        { label: texts.history, does: () => history.show(record) },
        { label: texts.changePin, does: () => pinChange.begin() },
      ],
      [{ label: texts.exit, type: 'EXIT', does: () => this.#exit() }],
    );
  }

  #exit(): void {
    this.destroyApp();
    this.notifyDestroyed();
  }
}

/** A request that the customer or the phone answers. */
type Asking = Extract<DownMessage, { type: 'PAY_REQUEST' | 'AUTH_REQUEST' }>;

interface MaybeRead {
  readonly plaintext: Uint8Array;
  /** Absent when the service said something that this phone cannot show. */
  readonly message?: DownMessage;
}

function openFrame(link: Link, { phone }: DeviceRecord, frame: Uint8Array): MaybeRead | undefined {
  const plaintext = ifAccepted(() => link.open(phone, frame));
  if (plaintext === undefined) return undefined;
  const message = ifAccepted(() => decodeDown(plaintext));
  return message === undefined ? { plaintext } : { plaintext, message };
}

/** Whether a plaintext is a PAY_REQUEST or an AUTH_REQUEST, which the customer or the phone has to answer. */
function isRequest(plaintext: Uint8Array): boolean {
  return plaintext[0] === 0x01 || plaintext[0] === 0x03;
}

/** What is said of requests behind the one on the screen; nothing of none. */
function moreWaitText(texts: Texts, requests: number): string | undefined {
  if (requests === 0) return undefined;
  return requests === 1 ? texts.oneMoreWaits : filled(texts.moreWait, requests);
}
