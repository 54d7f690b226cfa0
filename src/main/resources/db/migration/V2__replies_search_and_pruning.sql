-- What was answered to requests with an Idempotency-Key.
CREATE TABLE replies (
  account_id TEXT NOT NULL REFERENCES accounts (id),
  request_key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  status INTEGER NOT NULL,
  location TEXT,
  etag TEXT,
  body TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (account_id, request_key)
);

CREATE INDEX replies_by_age ON replies (at);

-- Name, remark, id and address of a VIP in lower case, each on a line of its own: databases do not agree on what lower
-- case is. A VIP that was there before is found by its letters beyond ASCII when it is next changed.
ALTER TABLE vips ADD COLUMN search TEXT NOT NULL DEFAULT '';

UPDATE vips SET search = LOWER(name) || '
' || LOWER(remark) || '
' || id || '
' || (address >> 24) || '.' || ((address >> 16) & 255) || '.' || ((address >> 8) & 255) || '.' || (address & 255);

-- Events up to this revision may have been pruned.
ALTER TABLE store ADD COLUMN pruned_revision BIGINT NOT NULL DEFAULT 0;
