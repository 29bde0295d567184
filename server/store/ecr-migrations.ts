// Part of `MIGRATIONS`, and like it never edited.

/** Cash registers, for which the service is the payment terminal. */
export const CASH_REGISTERS: string = `
CREATE TABLE cash_register (
  terminal TEXT PRIMARY KEY,                   -- 8 digits, by which the register calls it
  merchant_id INTEGER NOT NULL REFERENCES merchant (id),
  customer TEXT,                               -- E.164: who pays next; NULL: nobody was named
  customer_until INTEGER NOT NULL DEFAULT 0,
  operations INTEGER NOT NULL DEFAULT 0,       -- payments and reversals so far
  operation TEXT NOT NULL DEFAULT 'none',      -- the last one: payment or reversal
  begun_at INTEGER NOT NULL DEFAULT 0,
  result TEXT,                                 -- how it ended, as JSON; NULL: it is under way
  paid INTEGER NOT NULL DEFAULT 0,             -- the operation that a reversal takes back; 0: none
  total INTEGER NOT NULL DEFAULT 0             -- minor units, since the register closed its totals
) STRICT;
`;
