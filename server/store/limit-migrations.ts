// Part of `MIGRATIONS`, and like it never edited.

/** Who may cause how many SMS; a token in the link of a descriptor, which cannot be guessed. */
export const LIMITS: string = `
ALTER TABLE device ADD COLUMN tries_elsewhere INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN link_hash BLOB;
ALTER TABLE device ADD COLUMN unbidden_full_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN unbidden_alarm_at INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX device_by_link ON device (link_hash);
ALTER TABLE counter ADD COLUMN repeats INTEGER NOT NULL DEFAULT 0;
ALTER TABLE merchant ADD COLUMN in_vain_full_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE merchant ADD COLUMN suspended_at INTEGER;
CREATE TABLE asked_in_vain (
  merchant_id INTEGER NOT NULL REFERENCES merchant (id),
  person_id INTEGER NOT NULL REFERENCES person (id),
  full_at INTEGER NOT NULL DEFAULT 0,
  not_me INTEGER NOT NULL DEFAULT 0,
  not_me_at INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (merchant_id, person_id)
) STRICT, WITHOUT ROWID;
`;

/** How many requests of a merchant wait for their customers; what operators have deposited for a person. */
export const SUMS_OF_LIMITS = `
CREATE INDEX audit_of_subject ON audit (subject);
CREATE INDEX payment_open ON payment (merchant_id) WHERE state = 'REQUESTED' AND merchant_id > 0;
`;
