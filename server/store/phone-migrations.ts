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
