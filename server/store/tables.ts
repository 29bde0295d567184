import { CIBA_TABLES } from './ciba-tables.ts';
import { JWS_TABLES } from './jws-tables.ts';
import { OPERATOR_TABLES } from './operator-tables.ts';
import { PARTY_TABLES } from './party-tables.ts';
import { PEOPLE_TABLES } from './people-tables.ts';

/**
 * The tables of the service as they are in this version, for both databases: a new file of SQLite gets this text as it is, and
 * PostgreSQL gets it with other types (`postgres-tables.ts`). A file of an earlier version comes to the same by
 * `migrations.ts`, and a test compares both. Times are ms since 1970, sums are minor units.
 */
export const TABLES: string = `
${PEOPLE_TABLES}
CREATE TABLE merchant (
  id INTEGER PRIMARY KEY,                      -- u32, on the air
  name TEXT NOT NULL,                          -- the payee as shown
  currency TEXT NOT NULL,
  api_key_hash BLOB NOT NULL UNIQUE,
  person_id INTEGER UNIQUE REFERENCES person (id),
  created_at INTEGER NOT NULL,
  idempotency_key TEXT,                        -- the administrator's key of the request that registered it
  in_vain_full_at INTEGER NOT NULL DEFAULT 0,  -- allowance of requests that nobody paid
  suspended_at INTEGER,                        -- until the operator looks
  old_key_hash BLOB,                           -- of the API key before
  old_key_until INTEGER NOT NULL DEFAULT 0,    -- it works before this moment
  key_revoked_at INTEGER                       -- since then neither key opens anything
) STRICT;
CREATE UNIQUE INDEX merchant_by_idempotency_key ON merchant (idempotency_key);
CREATE UNIQUE INDEX merchant_by_old_key ON merchant (old_key_hash);

CREATE TABLE asked_in_vain (                   -- requests of a merchant that a customer did not pay
  merchant_id INTEGER NOT NULL REFERENCES merchant (id),
  person_id INTEGER NOT NULL REFERENCES person (id),
  full_at INTEGER NOT NULL DEFAULT 0,          -- allowance
  not_me INTEGER NOT NULL DEFAULT 0,           -- how often the customer said "not me"
  not_me_at INTEGER NOT NULL DEFAULT 0,        -- the last time
  PRIMARY KEY (merchant_id, person_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE cash_register (
  terminal TEXT PRIMARY KEY,                   -- 8 digits, by which the register calls it
  merchant_id INTEGER NOT NULL REFERENCES merchant (id),
  customer TEXT,                               -- E.164 or an alias: who pays next; NULL: nobody was named
  customer_until INTEGER NOT NULL DEFAULT 0,
  operations INTEGER NOT NULL DEFAULT 0,       -- payments and reversals so far
  operation TEXT NOT NULL DEFAULT 'none',      -- the last one: payment or reversal
  begun_at INTEGER NOT NULL DEFAULT 0,
  result TEXT,                                 -- how it ended, as JSON; NULL: it is under way
  paid INTEGER NOT NULL DEFAULT 0,             -- the operation that a reversal takes back; 0: none
  total INTEGER NOT NULL DEFAULT 0             -- minor units, since the register closed its totals
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
  wrong_pins INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'asked',         -- then approved, refused, expired or withdrawn
  due INTEGER                                  -- while asked: when it is sent again or, after the last time, expires
) STRICT;
CREATE INDEX challenge_due ON challenge (due) WHERE due IS NOT NULL;

CREATE TABLE evidence (
  ref TEXT PRIMARY KEY REFERENCES challenge (ref),
  device_id INTEGER NOT NULL REFERENCES device (id),
  ctr INTEGER NOT NULL,
  instrument INTEGER NOT NULL,
  sealed BLOB NOT NULL,                        -- A and signature under the vault key: either tests PINs for a phone's thief
  at INTEGER NOT NULL
) STRICT;

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
  rail TEXT NOT NULL DEFAULT 'ledger',
  refunded INTEGER NOT NULL DEFAULT 0,         -- minor units that refunds give back or have given back
  last_digits TEXT,                            -- of the card that paid, where the rail knows them
  UNIQUE (merchant_id, mref)
) STRICT;
CREATE INDEX payment_of_merchant ON payment (merchant_id, created_at);
CREATE INDEX payment_in_review ON payment (created_at) WHERE state = 'REVIEW';
CREATE INDEX payment_of_person ON payment (person_id, created_at);
CREATE INDEX payment_requested ON payment (person_id) WHERE state = 'REQUESTED';
CREATE INDEX payment_open ON payment (merchant_id) WHERE state = 'REQUESTED' AND merchant_id > 0;

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

CREATE TABLE transfer_end (
  id TEXT PRIMARY KEY REFERENCES transfer (id),
  outcome TEXT NOT NULL CHECK (outcome IN ('posted', 'voided')),
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX transfer_end_by_time ON transfer_end (at);

CREATE TABLE entry (
  transfer_id TEXT NOT NULL REFERENCES transfer (id),
  account TEXT NOT NULL,
  minor INTEGER NOT NULL,                      -- what the account gains
  currency TEXT NOT NULL,
  PRIMARY KEY (transfer_id, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_of_account ON entry (account, currency);

CREATE TABLE journal (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  subject TEXT NOT NULL,                       -- txn, or "device:" and its number
  event TEXT NOT NULL                          -- JSON
) STRICT;

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
  ended_at INTEGER,
  report INTEGER NOT NULL DEFAULT 0,           -- 1: the network is asked to say when it is delivered
  holder INTEGER                               -- the process that handed the frame to its bearer
) STRICT;
CREATE INDEX outbox_to_send ON outbox (state, id) WHERE ended_at IS NULL;
CREATE INDEX outbox_open_by_ref ON outbox (ref) WHERE ended_at IS NULL;

CREATE TABLE process (                         -- with a lease on what it has begun outside the database
  id INTEGER PRIMARY KEY AUTOINCREMENT,        -- never given to another one
  name TEXT NOT NULL,                          -- for people
  began_at INTEGER NOT NULL,
  alive_until INTEGER NOT NULL,
  ready_modems INTEGER NOT NULL DEFAULT 0      -- as others are told
) STRICT;

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
CREATE INDEX inbox_by_digest ON inbox (digest) WHERE by_digest = 1;
CREATE INDEX inbox_undealt ON inbox (id) WHERE frame IS NOT NULL AND result IS NULL;

CREATE TABLE timer (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  due INTEGER NOT NULL,
  UNIQUE (kind, subject)
) STRICT;
CREATE INDEX timer_by_due ON timer (due, id);

CREATE TABLE balance_answer (
  ref TEXT NOT NULL,                           -- of the phone's query
  device_id INTEGER NOT NULL REFERENCES device (id),
  message TEXT NOT NULL,                       -- BALANCE or NAK
  frame BLOB NOT NULL,                         -- sealed; sent again as it is
  repeats INTEGER NOT NULL DEFAULT 0,
  at INTEGER NOT NULL,
  PRIMARY KEY (device_id, ref)
) STRICT;

CREATE TABLE account (
  owner TEXT NOT NULL,                         -- person:1, merchant:1, clearing:card, cash
  currency TEXT NOT NULL,
  debits_pending INTEGER NOT NULL DEFAULT 0,   -- minor units that pending transfers may take
  debits_posted INTEGER NOT NULL DEFAULT 0,
  credits_posted INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (owner, currency)
) STRICT, WITHOUT ROWID;

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
CREATE INDEX attempt_done ON attempt (changed_at) WHERE state = 'done';
CREATE INDEX refund_in_review ON attempt (txn) WHERE state = 'given-up' AND kind = 'refund';

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

CREATE TABLE merchant_receipt (
  txn TEXT NOT NULL REFERENCES payment (txn),
  state TEXT NOT NULL,                         -- of the payment
  receipt BLOB NOT NULL,                       -- 83 octets
  public_key BLOB NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (txn, state)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger_checkpoint (
  transfer_end INTEGER NOT NULL                -- rowid of the latest one that a start of the service has checked
) STRICT;

CREATE TABLE difference (                      -- between a rail's settlement and the service; the row goes when it is gone
  rail TEXT NOT NULL,
  rail_key TEXT NOT NULL,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,                         -- of the movement
  detail TEXT NOT NULL DEFAULT '',             -- what was seen last
  accepted_at INTEGER,                         -- when an operator has accepted what was seen; NULL: open
  PRIMARY KEY (rail, rail_key, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE reconciled (
  rail TEXT PRIMARY KEY,
  until INTEGER NOT NULL                       -- all days before it were compared
) STRICT, WITHOUT ROWID;

CREATE TABLE deletion (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  before INTEGER NOT NULL                      -- append-only rows older than this may be deleted, ms since 1970; 0: none
) STRICT;

CREATE TABLE folded (                          -- what deleted entries had moved
  owner TEXT NOT NULL,
  currency TEXT NOT NULL,
  debits INTEGER NOT NULL,
  credits INTEGER NOT NULL,
  PRIMARY KEY (owner, currency)
) STRICT, WITHOUT ROWID;

CREATE TABLE receipt (
  ref TEXT NOT NULL,                           -- txn or challenge to the customer, mref to the merchant's phone
  device_id INTEGER NOT NULL REFERENCES device (id),
  frame BLOB NOT NULL,                         -- the latest, sent again as it is
  repeats INTEGER NOT NULL DEFAULT 0,
  at INTEGER NOT NULL,
  first_frame INTEGER,                         -- the first frame whose report is about this receipt; NULL: none was asked for
  PRIMARY KEY (ref, device_id)
) STRICT;
${OPERATOR_TABLES}${PARTY_TABLES}${JWS_TABLES}${CIBA_TABLES}`;

