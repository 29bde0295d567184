import type { FastifyInstance } from 'fastify';
import type { Amount, Currency } from '../../device/safe-mobile/index.ts';
import { newApiKey, scopedKey } from '../api-keys/client-keys.ts';
import { type Activation, createActivation } from '../enrolment/activation.ts';
import { type JournalListener, recordFault } from '../journal/journal.ts';
import { holdingsOf } from '../ledger/ledger.ts';
import { CashRegisters } from '../merchants/cash-registers.ts';
import {
  type AddedMerchant,
  addMerchant,
  type Merchant,
  merchantByApiKey,
  merchantById,
} from '../merchants/merchants.ts';
import { type Act, withAct } from '../operators/audit.ts';
import { Operators } from '../operators/operators.ts';
import { cancelPayment } from '../payments/cancel.ts';
import type { PaymentContext } from '../payments/context.ts';
import { type MerchantReceipt, merchantReceipt } from '../payments/merchant-receipt.ts';
import { DEFAULT_TTL, type PaymentOrder } from '../payments/order.ts';
import { findPayments, type Payment, type PaymentQuery, requirePayment } from '../payments/payment.ts';
import { type Refund, type RefundOrder, refundPayment, refundsOf } from '../payments/refund.ts';
import { type RequestedPayment, reached, requestPayment } from '../payments/request.ts';
import { type Resolution, resolvePayment } from '../payments/resolve.ts';
import { type Device, devicesOf } from '../people/devices.ts';
import {
  addPerson,
  lockPerson,
  type NewPerson,
  type Person,
  peopleAfter,
  personById,
  personByNumber,
} from '../people/people.ts';
import type { NoticeHeaders } from '../rails/rail.ts';
import type { Store, Tx } from '../store/store.ts';
import type { PersonId } from '../vocabulary/ids.ts';
import { isSettled } from '../vocabulary/payment-states.ts';
import { Aliases } from './aliases.ts';
import { Authentications } from './authentications.ts';
import { ClientKeys, MERCHANTS } from './client-keys.ts';
import { Downloads } from './downloads.ts';
import type { Modems } from './modems.ts';
import { Parties } from './parties.ts';
import { Payouts } from './payouts.ts';
import { PendingDeposits } from './pending-deposits.ts';
import { PhoneOrders } from './phone-orders.ts';
import type { Readiness, ServiceReadiness } from './readiness.ts';
import { Reconciliations } from './reconciliations.ts';
import type { Running } from './running.ts';
import { ServiceKeyRotation } from './service-key-rotation.ts';
import { type OpenRequests, type Unfinished, within } from './unfinished.ts';
import { VaultKeyChange } from './vault-key-change.ts';
import { Waits } from './waits.ts';

/** How long a refund is waited for before the answer says that it is in progress, ms. */
export const REFUND_WAIT_MS = 30_000;

/**
 * The Cash-Mobile service on one database and one bearer. All of its state is in the database: after a crash at any moment
 * it continues from there.
 */
export class Service {
  /** The service's own number, E.164. */
  readonly number: string;
  /** Who runs the service. */
  readonly operators: Operators;
  /** What phones download: descriptor and application. */
  readonly downloads: Downloads;
  /** Deposits that wait for another operator. */
  readonly pendingDeposits: PendingDeposits;
  /** What merchants earned and get. */
  readonly payouts: Payouts;
  /** What rails settle, beside what is here. */
  readonly reconciliations: Reconciliations;
  /** The API keys of merchants after their registration, and whether they may ask. */
  readonly merchantKeys: ClientKeys<Merchant>;
  /** Those who ask people to log in or to sign. */
  readonly parties: Parties;
  /** What they ask for. */
  readonly authentications: Authentications;
  /** Orders to phones: lock, unlock, wipe. */
  readonly phoneOrders: PhoneOrders;
  /** The sealing key and the receipt key of the service, which follow one another. */
  readonly keys: ServiceKeyRotation;
  readonly vaultKey: VaultKeyChange;
  /** The cash registers of shops, for which the service is a payment terminal. */
  readonly cashRegisters: CashRegisters;
  /** Names of people in the place of their numbers. */
  readonly aliases: Aliases;
  /** The states of the watched modems, and whether messages can leave. */
  readonly modems: Modems;
  readonly #store: Store;
  readonly #context: PaymentContext;
  readonly #running: Running;
  readonly #waits: Waits;
  readonly #requests: OpenRequests;
  readonly #httpOf: (service: Service) => FastifyInstance;
  #http: FastifyInstance | undefined;

