import { appendOnly, FIRST_TABLES } from './first-tables.ts';
import { LIMITS, SUMS_OF_LIMITS } from './limit-migrations.ts';
import { INDEXES_WITHOUT_READERS, OPEN_ROWS } from './open-rows.ts';
import {
  ACTS_OF_OPERATOR,
  AUDIT,
  AUDIT_ON_POSTGRES,
  DEPOSITED_ALONE,
  FOUR_EYES,
  HANDS,
  MERCHANT_KEYS,
  OPERATORS,
} from './operator-migrations.ts';
import {
  EVIDENCE_SEALED_ANEW,
  EVIDENCE_SEALED_ANEW_ON_POSTGRES,
  KEY_ENDS,
  KEY_GENERATIONS,
  PHONE_ORDERS,
  VAULT,
} from './phone-migrations.ts';
import { inPostgres } from './postgres-tables.ts';

const KEYS_AND_REPORTS = `
ALTER TABLE merchant ADD COLUMN idempotency_key TEXT;       -- the administrator's key of the request that registered it
CREATE UNIQUE INDEX merchant_by_idempotency_key ON merchant (idempotency_key);
ALTER TABLE outbox ADD COLUMN report INTEGER NOT NULL DEFAULT 0;   -- 1: the network is asked to say when it is delivered
`;

const BALANCE_ANSWERS = `
CREATE TABLE balance_answer (
  ref TEXT NOT NULL,                           -- of the phone's query
  device_id INTEGER NOT NULL REFERENCES device (id),
  message TEXT NOT NULL,                       -- BALANCE or NAK
  frame BLOB NOT NULL,                         -- sealed; sent again as it is
  repeats INTEGER NOT NULL DEFAULT 0,
  at INTEGER NOT NULL,
  PRIMARY KEY (device_id, ref)
) STRICT;
CREATE INDEX balance_answer_by_age ON balance_answer (at);
`;

const FRAMES_TRIED_AGAIN = `
ALTER TABLE inbox ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;      -- in vain
`;

const ATTEMPTS_AND_ACCOUNTS = `
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

const BOOKS_CHECKED = `
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

/** Rows may go while `before` says so, which is only inside the transactions of the retention job. */
function deletableWhen(table: string, condition: string): string {
  return `
DROP TRIGGER ${table}_is_not_deleted;
CREATE TRIGGER ${table}_is_not_deleted BEFORE DELETE ON ${table} WHEN NOT coalesce(${condition}, 0)
BEGIN SELECT RAISE(ABORT, '${table} is append only'); END;
`;
}

const RETENTION = `
CREATE TABLE deletion (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  before INTEGER NOT NULL                      -- append-only rows older than this may be deleted, ms since 1970; 0: none
) STRICT;
INSERT INTO deletion VALUES (1, 0);
CREATE TABLE folded (                          -- what deleted entries had moved
  owner TEXT NOT NULL,
  currency TEXT NOT NULL,
  debits INTEGER NOT NULL,
  credits INTEGER NOT NULL,
  PRIMARY KEY (owner, currency)
) STRICT, WITHOUT ROWID;
${['evidence', 'transfer', 'transfer_end', 'journal']
  .map((table) => deletableWhen(table, 'OLD.at < (SELECT before FROM deletion)'))
  .join('')}
${deletableWhen('entry', '(SELECT at FROM transfer WHERE id = OLD.transfer_id) < (SELECT before FROM deletion)')}
${deletableWhen('merchant_receipt', '(SELECT changed_at FROM payment WHERE txn = OLD.txn) < (SELECT before FROM deletion)')}`;

const QUESTIONS_WITH_A_STATE = `
ALTER TABLE challenge ADD COLUMN state TEXT NOT NULL DEFAULT 'asked';    -- then approved, refused, expired or withdrawn
ALTER TABLE challenge ADD COLUMN due INTEGER;  -- while asked: when it is sent again or, after the last time, expires
UPDATE challenge SET state = CASE purpose
  WHEN 'payment' THEN coalesce((
    SELECT CASE p.state WHEN 'REQUESTED' THEN 'asked' WHEN 'REFUSED' THEN 'refused' WHEN 'CANCELLED' THEN 'withdrawn'
      WHEN 'EXPIRED' THEN 'expired' ELSE 'approved' END
    FROM payment p WHERE p.txn = challenge.ref), 'expired')
  ELSE CASE
    WHEN EXISTS (SELECT 1 FROM evidence e WHERE e.ref = challenge.ref) THEN 'approved'
    WHEN EXISTS (SELECT 1 FROM timer t WHERE t.kind = 'enrolment-due' AND t.subject = challenge.ref)
      AND EXISTS (SELECT 1 FROM device d WHERE d.id = challenge.device_id AND d.state = 'enrolling') THEN 'asked'
    ELSE 'expired' END
  END;
UPDATE challenge SET due = coalesce(
    (SELECT t.due FROM timer t WHERE t.kind = challenge.purpose || '-due' AND t.subject = challenge.ref), deadline + 1)
  WHERE state = 'asked';
DELETE FROM timer WHERE kind IN ('payment-due', 'enrolment-due');
CREATE INDEX challenge_due ON challenge (due) WHERE due IS NOT NULL;
`;

