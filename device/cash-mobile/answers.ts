import { approvalText, type Refusal, signWithPin } from '../safe-mobile/index.ts';
import type { AppContext } from './app-context.ts';
import type { DeviceRecord } from './device-record.ts';
import type { Dispatch } from './link.ts';
import type { StatusQueries } from './status-queries.ts';
import { isOpen, type Said, type Transaction } from './transaction.ts';

/** The instrument that pays: always the customer's default one. */
const INSTRUMENT = 0;

/** Pauses before an answer goes out again because the request came again, ms: one for each time. */
const REPEAT_PAUSES_MS: readonly number[] = [5_000, 10_000, 20_000];

/** Makes the customer's answers, stores their frames, and only then sends them. */
export class Answers {
  readonly #app: AppContext;
  readonly #queries: StatusQueries;

  constructor(app: AppContext, queries: StatusQueries) {
    this.#app = app;
    this.#queries = queries;
  }

  /**
   * Signs the request as displayed, with the key that this PIN gives.
   * @param pin ASCII digits, wiped here.
   */
  approve(device: DeviceRecord, transaction: Transaction, pin: Uint8Array): Transaction {
    const { link, primitives } = this.#app;
    // The PIN may have changed since the request came.
    const { pinKey } = this.#app.device.record ?? device;
    let signature: Uint8Array | undefined;
    try {
      const frame = link.seal(device.phone, (ctr) => {
        const text = approvalText(device.phone.deviceId, ctr, INSTRUMENT, transaction.plaintext);
        signature = signWithPin(primitives, pin, pinKey, text);
        return { type: 'APPROVE', ctr, txn: transaction.ref, instrument: INSTRUMENT, signature };
      });
      return this.#keep(device, transaction, 'approved', frame);
    } finally {
      pin.fill(0);
      signature?.fill(0);
    }
  }

  refuse(device: DeviceRecord, transaction: Transaction, reason: Refusal): Transaction {
    return this.#keep(device, transaction, reason, this.refusalFrame(device, transaction.ref, reason));
  }

  /** Sends a refusal of a request that is not stored on the phone. */
  refusalFrame(device: DeviceRecord, ref: Uint8Array, reason: Refusal): Uint8Array {
    return this.#app.link.seal(device.phone, (ctr) => ({ type: 'REFUSE', ctr, txn: ref, reason }));
  }

  /** Sends the stored frame of the last answer, again or for the first time. */
  send({ sent }: Transaction, ended?: (dispatch: Dispatch) => void): void {
    if (sent !== undefined) this.#app.link.send(sent.frame, ended);
  }

  /**
   * Sends the stored frame of the last answer again because the request came again: the service may have missed the answer. Whoever
   * has recorded the request can send it too, and each answer costs the customer an SMS: so three times at most, with pauses, and
   * not after the final receipt.
   */
  repeat(transaction: Transaction): void {
    const { sent } = transaction;
    if (sent === undefined || !isOpen(transaction)) return;
    const now = this.#app.system.currentTimeMillis();
    const { times, at } = sent.repeated ?? { times: 0, at: sent.at };
    const pause = REPEAT_PAUSES_MS[times];
    if (pause === undefined || now < at + pause) return;
    this.#app.transactions.save({ ...transaction, sent: { ...sent, repeated: { times: times + 1, at: now } } });
    this.send(transaction);
  }

  // After "wrong PIN" the customer has answered again: the receipt of the first answer does not count any more.
  #keep(device: DeviceRecord, transaction: Transaction, said: Said, frame: Uint8Array): Transaction {
    const { standing, ...rest } = transaction;
    const at = this.#app.system.currentTimeMillis();
    const answered: Transaction = {
      ...rest,
      sent: { said, frame, at },
      ...(standing === undefined ? {} : { standing: { ...standing, status: 'in-progress' } }),
    };
    this.#app.transactions.save(answered);
    this.#queries.watch(device, answered);
    return answered;
  }
}
