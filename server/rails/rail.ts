import type { Amount, RailName } from '../../device/safe-mobile/index.ts';
import type { Account, Transfer } from '../ledger/ledger.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import type { MerchantId, PersonId, Ref } from '../vocabulary/ids.ts';

/** What an attempt is to do. A reversal undoes a charge, whether or not the charge happened. */
export type AttemptKind = (typeof ATTEMPT_KINDS)[number];

export const ATTEMPT_KINDS = ['charge', 'refund', 'reversal'] as const;

/** Names one attempt at a rail: the txn and the kind of attempt. Made and stored before its first use. */
export type RailKey = `${Ref}:charge` | `${Ref}:reversal` | `${Ref}:refund-${number}`;

/** Whether `text` has the form of a {@link RailKey}. */
export function isRailKey(text: string): text is RailKey {
  return /^[0-9a-f]{16}:(charge|reversal|refund-[1-9][0-9]*)$/.test(text);
}

/** Money that a rail is asked to move, and what the rail itself noted about it. */
export interface RailOrder {
  readonly key: RailKey;
  readonly txn: Ref;
  readonly kind: AttemptKind;
  readonly amount: Amount;
  /** The account that stands for the customer in the ledger: the customer's own, or the clearing account of the rail. */
  readonly payer: Account;
  /** The merchant's account in the service. */
  readonly merchant: Account;
  /** What {@link RemoteRail.prepare} gave, or the latest answer: JSON that only the rail reads. */
  readonly note: string;
}

/** What a rail answers about an attempt. `note` takes the place of the order's note. */
export type Outcome = { readonly note?: string } & (
  | { readonly kind: 'done'; readonly approvalCode: number }
  /** The rail took the order and has not decided; it may last days. `askAgainMs`: when to ask, from now. */
  | { readonly kind: 'pending'; readonly askAgainMs?: number }
  | { readonly kind: 'declined'; readonly reason: string }
  /** The answer was lost: the money has moved or not. */
  | { readonly kind: 'unknown'; readonly reason: string }
);

/**
 * What a rail answers when asked about an attempt. `absent`: the rail does not know the key; `final`: and an order of this key
 * that is still on its way will not be carried out.
 */
export type Inquiry = Outcome | { readonly kind: 'absent'; readonly final: boolean; readonly note?: string };

/** What a rail says without being asked: a webhook, a late answer, a line of a statement. */
export interface Notice {
  readonly key: RailKey;
  readonly outcome: Outcome;
}

/** The headers of the request that brought a message, by their names in lower case; empty when it did not come by HTTP. */
export type NoticeHeaders = Readonly<Record<string, string>>;

/** What a rail can do, from which the engine knows how to treat it. */
export interface Capabilities {
  /** The most that one order may move, minor units. */
  readonly maxMinor: number;
  /** How much of a charge may be given back at a time. */
  readonly refund: 'none' | 'full' | 'partial';
  /** What to do about an order whose answer was lost: ask, send the same order again, or reverse the charge. */
  readonly onUnknown: 'inquire' | 'repeat' | 'reverse';
  /**
   * How long the rail remembers a key from the first use on, ms: after that the same order would be a second one. An order is
   * sent again only while its answer can come within this time.
   */
  readonly keyLifeMs: Readonly<Record<AttemptKind, number>>;
  /** How long an answer is waited for, ms. */
  readonly timeoutMs: number;
  /** Pauses before each further try to learn of an outcome, ms. After the last one without an answer a person must find out. */
  readonly retryMs: readonly number[];
}

/** What the operator lets customers pay by a rail, minor units of the payment's currency. What is missing is not limited. */
export interface RailLimits {
  /** The least that one payment may be. */
  readonly leastMinor?: number | undefined;
  /** The most that one payment may be. */
  readonly mostMinor?: number | undefined;
  /** What one customer may pay within 24 hours, less what was given back; what is asked for and not answered counts. */
  readonly dayMinor?: number | undefined;
}

/** One line of a rail's settlement report. */
export interface SettlementLine {
  readonly key: string;
  readonly amount: Amount;
  /** ms since 1970. */
  readonly at: number;
  /** What the rail keeps of it, minor units; below zero: what it gives back. Default: the report does not say. */
  readonly fee?: number | undefined;
  /** The customer's bank took this amount of the charge back. Default: it is a charge or a refund. */
  readonly isChargeback?: true;
  /** The rail gave this amount back that a chargeback of the charge had taken: the dispute was won. */
  readonly isWonBack?: true;
}

