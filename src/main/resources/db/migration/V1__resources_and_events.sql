-- One text for SQLite and PostgreSQL; what PostgreSQL needs besides is in db/postgresql. Text compares by bytes. IPv4 and
-- MAC addresses are unsigned numbers; times are microseconds since 1970 in UTC; lists that are only read whole are JSON.

-- The row that every write takes first: it serialises the writers and numbers the changes.
CREATE TABLE store (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  revision BIGINT NOT NULL
);

INSERT INTO store (only_row, revision) VALUES (1, 0);

CREATE TABLE accounts (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE api_keys (
  token_hash TEXT PRIMARY KEY NOT NULL,
  account_id TEXT NOT NULL REFERENCES accounts (id),
  role TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE vpcs (
  id TEXT PRIMARY KEY NOT NULL,
  account_id TEXT NOT NULL REFERENCES accounts (id),
  name TEXT NOT NULL,
  cidr TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE INDEX vpcs_by_account ON vpcs (account_id, id);

-- A subnet has an account and a VPC; an external network has neither, and always a gateway.
CREATE TABLE networks (
  id TEXT PRIMARY KEY NOT NULL,
  account_id TEXT REFERENCES accounts (id),
  vpc_id TEXT REFERENCES vpcs (id),
  segment INTEGER NOT NULL UNIQUE CHECK (segment BETWEEN 1 AND 65535),
  name TEXT NOT NULL,
  cidr TEXT NOT NULL,
  gateway BIGINT,
  reserved TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  CHECK ((account_id IS NULL) = (vpc_id IS NULL)),
  CHECK (vpc_id IS NOT NULL OR gateway IS NOT NULL)
);

CREATE INDEX networks_by_account ON networks (account_id, id);
CREATE INDEX networks_by_vpc ON networks (vpc_id);

-- The key is what makes an address be had once: two racing requests never both win.
CREATE TABLE reservations (
  network_id TEXT NOT NULL REFERENCES networks (id),
  address BIGINT NOT NULL,
  holder TEXT NOT NULL,
  PRIMARY KEY (network_id, address)
);

CREATE TABLE vms (
  id TEXT PRIMARY KEY NOT NULL,
  account_id TEXT NOT NULL REFERENCES accounts (id),
  vpc_id TEXT NOT NULL REFERENCES vpcs (id),
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE INDEX vms_by_account ON vms (account_id, id);
CREATE INDEX vms_by_vpc ON vms (vpc_id);

-- attached and up are observed; NULL until the fabric has seen the port.
CREATE TABLE nics (
  id TEXT PRIMARY KEY NOT NULL,
  vm_id TEXT NOT NULL REFERENCES vms (id),
  ordinal INTEGER NOT NULL,
  network_id TEXT NOT NULL REFERENCES networks (id),
  address BIGINT,
  mac BIGINT NOT NULL,
  port TEXT NOT NULL UNIQUE,
  allowed_sources TEXT NOT NULL,
  made_by_binding BOOLEAN NOT NULL,
  attached BOOLEAN,
  up BOOLEAN,
  UNIQUE (vm_id, ordinal),
  UNIQUE (vm_id, network_id),
  UNIQUE (network_id, mac),
  CHECK ((attached IS NULL) = (up IS NULL))
);

CREATE TABLE vips (
  id TEXT PRIMARY KEY NOT NULL,
  account_id TEXT NOT NULL REFERENCES accounts (id),
  name TEXT NOT NULL,
  remark TEXT NOT NULL,
  type TEXT NOT NULL,
  vpc_id TEXT NOT NULL REFERENCES vpcs (id),
  network_id TEXT NOT NULL REFERENCES networks (id),
  address BIGINT NOT NULL,
  state TEXT NOT NULL,
  failure_code TEXT,
  failure_message TEXT,
  version BIGINT NOT NULL,
  generation BIGINT NOT NULL,
  observed_generation BIGINT NOT NULL,
  generation_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  CHECK ((failure_code IS NULL) = (failure_message IS NULL))
);

CREATE INDEX vips_by_account ON vips (account_id, id);
CREATE INDEX vips_by_vpc ON vips (vpc_id);
CREATE INDEX vips_by_network ON vips (network_id);

CREATE TABLE bindings (
  vip_id TEXT NOT NULL REFERENCES vips (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  vm_id TEXT NOT NULL REFERENCES vms (id),
  nic_id TEXT NOT NULL REFERENCES nics (id),
  vrrp_nic_id TEXT NOT NULL REFERENCES nics (id),
  PRIMARY KEY (vip_id, ordinal),
  UNIQUE (vm_id, vip_id)
);

CREATE INDEX bindings_by_nic ON bindings (nic_id);
CREATE INDEX bindings_by_vrrp_nic ON bindings (vrrp_nic_id);

-- Observations: a holder may be a VM that was deleted a moment ago.
CREATE TABLE holders (
  vip_id TEXT NOT NULL REFERENCES vips (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  vm_id TEXT NOT NULL,
  mac BIGINT NOT NULL,
  since BIGINT NOT NULL,
  PRIMARY KEY (vip_id, ordinal)
);

-- History: it outlives what it is about, so vip_id refers to nothing.
CREATE TABLE events (
  revision BIGINT NOT NULL,
  ordinal INTEGER NOT NULL,
  account_id TEXT REFERENCES accounts (id),
  vip_id TEXT,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  kind TEXT NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (revision, ordinal)
);

CREATE INDEX events_by_account ON events (account_id, revision, ordinal);
CREATE INDEX events_by_vip ON events (account_id, vip_id, revision, ordinal);
