-- Browsers that are signed in. A session goes with the key that it was signed in with.
CREATE TABLE sessions (
  key_hash TEXT PRIMARY KEY NOT NULL,
  token_hash TEXT NOT NULL REFERENCES api_keys (token_hash) ON DELETE CASCADE,
  expires_at BIGINT NOT NULL
);

CREATE INDEX sessions_by_token ON sessions (token_hash);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
