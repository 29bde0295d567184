import { TextField } from '../midp/index.ts';
import {
  type Amount,
  CURRENCIES,
  type Currency,
  type CustomerAddress,
  checkText,
  encodeUp,
  fitText,
  INIT_TEXT_OCTETS,
  type PayInit,
} from '../safe-mobile/index.ts';
import type { AppContext } from './app-context.ts';
import { partyOf } from './describe.ts';
import type { DeviceRecord } from './device-record.ts';
import type { Properties } from './properties.ts';
import type { StatusQueries } from './status-queries.ts';
import { filled } from './texts.ts';
import { isOpen, requestOf, type Transaction } from './transaction.ts';
import type { Waiting } from './waiting.ts';

/** How long a customer has to answer, seconds. */
const TTL_SECONDS = 120;
/** Customers that the merchant is offered again. */
const RECENT_LIMIT = 8;
/** The reason in PAY_CANCEL: there is only one so far. */
const CANCEL_REASON = 1;
/** Letters of an alias. */
const ALIAS_LENGTH = 7;
/** Digits of the largest amount that a field takes, sign included. */
const AMOUNT_LENGTH = 12;

/** The merchant's input in the form so far. */
interface Draft {
  /** How the customer is named. */
  readonly by: 'number' | 'alias';
  readonly customer: string;
  readonly amount: string;
  readonly reference: string;
}

/** What a field for each begins with. */
const BEGINNING = { number: '+', alias: '' } as const;
const EMPTY: Draft = { by: 'number', customer: BEGINNING.number, amount: '', reference: '' };

/** The merchant's side: asks a customer for a payment, waits for the receipt, takes the request back. */
export class Sales {
  readonly #app: AppContext;
  readonly #merchant: NonNullable<Properties['merchant']>;
  readonly #waiting: Waiting;
  readonly #queries: StatusQueries;

  constructor(
    app: AppContext,
    merchant: NonNullable<Properties['merchant']>,
    waiting: Waiting,
    queries: StatusQueries,
  ) {
    this.#app = app;
    this.#merchant = merchant;
    this.#waiting = waiting;
    this.#queries = queries;
  }

  /** The form of a new request. */
  begin(device: DeviceRecord, draft: Draft = EMPTY): void {
    const { texts, screens, agenda } = this.#app;
    agenda.engage();
    const label = { number: texts.customer, alias: texts.customerAlias };
    const other = draft.by === 'number' ? 'alias' : 'number';
    const customer =
      draft.by === 'number'
        ? new TextField(label.number, draft.customer, 16, { input: 'PHONENUMBER' })
        : new TextField(label.alias, draft.customer, ALIAS_LENGTH, { input: 'ANY' });
    const amount = new TextField(`${texts.amount}, ${this.#merchant.currency}`, draft.amount, AMOUNT_LENGTH, {
      input: 'DECIMAL',
    });
    const reference = new TextField(texts.reference, draft.reference, INIT_TEXT_OCTETS, { input: 'ANY' });
    const typed = (): Draft => ({
      by: draft.by,
      customer: customer.getString(),
      amount: amount.getString(),
      reference: reference.getString(),
    });
    screens.form(
      texts.requestPayment,
      [customer, amount, reference],
      [
        { label: texts.ask, type: 'OK', does: () => this.#check(device, typed()) },
        {
          label: label[other],
          type: 'SCREEN',
          does: () => this.begin(device, { ...typed(), by: other, customer: BEGINNING[other] }),
        },
        { label: texts.recent, type: 'SCREEN', does: () => this.#recent(device, typed()) },
        { label: texts.back, type: 'BACK', does: () => agenda.next() },
      ],
    );
  }

  /** Shows a request that is still open, with the way to take it back. */
  resume(device: DeviceRecord, transaction: Transaction): void {
    this.#waiting.resume(transaction, () => this.#cancel(device, transaction));
  }

  #recent(device: DeviceRecord, draft: Draft): void {
    const { texts, screens, transactions } = this.#app;
    const customers = recentCustomers(transactions.all);
    const back = () => this.begin(device, draft);
    if (customers.length === 0) screens.alert(texts.recent, texts.noRecent, 'INFO', back);
    else {
      const lines = customers.map((customer) => ({
        label: customer,
        does: () => this.begin(device, { ...draft, by: customer.startsWith('+') ? 'number' : 'alias', customer }),
      }));
      screens.list(texts.recent, lines, [{ label: texts.back, type: 'BACK', does: back }]);
    }
  }

  #check(device: DeviceRecord, draft: Draft): void {
    const { texts, screens } = this.#app;
    const retry = (text: string) =>
      screens.alert(texts.requestPayment, text, 'WARNING', () => this.begin(device, draft));
    const { currency } = this.#merchant;
    const customer = addressOf(draft);
    const amount = parseAmount(draft.amount, currency);
    const reference = draft.reference.trim().normalize('NFC');
    if (customer === undefined) retry(draft.by === 'number' ? texts.badNumber : texts.badAlias);
    else if (amount === undefined) retry(filled(texts.badAmount, currency));
    else if (checkText(reference) !== fitText(reference, INIT_TEXT_OCTETS)) retry(texts.badReference);
    else this.#ask(device, { customer, amount, reference });
  }

