import { ATTEMPTS_AND_ACCOUNTS, BOOKS_CHECKED, PAID_BY } from './book-migrations.ts';
import { CIBA_PINGS, CIBA_REQUESTS, CLIENT_ASSERTIONS } from './ciba-migrations.ts';
import { CASH_REGISTERS } from './ecr-migrations.ts';
import { FIRST_TABLES } from './first-tables.ts';
import { JWS_KEYS } from './jws-migrations.ts';
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
import { EVIDENCE_FOR_PARTIES, PARTY_CONSENTS, PAYMENTS_OF_PARTIES, RELYING_PARTIES } from './party-migrations.ts';
import {
  ALIASES,
  EVIDENCE_SEALED_ANEW,
  EVIDENCE_SEALED_ANEW_ON_POSTGRES,
  KEY_ENDS,
  KEY_GENERATIONS,
  KEYS_OF_DESCRIPTORS,
  PHONE_ORDERS,
  PIN_CHANGES,
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

const MODEMS_OF_PROCESSES =
  'ALTER TABLE process ADD COLUMN ready_modems INTEGER NOT NULL DEFAULT 0; -- as others are told';

const KEYS_OF_THE_DATABASE =
  'ALTER TABLE vault ADD COLUMN keys_digest BLOB; -- of the keys that the service was begun with; NULL: never started';

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

const REPORTS_BY_FRAME = `
ALTER TABLE receipt ADD COLUMN first_frame INTEGER;            -- the first frame whose report is about this receipt; NULL: none was asked for
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
  MODEMS_OF_PROCESSES,
  KEYS_OF_THE_DATABASE,
  REPORTS_BY_FRAME,
  PIN_CHANGES,
  KEYS_OF_DESCRIPTORS,
  CASH_REGISTERS,
  RELYING_PARTIES,
  JWS_KEYS,
  CIBA_REQUESTS,
  EVIDENCE_FOR_PARTIES,
  CIBA_PINGS,
  PAYMENTS_OF_PARTIES,
  CLIENT_ASSERTIONS,
  PARTY_CONSENTS,
  PAID_BY,
  ALIASES,
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
  31: `${inPostgres(RELYING_PARTIES)}CREATE INDEX authentication_by_rowid ON authentication (rowid);`,
  33: `${inPostgres(CIBA_REQUESTS)}CREATE INDEX ciba_request_by_rowid ON ciba_request (rowid);`,
  37: `${inPostgres(CLIENT_ASSERTIONS)}CREATE INDEX client_assertion_by_rowid ON client_assertion (rowid);`,
};
