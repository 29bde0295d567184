import type { ReadTx } from '../store/store.ts';

interface Invariant {
  /** The invariant, as a sentence. */
  readonly name: string;
  /**
   * Where its query looks: at the transfers that ended (the table `ended`, which may be only the latest of them), at the
   * accounts, or at everything that ever was.
   */
  readonly reach: 'ended' | 'accounts' | 'everything';
  /** Selects, as `culprit`, every row that breaks the invariant. */
  readonly broken: string;
}

/** Something that must not be, and is. */
export interface Breach {
  /** The invariant that does not hold, as a sentence. */
  readonly invariant: string;
  /** The transfer, account, payment, attempt or currency. */
  readonly culprit: string;
}

/** Breaches of one invariant that are told; there may be more of them. */
const MOST_TOLD = 100;

const INVARIANTS: readonly Invariant[] = [
  {
    name: 'a posted transfer has two entries: its amount out of one account and into the other',
    reach: 'ended',
    broken: `SELECT e.id AS culprit FROM ended e JOIN transfer t USING (id) LEFT JOIN entry n ON n.transfer_id = e.id
      WHERE e.outcome = 'posted' GROUP BY e.id HAVING count(n.account) <> 2 OR count(CASE WHEN n.currency = t.currency
        AND ((n.account = t.debit AND n.minor = -t.minor) OR (n.account = t.credit AND n.minor = t.minor)) THEN 1 END) <> 2`,
  },
  {
    name: 'a voided transfer has no entries',
    reach: 'ended',
    broken:
      "SELECT DISTINCT e.id AS culprit FROM ended e JOIN entry n ON n.transfer_id = e.id WHERE e.outcome = 'voided'",
  },
  {
    name: 'no charge is posted without evidence',
    reach: 'ended',
    broken: `SELECT t.txn AS culprit FROM ended e JOIN transfer t USING (id)
      WHERE e.outcome = 'posted' AND t.txn IS NOT NULL AND t.credit LIKE 'merchant:%'
        AND NOT EXISTS (SELECT 1 FROM evidence v WHERE v.ref = t.txn)`,
  },
  {
    name: 'a payment whose charge is posted is paid',
    reach: 'ended',
    broken: `SELECT p.txn AS culprit FROM ended e JOIN transfer t USING (id) JOIN payment p ON p.txn = t.txn
      WHERE e.outcome = 'posted' AND e.id = t.txn || ':charge' AND p.state NOT IN ('CAPTURED', 'REFUNDING', 'REFUNDED')`,
  },
  {
    name: 'an attempt whose transfer is posted is done',
    reach: 'ended',
    broken: `SELECT a.rail_key AS culprit FROM ended e JOIN attempt a ON a.rail_key = e.id
      WHERE e.outcome = 'posted' AND a.state <> 'done'`,
  },
  {
    name: 'the accounts of each currency sum to zero',
    reach: 'accounts',
    broken:
      'SELECT currency AS culprit FROM account GROUP BY currency HAVING sum(credits_posted) <> sum(debits_posted)',
  },
  {
    name: 'nobody owes money to the service',
    reach: 'accounts',
    broken: `SELECT owner AS culprit FROM account
      WHERE debits_posted > credits_posted AND owner <> 'cash'
        AND owner NOT LIKE 'clearing:%' AND owner NOT LIKE 'fees:%' AND owner NOT LIKE 'losses:%'`,
  },
  {
    name: 'the entries of each currency sum to zero',
    reach: 'everything',
    broken: 'SELECT currency AS culprit FROM entry GROUP BY currency HAVING sum(minor) <> 0',
  },
  {
    name: 'a pending transfer has no entries',
    reach: 'everything',
    broken: `SELECT DISTINCT n.transfer_id AS culprit FROM entry n
      WHERE NOT EXISTS (SELECT 1 FROM transfer_end e WHERE e.id = n.transfer_id)`,
  },
  {
    name: 'at most one charge of a payment is posted',
    reach: 'everything',
    broken: `SELECT t.txn AS culprit FROM transfer t JOIN transfer_end e USING (id)
      WHERE e.outcome = 'posted' AND t.txn IS NOT NULL AND t.credit LIKE 'merchant:%' GROUP BY t.txn HAVING count(*) > 1`,
  },
  {
    name: 'a paid payment has its charge posted',
    reach: 'everything',
    broken: `SELECT p.txn AS culprit FROM payment p LEFT JOIN transfer_end e ON e.id = p.txn || ':charge'
      WHERE p.state IN ('CAPTURED', 'REFUNDING', 'REFUNDED') AND e.outcome IS DISTINCT FROM 'posted'`,
  },
  {
    name: 'a payment that ended without money has nothing pending',
    reach: 'everything',
    broken: `SELECT p.txn AS culprit FROM payment p JOIN transfer t ON t.id = p.txn || ':charge'
      LEFT JOIN transfer_end e ON e.id = t.id
      WHERE p.state IN ('REFUSED', 'CANCELLED', 'EXPIRED', 'DECLINED', 'REVERSED', 'REJECTED') AND e.outcome IS NULL`,
  },
  {
    name: 'an account says what its entries say',
    reach: 'everything',
    broken: `SELECT coalesce(owner, e.account) AS culprit
      FROM account FULL JOIN (SELECT account, currency, sum(credits) AS credits, sum(debits) AS debits FROM
        (SELECT account, currency, CASE WHEN minor > 0 THEN minor ELSE 0 END AS credits,
            CASE WHEN minor < 0 THEN -minor ELSE 0 END AS debits FROM entry
          UNION ALL SELECT owner, currency, credits, debits FROM folded) AS moved GROUP BY account, currency) e
        ON e.account = owner AND e.currency = account.currency
      WHERE coalesce(credits_posted, 0) <> coalesce(credits, 0) OR coalesce(debits_posted, 0) <> coalesce(debits, 0)`,
  },
  {
    name: 'an account has set aside what its pending transfers may take',
    reach: 'everything',
    broken: `SELECT coalesce(owner, debit) AS culprit
      FROM account FULL JOIN (SELECT debit, currency, sum(minor) AS pending FROM transfer t
        WHERE NOT EXISTS (SELECT 1 FROM transfer_end e WHERE e.id = t.id) GROUP BY debit, currency) p
        ON p.debit = owner AND p.currency = account.currency
      WHERE coalesce(debits_pending, 0) <> coalesce(pending, 0)`,
  },
  {
    name: 'a payment gives back what its refunds say, and no more than it was',
    reach: 'everything',
    broken: `SELECT p.txn AS culprit FROM payment p
      WHERE p.refunded > p.minor OR p.refunded <> (SELECT coalesce(sum(r.minor), 0) FROM refund r JOIN attempt a USING (rail_key)
        WHERE r.txn = p.txn AND a.state <> 'declined')`,
  },
  {
    name: 'an attempt that is done has a posted transfer of its amount',
    reach: 'everything',
    broken: `SELECT rail_key AS culprit FROM attempt a LEFT JOIN transfer t ON t.id = a.rail_key LEFT JOIN transfer_end e ON e.id = t.id
      WHERE a.kind <> 'reversal' AND a.state = 'done'
        AND (e.outcome IS DISTINCT FROM 'posted' OR t.minor <> a.minor OR t.currency <> a.currency)`,
  },
  {
    name: 'an attempt that was declined has nothing set aside',
    reach: 'everything',
    broken: `SELECT rail_key AS culprit FROM attempt a JOIN transfer t ON t.id = a.rail_key LEFT JOIN transfer_end e ON e.id = t.id
      WHERE a.state = 'declined' AND e.outcome IS NULL`,
  },
];

