import { formatApprovalCode } from '../../device/safe-mobile/index.ts';
import type { Clock } from '../../modem/index.ts';
import { type CashRegister, type EcrResult, type Operation, stanOf } from '../merchants/cash-registers.ts';
import type { Payment } from '../payments/payment.ts';
import type { Service } from '../service/service.ts';
import { ServiceError, type ServiceErrorCode } from '../vocabulary/errors.ts';
import { isSettled, PAYMENT_STATES, type PaymentState } from '../vocabulary/payment-states.ts';
import { paidByText } from './answers.ts';

/** How long the rail may take after the customer's time, before the register hears that the outcome is not known, ms. */
const RAIL_MS = 60_000;

/** How long it takes about until the customer's phone shows the request, ms. */
const SHOWN_AFTER_MS = 5_000;

/** An operation of which the service has no payment after this time was never asked for: its process has ended, ms. */
const NEVER_ASKED_MS = 60_000;

/** Tells the register what is happening, at most 20 characters of ASCII. */
export type Progress = (text: string) => void;

/** Which number in the text field of a payment is the customer's, where a shop has agreed on that. */
const NUMBER_IN_TEXT = /\+[0-9]{7,15}/;

/** What a terminal does for one cash register at the service. */
export class Till {
  readonly #service: Service;
  readonly #clock: Clock;

  constructor(service: Service, clock: Clock) {
    this.#service = service;
    this.#clock = clock;
  }

