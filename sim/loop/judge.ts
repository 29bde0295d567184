import { isSettled, PAYMENT_STATES, type PaymentState } from '../../server/index.ts';
import type { HostOrder } from '../hosts/example-host.ts';
import { type Diary, type DiaryEvent, euros, type Story } from './diary.ts';
import { lastRead } from './shopper.ts';

/** A rule that was broken: its name, and of what, in words. */
export interface Violation {
  readonly rule: string;
  readonly text: string;
  /** The number of the customer with whom it was broken; `undefined` when it was with nobody alone. */
  readonly customer?: string;
  /** The shop's reference of the payment with which it was broken; `undefined` when it was none alone. */
  readonly reference?: string;
}

/** What the money's own books say at the end, and the network's. */
export interface Books {
  /** What each customer had at the beginning and has now, EUR cents, by number; of a rail that is elsewhere both are the same. */
  readonly accounts: ReadonlyMap<string, { readonly before: number; readonly now: number }>;
  /** The book of the payment host; `undefined` when money moves in the service's own ledger. */
  readonly host: readonly HostOrder[] | undefined;
  /** Phones of which the network has held a message back for most of a day: they have given it up by then. */
  readonly late: ReadonlySet<string>;
}

/** The titles that the phone shows, by the state that the service tells the shop. */
const TITLES: Readonly<Partial<Record<PaymentState, string>>> = {
  CAPTURED: 'Paid',
  REFUNDED: 'Refunded',
  REFUSED: 'Refused',
  CANCELLED: 'Cancelled',
  EXPIRED: 'Expired',
  DECLINED: 'Declined',
  REVERSED: 'Reversed',
};

/** What one story must be like, whatever went wrong. Each gives the words of what is wrong, or nothing. */
const OF_EACH: Readonly<Record<string, (story: Story, end: End) => string | undefined>> = {
  'a request that was taken ends': (_, { state }) => (isSettled(state) ? undefined : `is ${state}`),
  'no charge without a right PIN typed below this payee and amount': (story, { state }) => {
    if (PAYMENT_STATES[state].money !== 'moved') return undefined;
    const approved = eventsOf(story, 'approved').filter(({ pin }) => pin !== 'wrong');
    if (approved.length === 0) return `is ${state}, and nobody approved it`;
    const wrong = approved.find(({ payee, amount }) => payee !== story.payee || amount !== euros(story.minor));
    return wrong === undefined ? undefined : `was approved as ${wrong.payee}, ${wrong.amount}`;
  },
  'who is told "refused" has refused, or typed wrong PINs': (story, { state, mistyped, refusedBefore }) => {
    const mayBeMuted = refusedBefore >= REFUSALS;
    const hasReason = eventsOf(story, 'refused').length > 0 || wrongPins(story) + mistyped >= TRIES || mayBeMuted;
    return state === 'REFUSED' && !hasReason ? `nobody refused it, and ${wrongPins(story)} PINs were wrong` : undefined;
  },
  'what came back as a whole is called refunded': ({ minor }, { state, refunded }) => {
    if (PAYMENT_STATES[state].money !== 'moved') return undefined;
    return (state === 'REFUNDED') === (refunded === minor)
      ? undefined
      : `is ${state}, and ${refunded} of ${minor} came back`;
  },
  'no more is given back than was asked for': (story, { refunded }) => {
    const asked = new Map(
      eventsOf(story, 'refunded').map(({ key, minor, answer }) => [key, isState(answer) ? minor : 0]),
    );
    const sum = [...asked.values()].reduce((all, minor) => all + minor, 0);
    return refunded > sum ? `${refunded}, and ${sum} was asked for` : undefined;
  },
  'a refusal is no charge': (story, { state }) =>
    eventsOf(story, 'refused').length > 0 && PAYMENT_STATES[state].money === 'moved' ? `is ${state}` : undefined,
  'what is settled stays': (story) => {
    const told = [...eventsOf(story, 'told'), ...eventsOf(story, 'cancelled')].map(({ state }) => state);
    const ended = told.findIndex((state) => isSettled(state) && PAYMENT_STATES[state].money === 'none');
    const other = ended < 0 ? undefined : eventsOf(story, 'told').at(-1)?.state;
    return other === undefined || (told.includes(other) && PAYMENT_STATES[other].money === 'none')
      ? undefined
      : `was ${told[ended]}, and is ${other}`;
  },
  'no more is given back than was paid': (story, { refunded }) =>
    refunded <= story.minor ? undefined : `${refunded} of ${story.minor}`,
  'the last receipt on the phone tells the truth': (story, { state }) => {
    const title = lastRead(story);
    const truth = TITLES[state];
    return title === undefined || title === truth ? undefined : `reads "${title}" and is ${state}`;
  },
  'who approved gets a receipt': (story, { state }) =>
    eventsOf(story, 'approved').some(({ pin }) => pin === 'right') && lastRead(story) === undefined
      ? `none, and is ${state}`
      : undefined,
};