/** Checks all that must be true of the money at any moment. @returns the breaches, at most 100 of each invariant */
export function checkLedger(tx: ReadTx): Promise<Breach[]> {
  return breachesOf(tx, INVARIANTS, { after: 0, most: Number.MAX_SAFE_INTEGER });
}

/**
 * Checks the transfers that ended lately, and the accounts: takes as long however much history there is.
 * @param ended those after this rowid of `transfer_end`, and of these the latest, at most `most`
 */
export function checkLately(tx: ReadTx, ended: { readonly after: number; readonly most: number }): Promise<Breach[]> {
  return breachesOf(
    tx,
    INVARIANTS.filter(({ reach }) => reach !== 'everything'),
    ended,
  );
}

/** A breach as a line for people. */
export function breachText({ culprit, invariant }: Breach): string {
  return `${culprit} breaks: ${invariant}`;
}

async function breachesOf(
  tx: ReadTx,
  invariants: readonly Invariant[],
  { after, most }: { readonly after: number; readonly most: number },
): Promise<Breach[]> {
  const breaches: Breach[] = [];
  for (const { name, broken } of invariants) {
    // `most` is in the text, because of a parameter PostgreSQL expects a tenth of the table, and reads others whole for it. The breaches
    // are materialized, because it would walk along all payments to have the first ones in order.
    const found = await tx.all(
      `WITH ended AS (SELECT id, outcome FROM transfer_end WHERE rowid > ? ORDER BY rowid DESC LIMIT ${most}),
         breach AS MATERIALIZED (${broken})
       SELECT culprit FROM breach ORDER BY culprit LIMIT ?`,
      (row) => ({ invariant: name, culprit: row.text('culprit') }),
      after,
      MOST_TOLD,
    );
    breaches.push(...found);
  }
  return breaches;
}
