-- What the fabric learnt about a network; today the gateway's MAC address, seen at a trusted port.
CREATE TABLE network_observations (
  network_id TEXT PRIMARY KEY REFERENCES networks (id) ON DELETE CASCADE,
  gateway_mac BIGINT NOT NULL
);

-- The VRID that a VIP had before, while some of its VMs were not given a configuration with the new one.
ALTER TABLE virtual_routers ADD COLUMN previous_vrid INTEGER;
