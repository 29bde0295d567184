// Part of `MIGRATIONS`, and like it never edited.

/** Orders to phones. */
export const PHONE_ORDERS: string = `
ALTER TABLE device ADD COLUMN locked_at INTEGER;
ALTER TABLE device ADD COLUMN order_ref TEXT;
CREATE TABLE device_order (                    -- lock, unlock, wipe
  ref TEXT PRIMARY KEY,                        -- 16 hex digits
  device_id INTEGER NOT NULL REFERENCES device (id),
  command TEXT NOT NULL,
  time INTEGER NOT NULL,                       -- in the order, unix seconds: each is newer than the one before
  frame BLOB NOT NULL,                         -- sealed; sent again as it is
  at INTEGER NOT NULL,
  sent_at INTEGER NOT NULL,                    -- when it was written into the outbox last
  repeats INTEGER NOT NULL DEFAULT 0,
  confirmed_at INTEGER
) STRICT;
CREATE INDEX device_order_of_device ON device_order (device_id, time);
`;

/** Keys of the service that follow one another. */
export const KEY_GENERATIONS: string = `
ALTER TABLE device ADD COLUMN sealing_kid INTEGER;
ALTER TABLE device ADD COLUMN sealing_from INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN signing_kid INTEGER;
CREATE TABLE service_key (                     -- keys of the service after those of the key file, and these once others have followed
  use TEXT NOT NULL,                           -- sealing, signing
  kid INTEGER NOT NULL,                        -- on the air; names one key for ever
  public_key BLOB NOT NULL,
  sealed_secret BLOB,                          -- under the vault key; NULL: in the key file
  created_at INTEGER NOT NULL,
  begins_at INTEGER,                           -- NULL: root has not signed its announcement yet
  ends_at INTEGER,                             -- NULL: none has followed
  announcement BLOB,                           -- 107 octets, signed by root
  PRIMARY KEY (use, kid)
) STRICT, WITHOUT ROWID;

CREATE TABLE key_told (                        -- announcements to phones that are not known to have the key
  device_id INTEGER NOT NULL REFERENCES device (id),
  use TEXT NOT NULL,
  kid INTEGER NOT NULL,
  times INTEGER NOT NULL,
  at INTEGER NOT NULL,                         -- the last time
  PRIMARY KEY (device_id, use, kid)
) STRICT, WITHOUT ROWID;
`;

/** Ends of keys, which phones are told as well; an order is composed each time that it is sent. */
export const KEY_ENDS: string = `
ALTER TABLE device ADD COLUMN ends_heard_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE service_key ADD COLUMN end_announcement BLOB;
ALTER TABLE service_key ADD COLUMN end_announced_at INTEGER;
ALTER TABLE device_order DROP COLUMN frame;
DROP TABLE key_told;
CREATE TABLE key_told (                        -- announcements that went to phones
  device_id INTEGER NOT NULL REFERENCES device (id),
  use TEXT NOT NULL,
  kid INTEGER NOT NULL,                        -- 0: the phone sealed to a key that does not count for it
  not_after INTEGER NOT NULL,                  -- in the announcement, unix seconds: 4294967295 for a key without an end
  times INTEGER NOT NULL,
  at INTEGER NOT NULL,                         -- the last time
  heard_at INTEGER,                            -- when the network said that the phone has it
  PRIMARY KEY (device_id, use, kid, not_after)
) STRICT, WITHOUT ROWID;
`;

const SEALED_ANEW = `EXISTS (SELECT 1 FROM vault WHERE key_before IS NOT NULL) AND NEW.ref = OLD.ref
  AND NEW.device_id = OLD.device_id AND NEW.ctr = OLD.ctr AND NEW.instrument = OLD.instrument AND NEW.at = OLD.at`;

