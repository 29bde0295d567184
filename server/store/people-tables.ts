/** Part of `TABLES`: people and their phones. */
export const PEOPLE_TABLES: string = `CREATE TABLE person (
  id INTEGER PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,                 -- E.164 with +
  name TEXT NOT NULL,
  language TEXT NOT NULL,
  created_at INTEGER NOT NULL                  -- all times: ms since 1970
) STRICT;

CREATE TABLE alias (                           -- names in the place of numbers; a row stays, so that nobody else gets the alias
  likeness TEXT PRIMARY KEY,                   -- what it looks like: those that look alike are one
  letters TEXT NOT NULL,                       -- as it is shown
  person_id INTEGER NOT NULL REFERENCES person (id),
  given_at INTEGER NOT NULL,
  ended_at INTEGER                             -- since then it names nobody
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX alias_of_person ON alias (person_id) WHERE ended_at IS NULL;

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
  activated_at INTEGER,
  tries_elsewhere INTEGER NOT NULL DEFAULT 0,  -- wrong activation codes that came from another number
  link_hash BLOB,                              -- SHA-256 of the token in the link of the descriptor; NULL: before version 13
  unbidden_full_at INTEGER NOT NULL DEFAULT 0, -- allowance of messages that answer no open question
  unbidden_alarm_at INTEGER NOT NULL DEFAULT 0, -- when it was last said that it is used up
  locked_at INTEGER,                           -- reported stolen: since then it may do nothing
  order_ref TEXT,                              -- of the order that it has not confirmed
  sealing_kid INTEGER,                         -- the latest S that the phone is known to have; NULL: that of the key file
  sealing_from INTEGER NOT NULL DEFAULT 0,     -- its lowest ctr under it: an earlier S counts below only
  signing_kid INTEGER,                         -- the same for R
  first_sealing_kid INTEGER,                   -- S in its descriptor; NULL: that of the key file
  first_signing_kid INTEGER,                   -- the same for R
  ends_heard_at INTEGER NOT NULL DEFAULT 0,    -- ends of keys that were announced until then are known to the phone, or were of no key of it
  pin_changed_ctr INTEGER NOT NULL DEFAULT 0   -- with which it proved the PIN of before the last change; 0: it never changed
) STRICT;
CREATE UNIQUE INDEX device_by_link ON device (link_hash);
CREATE INDEX device_of_person ON device (person_id);
CREATE UNIQUE INDEX one_active_device ON device (person_id) WHERE state IN ('active', 'blocked');

CREATE TABLE pin_failure (device_id INTEGER NOT NULL REFERENCES device (id), at INTEGER NOT NULL) STRICT;
CREATE INDEX pin_failure_of_device ON pin_failure (device_id, at);

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

CREATE TABLE counter (
  device_id INTEGER NOT NULL REFERENCES device (id),
  ctr INTEGER NOT NULL,
  digest BLOB,                                 -- SHA-256 of the frame that took it; NULL: taken before version 11
  at INTEGER NOT NULL DEFAULT 0,               -- when that frame was received
  repeats INTEGER NOT NULL DEFAULT 0,          -- how often the same frame came again
  PRIMARY KEY (device_id, ctr)
) STRICT, WITHOUT ROWID;

CREATE TABLE device_order (                    -- lock, unlock, wipe
  ref TEXT PRIMARY KEY,                        -- 16 hex digits
  device_id INTEGER NOT NULL REFERENCES device (id),
  command TEXT NOT NULL,
  time INTEGER NOT NULL,                       -- in the order, unix seconds: each is newer than the one before
  at INTEGER NOT NULL,
  sent_at INTEGER NOT NULL,                    -- when it was written into the outbox last
  repeats INTEGER NOT NULL DEFAULT 0,
  confirmed_at INTEGER
) STRICT;
CREATE INDEX device_order_of_device ON device_order (device_id, time);

CREATE TABLE service_key (                     -- keys of the service after those of the key file, and these once others have followed
  use TEXT NOT NULL,                           -- sealing, signing
  kid INTEGER NOT NULL,                        -- on the air; names one key for ever
  public_key BLOB NOT NULL,
  sealed_secret BLOB,                          -- under the vault key; NULL: in the key file
  created_at INTEGER NOT NULL,
  begins_at INTEGER,                           -- NULL: root has not signed its announcement yet
  ends_at INTEGER,                             -- NULL: none has followed
  announcement BLOB,                           -- 107 octets, signed by root
  end_announcement BLOB,                       -- the same once more, with the end
  end_announced_at INTEGER,
  PRIMARY KEY (use, kid)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE vault (                           -- which key the vault has
  id INTEGER PRIMARY KEY CHECK (id = 1),
  proof BLOB NOT NULL,                         -- sealed under the present key
  key_before BLOB,                             -- under the present one; NULL: nothing needs it
  key_present BLOB,                            -- under the one before
  changed_at INTEGER NOT NULL,
  walk_table INTEGER NOT NULL DEFAULT 0,       -- how far the values are sealed anew
  walk_after TEXT NOT NULL DEFAULT '',
  found INTEGER NOT NULL DEFAULT 0,
  moved INTEGER NOT NULL DEFAULT 0,
  keys_digest BLOB                             -- of the keys that the service was begun with; NULL: never started
) STRICT;
`;
