import type { Nak, Receipt } from '../safe-mobile/index.ts';
import type { AppContext } from './app-context.ts';
import { matterOf, partyOf, receiptNote, standingText } from './describe.ts';
import type { DeviceRecord } from './device-record.ts';
import type { Enrolment } from './enrolment.ts';
import type { Prompts } from './prompts.ts';
import { isSigned, standingAfter } from './receipts.ts';
import {
  awaitsCustomer,
  awaitsReceipt,
  deadlineOf,
  isOpen,
  requestOf,
  type Said,
  type Transaction,
} from './transaction.ts';

/** Answers that the phone gave without its user (refused unseen, expired): their receipts are not shown. */
const UNSEEN: readonly Said[] = ['expired', 'muted', 'unreadable'];

/** Takes the service's receipts and NAKs about transactions. */
export class Outcomes {
  readonly #app: AppContext;
  readonly #prompts: Prompts;
  readonly #enrolment: Enrolment;

  constructor(app: AppContext, prompts: Prompts, enrolment: Enrolment) {
    this.#app = app;
    this.#prompts = prompts;
    this.#enrolment = enrolment;
  }

  /** Takes a receipt. A receipt with a wrong signature, of an unknown transaction, or older than the last one is ignored. */
  receipt(device: DeviceRecord, receipt: Receipt, plaintext: Uint8Array): void {
    const { transactions, primitives, time } = this.#app;
    const transaction = transactions.find('customer', receipt.ref) ?? transactions.find('merchant', receipt.ref);
    if (transaction === undefined) return;
    if (!isSigned(primitives, device, transaction, receipt, plaintext, time.seconds)) return;
    const standing = standingAfter(transaction, receipt);
    if (standing === undefined) return;
    const changed: Transaction = { ...transaction, standing };
    transactions.save(changed);
    if (awaitsCustomer(changed)) this.#askAgain(device, changed);
    else if (!isOpen(changed)) this.#settled(transaction, changed);
  }

  /** Takes a NAK about a transaction, or about the enrolment. */
  nak(device: DeviceRecord, nak: Nak): void {
    const { transactions } = this.#app;
    const transaction = transactions.find('merchant', nak.ref) ?? transactions.find('customer', nak.ref);
    if (transaction === undefined) {
      if (device.phase === 'enrolling') this.#enrolment.refused(nak);
      return;
    }
    if (!isOpen(transaction)) return;
    if (nak.code === 'unknown-reference' && this.#repeatRequest(transaction)) return;
    const { time } = nak;
    const changed: Transaction = {
      ...transaction,
      standing: { status: 'rejected', triesLeft: 0, approvalCode: 0, time },
    };
    transactions.save(changed);
    this.#show(transaction, changed, nak.text === '' ? this.#app.texts.nak[nak.code] : nak.text);
  }

  #askAgain(device: DeviceRecord, transaction: Transaction): void {
    if (!this.#prompts.isCurrent(transaction.ref)) this.#prompts.add(device, transaction.ref);
  }

  #settled(before: Transaction, transaction: Transaction): void {
    const request = requestOf(transaction);
    const { standing } = transaction;
    if (standing === undefined) return;
    if (request.type === 'AUTH_REQUEST' && request.kind === 'confirm-enrolment') {
      const prompted = this.#leavePrompt(transaction);
      this.#enrolment.concluded(standing.status);
      if (prompted) this.#app.agenda.next();
    } else if (!isUnseen(transaction) || standing.status === 'paid') {
      this.#show(before, transaction, receiptNote(transaction, this.#app.texts));
    }
  }

  /** The service does not know the merchant's request: sends the same frame again, until the request has expired. */
  #repeatRequest(transaction: Transaction): boolean {
    const request = requestOf(transaction);
    if (request.type !== 'PAY_INIT' || transaction.sent?.said !== 'asked') return false;
    const { link, time } = this.#app;
    if (deadlineOf({ time: Math.floor(transaction.at / 1000), ttl: request.ttl }) < time.now()) return false;
    link.send(transaction.sent.frame);
    return true;
  }

  /**
   * Shows how a transaction ended: at once when its own prompt is on the screen, before other notices when the user has
   * answered or asked and waits for it, otherwise as soon as the user is free.
   */
  #show(before: Transaction, transaction: Transaction, note: string): void {
    const { texts, screens, agenda } = this.#app;
    const request = requestOf(transaction);
    const lines = [partyOf(request), matterOf(request, texts), note].filter((line) => line !== '');
    const type = isGood(transaction) ? 'CONFIRMATION' : 'WARNING';
    const show = () => screens.alert(standingText(transaction, texts), lines.join('\n'), type, () => agenda.next());
    if (this.#leavePrompt(transaction)) agenda.conclude(show);
    else if (awaitsReceipt(before) && !isUnseen(before)) agenda.outcome(show);
    else agenda.notice(show);
  }

  #leavePrompt({ ref }: Transaction): boolean {
    const prompted = this.#prompts.isCurrent(ref);
    this.#prompts.end(ref);
    return prompted;
  }
}

function isUnseen({ sent }: Transaction): boolean {
  return sent !== undefined && UNSEEN.includes(sent.said);
}

function isGood({ standing }: Transaction): boolean {
  return standing?.status === 'paid' || standing?.status === 'confirmed' || standing?.status === 'active';
}
