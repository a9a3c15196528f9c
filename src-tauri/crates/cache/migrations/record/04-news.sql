-- What is shown of a resource, and what was shown of an entry at the patient's last look, as numbers:
-- its own, what its parts add, and the two that decide its mark. What is here already counts as seen;
-- its own number is put right when its source sends it next.
ALTER TABLE resource ADD COLUMN part_of TEXT;
ALTER TABLE resource ADD COLUMN own INTEGER NOT NULL DEFAULT 1;
ALTER TABLE resource ADD COLUMN parts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE resource ADD COLUMN shown INTEGER NOT NULL DEFAULT 1;
ALTER TABLE resource ADD COLUMN seen INTEGER NOT NULL DEFAULT 1;
UPDATE resource SET own = 0, shown = 0, seen = 0 WHERE removed_at IS NOT NULL;

-- Since when what changes in a unit is news.
ALTER TABLE unit_state ADD COLUMN news_since INTEGER;
UPDATE unit_state SET news_since = coalesce(checked_at, tried_at);

-- What changed is told apart by the two numbers now.
DROP INDEX resource_by_unit;
CREATE INDEX resource_by_unit ON resource (unit, is_listed, sort_date DESC, source, type, id);
CREATE INDEX resource_news ON resource (unit, seen, shown) WHERE is_listed = 1 AND seen <> shown;
