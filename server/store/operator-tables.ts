/** Part of `TABLES`: who runs the service, and what they did. */
export const OPERATOR_TABLES: string = `
CREATE TABLE operator (                        -- who runs the service, each with a key and a role
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL,                          -- viewer, clerk, treasurer, admin
  key_hash BLOB NOT NULL UNIQUE,               -- SHA-256 of the API key, of 256 random bits
  created_at INTEGER NOT NULL,
  revoked_at INTEGER,                          -- the row stays, so that no name is given twice
  hand TEXT,                                   -- who made a key of this operator, and may have it; NULL: nobody, or it was confirmed
  own_key INTEGER NOT NULL DEFAULT 1,          -- 0: the present key is the one that the hand made
  own_at INTEGER                               -- when this operator was on their own first
) STRICT;

CREATE TABLE audit (                           -- what operators did; each row has the hash of the one before in its own
  seq INTEGER PRIMARY KEY,                     -- without gaps
  at INTEGER NOT NULL,
  request TEXT NOT NULL UNIQUE,                -- so that a transaction that runs twice writes one row
  operator TEXT NOT NULL,
  role TEXT NOT NULL,
  route TEXT NOT NULL,
  subject TEXT NOT NULL,                       -- person:1, or the pattern of the path of a request that was refused
  body_digest BLOB,                            -- SHA-256; NULL: the body was not read
  outcome TEXT NOT NULL,                       -- done, or refused and the status of HTTP
  hash BLOB NOT NULL                           -- SHA-256 of the hash before and of the other fields
) STRICT;

CREATE TABLE audit_head (                      -- the last row of the chain: locked by whoever appends
  id INTEGER PRIMARY KEY CHECK (id = 1),
  seq INTEGER NOT NULL,
  hash BLOB NOT NULL
) STRICT;

CREATE TABLE pending_deposit (                 -- above what one operator may deposit alone
  id INTEGER PRIMARY KEY,
  person_id INTEGER NOT NULL REFERENCES person (id),
  reference TEXT NOT NULL,
  minor INTEGER NOT NULL CHECK (minor > 0),
  currency TEXT NOT NULL,
  asked_by TEXT NOT NULL,                      -- name of an operator
  asked_at INTEGER NOT NULL,
  confirmed_by TEXT,                           -- another one; NULL: nothing is booked
  asked_hand TEXT,                             -- in whose hand the one who asked was then; NULL: asked before version 20
  UNIQUE (person_id, reference)
) STRICT;

CREATE TABLE deposited_alone (                 -- what was deposited within a day without a second operator
  whose TEXT NOT NULL,                         -- person:1, who got it; operator:anna, in whose hand they were who gave it
  day INTEGER NOT NULL,                        -- its beginning in UTC
  minor INTEGER NOT NULL,                      -- of all currencies together
  PRIMARY KEY (whose, day)
) STRICT, WITHOUT ROWID;
`;
