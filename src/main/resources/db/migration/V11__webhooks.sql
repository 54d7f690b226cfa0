-- Who is called when something happens. kinds are separated by spaces, none for all. The secret signs calls, so it is
-- kept as it is. after_… is how far it has been told; the rest says why it does not get on, where it does not.
CREATE TABLE webhooks (
  id TEXT PRIMARY KEY NOT NULL,
  account_id TEXT NOT NULL REFERENCES accounts (id),
  role TEXT NOT NULL,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  secret TEXT NOT NULL,
  kinds TEXT NOT NULL,
  enabled BOOLEAN NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  after_revision BIGINT NOT NULL,
  after_ordinal INTEGER NOT NULL,
  delivered_at BIGINT,
  failing_since BIGINT,
  attempts INTEGER NOT NULL,
  error TEXT,
  next_attempt_at BIGINT
);

CREATE INDEX webhooks_by_account ON webhooks (account_id, id);
