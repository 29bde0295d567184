import type { Api, PaymentAnswer } from './api.ts';
import type { PhoneReceipt } from './obliging-phone.ts';

/** One order in the book of the rail's host, as it ended. */
export interface HostOrder {
  readonly key: string;
  readonly kind: 'charge' | 'refund' | 'reversal';
  readonly of: string;
  readonly minor: number;
  readonly state: 'moved' | 'declined' | 'pending' | 'reversed';
}

/** What somebody knows who stands outside the service. */
export interface Evidence {
  readonly admin: Pick<Api, 'people'>;
  readonly till: Pick<Api, 'payments'>;
  /** Asks the database, which may be any that has the tables. */
  select(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** What `cash-server ledger check` prints when it finds something. */
  ledgerCheck(): Promise<string>;
  /** Each payment as the API ever told it. */
  readonly told: readonly PaymentAnswer[];
  /** Phones by number, with the receipts that came to them; and what was paid into the person's account, cents. */
  readonly phones: readonly {
    readonly number: string;
    readonly deposit: number;
    readonly receipts: readonly PhoneReceipt[];
    readonly unbelievable: readonly string[];
  }[];
  /** The book of the rail's host; `undefined`: the money is in the prepaid accounts. */
  readonly host: readonly HostOrder[] | undefined;
}

const WITHOUT_MONEY = ['REFUSED', 'CANCELLED', 'EXPIRED', 'DECLINED', 'REVERSED', 'REJECTED'];
const PAID = ['CAPTURED', 'REFUNDING', 'REFUNDED'];

/**
 * Judges a service that has come to rest, by what can be seen from outside: the API, the phones, the host's book, and the
 * database with a few sums of its own. Knows nothing of the service's code. @returns complaints; none when all is right
 */
export async function judge(evidence: Evidence): Promise<string[]> {
  const payments = await evidence.till.payments();
  return [
    ...(await ledgerComplaints(evidence)),
    ...unended(payments),
    ...forgotten(evidence.told, payments),
    ...(await unenrolled(evidence)),
    ...(await strayMoney(evidence, payments)),
    ...(evidence.host === undefined ? [] : hostComplaints(evidence.host, payments)),
    ...phoneComplaints(evidence.phones, payments),
  ];
}

const SUMS: readonly (readonly [rule: string, sql: string])[] = [
  [
    'the entries of each currency sum to zero',
    'SELECT currency AS culprit FROM entry GROUP BY currency HAVING sum(minor) <> 0',
  ],
  [
    'an account has what its entries say',
    `SELECT a.owner AS culprit FROM account a
     WHERE a.credits_posted - a.debits_posted <>
       coalesce((SELECT sum(e.minor) FROM entry e WHERE e.account = a.owner AND e.currency = a.currency), 0)`,
  ],
  [
    'who has entries has an account',
    'SELECT account AS culprit FROM entry WHERE NOT EXISTS (SELECT 1 FROM account WHERE owner = account AND account.currency = entry.currency)',
  ],
  ['nothing is set aside', 'SELECT owner AS culprit FROM account WHERE debits_pending <> 0'],
  [
    'a payment is charged once',
    `SELECT t.txn AS culprit FROM transfer t JOIN entry e ON e.transfer_id = t.id
     WHERE e.account LIKE 'merchant:%' AND e.minor > 0 GROUP BY t.txn HAVING count(*) > 1`,
  ],
];

async function ledgerComplaints({ select, ledgerCheck }: Evidence): Promise<string[]> {
  const complaints: string[] = [];
  for (const [rule, sql] of SUMS) {
    for (const { culprit } of await select(sql)) complaints.push(`${String(culprit)} breaks: ${rule}`);
  }
  const checked = await ledgerCheck();
  return checked === '' ? complaints : [...complaints, `cash-server ledger check: ${checked}`];
}

function unended(payments: readonly PaymentAnswer[]): string[] {
  return payments.flatMap(({ txn, state, settled, refunds }) => [
    ...(settled ? [] : [`payment ${txn} is still ${state}`]),
    ...refunds
      .filter((refund) => refund.state !== 'refunded' && refund.state !== 'declined')
      .map((refund) => `refund ${refund.key} of ${txn} is still ${refund.state}`),
  ]);
}

/** What was told once must stay true. */
function forgotten(told: readonly PaymentAnswer[], payments: readonly PaymentAnswer[]): string[] {
  const now = new Map(payments.map((payment) => [payment.txn, payment]));
  const mrefs = new Set(payments.map(({ mref }) => mref));
  const complaints = mrefs.size === payments.length ? [] : ['two payments have the same mref'];
  for (const before of told) {
    const payment = now.get(before.txn);
    const what = `payment ${before.txn}, told as ${before.state},`;
    if (payment === undefined) complaints.push(`${what} is not there`);
    else if (payment.mref !== before.mref) complaints.push(`${what} has another mref`);
    else if (
      WITHOUT_MONEY.includes(before.state)
        ? payment.state !== before.state
        : PAID.includes(before.state) && !PAID.includes(payment.state)
    )
      complaints.push(`${what} is ${payment.state}`);
    for (const refund of before.refunds) {
      const kept = payment?.refunds.find(({ key }) => key === refund.key);
      if (kept?.amount.minor !== refund.amount.minor || (refund.state === 'refunded' && kept.state !== 'refunded'))
        complaints.push(`refund ${refund.key} of ${before.txn} is not what was told`);
    }
  }
  return complaints;
}

/** A phone that knows it is active is so, alone; and no enrolment is half done. */
async function unenrolled({ admin }: Evidence): Promise<string[]> {
  const complaints: string[] = [];
  for (const { number, devices } of await admin.people()) {
    const states = devices.map(({ state }) => state).filter((state) => state !== 'revoked');
    if (states.join() !== 'active') complaints.push(`${number} has phones that are ${states.join(', ')}`);
  }
  return complaints;
}

/** What the payments say has moved, less what they say was given back. */
function movedBy(payments: readonly PaymentAnswer[]): number {
  return payments.reduce(
    (sum, payment) => sum + (PAID.includes(payment.state) ? payment.amount.minor - refunded(payment) : 0),
    0,
  );
}

function refunded({ refunds }: PaymentAnswer): number {
  return refunds.reduce((sum, { state, amount }) => sum + (state === 'refunded' ? amount.minor : 0), 0);
}

async function strayMoney({ admin, phones, host }: Evidence, payments: readonly PaymentAnswer[]): Promise<string[]> {
  const complaints = payments
    .filter((payment) => refunded(payment) > payment.amount.minor)
    .map(({ txn }) => `more than all of payment ${txn} was given back`);
  for (const { number, balances } of await admin.people()) {
    const deposit = phones.find((phone) => phone.number === number)?.deposit ?? 0;
    const own = payments.filter(({ customer }) => customer === number);
    const expected = deposit - (host === undefined ? movedBy(own) : 0);
    const has = balances[0]?.minor ?? 0;
    if (has !== expected) complaints.push(`${number} has ${has}, and should have ${expected}`);
  }
  return complaints;
}

/** The host moved what the service says, once. */
function hostComplaints(book: readonly HostOrder[], payments: readonly PaymentAnswer[]): string[] {
  const moved = (kind: HostOrder['kind'], txn: string) =>
    book.filter((order) => order.kind === kind && order.of === `${txn}:charge` && order.state === 'moved');
  const complaints: string[] = [];
  for (const payment of payments) {
    const { txn, state, amount } = payment;
    const charges = moved('charge', txn);
    const should = PAID.includes(state) ? 1 : 0;
    if (charges.length !== should || charges.some(({ minor }) => minor !== amount.minor))
      complaints.push(`payment ${txn} is ${state}, and the host charged it ${charges.length} times`);
    const back = moved('refund', txn).reduce((sum, { minor }) => sum + minor, 0);
    if (back !== refunded(payment))
      complaints.push(`of payment ${txn} ${refunded(payment)} were given back, and ${back} by the host`);
  }
  const known = new Set(payments.map(({ txn }) => `${txn}:charge`));
  const strangers = book.filter(({ kind, of }) => kind === 'charge' && !known.has(of));
  return [...complaints, ...strangers.map(({ key }) => `the host knows ${key}, and the service does not`)];
}

/** Each phone was told what happened, and the same each time. */
function phoneComplaints(phones: Evidence['phones'], payments: readonly PaymentAnswer[]): string[] {
  const complaints: string[] = [];
  for (const { number, receipts, unbelievable } of phones) {
    complaints.push(...unbelievable);
    const octets = new Map<string, string>();
    for (const receipt of receipts.filter(({ status }) => status !== 'in-progress')) {
      const place = `${receipt.ref} ${receipt.status}`;
      if ((octets.get(place) ?? receipt.octets) !== receipt.octets)
        complaints.push(`${number} got the receipt ${place} in different octets`);
      octets.set(place, receipt.octets);
    }
    for (const { txn, state } of payments.filter(({ customer }) => customer === number)) {
      const told = ['paid', 'refunded'].filter((status) => octets.has(`${txn} ${status}`));
      if (PAID.includes(state) && told.length === 0) complaints.push(`${number} was not told that ${txn} is paid`);
      if (!PAID.includes(state) && told.length > 0) complaints.push(`${number} was told that ${txn} is paid: ${state}`);
    }
  }
  return complaints;
}
