-- When a VM whose permission was taken away gets it back; NULL for those that have it.
ALTER TABLE bindings ADD COLUMN fenced_until BIGINT;

CREATE INDEX bindings_by_fence ON bindings (fenced_until) WHERE fenced_until IS NOT NULL;
