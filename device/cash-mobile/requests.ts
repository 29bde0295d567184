import { type AuthRequest, type PayRequest, sameOctets } from '../safe-mobile/index.ts';
import type { Answers } from './answers.ts';
import type { AppContext } from './app-context.ts';
import type { DeviceRecord } from './device-record.ts';
import { isMuted, PROMPT_LIMIT } from './muting.ts';
import type { Prompts } from './prompts.ts';
import { awaitsCustomer, requestOf, type Transaction } from './transaction.ts';

/** What becomes of a request of the service before the customer sees anything of it. */
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
    const transaction: Transaction = { role: 'customer', ref, plaintext, at: system.currentTimeMillis() };
    const muted = this.#isUnwelcome(request);
    transactions.save(transaction);
    if (muted) this.#answers.send(this.#answers.refuse(device, transaction, 'muted'));
    else this.#prompt(device, transaction, request);
  }

  /** Takes up a request that waited while the application did not run. */
  resume(device: DeviceRecord, transaction: Transaction): void {
    const request = requestOf(transaction);
    if (request.type !== 'PAY_INIT') this.#prompt(device, transaction, request);
  }

  /** Refuses a request that cannot be shown as it is. */
  unreadable(device: DeviceRecord, ref: Uint8Array): void {
    this.#app.link.send(this.#answers.refusalFrame(device, ref, 'unreadable'));
  }

  /** The same request again means that the answer was lost; another one under the same name is refused. */
  #again(device: DeviceRecord, known: Transaction, plaintext: Uint8Array): void {
    if (!sameOctets(known.plaintext, plaintext)) this.unreadable(device, known.ref);
    else if (!awaitsCustomer(known)) this.#answers.send(known);
  }

  #isUnwelcome(request: PayRequest | AuthRequest): boolean {
    const { transactions, system } = this.#app;
    if (transactions.all.filter(awaitsCustomer).length >= PROMPT_LIMIT) return true;
    return request.type === 'PAY_REQUEST' && isMuted(transactions.all, request.merchantId, system.currentTimeMillis());
  }

  /** Whether a request has expired is judged by a clock that the service has set, when the phone's own seems wrong. */
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
