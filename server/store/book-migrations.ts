import { appendOnly } from './first-tables.ts';

// The accounts, attempts and books of money. A published text is never edited: files are of these versions.

export const ATTEMPTS_AND_ACCOUNTS: string = `
CREATE TABLE account (
  owner TEXT NOT NULL,                         -- person:1, merchant:1, clearing:card, cash
  currency TEXT NOT NULL,
  debits_pending INTEGER NOT NULL DEFAULT 0,   -- minor units that pending transfers may take
  debits_posted INTEGER NOT NULL DEFAULT 0,
  credits_posted INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (owner, currency)
) STRICT, WITHOUT ROWID;
INSERT INTO account (owner, currency, debits_posted, credits_posted)
  SELECT account, currency, sum(max(-minor, 0)), sum(max(minor, 0)) FROM entry GROUP BY account, currency;
INSERT INTO account (owner, currency, debits_pending)
  SELECT debit, currency, sum(minor) FROM transfer t WHERE NOT EXISTS (SELECT 1 FROM transfer_end e WHERE e.id = t.id)
  GROUP BY debit, currency
  ON CONFLICT (owner, currency) DO UPDATE SET debits_pending = excluded.debits_pending;

CREATE TABLE sequence (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO sequence SELECT 'approval', 100000 + count(*) FROM ledger_decision;

ALTER TABLE payment ADD COLUMN rail TEXT NOT NULL DEFAULT 'ledger';
ALTER TABLE payment ADD COLUMN refunded INTEGER NOT NULL DEFAULT 0;     -- minor units that refunds give back or have given back
UPDATE payment SET refunded = minor WHERE state IN ('REFUNDING', 'REFUNDED');
DROP INDEX payment_in_motion;
DROP INDEX inbox_to_read;
CREATE INDEX inbox_undealt ON inbox (id) WHERE frame IS NOT NULL AND result IS NULL;

ALTER TABLE attempt RENAME TO earlier_attempt;
CREATE TABLE attempt (
  rail_key TEXT PRIMARY KEY,                   -- txn and kind: made and stored before its first use
  txn TEXT NOT NULL REFERENCES payment (txn),
  kind TEXT NOT NULL,                          -- charge, refund, reversal
  rail TEXT NOT NULL,
  state TEXT NOT NULL,
  tries INTEGER NOT NULL,                      -- how often the rail was asked
  unanswered INTEGER NOT NULL DEFAULT 0,       -- questions since the last answer
  minor INTEGER NOT NULL,
  currency TEXT NOT NULL,
  payer TEXT NOT NULL,                         -- account that stands for the customer
  merchant TEXT NOT NULL,                      -- account of the merchant
  note TEXT NOT NULL,                          -- JSON of the rail
  reason TEXT,
  approval_code INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX attempt_of_payment ON attempt (txn);

-- What the ledger decided of an open order, though the payment has not heard of it: kept as the order's note. A charge that
-- was asked about twice without a decision, or is being reversed, is at another rail, because the ledger answers the first time.
CREATE TEMP TABLE decided AS
  SELECT d.rail_key, CASE
    WHEN EXISTS (SELECT 1 FROM ledger_decision r WHERE r.rail_key = d.rail_key || ':reversal') THEN json_object('declined', 'reversed')
    WHEN d.approval_code IS NULL THEN json_object('declined', d.reason)
    ELSE json_object('approved', d.approval_code) END AS note
  FROM ledger_decision d;
CREATE TEMP TABLE elsewhere AS
  SELECT p.txn, p.state FROM payment p JOIN earlier_attempt a ON a.rail_key = p.txn || ':charge'
  WHERE (p.state = 'REVERSING' OR (p.state = 'UNKNOWN' AND a.inquiries > 1))
    AND NOT EXISTS (SELECT 1 FROM decided d WHERE d.rail_key = a.rail_key);
UPDATE payment SET state = 'REVIEW', reason = 'asked at another rail' WHERE txn IN (SELECT txn FROM elsewhere);
UPDATE payment SET state = 'UNKNOWN' WHERE state = 'REVERSING';
INSERT INTO journal (at, subject, event)
  SELECT (SELECT max(at) FROM journal), txn, json_object('kind', 'payment', 'txn', txn, 'event', 'give-up', 'from', state,
    'to', 'REVIEW', 'reason', 'asked at another rail') FROM elsewhere;
INSERT INTO journal (at, subject, event)
  SELECT (SELECT max(at) FROM journal), txn, json_object('kind', 'alarm', 'alarm', 'payment-needs-review', 'ref', txn) FROM elsewhere;
INSERT INTO attempt
  SELECT txn || ':charge', txn, 'charge', 'ledger',
    CASE state WHEN 'DECLINED' THEN 'declined' WHEN 'REVIEW' THEN 'given-up' WHEN 'REVERSED' THEN 'given-up'
      WHEN 'CAPTURED' THEN 'done' WHEN 'REFUNDING' THEN 'done' WHEN 'REFUNDED' THEN 'done' ELSE 'unknown' END,
    1, 0, minor, currency, 'person:' || person_id, 'merchant:' || merchant_id,
    CASE WHEN state IN ('APPROVED', 'SENDING', 'UNKNOWN') THEN coalesce(note, '') ELSE '' END,
    reason, approval_code, created_at, changed_at
  FROM payment LEFT JOIN decided ON rail_key = txn || ':charge'
  WHERE state IN ('APPROVED', 'SENDING', 'UNKNOWN', 'REVIEW', 'CAPTURED', 'REFUNDING', 'REFUNDED', 'DECLINED', 'REVERSED');
INSERT INTO attempt
  SELECT t.id, t.txn, 'refund', 'ledger',
    CASE e.outcome WHEN 'posted' THEN 'done' WHEN 'voided' THEN 'declined' ELSE 'unknown' END,
    1, 0, t.minor, t.currency, t.credit, t.debit, CASE WHEN e.outcome IS NULL THEN coalesce(note, '') ELSE '' END,
    NULL, 0, t.at, coalesce(e.at, t.at)
  FROM transfer t LEFT JOIN transfer_end e USING (id) LEFT JOIN decided d ON d.rail_key = t.id
  WHERE t.id LIKE '%:refund-%' AND t.txn IS NOT NULL
  ORDER BY t.rowid;
DROP TABLE temp.elsewhere;
DROP TABLE temp.decided;
DROP TABLE earlier_attempt;
DROP TABLE ledger_decision;
DELETE FROM timer WHERE kind = 'payment-inquiry';
INSERT INTO timer (kind, subject, due) SELECT 'attempt', rail_key, 0 FROM attempt WHERE state = 'unknown' ORDER BY rowid;

INSERT INTO journal (at, subject, event)                                -- a card was booked to the customer's own account
  SELECT (SELECT max(at) FROM journal), owner || ' ' || currency,
    json_object('kind', 'alarm', 'alarm', 'account-below-zero', 'ref', owner || ' ' || currency)
  FROM account WHERE credits_posted < debits_posted AND owner <> 'cash';

CREATE TABLE refund (
  rail_key TEXT PRIMARY KEY REFERENCES attempt (rail_key) DEFERRABLE INITIALLY DEFERRED,
  txn TEXT NOT NULL REFERENCES payment (txn),
  merchant_key TEXT,                           -- NULL: all of the payment, without a key
  minor INTEGER NOT NULL CHECK (minor > 0),
  currency TEXT NOT NULL,
  reason TEXT,
  created_at INTEGER NOT NULL,
  UNIQUE (txn, merchant_key)
) STRICT;
INSERT INTO refund SELECT rail_key, txn, NULL, minor, currency, NULL, created_at FROM attempt WHERE kind = 'refund' ORDER BY rowid;

CREATE TABLE merchant_receipt (
  txn TEXT NOT NULL REFERENCES payment (txn),
  state TEXT NOT NULL,                         -- of the payment
  receipt BLOB NOT NULL,                       -- 83 octets
  public_key BLOB NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (txn, state)
) STRICT, WITHOUT ROWID;
${appendOnly('merchant_receipt')}`;

export const PAID_BY: string =
  'ALTER TABLE payment ADD COLUMN last_digits TEXT; -- of the card that paid, where the rail knows them';

export const BOOKS_CHECKED: string = `
CREATE TABLE ledger_checkpoint (
  transfer_end INTEGER NOT NULL                -- rowid of the latest one that a start of the service has checked
) STRICT;
INSERT INTO ledger_checkpoint VALUES (0);
CREATE INDEX transfer_end_by_time ON transfer_end (at);
CREATE INDEX attempt_done ON attempt (changed_at) WHERE state = 'done';
CREATE INDEX refund_in_review ON attempt (txn) WHERE state = 'given-up' AND kind = 'refund';
CREATE INDEX payment_in_review ON payment (created_at) WHERE state = 'REVIEW';

CREATE TABLE difference (                      -- between a rail's settlement and the service; the row goes when it is gone
  rail TEXT NOT NULL,
  rail_key TEXT NOT NULL,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,                         -- of the movement
  PRIMARY KEY (rail, rail_key, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE reconciled (
  rail TEXT PRIMARY KEY,
  until INTEGER NOT NULL                       -- all days before it were compared
) STRICT, WITHOUT ROWID;
`;
