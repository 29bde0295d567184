/** Forbids changing and deleting rows of a table whose history must stay. */
function appendOnly(table: string): string {
  return `
CREATE TRIGGER ${table}_is_not_changed BEFORE UPDATE ON ${table} BEGIN SELECT RAISE(ABORT, '${table} is append only'); END;
CREATE TRIGGER ${table}_is_not_deleted BEFORE DELETE ON ${table} BEGIN SELECT RAISE(ABORT, '${table} is append only'); END;
`;
}

const TABLES = `
CREATE TABLE person (
  id INTEGER PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,                 -- E.164 with +
  name TEXT NOT NULL,
  language TEXT NOT NULL,
  created_at INTEGER NOT NULL                  -- all times: ms since 1970
) STRICT;

CREATE TABLE device (
  serial INTEGER PRIMARY KEY,                  -- in order of registration
  id INTEGER NOT NULL UNIQUE,                  -- u32, on the air
  person_id INTEGER NOT NULL REFERENCES person (id),
  state TEXT NOT NULL,
  code_mac BLOB NOT NULL,                      -- activation code under the vault key, never the code
  code_tries_left INTEGER NOT NULL,
  code_expires_at INTEGER NOT NULL,
  sealing_key BLOB,                            -- D
  sealed_approval_key BLOB,                    -- A under the vault key
  highest_ctr INTEGER NOT NULL DEFAULT 0,
  failures_in_row INTEGER NOT NULL DEFAULT 0,
  blocked_until INTEGER,                       -- NULL while blocked: until a new enrolment
  created_at INTEGER NOT NULL,
  activated_at INTEGER
) STRICT;
CREATE INDEX device_of_person ON device (person_id);
CREATE UNIQUE INDEX one_active_device ON device (person_id) WHERE state IN ('active', 'blocked');

CREATE TABLE pin_failure (device_id INTEGER NOT NULL REFERENCES device (id), at INTEGER NOT NULL) STRICT;
CREATE INDEX pin_failure_of_device ON pin_failure (device_id, at);

CREATE TABLE counter (
  device_id INTEGER NOT NULL REFERENCES device (id),
  ctr INTEGER NOT NULL,
  PRIMARY KEY (device_id, ctr)
) STRICT, WITHOUT ROWID;

CREATE TABLE merchant (
  id INTEGER PRIMARY KEY,                      -- u32, on the air
  name TEXT NOT NULL,                          -- the payee as shown
  currency TEXT NOT NULL,
  api_key_hash BLOB NOT NULL UNIQUE,
  person_id INTEGER UNIQUE REFERENCES person (id),
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE challenge (
  ref TEXT PRIMARY KEY,                        -- 16 hex digits: txn of a payment, challenge of an authentication
  purpose TEXT NOT NULL,
  device_id INTEGER NOT NULL REFERENCES device (id),
  request BLOB NOT NULL,                       -- the 83 octets as displayed
  frame BLOB NOT NULL,                         -- the same, sealed; resent as it is
  asked_at INTEGER NOT NULL,
  deadline INTEGER NOT NULL,                   -- last arrival that counts
  resends INTEGER NOT NULL DEFAULT 0,
  wrong_pins INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE evidence (
  ref TEXT PRIMARY KEY REFERENCES challenge (ref),
  device_id INTEGER NOT NULL REFERENCES device (id),
  ctr INTEGER NOT NULL,
  instrument INTEGER NOT NULL,
  sealed BLOB NOT NULL,                        -- A and signature under the vault key: either tests PINs for a phone's thief
  at INTEGER NOT NULL
) STRICT;
${appendOnly('evidence')}
CREATE TABLE payment (
  txn TEXT PRIMARY KEY,                        -- 16 hex digits
  merchant_id INTEGER NOT NULL REFERENCES merchant (id),
  mref TEXT NOT NULL,                          -- API: the merchant's text; merchant's phone: "sms:" and 16 hex digits
  fingerprint TEXT NOT NULL,                   -- what was asked under this mref
  init BLOB,                                   -- the PAY_INIT of a merchant's phone, 79 octets
  init_device_id INTEGER REFERENCES device (id),
  person_id INTEGER NOT NULL REFERENCES person (id),
  device_id INTEGER REFERENCES device (id),
  minor INTEGER NOT NULL CHECK (minor > 0),
  currency TEXT NOT NULL,
  reference TEXT NOT NULL,
  ttl INTEGER NOT NULL,                        -- seconds
  match_code INTEGER NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  approval_code INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  UNIQUE (merchant_id, mref)
) STRICT;
CREATE INDEX payment_in_motion ON payment (state) WHERE state IN ('APPROVED', 'SENDING');
CREATE INDEX payment_of_merchant ON payment (merchant_id, created_at);
CREATE INDEX payment_of_person ON payment (person_id, state);

CREATE TABLE receipt (
  ref TEXT NOT NULL,                           -- txn or challenge to the customer, mref to the merchant's phone
  device_id INTEGER NOT NULL REFERENCES device (id),
  frame BLOB NOT NULL,                         -- the latest, sent again as it is
  repeats INTEGER NOT NULL DEFAULT 0,
  at INTEGER NOT NULL,
  PRIMARY KEY (device_id, ref)
) STRICT;

CREATE TABLE attempt (
  rail_key TEXT PRIMARY KEY,                   -- txn and kind: made and stored before its first use
  txn TEXT NOT NULL REFERENCES payment (txn),
  inquiries INTEGER NOT NULL DEFAULT 0,
  started_at INTEGER NOT NULL
) STRICT;

CREATE TABLE ledger_decision (
  rail_key TEXT PRIMARY KEY,
  approval_code INTEGER,                       -- NULL: declined
  reason TEXT,
  minor INTEGER NOT NULL,
  currency TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
${appendOnly('ledger_decision')}
CREATE TABLE transfer (
  id TEXT PRIMARY KEY,                         -- derives from a txn or a deposit's reference
  txn TEXT,
  debit TEXT NOT NULL,
  credit TEXT NOT NULL,
  minor INTEGER NOT NULL CHECK (minor > 0),
  currency TEXT NOT NULL,
  at INTEGER NOT NULL,
  CHECK (debit <> credit)
) STRICT;
CREATE INDEX transfer_by_txn ON transfer (txn);
CREATE INDEX transfer_by_debit ON transfer (debit, currency);
${appendOnly('transfer')}
CREATE TABLE transfer_end (
  id TEXT PRIMARY KEY REFERENCES transfer (id),
  outcome TEXT NOT NULL CHECK (outcome IN ('posted', 'voided')),
  at INTEGER NOT NULL
) STRICT;
${appendOnly('transfer_end')}
CREATE TABLE entry (
  transfer_id TEXT NOT NULL REFERENCES transfer (id),
  account TEXT NOT NULL,
  minor INTEGER NOT NULL,                      -- what the account gains
  currency TEXT NOT NULL,
  PRIMARY KEY (transfer_id, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_of_account ON entry (account, currency);
${appendOnly('entry')}
CREATE TABLE journal (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  subject TEXT NOT NULL,                       -- txn, or "device:" and its number
  event TEXT NOT NULL                          -- JSON
) STRICT;
CREATE INDEX journal_of_subject ON journal (subject, seq);
${appendOnly('journal')}
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  number TEXT NOT NULL,
  device_id INTEGER NOT NULL REFERENCES device (id),
  message TEXT NOT NULL,                       -- its type, for people
  ref TEXT NOT NULL,
  frame BLOB,                                  -- sealed; gone once the row has ended
  state TEXT NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  useful_until INTEGER NOT NULL,
  trouble TEXT,
  created_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;
CREATE INDEX outbox_to_send ON outbox (state, id) WHERE state IN ('waiting', 'handed', 'resting');
CREATE INDEX outbox_by_end ON outbox (ended_at);

CREATE TABLE inbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  digest BLOB NOT NULL,                        -- SHA-256 of the frame
  sent_at INTEGER NOT NULL,                    -- service centre's stamp: the same SMS handed over twice has the same
  originator TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  frame BLOB,                                  -- sealed; gone once it was dealt with
  result TEXT,
  UNIQUE (digest, sent_at)
) STRICT;
CREATE INDEX inbox_to_read ON inbox (id) WHERE frame IS NOT NULL;
CREATE INDEX inbox_by_age ON inbox (received_at);

CREATE TABLE timer (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  due INTEGER NOT NULL,
  UNIQUE (kind, subject)
) STRICT;
CREATE INDEX timer_by_due ON timer (due, id);
`;

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

/** What each version adds to the tables. A published entry is never edited; a change is a new entry at the end. */
export const MIGRATIONS: readonly string[] = [
  TABLES,
  KEYS_AND_REPORTS,
  BALANCE_ANSWERS,
  FRAMES_TRIED_AGAIN,
  ATTEMPTS_AND_ACCOUNTS,
];
