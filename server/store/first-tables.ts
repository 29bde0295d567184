/** Forbids changing and deleting rows of a table whose history must stay. */
export function appendOnly(table: string): string {
  return `
CREATE TRIGGER ${table}_is_not_changed BEFORE UPDATE ON ${table} BEGIN SELECT RAISE(ABORT, '${table} is append only'); END;
CREATE TRIGGER ${table}_is_not_deleted BEFORE DELETE ON ${table} BEGIN SELECT RAISE(ABORT, '${table} is append only'); END;
`;
}

/** The tables of the first version. */
export const FIRST_TABLES: string = `
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
