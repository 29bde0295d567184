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
