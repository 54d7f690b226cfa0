-- Whether a reserved address may be used: HAVIP asked for it on the wire and no other host answered, or need not ask.
-- Addresses from before this migration stay in use. A conflict is another host that has the address: since when, in
-- microseconds since 1970, its MAC address, and the port at which it was noticed last; NULL: none was noticed.
ALTER TABLE reservations ADD COLUMN asked BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE reservations ADD COLUMN conflict_since BIGINT;
ALTER TABLE reservations ADD COLUMN conflict_mac BIGINT;
ALTER TABLE reservations ADD COLUMN conflict_port TEXT;

CREATE INDEX reservations_unasked ON reservations (holder) WHERE NOT asked;
CREATE INDEX reservations_in_conflict ON reservations (holder) WHERE conflict_since IS NOT NULL;
