import { type Item, StringItem, TextField, type TimerTask } from '../midp/index.ts';
import { hexOf, sameOctets } from '../safe-mobile/index.ts';
import type { Answers } from './answers.ts';
import type { AppContext } from './app-context.ts';
import { isLogin, type LoginRequest, matchCodeItems, matchCodeText, matterOf, partyOf, titleOf } from './describe.ts';
import type { DeviceRecord } from './device-record.ts';
import { PIN_CONSTRAINTS } from './new-pin.ts';
import { PIN_LENGTH, pinOctets } from './pin.ts';
import type { PinChange } from './pin-change.ts';
import { filled } from './texts.ts';
import { awaitsCustomer, deadlineOf, type Request, requestOf, type Transaction } from './transaction.ts';
import type { Waiting } from './waiting.ts';

/** How many digits of the match code a customer types for a login. */
const TYPED_DIGITS = 2;

/**
 * The customer's side of a request, screen by screen:
 *
 * ```
 * prompt ─approve─► PIN ─confirm─► waiting for the receipt ─wrong PIN─► PIN
 *    └────refuse──► reason ──────► waiting for the receipt
 *    at any time ──expired───────► "expired"
 * ```
 * Before the PIN of a login the customer types the last two digits of the code on the other screen: whoever approves without looking
 * does not know them. After a wrong pair comes the prompt again, after a second one the phone refuses.
 * Refusing never shows a PIN field, nor does a request that has expired. While the PIN changes a request can only be refused.
 */
export class Prompts {
  readonly #app: AppContext;
  readonly #answers: Answers;
  readonly #waiting: Waiting;
  readonly #pinChange: PinChange;
  #current: Uint8Array | undefined;
  /** When each request that awaits the customer expires, by its ref in hexadecimal. */
  readonly #expiries = new Map<string, TimerTask>();

  constructor(app: AppContext, answers: Answers, waiting: Waiting, pinChange: PinChange) {
    this.#app = app;
    this.#answers = answers;
    this.#waiting = waiting;
    this.#pinChange = pinChange;
  }

  /** Rings, and shows a request as soon as no other request is on the screen. */
  add(device: DeviceRecord, ref: Uint8Array): void {
    const { agenda, screens, system, time } = this.#app;
    const transaction = this.#open(ref);
    if (transaction === undefined || agenda.isLocked) return;
    const request = requestOf(transaction);
    const left = request.type === 'PAY_INIT' ? 0 : deadlineOf(request) - time.now();
    if (left <= 0) {
      this.#expire(device, transaction);
      return;
    }
    this.#expiries.get(hexOf(ref))?.cancel();
    this.#expiries.set(
      hexOf(ref),
      system.schedule(left, () => this.#expire(device, transaction)),
    );
    screens.sound('ALARM');
    agenda.request(
      () => this.#begin(device, ref),
      () => this.#open(ref) !== undefined,
    );
  }

  /** Whether the customer is busy with this request; a receipt then takes its place at once. */
  isCurrent(ref: Uint8Array): boolean {
    return this.#current !== undefined && sameOctets(this.#current, ref);
  }

  /** A request was answered, or settled elsewhere. */
  end(ref: Uint8Array): void {
    this.#expiries.get(hexOf(ref))?.cancel();
    this.#expiries.delete(hexOf(ref));
    if (this.isCurrent(ref)) this.#current = undefined;
  }

  /** The phone obeys an order of the service: no request is answered any more, not even by itself. */
  drop(): void {
    for (const expiry of this.#expiries.values()) expiry.cancel();
    this.#expiries.clear();
    this.#current = undefined;
  }

  #open(ref: Uint8Array): Transaction | undefined {
    const transaction = this.#app.transactions.find('customer', ref);
    return transaction !== undefined && awaitsCustomer(transaction) ? transaction : undefined;
  }

