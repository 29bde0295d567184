// Part of `MIGRATIONS`, and like it never edited.

/** The keys of what relying parties get signed. */
export const JWS_KEYS: string = `
CREATE TABLE jws_key (                         -- RSA keys that sign what anybody can check (JWS); the public halves are at /.well-known/jwks.json
  kid TEXT PRIMARY KEY,                        -- RFC 7638 thumbprint
  modulus BLOB NOT NULL,                       -- the public exponent is 65537
  sealed_secret BLOB NOT NULL,                 -- PKCS #8, under the vault key
  created_at INTEGER NOT NULL,
  begins_at INTEGER NOT NULL,                  -- it signs from then on: caches of the key set have it by then; 0: the first one
  ends_at INTEGER                              -- it has signed nothing since; NULL: none has followed
) STRICT, WITHOUT ROWID;
CREATE TABLE pairwise_key (                    -- by which each relying party knows people by other names
  id INTEGER PRIMARY KEY CHECK (id = 1),
  sealed BLOB NOT NULL                         -- 32 octets, under the vault key; never changed
) STRICT;
`;
