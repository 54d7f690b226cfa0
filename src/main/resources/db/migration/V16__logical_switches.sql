-- The logical switch of somebody else's in OVN that a network is.
ALTER TABLE networks ADD COLUMN logical_switch TEXT;

CREATE UNIQUE INDEX networks_by_logical_switch ON networks (logical_switch);
