import type { ReadTx } from '../store/store.ts';

interface Invariant {
  /** The invariant, as a sentence. */
  readonly name: string;
  /** Selects, as `culprit`, every row that breaks the invariant. */
  readonly broken: string;
}

const INVARIANTS: readonly Invariant[] = [
  {
    name: 'the entries of each currency sum to zero',
    broken: 'SELECT currency AS culprit FROM entry GROUP BY currency HAVING sum(minor) <> 0',
  },
  {
    name: 'a posted transfer has two entries that sum to zero',
    broken: `SELECT e.id AS culprit FROM transfer_end e LEFT JOIN entry n ON n.transfer_id = e.id
      WHERE e.outcome = 'posted' GROUP BY e.id HAVING count(n.account) <> 2 OR sum(n.minor) <> 0`,
  },
  {
    name: 'only a posted transfer has entries',
    broken: `SELECT n.transfer_id AS culprit FROM entry n LEFT JOIN transfer_end e ON e.id = n.transfer_id
      WHERE e.outcome IS NOT 'posted'`,
  },
  {
    name: 'at most one charge of a payment is posted',
    broken: `SELECT t.txn AS culprit FROM transfer t JOIN transfer_end e USING (id)
      WHERE e.outcome = 'posted' AND t.txn IS NOT NULL AND t.credit LIKE 'merchant:%' GROUP BY t.txn HAVING count(*) > 1`,
  },
  {
    name: 'no charge is posted without evidence',
    broken: `SELECT t.txn AS culprit FROM transfer t JOIN transfer_end e USING (id)
      WHERE e.outcome = 'posted' AND t.txn IS NOT NULL AND t.credit LIKE 'merchant:%'
        AND NOT EXISTS (SELECT 1 FROM evidence v WHERE v.ref = t.txn)`,
  },
  {
    name: 'a payment is paid if and only if its charge is posted',
    broken: `SELECT p.txn AS culprit FROM payment p LEFT JOIN transfer_end e ON e.id = p.txn || ':charge'
      WHERE (p.state IN ('CAPTURED', 'REFUNDING', 'REFUNDED')) <> (e.outcome IS 'posted')`,
  },
  {
    name: 'a payment that ended without money has nothing pending',
    broken: `SELECT p.txn AS culprit FROM payment p JOIN transfer t ON t.id = p.txn || ':charge'
      LEFT JOIN transfer_end e ON e.id = t.id
      WHERE p.state IN ('REFUSED', 'CANCELLED', 'EXPIRED', 'DECLINED', 'REVERSED', 'REJECTED') AND e.outcome IS NOT 'voided'`,
  },
  {
    name: 'nobody owes money to the service',
    broken: `SELECT account AS culprit FROM entry WHERE account <> 'cash' AND account NOT LIKE 'clearing:%'
      GROUP BY account, currency HAVING sum(minor) < 0`,
  },
  {
    name: 'an account says what its entries say',
    broken: `SELECT coalesce(owner, e.account) AS culprit
      FROM account FULL JOIN (SELECT account, currency, sum(max(minor, 0)) AS credits, sum(max(-minor, 0)) AS debits
        FROM entry GROUP BY account, currency) e ON e.account = owner AND e.currency = account.currency
      WHERE coalesce(credits_posted, 0) <> coalesce(credits, 0) OR coalesce(debits_posted, 0) <> coalesce(debits, 0)`,
  },
  {
    name: 'an account has set aside what its pending transfers may take',
    broken: `SELECT coalesce(owner, debit) AS culprit
      FROM account FULL JOIN (SELECT debit, currency, sum(minor) AS pending FROM transfer t
        WHERE NOT EXISTS (SELECT 1 FROM transfer_end e WHERE e.id = t.id) GROUP BY debit, currency) p
        ON p.debit = owner AND p.currency = account.currency
      WHERE coalesce(debits_pending, 0) <> coalesce(pending, 0)`,
  },
  {
    name: 'a payment gives back what its refunds say, and no more than it was',
    broken: `SELECT p.txn AS culprit FROM payment p
      WHERE p.refunded > p.minor OR p.refunded <> (SELECT coalesce(sum(r.minor), 0) FROM refund r JOIN attempt a USING (rail_key)
        WHERE r.txn = p.txn AND a.state <> 'declined')`,
  },
  {
    name: 'an attempt is done if and only if its transfer is posted',
    broken: `SELECT rail_key AS culprit FROM attempt a LEFT JOIN transfer_end e ON e.id = a.rail_key
      WHERE a.kind <> 'reversal' AND (a.state = 'done') <> (e.outcome IS 'posted')`,
  },
];

/** Checks what must be true of the money at any moment. @returns one sentence for each breach; none when all is well */
export async function checkLedger(tx: ReadTx): Promise<string[]> {
  const breaches: string[] = [];
  for (const { name, broken } of INVARIANTS) {
    breaches.push(...(await tx.all(broken, (row) => `${row.text('culprit')} breaks: ${name}`)));
  }
  return breaches;
}