/** Refusals of one shop within ten minutes of its clock after which the phone refuses the next request unseen. */
const REFUSALS = 3;
/** Wrong PINs after which a request ends. */
const TRIES = 3;
/** Wrong PINs without a right one between them after which a phone is blocked. */
const TRIES_IN_ROW = 5;

/** PINs that were wrong, or may have been. */
function wrongPins(story: Story): number {
  return eventsOf(story, 'approved').filter(({ pin }) => pin !== 'right').length;
}

/** Whether an earlier payment is of the same customer to the same shop. */
function isBefore(other: Story, { customer, payee, openedAt }: Story): boolean {
  return other.customer === customer && other.payee === payee && other.openedAt < openedAt;
}

function isState(answer: string): boolean {
  return Object.hasOwn(PAYMENT_STATES, answer);
}

/** How the service says that a payment stands after everything. */
interface End {
  readonly state: PaymentState;
  readonly refunded: number;
  /** How often the customer has typed a wrong PIN as the present one for a new one: these count for the phone too. */
  readonly mistyped: number;
  /** How many requests of the same shop the customer has refused that were made before. */
  readonly refusedBefore: number;
}

/** Judges an episode after its faults have ended and everybody has had time. */
export function judge({ stories, seen, mistyped, unchanged }: Diary, books: Books): readonly Violation[] {
  const violations: Violation[] = seen.map((sight) => ({ rule: 'seen while it happened', ...sight }));
  const ends = new Map<Story, End>();
  for (const story of stories) {
    const end = eventsOf(story, 'told').at(-1);
    const inChanges = mistyped.filter(({ customer }) => customer === story.customer).length;
    const refusedBefore = stories.filter(
      (other) => isBefore(other, story) && eventsOf(other, 'refused').length > 0,
    ).length;
    if (end !== undefined) ends.set(story, { ...end, mistyped: inChanges, refusedBefore });
    else if (story.txn !== undefined) violations.push(brokenBy(story, 'an answer', 'has none'));
  }
  for (const [story, end] of ends) {
    for (const [rule, wrong] of Object.entries(OF_EACH)) {
      const text = wrong(story, end);
      if (text !== undefined) violations.push(brokenBy(story, rule, text));
    }
  }
  for (const [customer, own] of Map.groupBy(stories, (story) => story.customer)) {
    const typed = mistyped.filter((one) => one.customer === customer);
    const wrong = own.reduce((sum, story) => sum + wrongPins(story), typed.length);
    if (unchanged.has(customer) && wrong < TRIES_IN_ROW && !books.late.has(customer))
      violations.push({ rule: 'a change with the right PIN comes about', text: customer, customer });
    violations.push(...costOfPins(own, typed));
  }
  return [...violations, ...(books.host === undefined ? ownLedger(ends, books) : hostBook(ends, books.host))];
}