  /** Asks the customer, who was named for this register, or by the text where `customerInText`. Resolves when it is decided. */
  async pay(
    { terminal, merchantId }: CashRegister,
    { minor, text }: { readonly minor: number; readonly text: string },
    customerInText: boolean,
    progress: Progress,
  ): Promise<EcrResult> {
    const begun = await this.#service.cashRegisters.begin(terminal, 'payment');
    if (begun === 'under-way') return this.#refused(0, ASK_FOR_LAST);
    const operation = { number: begun.number, kind: 'payment' } as const;
    const customer = begun.customer ?? (customerInText ? NUMBER_IN_TEXT.exec(text)?.[0] : undefined);
    if (customer === undefined) return this.#end(terminal, operation, 'CLIENTE NON INDICATO');
    const merchant = await this.#service.cashRegisters.merchant({ merchantId });
    let payment: Payment;
    try {
      const order = { mref: mrefOf(terminal, begun.number), customer, amount: { minor, currency: merchant.currency } };
      ({ payment } = await this.#service.requestPayment(merchant, order));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return this.#end(terminal, operation, WHY_NOT_ASKED[error.code] ?? 'RICHIESTA IMPOSSIBILE');
    }
    progress('CLIENTE AVVISATO');
    return this.#decided(terminal, begun.number, payment, progress);
  }

  /** Gives the last payment back, all of it. @param stan of the payment, when the register names it */
  async reverse(register: CashRegister, stan: number | undefined, progress: Progress): Promise<EcrResult> {
    const { terminal, paid } = register;
    if (paid === undefined || (stan !== undefined && stan !== stanOf(paid)))
      return this.#refused(register.operations, 'NIENTE DA STORNARE');
    const begun = await this.#service.cashRegisters.begin(terminal, 'reversal');
    if (begun === 'under-way') return this.#refused(0, ASK_FOR_LAST);
    progress('STORNO IN CORSO');
    return this.#reversed(register, begun.number);
  }

  /** How the last payment or reversal ended: what was written down then, or found out now. */
  async last(register: CashRegister, progress: Progress): Promise<EcrResult> {
    const { last, terminal } = register;
    if (last === undefined) return this.#refused(0, 'NESSUNA OPERAZIONE');
    if (last.result !== undefined) return last.result;
    if (last.kind === 'reversal') return this.#reversed(register, last.number);
    const payment = await this.#payment(register, last.number);
    if (payment !== undefined) return this.#decided(terminal, last.number, payment, progress);
    return this.#clock.now() - last.begunAt < NEVER_ASKED_MS
      ? this.#refused(last.number, ASK_FOR_LAST)
      : this.#end(terminal, last, 'NON ESEGUITO');
  }

  /** Waits for the end of a payment, which the register hears as it goes on. */
  async #decided(terminal: string, number: number, asked: Payment, progress: Progress): Promise<EcrResult> {
    const { txn, ttl } = asked;
    const cancel = this.#clock.after(SHOWN_AFTER_MS, () => progress('ATTESA PIN'));
    const unsubscribe = this.#service.subscribe(({ event }) => {
      if (event.kind !== 'payment' || event.txn !== txn || isSettled(event.to)) return;
      cancel();
      progress(PROGRESS[event.to] ?? 'ATTENDERE');
    });
    let payment: Payment;
    try {
      payment = await this.#service.settled(txn, ttl * 1_000 + RAIL_MS);
    } finally {
      cancel();
      unsubscribe();
    }
    const operation = { number, kind: 'payment' } as const;
    // Also one that the shop has begun to give back elsewhere: the register's payment was made.
    if (PAYMENT_STATES[payment.state].money === 'moved')
      return this.#paid(terminal, operation, payment, payment.approvalCode);
    return isSettled(payment.state)
      ? this.#end(terminal, operation, WHY_NOT_PAID[payment.state] ?? 'NON PAGATO')
      : this.#refused(number, UNKNOWN);
  }

  async #reversed(register: CashRegister, number: number): Promise<EcrResult> {
    const { terminal } = register;
    const operation = { number, kind: 'reversal' } as const;
    const payment = register.paid === undefined ? undefined : await this.#payment(register, register.paid);
    if (payment === undefined) return this.#end(terminal, operation, 'NIENTE DA STORNARE');
    const key = mrefOf(terminal, number);
    try {
      await this.#service.refund(payment.txn, { key, amount: payment.amount });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return this.#end(terminal, operation, 'STORNO IMPOSSIBILE');
    }
    const refund = (await this.#service.refunds(payment)).find((one) => one.key === key);
    if (refund?.state === 'refunded') return this.#paid(terminal, operation, payment, 0);
    return refund?.state === 'declined'
      ? this.#end(terminal, operation, 'STORNO NEGATO')
      : this.#refused(number, UNKNOWN);
  }

  async #payment({ terminal, merchantId }: CashRegister, number: number): Promise<Payment | undefined> {
    const [found] = await this.#service.payments({ merchantId, mref: mrefOf(terminal, number), limit: 1 });
    return found;
  }

  #paid(
    terminal: string,
    operation: Pick<Operation, 'number' | 'kind'>,
    { amount, rail, lastDigits }: Payment,
    approvalCode: number,
  ): Promise<EcrResult> {
    const paidBy = paidByText(rail, lastDigits);
    const outcome = { ok: true, approvalCode: formatApprovalCode(approvalCode), amount, paidBy } as const;
    return this.#service.cashRegisters.end(terminal, operation, {
      stan: stanOf(operation.number),
      at: this.#clock.now(),
      outcome,
    });
  }

  #end(terminal: string, operation: Pick<Operation, 'number' | 'kind'>, why: string): Promise<EcrResult> {
    return this.#service.cashRegisters.end(terminal, operation, this.#refused(operation.number, why));
  }

  /** An answer that is not written down. */
  #refused(number: number, why: string): EcrResult {
    return { stan: number === 0 ? 0 : stanOf(number), at: this.#clock.now(), outcome: { ok: false, why } };
  }
}

/** The merchant's key of a register's payment or reversal. */
function mrefOf(terminal: string, operation: number): string {
  return `ecr:${terminal}:${operation}`;
}

const ASK_FOR_LAST = 'IN CORSO: CHIEDERE G';
/** Whether money moved is not known yet: the last result tells it later. */
export const UNKNOWN = 'ESITO IGNOTO: CHIEDERE G';

const PROGRESS: Partial<Record<PaymentState, string>> = {
  APPROVED: 'PIN RICEVUTO',
  SENDING: 'PAGAMENTO IN CORSO',
  PENDING: 'PAGAMENTO IN CORSO',
};

const WHY_NOT_PAID: Partial<Record<PaymentState, string>> = {
  REFUSED: 'RIFIUTATO DAL CLIENTE',
  CANCELLED: 'ANNULLATO',
  EXPIRED: 'TEMPO SCADUTO',
  DECLINED: 'PAGAMENTO NEGATO',
  REVERSED: 'PAGAMENTO STORNATO',
  REJECTED: 'RICHIESTA IMPOSSIBILE',
};

const WHY_NOT_ASKED: Partial<Record<ServiceErrorCode, string>> = {
  'customer-unreachable': 'NUMERO NON RAGGIUNGIBILE',
  'limit-exceeded': 'TROPPE RICHIESTE',
  'invalid-request': 'IMPORTO NON VALIDO',
};
