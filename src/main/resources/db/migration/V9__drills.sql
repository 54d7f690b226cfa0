-- Rehearsed failovers of a VIP, numbered from 1; outcome is NULL while one runs, and the rest of the result with it.
CREATE TABLE drills (
  vip_id TEXT NOT NULL REFERENCES vips (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  vm_id TEXT NOT NULL,
  whole_port BOOLEAN NOT NULL,
  target_millis BIGINT NOT NULL,
  actor TEXT NOT NULL,
  began_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  outcome TEXT,
  new_holder TEXT,
  outage_millis BIGINT,
  came_back BOOLEAN,
  finished_at BIGINT,
  PRIMARY KEY (vip_id, number)
);

CREATE INDEX drills_running ON drills (vip_id) WHERE outcome IS NULL;