function brokenBy({ customer, reference, txn }: Story, rule: string, text: string): Violation {
  return { rule, text: `${reference} (${txn}) ${text}`, customer, reference };
}

/**
 * A wrong PIN costs one try, of the request and of those in a row: for these the requests before count too, until the customer has read that a right one was
 * heard. When they may be used up, the phone may have been blocked, and nothing is known of them.
 * @param stories of one customer. @param mistyped wrong PINs that were typed for a new one
 */
function costOfPins(stories: readonly Story[], mistyped: readonly { readonly at: number }[]): Violation[] {
  const violations: Violation[] = [];
  const wrong = new Map<Story, number>();
  let inRow = 0;
  const events = stories.flatMap((story) => story.events.map((event) => ({ story, event })));
  for (const { story, event } of events.toSorted((one, other) => one.event.at - other.event.at)) {
    const ofRequest = wrong.get(story) ?? 0;
    if (event.kind === 'read' && event.title === TITLES.CAPTURED) inRow = 0;
    if (event.kind === 'approved' && event.pin !== 'right') {
      wrong.set(story, ofRequest + 1);
      inRow += 1;
    }
    const all = inRow + mistyped.filter(({ at }) => at <= event.at).length;
    if (event.kind === 'tries' && event.left < Math.min(TRIES - ofRequest, Math.max(1, TRIES_IN_ROW - all))) {
      const found = `${event.left} tries were left after ${ofRequest} wrong PINs, ${all} in a row`;
      violations.push(brokenBy(story, 'a wrong PIN costs one try', found));
    }
  }
  return violations;
}

/** Money is conserved: each customer has what was there, less what was paid, and what came back. */
function ownLedger(ends: ReadonlyMap<Story, End>, { accounts }: Books): Violation[] {
  const spent = new Map<string, number>();
  for (const [{ customer, minor }, { state, refunded }] of ends) {
    if (PAYMENT_STATES[state].money === 'moved') spent.set(customer, (spent.get(customer) ?? 0) + minor - refunded);
  }
  return [...accounts].flatMap(([number, { before, now }]) => {
    const expected = before - (spent.get(number) ?? 0);
    const text = `${number} has ${now}, not ${expected}`;
    return now === expected ? [] : [{ rule: 'money is conserved', text, customer: number }];
  });
}

/** The host has one charge for each payment that is paid, none for others, and what was given back. */
function hostBook(ends: ReadonlyMap<Story, End>, orders: readonly HostOrder[]): Violation[] {
  const moved = new Map<string, { charges: number; minor: number; back: number }>();
  for (const { key, kind, state, minor } of orders) {
    const txn = key.split(':')[0] ?? '';
    const of = moved.get(txn) ?? { charges: 0, minor: 0, back: 0 };
    moved.set(txn, of);
    if (state !== 'moved') continue;
    if (kind === 'charge') Object.assign(of, { charges: of.charges + 1, minor: of.minor + minor });
    if (kind === 'refund') of.back += minor;
  }
  return [...ends].flatMap(([story, { state, refunded }]) => {
    const { txn = '', minor } = story;
    const at = moved.get(txn) ?? { charges: 0, minor: 0, back: 0 };
    const isMoved = PAYMENT_STATES[state].money === 'moved';
    const right = at.charges === (isMoved ? 1 : 0) && at.minor === (isMoved ? minor : 0) && at.back === refunded;
    const found = `${at.charges} charges of ${at.minor}, ${at.back} back; is ${state}, ${refunded} of ${minor} back`;
    return right ? [] : [brokenBy(story, 'the book of the host agrees', found)];
  });
}

function eventsOf<Kind extends DiaryEvent['kind']>(
  { events }: Story,
  kind: Kind,
): (Extract<DiaryEvent, { kind: Kind }> & { readonly at: number })[] {
  return events.filter((event): event is Extract<DiaryEvent, { kind: Kind }> & { at: number } => event.kind === kind);
}