  #begin(device: DeviceRecord, ref: Uint8Array): void {
    const transaction = this.#open(ref);
    if (transaction === undefined) return;
    this.#current = ref;
    const request = requestOf(transaction);
    if (transaction.standing?.status === 'wrong-pin' || isEnrolment(request))
      this.#proceed(device, transaction, request);
    else this.#ask(device, transaction, request);
  }

  #ask(device: DeviceRecord, transaction: Transaction, request: Request): void {
    const { texts, screens } = this.#app;
    screens.form(titleOf(request, texts), this.#items(request), [
      { label: texts.approve, type: 'OK', does: () => this.#proceed(device, transaction, request) },
      { label: texts.refuse, type: 'CANCEL', does: () => this.#askReason(device, transaction, request) },
    ]);
  }

  #items(request: Request): readonly Item[] {
    const { texts } = this.#app;
    if (request.type === 'AUTH_REQUEST') {
      return [
        new StringItem(texts.askedBy, request.relyingParty),
        new StringItem('', request.title),
        ...matchCodeItems(request, texts),
      ];
    }
    if (request.type === 'PAY_INIT') return [];
    const reference = request.reference === '' ? [] : [new StringItem(texts.reference, request.reference)];
    return [
      new StringItem(texts.payTo, request.payee),
      new StringItem('', matterOf(request, texts)),
      ...reference,
      ...matchCodeItems(request, texts),
    ];
  }

  #proceed(device: DeviceRecord, transaction: Transaction, request: Request): void {
    const { texts, screens } = this.#app;
    if (this.#pinChange.isPending) {
      this.#pinChange.ask();
      screens.alert(texts.changePin, texts.pinPending, 'INFO', () => this.#ask(device, transaction, request));
    } else if (isLogin(request) && transaction.sent === undefined) this.#askDigits(device, transaction, request);
    else this.#askPin(device, transaction, request);
  }

  #askDigits(device: DeviceRecord, transaction: Transaction, request: LoginRequest): void {
    const { texts, screens } = this.#app;
    const digits = new TextField(texts.digits, '', TYPED_DIGITS, { input: 'NUMERIC' });
    const next = () => {
      const typed = digits.getString();
      if (typed.length < TYPED_DIGITS)
        screens.alert(texts.loginTitle, texts.digitsHint, 'WARNING', () =>
          this.#askDigits(device, transaction, request),
        );
      else if (matchCodeText(request.matchCode).endsWith(typed)) this.#askPin(device, transaction, request);
      else this.#mistyped(device, transaction, request);
    };
    screens.form(
      texts.loginTitle,
      [new StringItem('', partyOf(request)), new StringItem('', texts.digitsHint), digits],
      [
        { label: texts.next, type: 'OK', does: next },
        { label: texts.back, type: 'BACK', does: () => this.#ask(device, transaction, request) },
      ],
    );
  }

  /** The first wrong pair is stored: a new start of the application gives no further try. */
  #mistyped(device: DeviceRecord, transaction: Transaction, request: LoginRequest): void {
    const { texts, screens, agenda, transactions } = this.#app;
    const say = (text: string, then: () => void) => screens.alert(texts.loginTitle, text, 'WARNING', then);
    if (transaction.mistyped) {
      this.end(transaction.ref);
      this.#answers.send(this.#answers.refuse(device, transaction, 'wrong-digits'));
      agenda.conclude(() => say(texts.wrongDigitsAgain, () => agenda.next()));
      return;
    }
    const mistyped = { ...transaction, mistyped: true } as const;
    transactions.save(mistyped);
    say(texts.wrongDigits, () => this.#ask(device, mistyped, request));
  }

  #askPin(device: DeviceRecord, transaction: Transaction, request: Request): void {
    const { texts, screens } = this.#app;
    const { standing } = transaction;
    const again = () => this.#askPin(device, transaction, request);
    const note =
      standing?.status === 'wrong-pin' ? [new StringItem('', filled(texts.wrongPin, standing.triesLeft))] : [];
    const pin = new TextField(
      isEnrolment(request) ? texts.confirmPin : texts.pin,
      '',
      PIN_LENGTH.most,
      PIN_CONSTRAINTS,
    );
    const matter = isEnrolment(request)
      ? []
      : [new StringItem('', partyOf(request)), new StringItem('', matterOf(request, texts))];
    const confirm = () => {
      const digits = pinOctets(pin.getChars());
      pin.setString('');
      if (digits === undefined) screens.alert(texts.pin, texts.pinLength, 'WARNING', again);
      else this.#approve(device, transaction, digits);
    };
    screens.form(
      isEnrolment(request) ? texts.confirmPinTitle : titleOf(request, texts),
      [...matter, ...note, pin],
      [
        { label: texts.confirm, type: 'OK', does: confirm },
        isEnrolment(request)
          ? { label: texts.refuse, type: 'CANCEL', does: () => this.#askReason(device, transaction, request) }
          : { label: texts.back, type: 'BACK', does: () => this.#ask(device, transaction, request) },
      ],
    );
  }

  #askReason(device: DeviceRecord, transaction: Transaction, request: Request): void {
    const { texts, screens } = this.#app;
    const back = () =>
      isEnrolment(request) ? this.#askPin(device, transaction, request) : this.#ask(device, transaction, request);
    screens.list(
      texts.refuseTitle,
      [
        { label: texts.refuseNo, does: () => this.#refuse(device, transaction, 'no') },
        { label: texts.refuseNotMe, does: () => this.#refuse(device, transaction, 'not-me') },
      ],
      [{ label: texts.back, type: 'BACK', does: back }],
    );
  }

  #approve(device: DeviceRecord, transaction: Transaction, pin: Uint8Array): void {
    this.end(transaction.ref);
    this.#waiting.send(this.#answers.approve(device, transaction, pin));
  }

  #refuse(device: DeviceRecord, transaction: Transaction, reason: 'no' | 'not-me'): void {
    this.end(transaction.ref);
    this.#waiting.send(this.#answers.refuse(device, transaction, reason));
  }

  #expire(device: DeviceRecord, transaction: Transaction): void {
    const { texts, screens, agenda } = this.#app;
    const isShown = this.isCurrent(transaction.ref);
    this.end(transaction.ref);
    this.#answers.send(this.#answers.refuse(device, transaction, 'expired'));
    const request = requestOf(transaction);
    const expired = request.type === 'AUTH_REQUEST' ? texts.authExpired : texts.expired;
    const text = `${partyOf(request)}\n${matterOf(request, texts)}\n${expired}`;
    const show = () => screens.alert(titleOf(request, texts), text, 'WARNING', () => agenda.next());
    if (isShown) agenda.conclude(show);
    else agenda.notice(show);
  }
}

function isEnrolment(request: Request): boolean {
  return request.type === 'AUTH_REQUEST' && request.kind === 'confirm-enrolment';
}
