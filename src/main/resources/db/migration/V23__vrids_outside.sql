-- The VRIDs that routers outside were heard to use on a network.
CREATE TABLE outside_vrids (
  network_id TEXT NOT NULL REFERENCES networks (id) ON DELETE CASCADE,
  vrid INTEGER NOT NULL,
  PRIMARY KEY (network_id, vrid)
);
