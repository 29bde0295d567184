import { type AuthRequest, type PayRequest, sameOctets } from '../safe-mobile/index.ts';
import type { Answers } from './answers.ts';
import type { AppContext } from './app-context.ts';
import type { DeviceRecord } from './device-record.ts';
import { isMuted, PROMPT_LIMIT } from './muting.ts';
import type { Prompts } from './prompts.ts';
import { awaitsCustomer, deadlineOf, requestOf, type Transaction } from './transaction.ts';

/** A request that ended so long before a later message of the service is not answered any more, ms. */
const LONG_OVER_MS = 3_600_000;

/** Takes a request of the service and decides, before the customer sees it, whether to show, refuse or ignore it. */
export class Requests {
  readonly #app: AppContext;
  readonly #answers: Answers;
  readonly #prompts: Prompts;

  constructor(app: AppContext, answers: Answers, prompts: Prompts) {
    this.#app = app;
    this.#answers = answers;
    this.#prompts = prompts;
  }

  /** Takes a request that has come. @param plaintext its 83 octets. */
  arrived(device: DeviceRecord, request: PayRequest | AuthRequest, plaintext: Uint8Array): void {
    const { transactions, system } = this.#app;
    const ref = refOf(request);
    const known = transactions.find('customer', ref);
    if (known !== undefined) {
      this.#again(device, known, plaintext);
      return;
    }
    if (this.#isLongOver(request)) return;
    const transaction: Transaction = { role: 'customer', ref, plaintext, at: system.currentTimeMillis() };
    const muted = this.#isUnwelcome(request);
    transactions.save(transaction);
    if (muted) this.#answers.send(this.#answers.refuse(device, transaction, 'muted'));
    else this.#prompt(device, transaction, request);
  }

  /** Shows a request again that was open when the application ended. */
  resume(device: DeviceRecord, transaction: Transaction): void {
    const request = requestOf(transaction);
    if (request.type !== 'PAY_INIT') this.#prompt(device, transaction, request);
  }

  /** Refuses a request that cannot be shown as it is, once: the same one costs no second SMS. */
  unreadable(device: DeviceRecord, ref: Uint8Array): void {
    if (this.#app.unreadable.add(ref)) this.#app.link.send(this.#answers.refusalFrame(device, ref, 'unreadable'));
  }

  /** Takes a second request with a known txn: the same one means that the answer was lost; a different one is refused. */
  #again(device: DeviceRecord, known: Transaction, plaintext: Uint8Array): void {
    if (!sameOctets(known.plaintext, plaintext)) this.unreadable(device, known.ref);
    else if (!awaitsCustomer(known)) this.#answers.repeat(known);
  }

  #isUnwelcome(request: PayRequest | AuthRequest): boolean {
    const { transactions, system } = this.#app;
    if (transactions.all.filter(awaitsCustomer).length >= PROMPT_LIMIT) return true;
    return isMuted(transactions.all, request, system.currentTimeMillis());
  }

  /**
   * Whether the phone has later messages of the service than the end of this request, by far. The service has ended it, and the phone
   * may have forgotten it: whoever has recorded it gets no answer.
   */
  #isLongOver(request: PayRequest | AuthRequest): boolean {
    const latest = Math.max(0, ...this.#app.transactions.all.map(serviceTimeOf));
    return deadlineOf(request) + LONG_OVER_MS < latest * 1000;
  }

  /** When the phone's clock seems wrong, asks the service for the time first: a wrong clock would refuse or show wrongly. */
  #prompt(device: DeviceRecord, transaction: Transaction, request: PayRequest | AuthRequest): void {
    const { time } = this.#app;
    const prompt = () => this.#prompts.add(device, transaction.ref);
    if (time.doubts(request.time)) time.ask(device.phone, prompt);
    else prompt();
  }
}

function refOf(request: PayRequest | AuthRequest): Uint8Array {
  return request.type === 'PAY_REQUEST' ? request.txn : request.challenge;
}

/** The latest time that the service has written into a message of this transaction, unix seconds; 0 when it has not. */
function serviceTimeOf(transaction: Transaction): number {
  const request = requestOf(transaction);
  return Math.max(transaction.standing?.time ?? 0, request.type === 'PAY_INIT' ? 0 : request.time);
}