/** The rows that each database has from the beginning. */
export const FIRST_ROWS: string = `
INSERT INTO ledger_checkpoint (transfer_end) VALUES (0);
INSERT INTO deletion (id, before) VALUES (1, 0);
`;

/** A table whose rows are never changed, and are deleted only when they are old, or never. */
export interface AppendOnly {
  readonly table: string;
  /** The SQL condition for a row `OLD` that may go: true only inside the transactions of the retention job. */
  readonly mayGo: string;
  /** The SQL condition under which a row `OLD` may become `NEW`. Default: never. */
  readonly mayChange?: string;
}

const BEFORE = '(SELECT before FROM deletion)';

/** Evidence is sealed anew while the vault key is changed; nothing else of it changes. */
const SEALED_ANEW = `EXISTS (SELECT 1 FROM vault WHERE key_before IS NOT NULL) AND NEW.ref = OLD.ref
  AND NEW.device_id = OLD.device_id AND NEW.ctr = OLD.ctr AND NEW.instrument = OLD.instrument AND NEW.at = OLD.at`;

export const APPEND_ONLY: readonly AppendOnly[] = [
  { table: 'evidence', mayGo: `OLD.at < ${BEFORE}`, mayChange: SEALED_ANEW },
  ...['transfer', 'transfer_end', 'journal'].map((table) => ({ table, mayGo: `OLD.at < ${BEFORE}` })),
  { table: 'audit', mayGo: 'FALSE' },
  { table: 'entry', mayGo: `(SELECT at FROM transfer WHERE id = OLD.transfer_id) < ${BEFORE}` },
  { table: 'merchant_receipt', mayGo: `(SELECT changed_at FROM payment WHERE txn = OLD.txn) < ${BEFORE}` },
];

/** The first number of the sequence of approvals is one more. */
export const APPROVALS_FROM = 100_000;
