-- How a network's packets are judged beyond its addresses, as JSON; NULL: the default. Who may use an external network:
-- every account (shared), or those in network_accounts. Networks from before this migration stay usable by all.
ALTER TABLE networks ADD COLUMN policy TEXT;
ALTER TABLE networks ADD COLUMN shared BOOLEAN NOT NULL DEFAULT TRUE;

CREATE TABLE network_accounts (
  network_id TEXT NOT NULL REFERENCES networks (id) ON DELETE CASCADE,
  account_id TEXT NOT NULL REFERENCES accounts (id),
  PRIMARY KEY (network_id, account_id)
);

CREATE INDEX network_accounts_by_account ON network_accounts (account_id);

-- Whether the VM routes for the network.
ALTER TABLE nics ADD COLUMN gateway BOOLEAN NOT NULL DEFAULT FALSE;

-- NICs that may send from a VIP without claiming it (LVS real servers).
CREATE TABLE vip_senders (
  nic_id TEXT NOT NULL REFERENCES nics (id) ON DELETE CASCADE,
  vip_id TEXT NOT NULL REFERENCES vips (id) ON DELETE CASCADE,
  PRIMARY KEY (nic_id, vip_id)
);

CREATE INDEX vip_senders_by_vip ON vip_senders (vip_id);