/** The vault key changes: which one it is, and evidence that may be sealed anew. */
export const VAULT: string = `
CREATE TABLE vault (                           -- which key the vault has
  id INTEGER PRIMARY KEY CHECK (id = 1),
  proof BLOB NOT NULL,                         -- sealed under the present key
  key_before BLOB,                             -- under the present one; NULL: nothing needs it
  key_present BLOB,                            -- under the one before
  changed_at INTEGER NOT NULL,
  walk_table INTEGER NOT NULL DEFAULT 0,       -- how far the values are sealed anew
  walk_after TEXT NOT NULL DEFAULT '',
  found INTEGER NOT NULL DEFAULT 0,
  moved INTEGER NOT NULL DEFAULT 0
) STRICT;
`;

export const EVIDENCE_SEALED_ANEW: string = `
DROP TRIGGER evidence_is_not_changed;
CREATE TRIGGER evidence_is_not_changed BEFORE UPDATE ON evidence WHEN NOT (${SEALED_ANEW}) BEGIN SELECT RAISE(ABORT, 'evidence is append only'); END;
`;

/** The same on PostgreSQL. */
export const EVIDENCE_SEALED_ANEW_ON_POSTGRES: string = `
CREATE OR REPLACE FUNCTION evidence_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND coalesce(OLD.at < (SELECT before FROM deletion), FALSE) THEN RETURN OLD; END IF;
  IF TG_OP = 'UPDATE' THEN IF ${SEALED_ANEW} THEN RETURN NEW; END IF; END IF;
  RAISE EXCEPTION 'evidence is append only';
END $$;
`;

const IN_DESCRIPTOR = (use: string) => `(
  SELECT kid FROM service_key WHERE use = '${use}' AND begins_at <= device.created_at
    AND (ends_at IS NULL OR ends_at > device.created_at)
  ORDER BY begins_at DESC, kid DESC LIMIT 1)`;

/** The keys in the descriptor of a phone. Of the phones of before only their time tells which ones. */
export const KEYS_OF_DESCRIPTORS: string = `
ALTER TABLE device ADD COLUMN first_sealing_kid INTEGER;
ALTER TABLE device ADD COLUMN first_signing_kid INTEGER;
UPDATE device SET first_sealing_kid = ${IN_DESCRIPTOR('sealing')}, first_signing_kid = ${IN_DESCRIPTOR('signing')};
`;

/** Phones whose PIN changes. */
export const PIN_CHANGES: string = `
ALTER TABLE device ADD COLUMN pin_changed_ctr INTEGER NOT NULL DEFAULT 0;
CREATE TABLE pin_change (                      -- kept for a day; the key of before for an hour
  device_id INTEGER NOT NULL REFERENCES device (id),
  pcid TEXT NOT NULL,                          -- 16 hex digits, by the phone
  state TEXT NOT NULL,                         -- open, then changed or refused
  ctr INTEGER NOT NULL,                        -- of the message that came first
  new_key BLOB,                                -- A' under the vault key, of PIN_NEW
  proof BLOB,                                  -- the signature of PIN_PROOF under the vault key, until A' has come
  proof_ctr INTEGER NOT NULL DEFAULT 0,        -- of the last PIN_PROOF
  wrong_pins INTEGER NOT NULL DEFAULT 0,
  former_key BLOB,                             -- A of before under the vault key: for what was asked and signed before the change
  changed_at INTEGER,
  PRIMARY KEY (device_id, pcid)
) STRICT, WITHOUT ROWID;
`;

/** Names of people in the place of their numbers. */
export const ALIASES: string = `
CREATE TABLE alias (                           -- names in the place of numbers; a row stays, so that nobody else gets the alias
  likeness TEXT PRIMARY KEY,                   -- what it looks like: those that look alike are one
  letters TEXT NOT NULL,                       -- as it is shown
  person_id INTEGER NOT NULL REFERENCES person (id),
  given_at INTEGER NOT NULL,
  ended_at INTEGER                             -- since then it names nobody
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX alias_of_person ON alias (person_id) WHERE ended_at IS NULL;
`;
