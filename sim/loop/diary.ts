import type { PaymentState } from '../../server/index.ts';

/** What somebody outside of the service did or was told, in the order in which it happened. */
export type DiaryEvent =
  /** The shop asked; `answer` is `taken`, or the code with which the service refused. */
  | { readonly kind: 'asked'; readonly answer: string }
  /** The customer typed a PIN and confirmed, below this payee and this amount. Unsure: a new PIN, and nobody has said whether it counts. */
  | {
      readonly kind: 'approved';
      readonly pin: 'right' | 'wrong' | 'unsure';
      readonly payee: string;
      readonly amount: string;
    }
  | { readonly kind: 'refused' }
  /** The shop cancelled, and the service answered with this state. */
  | { readonly kind: 'cancelled'; readonly state: PaymentState }
  /** The phone said that the PIN was wrong, and how many tries are left. */
  | { readonly kind: 'tries'; readonly left: number }
  /** The shop gave money back under this key; the service answered with the state of the payment, or with a refusal. */
  | { readonly kind: 'refunded'; readonly key: string; readonly minor: number; readonly answer: string }
  /** The service told the shop how the payment stands; `refunded` in minor units. */
  | { readonly kind: 'told'; readonly state: PaymentState; readonly refunded: number }
  /** The title of a receipt on the customer's phone: `Paid`, `Expired`. */
  | { readonly kind: 'read'; readonly title: string };

/** One payment, as its shop and its customer know it. */
export interface Story {
  /** The shop's key of the payment. */
  readonly mref: string;
  readonly reference: string;
  readonly payee: string;
  /** The customer's number. */
  readonly customer: string;
  /** When the shop first thought of it, ms since 1970. */
  readonly openedAt: number;
  /** EUR cents; no other payment of this customer to this payee has the same. */
  readonly minor: number;
  /** The service's name of the payment, once it has answered. */
  txn: string | undefined;
  readonly events: (DiaryEvent & { readonly at: number })[];
}

/**
 * What went over the air and over the API, as people saw it: all that the judges are told of the service. Nothing in here comes from the
 * service's database.
 */
export class Diary {
  readonly stories: Story[] = [];
  /** What must never happen and was seen while it happened, in words; of which customer, if of one. */
  readonly seen: { readonly customer?: string; readonly text: string }[] = [];
  /** Customers whose phone gave up a change of the PIN, though the present one was right. */
  readonly unchanged: Set<string> = new Set();
  /** Wrong PINs that customers typed as the present one when they wanted a new one. */
  readonly mistyped: { readonly customer: string; readonly at: number }[] = [];
  readonly #now: () => number;
  readonly #bySight = new Map<string, Story>();

  constructor(now: () => number) {
    this.#now = now;
  }

  open(story: Omit<Story, 'txn' | 'events' | 'openedAt'>): Story {
    const opened: Story = { ...story, openedAt: this.#now(), txn: undefined, events: [] };
    this.stories.push(opened);
    this.#bySight.set(sight(story.customer, story.payee, euros(story.minor)), opened);
    return opened;
  }

  /** The payment of which a customer's phone shows payee and amount. */
  of(customer: string, payee: string, amount: string): Story | undefined {
    return this.#bySight.get(sight(customer, payee, amount));
  }

  /** A customer has typed a wrong PIN as the present one. */
  mistype(customer: string): void {
    this.mistyped.push({ customer, at: this.#now() });
  }

  note(story: Story, event: DiaryEvent): void {
    story.events.push({ at: this.#now(), ...event });
  }
}

function sight(customer: string, payee: string, amount: string): string {
  return [customer, payee, amount].join('|');
}

/** An amount as a phone in English shows it. @param minor EUR cents */
export function euros(minor: number): string {
  return `EUR ${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`;
}
