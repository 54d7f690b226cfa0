-- VIPs whose neighbours shall be told where they are, as somebody asked of a server that does not lead; the leader does.
CREATE TABLE announcements (
  vip_id TEXT PRIMARY KEY REFERENCES vips (id) ON DELETE CASCADE,
  actor TEXT NOT NULL
);
