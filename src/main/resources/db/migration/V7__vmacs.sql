-- Whether a bound VM may use the MAC address of the VIP's VRID.
ALTER TABLE bindings ADD COLUMN vmac BOOLEAN NOT NULL DEFAULT FALSE;
