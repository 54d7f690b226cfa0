-- Which of the servers leads: one row. The generation grows with each that begins to lead, the renewals while it does. The name
-- is '' when nobody leads.
CREATE TABLE leader (
  generation BIGINT NOT NULL,
  server TEXT NOT NULL,
  renewals BIGINT NOT NULL
);

INSERT INTO leader (generation, server, renewals) VALUES (0, '', 0);
