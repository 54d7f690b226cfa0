-- Flyway runs this after the migrations, which are one text for SQLite and PostgreSQL. Text compares by bytes, as it
-- does in SQLite, whatever the locale of the database: the lists of both are in the same order.
DO $$
DECLARE
  it RECORD;
BEGIN
  FOR it IN
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = current_schema() AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'
  LOOP
    EXECUTE format('ALTER TABLE %I ALTER COLUMN %I TYPE TEXT COLLATE "C"', it.table_name, it.column_name);
  END LOOP;
END
$$;
