-- How a network is joined to what is outside HAVIP, and whether what may not pass is dropped or only told.
ALTER TABLE networks ADD COLUMN uplink TEXT;
ALTER TABLE networks ADD COLUMN enforcement TEXT NOT NULL DEFAULT 'enforce';

CREATE UNIQUE INDEX networks_by_uplink ON networks (uplink);