  #ask(device: DeviceRecord, sale: Pick<PayInit, 'customer' | 'amount' | 'reference'>): void {
    const { link, system, transactions } = this.#app;
    const mref = system.randomBytes(8);
    let plaintext: Uint8Array = new Uint8Array();
    const frame = link.seal(device.phone, (ctr) => {
      const message: PayInit = { type: 'PAY_INIT', ctr, mref, ttl: TTL_SECONDS, flags: 0, ...sale };
      plaintext = encodeUp(message);
      return message;
    });
    const at = system.currentTimeMillis();
    const transaction: Transaction = { role: 'merchant', ref: mref, plaintext, at, sent: { said: 'asked', frame, at } };
    transactions.save(transaction);
    this.#queries.watch(device, transaction);
    this.#waiting.send(transaction, () => this.#cancel(device, transaction));
  }

  #cancel(device: DeviceRecord, { ref }: Transaction): void {
    const { link, system, transactions, agenda } = this.#app;
    const transaction = transactions.find('merchant', ref);
    if (transaction === undefined || !isOpen(transaction)) {
      agenda.next();
      return;
    }
    const frame = link.seal(device.phone, (ctr) => ({ type: 'PAY_CANCEL', ctr, mref: ref, reason: CANCEL_REASON }));
    const cancelled: Transaction = {
      ...transaction,
      sent: { said: 'cancelled', frame, at: system.currentTimeMillis() },
    };
    transactions.save(cancelled);
    this.#queries.watch(device, cancelled);
    this.#waiting.send(cancelled);
  }
}

function addressOf({ by, customer }: Draft): CustomerAddress | undefined {
  const typed = customer.trim();
  if (by === 'alias') return /^[A-Za-z]+$/.test(typed) ? { kind: 'alias', letters: typed.toUpperCase() } : undefined;
  const digits = /^\+?(?<digits>[1-9][0-9]{4,14})$/.exec(typed)?.groups?.['digits'];
  return digits === undefined ? undefined : { kind: 'number', digits };
}

/** The customers of the last requests, by number or alias, each once, newest first. */
function recentCustomers(transactions: readonly Transaction[]): readonly string[] {
  const customers = transactions.toReversed().flatMap((transaction) => {
    const request = requestOf(transaction);
    return request.type === 'PAY_INIT' ? [partyOf(request)] : [];
  });
  return [...new Set(customers)].slice(0, RECENT_LIMIT);
}

/** `12.50` or `12,5` or `12` as minor units; `undefined` for anything else and for nothing. Nine digits of units stay below the 2^40 of an {@link Amount}. */
export function parseAmount(typed: string, currency: Currency): Amount | undefined {
  const { exponent } = CURRENCIES[currency];
  const match = /^(?<units>[0-9]{1,9})(?:[.,](?<decimals>[0-9]*))?$/.exec(typed);
  const { units, decimals = '' } = match?.groups ?? {};
  if (units === undefined || decimals.length > exponent) return undefined;
  const minor = Number(units + decimals.padEnd(exponent, '0'));
  return minor > 0 ? { minor, currency } : undefined;
}
