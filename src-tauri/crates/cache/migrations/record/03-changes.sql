-- What a check of the changes since the last one goes by, and where a stopped reading goes on.
ALTER TABLE unit_state ADD COLUMN confirmed_at INTEGER;
ALTER TABLE unit_state ADD COLUMN whole_at INTEGER;
ALTER TABLE unit_state ADD COLUMN basis TEXT;
ALTER TABLE unit_state ADD COLUMN resume TEXT;
