/** Part of `TABLES`: what clients ask for by OpenID Connect CIBA. */
export const CIBA_TABLES: string = `
CREATE TABLE ciba_request (                    -- by which auth_req_id a client asks for the tokens of a login
  id_hash BLOB PRIMARY KEY,                    -- SHA-256 of the auth_req_id
  authentication_id TEXT NOT NULL UNIQUE REFERENCES authentication (id),
  interval_seconds INTEGER NOT NULL,           -- how long the client waits between two questions
  polled_at INTEGER NOT NULL,                  -- the last question; the request itself at first
  token_hash BLOB,                             -- SHA-256 of the access token that it brought: it brings no other
  created_at INTEGER NOT NULL,
  ping BLOB,                                   -- auth_req_id and the client's token, under the vault key; NULL: the client polls
  pings INTEGER NOT NULL DEFAULT 0,            -- sent after the login had ended
  due INTEGER                                  -- when the next ping leaves
) STRICT;
CREATE INDEX ciba_request_due ON ciba_request (due) WHERE due IS NOT NULL;

CREATE TABLE client_assertion (                -- by which clients were known (private_key_jwt): each once
  jti_hash BLOB PRIMARY KEY,                   -- SHA-256 of the client's number and the jti
  use BLOB NOT NULL,                           -- drawn for the request that has used it
  used_at INTEGER NOT NULL
) STRICT;
`;
