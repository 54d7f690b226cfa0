-- An address of an external network that is translated to the VIP's.
ALTER TABLE vips ADD COLUMN floating_network_id TEXT REFERENCES networks (id);
ALTER TABLE vips ADD COLUMN floating_address BIGINT;
