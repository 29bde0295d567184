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
