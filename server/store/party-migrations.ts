// Part of `MIGRATIONS`, and like it never edited.

/** Relying parties, and what they ask people for: logins and signatures. */
export const RELYING_PARTIES: string = `
CREATE TABLE relying_party (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,                   -- in full
  short_name TEXT NOT NULL UNIQUE,             -- as phones show it
  kinds TEXT NOT NULL,                         -- what it may ask for: login, sign, or both with a blank between
  requests_a_day INTEGER NOT NULL,             -- its budget
  requests_full_at INTEGER NOT NULL DEFAULT 0, -- allowance of the same
  api_key_hash BLOB NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  in_vain_full_at INTEGER NOT NULL DEFAULT 0,  -- allowance of requests that nobody confirmed
  suspended_at INTEGER,                        -- until the operator looks
  old_key_hash BLOB,                           -- of the API key before
  old_key_until INTEGER NOT NULL DEFAULT 0,    -- it works before this moment
  key_revoked_at INTEGER                       -- since then neither key opens anything
) STRICT;
CREATE UNIQUE INDEX relying_party_by_old_key ON relying_party (old_key_hash);
CREATE TABLE party_in_vain (                   -- requests of a relying party that a person did not confirm
  party_id INTEGER NOT NULL REFERENCES relying_party (id),
  person_id INTEGER NOT NULL REFERENCES person (id),
  full_at INTEGER NOT NULL DEFAULT 0,          -- allowance
  not_me INTEGER NOT NULL DEFAULT 0,           -- how often the person said "not me"
  not_me_at INTEGER NOT NULL DEFAULT 0,        -- the last time
  PRIMARY KEY (party_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE authentication (
  id TEXT PRIMARY KEY,                         -- 16 hex digits: the challenge
  party_id INTEGER NOT NULL REFERENCES relying_party (id),
  request_key TEXT NOT NULL,                   -- the party's key of this authentication
  fingerprint BLOB NOT NULL,                   -- SHA-256 of what was asked under this key
  person_id INTEGER REFERENCES person (id),    -- NULL: the number is nobody's
  device_id INTEGER REFERENCES device (id),    -- NULL: nobody is asked, and it expires
  kind TEXT NOT NULL,                          -- login or sign
  title TEXT NOT NULL,                         -- as phones show it
  full_title TEXT,                             -- sign
  document_hash BLOB,                          -- sign: SHA-256
  match_code INTEGER NOT NULL,
  ttl INTEGER NOT NULL,                        -- seconds
  state TEXT NOT NULL,                         -- asked, then an end
  reason TEXT,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  due INTEGER,                                 -- of one that nobody is asked: when it expires
  UNIQUE (party_id, request_key)
) STRICT;
CREATE INDEX authentication_of_party ON authentication (party_id, id);
CREATE INDEX authentication_open ON authentication (party_id) WHERE state = 'asked' AND party_id > 0;
CREATE INDEX authentication_due ON authentication (due) WHERE due IS NOT NULL;
`;

export const EVIDENCE_FOR_PARTIES: string =
  'ALTER TABLE authentication ADD COLUMN evidence TEXT; -- JWS, once it was asked for';

/** Payments that a person confirms, and the relying party makes. */
export const PAYMENTS_OF_PARTIES: string = `
ALTER TABLE authentication ADD COLUMN payee TEXT;
ALTER TABLE authentication ADD COLUMN currency TEXT;
ALTER TABLE authentication ADD COLUMN minor INTEGER;
`;

/** Whether a relying party may ask a person at all: it may where the person has confirmed something for it. */
export const PARTY_CONSENTS: string = `
CREATE TABLE party_consent (                   -- whether a relying party may ask a person at all
  party_id INTEGER NOT NULL REFERENCES relying_party (id),
  person_id INTEGER NOT NULL REFERENCES person (id),
  ref TEXT UNIQUE,                             -- the last question for it; NULL: it was asked before there were such questions
  authentication_id TEXT,                      -- the authentication that waits for the answer
  given_at INTEGER,                            -- NULL: it may not ask
  quiet_until INTEGER NOT NULL DEFAULT 0,      -- until then the person is not asked for it
  PRIMARY KEY (party_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX party_consent_of_person ON party_consent (person_id);
INSERT INTO party_consent (party_id, person_id, given_at)
  SELECT party_id, person_id, min(changed_at) FROM authentication WHERE state = 'confirmed' GROUP BY party_id, person_id;
`;
