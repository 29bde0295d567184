// Part of `MIGRATIONS`, and like it never edited.

/** What clients ask for by OpenID Connect CIBA. */
export const CIBA_REQUESTS: string = `
CREATE TABLE ciba_request (                    -- by which auth_req_id a client asks for the tokens of a login
  id_hash BLOB PRIMARY KEY,                    -- SHA-256 of the auth_req_id
  authentication_id TEXT NOT NULL UNIQUE REFERENCES authentication (id),
  interval_seconds INTEGER NOT NULL,           -- how long the client waits between two questions
  polled_at INTEGER NOT NULL,                  -- the last question; the request itself at first
  token_hash BLOB,                             -- SHA-256 of the access token that it brought: it brings no other
  created_at INTEGER NOT NULL
) STRICT;
`;

/** Ping mode: where a client is told that a login has ended. */
export const CIBA_PINGS: string = `
ALTER TABLE relying_party ADD COLUMN notification_endpoint TEXT;   -- where its pings of CIBA go; NULL: it polls
ALTER TABLE ciba_request ADD COLUMN ping BLOB;                      -- auth_req_id and the client's token, under the vault key; NULL: the client polls
ALTER TABLE ciba_request ADD COLUMN pings INTEGER NOT NULL DEFAULT 0;   -- sent after the login had ended
ALTER TABLE ciba_request ADD COLUMN due INTEGER;                    -- when the next ping leaves
CREATE INDEX ciba_request_due ON ciba_request (due) WHERE due IS NOT NULL;
`;

/** `private_key_jwt`: the public keys of a client, and what it has used. */
export const CLIENT_ASSERTIONS: string = `
ALTER TABLE relying_party ADD COLUMN jwks TEXT;                     -- its public keys (JWK Set), by which CIBA knows it; NULL: by its API key
CREATE TABLE client_assertion (                -- by which clients were known (private_key_jwt): each once
  jti_hash BLOB PRIMARY KEY,                   -- SHA-256 of the client's number and the jti
  use BLOB NOT NULL,                           -- drawn for the request that has used it
  used_at INTEGER NOT NULL
) STRICT;
`;
