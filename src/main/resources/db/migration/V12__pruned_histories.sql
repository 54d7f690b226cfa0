-- Up to where the events of a VIP of an account were pruned; '' where an event has no account or no VIP. It replaces
-- store.pruned_revision, which nothing ever wrote.
CREATE TABLE pruned_histories (
  account_id TEXT NOT NULL,
  vip_id TEXT NOT NULL,
  revision BIGINT NOT NULL,
  ordinal INTEGER NOT NULL,
  PRIMARY KEY (account_id, vip_id)
);
