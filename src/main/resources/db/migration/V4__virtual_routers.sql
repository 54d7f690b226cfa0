-- What the HA software of a VIP's VMs shares, from the first configuration that is made until the VIP is gone. The network
-- is the VRRP NICs' subnet; it is no reference, because it may go before the VIP does. configured is JSON: for each VM
-- the VRRP NICs that its newest configuration names.
CREATE TABLE virtual_routers (
  vip_id TEXT PRIMARY KEY NOT NULL REFERENCES vips (id) ON DELETE CASCADE,
  network_id TEXT NOT NULL,
  vrid INTEGER NOT NULL CHECK (vrid BETWEEN 1 AND 255),
  auth_pass TEXT NOT NULL,
  configured TEXT NOT NULL,
  UNIQUE (network_id, vrid)
);