/** What a rail may use of the service, while the service runs. */
export interface RailRuntime {
  /** Reads what is on disk. */
  read<T>(work: (tx: ReadTx) => Promise<T>): Promise<T>;
  /** Raises the alarm that the rail's host has other totals of a business day. @param day as the host names it. @param detail what was seen */
  totalsDiffer(day: string, detail: string): Promise<void>;
}

interface RailBase {
  readonly name: Exclude<RailName, 'none'>;
  readonly capabilities: Capabilities;
  /** Default: what the rail can move. */
  readonly limits?: RailLimits | undefined;
  /** The account that stands for a customer in the ledger: the customer's own, or the clearing account of the rail. */
  payerOf(customer: PersonId): Account;
  /** The movements of the rail in `[from, to)`, ms since 1970. */
  settlement(from: number, to: number): Promise<readonly SettlementLine[]>;
}

/** A rail whose books are in the service's own database: it decides in the transaction that asks. */
export interface LocalRail extends RailBase {
  readonly local: true;
  /** Decides and moves the money, once a key; the same key gets the same answer. Never `pending` nor `unknown`. */
  decide(tx: Tx, order: RailOrder): Promise<Extract<Outcome, { kind: 'done' | 'declined' }>>;
}

/**
 * A rail at somebody else's host. Called outside of any transaction, with the attempt on disk. A method may be called again
 * with the same order: the rail moves the money once. For the network's sake it answers `unknown`; what it throws counts as that.
 */
export interface RemoteRail extends RailBase {
  readonly local: false;
  /** Numbers that the rail needs (STAN, UUID), written with the attempt before an octet leaves. */
  prepare?(tx: Tx, order: RailOrder): Promise<string>;
  /** Carries out a charge, a refund or a reversal. */
  send(order: RailOrder): Promise<Outcome>;
  /** What became of the order. Needed where {@link Capabilities.onUnknown} is `inquire`, or where answers may be `pending`. */
  inquire?(order: RailOrder): Promise<Inquiry>;
  /**
   * Reads a message that the rail's host sent by itself, and checks that it is the host's. The same message may come twice, and
   * an older one after a newer one.
   * @param headers some hosts sign in them. @throws Error when the message is not the host's or cannot be read
   */
  accept?(message: Uint8Array, headers: NoticeHeaders): Promise<readonly Notice[]>;
  /** What the rail is to keep of an order that is done, minor units, as it was agreed or as it answered; `undefined`: not known. */
  feeOf?(order: Pick<RailOrder, 'kind' | 'amount' | 'note'>): number | undefined;
  /** The last digits of the card that an order charges, as they are printed on it; `undefined`: not known. */
  lastDigitsOf?(order: Pick<RailOrder, 'note'>): string | undefined;
  /** Called once, when the service starts: opens a connection that stays open. Does not wait for the host. @returns what ends it */
  start?(runtime: RailRuntime): () => void;
}

/** The account of what a merchant earned. */
export function merchantAccount(merchant: MerchantId): Account {
  return `merchant:${merchant}`;
}

/** The transfer that carries out an order in the ledger; its id is the key, so ledger and rail name a movement alike. */
export function transferOf({ key, txn, kind, amount, payer, merchant }: RailOrder): Transfer {
  const [debit, credit] = kind === 'refund' ? [merchant, payer] : [payer, merchant];
  return { id: key, txn, debit, credit, amount };
}

/** A way to move money. */
export type Rail = LocalRail | RemoteRail;

/** The rails of a service, by name; the first one is used for new payments. */
export class Rails {
  readonly standard: Rail;
  readonly #byName: ReadonlyMap<string, Rail>;

  constructor(standard: Rail, others: readonly Rail[]) {
    this.standard = standard;
    this.#byName = new Map([...others, standard].map((rail) => [rail.name, rail]));
  }

  /** All of them. */
  get all(): Iterable<Rail> {
    return this.#byName.values();
  }

  /** The rail of this name; `undefined` when the service was started without it. */
  named(name: string): Rail | undefined {
    return this.#byName.get(name);
  }
}
