-- A resource of a backend, whole, beside what is needed to find it.
CREATE TABLE resource (
    source TEXT NOT NULL,
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    unit TEXT NOT NULL,
    is_listed INTEGER NOT NULL,
    version TEXT,
    last_updated INTEGER,
    sort_date INTEGER,
    json TEXT NOT NULL,
    search_text TEXT NOT NULL,
    run INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    checked_at INTEGER NOT NULL,
    removed_at INTEGER,
    row INTEGER PRIMARY KEY,
    UNIQUE (source, type, id)
) STRICT;

CREATE INDEX resource_by_unit ON resource (unit, is_listed, sort_date DESC);

-- How each unit of a source stands.
CREATE TABLE unit_state (
    source TEXT NOT NULL,
    unit TEXT NOT NULL,
    checked_at INTEGER,
    cursor INTEGER,
    tried_at INTEGER,
    trouble TEXT,
    skipped INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (source, unit)
) STRICT;

-- The words of what is listed, for the search.
CREATE VIRTUAL TABLE words USING fts5 (
    search_text,
    content = 'resource',
    content_rowid = 'row',
    tokenize = 'unicode61 remove_diacritics 2',
    prefix = '2 3 4'
);

CREATE TRIGGER resource_added AFTER INSERT ON resource WHEN new.search_text <> '' BEGIN
    INSERT INTO words (rowid, search_text) VALUES (new.row, new.search_text);
END;

CREATE TRIGGER resource_gone AFTER DELETE ON resource WHEN old.search_text <> '' BEGIN
    INSERT INTO words (words, rowid, search_text) VALUES ('delete', old.row, old.search_text);
END;

CREATE TRIGGER resource_changed AFTER UPDATE OF search_text ON resource
WHEN old.search_text <> new.search_text BEGIN
    INSERT INTO words (words, rowid, search_text)
    SELECT 'delete', old.row, old.search_text WHERE old.search_text <> '';
    INSERT INTO words (rowid, search_text)
    SELECT new.row, new.search_text WHERE new.search_text <> '';
END;