/** Rows about a payment stand by its txn, which begins with the time: new ones are written side by side, in few pages. */
const ORDER_OF_TIME = `
ALTER TABLE receipt RENAME TO earlier_receipt;
CREATE TABLE receipt (
  ref TEXT NOT NULL,                           -- txn or challenge to the customer, mref to the merchant's phone
  device_id INTEGER NOT NULL REFERENCES device (id),
  frame BLOB NOT NULL,                         -- the latest, sent again as it is
  repeats INTEGER NOT NULL DEFAULT 0,
  at INTEGER NOT NULL,
  PRIMARY KEY (ref, device_id)
) STRICT;
INSERT INTO receipt SELECT ref, device_id, frame, repeats, at FROM earlier_receipt ORDER BY rowid;
DROP TABLE earlier_receipt;
DROP INDEX transfer_by_debit;
DROP INDEX payment_of_person;
CREATE INDEX payment_of_person ON payment (person_id, created_at);
CREATE INDEX payment_requested ON payment (person_id) WHERE state = 'REQUESTED';
`;

/** Several processes on one database: who holds a frame that was handed over. */
const PROCESSES = `
CREATE TABLE process (                         -- with a lease on what it has begun outside the database
  id INTEGER PRIMARY KEY AUTOINCREMENT,        -- never given to another one
  name TEXT NOT NULL,                          -- for people
  began_at INTEGER NOT NULL,
  alive_until INTEGER NOT NULL
) STRICT;
ALTER TABLE outbox ADD COLUMN holder INTEGER;  -- the process that handed the frame to its bearer
UPDATE outbox SET state = 'waiting' WHERE state = 'handed' AND ended_at IS NULL;
`;

/**
 * A frame that comes again is known by the counter that it took: the digests of all frames need no index of their own, in which each
 * row is written into another page.
 */
const FRAMES_BY_COUNTER = `
ALTER TABLE counter ADD COLUMN digest BLOB;    -- SHA-256 of the frame that took it; NULL: taken before version 11
ALTER TABLE counter ADD COLUMN at INTEGER NOT NULL DEFAULT 0;          -- when that frame was received
DROP INDEX inbox_by_age;
DROP INDEX inbox_undealt;
ALTER TABLE inbox RENAME TO earlier_inbox;
CREATE TABLE inbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  sent_at INTEGER NOT NULL,                    -- service centre's stamp: the same SMS handed over twice has the same
  digest BLOB NOT NULL,                        -- SHA-256 of the frame
  originator TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  frame BLOB,                                  -- sealed; gone once it was dealt with
  result TEXT,
  tries INTEGER NOT NULL DEFAULT 0,            -- in vain
  by_digest INTEGER NOT NULL DEFAULT 0,        -- 1: not known by a counter: ENROL, and what came before version 11
  UNIQUE (sent_at, digest)
) STRICT;
INSERT INTO inbox SELECT id, sent_at, digest, originator, received_at, frame, result, tries, 1 FROM earlier_inbox ORDER BY id;
DELETE FROM sqlite_sequence WHERE name = 'inbox';
UPDATE sqlite_sequence SET name = 'inbox' WHERE name = 'earlier_inbox';
DROP TABLE earlier_inbox;
CREATE INDEX inbox_by_age ON inbox (received_at);
CREATE INDEX inbox_undealt ON inbox (id) WHERE frame IS NOT NULL AND result IS NULL;
CREATE INDEX inbox_by_digest ON inbox (digest) WHERE by_digest = 1;
`;

const ACCEPTED_DIFFERENCES = `
ALTER TABLE difference ADD COLUMN detail TEXT NOT NULL DEFAULT '';     -- what was seen last
ALTER TABLE difference ADD COLUMN accepted_at INTEGER;         -- when an operator has accepted what was seen; NULL: open
`;

/** What each version adds to the tables of a file. A published entry is never edited; a change is a new entry at the end. */
export const MIGRATIONS: readonly string[] = [
  FIRST_TABLES,
  KEYS_AND_REPORTS,
  BALANCE_ANSWERS,
  FRAMES_TRIED_AGAIN,
  ATTEMPTS_AND_ACCOUNTS + OPEN_ROWS,
  BOOKS_CHECKED,
  RETENTION,
  QUESTIONS_WITH_A_STATE,
  ORDER_OF_TIME,
  PROCESSES,
  FRAMES_BY_COUNTER,
  ACCEPTED_DIFFERENCES,
  LIMITS,
  OPERATORS,
  AUDIT,
  FOUR_EYES,
  MERCHANT_KEYS,
  PHONE_ORDERS + KEY_GENERATIONS + VAULT + EVIDENCE_SEALED_ANEW,
  SUMS_OF_LIMITS,
  HANDS,
  KEY_ENDS,
  ACTS_OF_OPERATOR,
  DEPOSITED_ALONE,
  INDEXES_WITHOUT_READERS,
];

/**
 * What the same version adds to the tables on PostgreSQL, where it is not the same text. The first of PostgreSQL is version 10.
 */
export const POSTGRES_MIGRATIONS: Readonly<Record<number, string>> = {
  11: `
ALTER TABLE counter ADD COLUMN digest BYTEA;
ALTER TABLE counter ADD COLUMN at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE inbox ADD COLUMN by_digest BIGINT NOT NULL DEFAULT 0;
UPDATE inbox SET by_digest = 1;
ALTER TABLE inbox DROP CONSTRAINT inbox_digest_sent_at_key;
ALTER TABLE inbox ADD UNIQUE (sent_at, digest);
CREATE INDEX inbox_by_digest ON inbox (digest) WHERE by_digest = 1;
`,
  15: AUDIT_ON_POSTGRES,
  18: inPostgres(PHONE_ORDERS + KEY_GENERATIONS + VAULT) + EVIDENCE_SEALED_ANEW_ON_POSTGRES,
};
