-- By which a token is shown and deleted. Those that are there already get one made from their hash, of which it tells too little to be of
-- use; the zeros put it before all that come, as it is older.
ALTER TABLE api_keys ADD COLUMN id TEXT NOT NULL DEFAULT '';
UPDATE api_keys SET id = 'token-0000000000' || SUBSTR(token_hash, 1, 16);
CREATE UNIQUE INDEX api_keys_by_id ON api_keys (id);