  /** Use `openService`. @param requests those of `http`, which is built on this service */
  constructor(number: string, running: Running, requests: OpenRequests, httpOf: (service: Service) => FastifyInstance) {
    this.number = number;
    this.#running = running;
    this.#store = running.store;
    this.#context = running.context;
    this.#requests = requests;
    this.downloads = new Downloads(running.store, { ...running, number });
    this.pendingDeposits = new PendingDeposits(running.store, running.context.clock, running.context.limits);
    this.payouts = new Payouts(running.store, running.context);
    this.reconciliations = new Reconciliations({ ...running.context, store: running.store }, running.context.rails);
    this.merchantKeys = new ClientKeys({ ...running.context, store: running.store }, MERCHANTS);
    this.parties = new Parties(running);
    this.phoneOrders = new PhoneOrders(running.store, running.context);
    this.keys = new ServiceKeyRotation(running.store, running.context);
    this.vaultKey = new VaultKeyChange(running.store, running.context);
    this.cashRegisters = new CashRegisters(running.store, running.context.clock);
    this.aliases = new Aliases({ ...running.context, store: running.store });
    this.modems = running.modems;
    this.operators = new Operators({ ...running.context, store: running.store });
    this.#waits = new Waits(running.context.clock, running.context.journal);
    this.authentications = new Authentications(running, this.parties, this.#waits);
    this.#httpOf = httpOf;
  }

  /** The HTTP API and the merchant's page, built when somebody wants it; the caller lets it listen, or injects requests. */
  get http(): FastifyInstance {
    this.#http ??= this.#httpOf(this);
    return this.#http;
  }

  /** @throws ServiceError `invalid-request`, `conflict` */
  async addPerson(person: NewPerson, act?: Act): Promise<Person> {
    let earlier: PersonId | undefined;
    const work = async (tx: Tx) => {
      const added = await addPerson(tx, person, this.#context.clock.now(), earlier);
      earlier = added.id;
      return added;
    };
    return this.#write('person', work, act, ({ id }) => `person:${id}`);
  }

  /** @throws ServiceError `not-found` */
  person(id: number): Promise<Person> {
    return this.#store.read((tx) => personById(tx, id));
  }

  /** The person whose number it is, or `undefined`. @param number E.164 */
  personByNumber(number: string): Promise<Person | undefined> {
    return this.#store.read((tx) => personByNumber(tx, number));
  }

  /** People in the order of their registration, from the one after `after` on. @param after the id of a person; 0 for the first */
  people(after: number, limit: number): Promise<Person[]> {
    return this.#store.read((tx) => peopleAfter(tx, after, limit));
  }

  /** All phones of a person, oldest first. */
  devices(person: PersonId): Promise<Device[]> {
    return this.#store.read((tx) => devicesOf(tx, person));
  }

  /** What a person has in their prepaid account. */
  holdings(person: PersonId): Promise<Amount[]> {
    return this.#store.read((tx) => holdingsOf(tx, `person:${person}`));
  }

  /** Registers a phone for a person; the code is to be shown to them, not sent by SMS. @throws ServiceError `not-found` */
  activate(person: number, act?: Act): Promise<Activation> {
    const work = async (tx: Tx) => createActivation(tx, this.#context, await lockPerson(tx, person));
    return this.#write('activation', work, act, ({ deviceId }) => `person:${person} device:${deviceId}`);
  }

  /** Puts money in a person's account, once a reference. @param act of an operator, who has a limit. @returns whether it was there before. @throws ServiceError */
  deposit(person: number, amount: Amount, reference: string, act?: Act): Promise<boolean> {
    const work = this.pendingDeposits.alone(person, amount, reference, act?.by.name);
    return this.#write('deposit', work, act, () => `deposit:${person}:${reference}`);
  }

  /**
   * Registers a merchant.
   * @param idempotencyKey the caller's key of this request: the same key with the same content is the same merchant, and
   * brings the same API key again, to the operator who asked first. Without one the API key is shown this once. @throws ServiceError
   */
  async addMerchant(
    merchant: { readonly name: string; readonly currency: Currency; readonly personId?: number | undefined },
    idempotencyKey?: string,
    act?: Act,
  ): Promise<AddedMerchant> {
    const key = act && idempotencyKey !== undefined ? scopedKey(act.by.name, idempotencyKey) : idempotencyKey;
    const apiKey = newApiKey(this.#context, key);
    const work = async (tx: Tx) => {
      const personId = merchant.personId === undefined ? undefined : (await personById(tx, merchant.personId)).id;
      return addMerchant(tx, this.#context.clock, { ...merchant, personId }, apiKey, key);
    };
    return this.#write('merchant', work, act, (added) => `merchant:${added.merchant.id}`);
  }

  /** @throws ServiceError `not-found` */
  merchant(id: number): Promise<Merchant> {
    return this.#store.read((tx) => merchantById(tx, id));
  }

  /** The merchant whose API key it is, or `undefined`. */
  merchantByApiKey(apiKey: string): Promise<Merchant | undefined> {
    return this.#store.read((tx) => merchantByApiKey(tx, apiKey, this.#context.clock.now()));
  }

  /**
   * Asks a customer for a payment. The state may be REJECTED.
   * @throws ServiceError `customer-unreachable`, `limit-exceeded`: no payment is written down, and a merchant does not learn who is a customer
   */
  async requestPayment(merchant: Merchant, order: PaymentOrder): Promise<RequestedPayment> {
    const request = { reference: '', ttl: DEFAULT_TTL, ...order, merchant };
    return reached(await this.#write('request', (tx) => requestPayment(tx, this.#context, request)));
  }

  /** The payment as it stands. @throws ServiceError `not-found` */
  payment(txn: string): Promise<Payment> {
    return this.#store.read((tx) => requirePayment(tx, txn));
  }

  /** The payments that a query names, latest first. */
  payments(query: PaymentQuery): Promise<Payment[]> {
    return this.#store.read((tx) => findPayments(tx, query));
  }

  /** The payment once it is settled, or as it stands after `limitMs`. @throws ServiceError `not-found` */
  async settled(txn: string, limitMs: number): Promise<Payment> {
    await this.#waits.forEvent(
      limitMs,
      txn,
      (event) => event.kind === 'payment' && isSettled(event.to),
      async () => (isSettled((await this.payment(txn)).state) ? 'done' : 'wait'),
    );
    return this.payment(txn);
  }

  /** Cancels a request. @throws ServiceError `conflict` when the customer has answered or the request has expired */
  cancel(txn: string): Promise<Payment> {
    return this.#write('cancel', (tx) => cancelPayment(tx, this.#context, txn));
  }

  /** Gives a paid payment back, all or a part. @returns the payment when the rail has answered, or after `limitMs` @throws ServiceError */
  async refund(txn: string, order: RefundOrder = {}, limitMs: number = REFUND_WAIT_MS): Promise<Payment> {
    const asked = await this.#write('refund', (tx) => refundPayment(tx, this.#context, txn, order));
    if (asked.state === 'in-progress') {
      const isAsked = ({ railKey, state }: Refund) => railKey === asked.railKey && state === 'in-progress';
      await this.#waits.forEvent(
        limitMs,
        asked.txn,
        (event) => event.kind === 'refund' && event.key === asked.railKey && event.state !== 'in-progress',
        async () => ((await this.refunds(asked)).some(isAsked) ? 'wait' : 'done'),
      );
    }
    return this.payment(txn);
  }

  /** The refunds of a payment, in the order in which they were asked for. */
  refunds(payment: Pick<Payment, 'txn'>): Promise<Refund[]> {
    return this.#store.read((tx) => refundsOf(tx, payment.txn));
  }

  /** An operator says what became of a charge or refund in review. @throws ServiceError `conflict` when nothing is in review */
  resolve(txn: string, resolution: Resolution, act?: Act): Promise<Payment> {
    const work = (tx: Tx) => resolvePayment(tx, this.#context, txn, resolution);
    return this.#write('resolve', work, act, () => `payment:${txn}`);
  }

  /**
   * Takes a message that the host of a rail sent by itself; resolves when what it says is on disk.
   * @param headers of the request that brought it
   * @throws ServiceError `not-found` for a rail that is not there or takes no messages; `invalid-request` when the rail says
   * that the message is not its host's
   */
  notice(rail: string, message: Uint8Array, headers: NoticeHeaders = {}): Promise<void> {
    return this.#context.attempts.notice(rail, message, headers);
  }

  /** The merchant's signed receipt. @throws ServiceError `not-possible-now` */
  receipt(txn: string): Promise<MerchantReceipt> {
    return this.#write('receipt', async (tx) => merchantReceipt(tx, this.#context, await requirePayment(tx, txn)));
  }

  /** Whether the service does its work. */
  get readiness(): Pick<ServiceReadiness, 'status' | 'elsewhere'> {
    return this.#running.readiness;
  }

  /** Resolves as soon as the readiness is another than `known`, or after `limitMs`. */
  readinessAfter(known: Readiness, limitMs: number): Promise<void> {
    return this.#running.readiness.after(known, limitMs, this.#waits);
  }

  /** Writes an internal fault to the journal. */
  fault(reason: string): Promise<void> {
    return recordFault(this.#store, this.#context.journal, reason);
  }

  /** Calls `listener` with everything that happens from now on, after it is on disk. @returns what ends it */
  subscribe(listener: JournalListener): () => void {
    return this.#context.journal.subscribe(listener);
  }

  /** What the opening did to a database of an earlier version. */
  get migrated(): Running['migrated'] {
    return this.#running.migrated;
  }

  /** What an earlier run had left. */
  get takenOver(): Running['takenOver'] {
    return this.#running.takenOver;
  }

  /** What is under way at this moment. */
  get unfinished(): Unfinished {
    return { answers: this.#requests.count, frames: this.#context.outbox.atBearer };
  }

  /**
   * Before the end: new requests are refused with 503, those that wait get their answer, and no more frames are handed over.
   * Nothing waits for room on a full disk any more: what it keeps from being written is for the next start.
   * Resolves when all answers have left and the frames at the bearer have an outcome, or after `limitMs`.
   */
  async drain(limitMs: number): Promise<void> {
    this.#store.stopWaiting();
    const answered = this.#requests.close();
    this.#waits.close();
    await within(this.#context.clock, limitMs, Promise.all([answered, this.#context.outbox.stop()]));
  }

  /** For somebody who can come again: a full disk is a NoRoomError. @param act for the audit log @param subjectOf what it was about */
  #write<T>(name: string, work: (tx: Tx) => Promise<T>, act?: Act, subjectOf = (_made: T) => name): Promise<T> {
    return this.#store.transaction(name, withAct(act, this.#context.clock, work, subjectOf), 'fail');
  }

  /** Ends the service. Close the bearer first, so that its messages get an outcome; frames without one are sent again later. */
  async close(): Promise<void> {
    this.#store.stopWaiting();
    this.#waits.close();
    await this.#http?.close();
    await this.operators.close();
    await this.#running.stop();
  }
}
