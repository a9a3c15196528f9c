CREATE INDEX resource_by_unit ON resource (unit, is_listed, sort_date DESC, source, type, id);
CREATE INDEX resource_news ON resource (unit, seen, shown) WHERE is_listed = 1 AND seen <> shown;
CREATE TABLE resource (
    row INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    unit TEXT NOT NULL,
    is_listed INTEGER NOT NULL,
    -- The run that met it, as an entry of the list or as what an entry refers to.
    run INTEGER NOT NULL,
    -- The run that met it as an entry of the list.
    listed_run INTEGER,
    version TEXT,
    last_updated INTEGER,
    sort_date INTEGER,
    first_seen_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    checked_at INTEGER NOT NULL,
    removed_at INTEGER,
    search_text TEXT NOT NULL,
    json TEXT NOT NULL, part_of TEXT, own INTEGER NOT NULL DEFAULT 1, parts INTEGER NOT NULL DEFAULT 0, shown INTEGER NOT NULL DEFAULT 1, seen INTEGER NOT NULL DEFAULT 1,
    UNIQUE (source, type, id)
) STRICT;
CREATE TABLE unit_state (
    source TEXT NOT NULL,
    unit TEXT NOT NULL,
    checked_at INTEGER,
    cursor INTEGER,
    tried_at INTEGER,
    trouble TEXT,
    skipped INTEGER NOT NULL, confirmed_at INTEGER, whole_at INTEGER, basis TEXT, resume TEXT, news_since INTEGER, purged TEXT,
    PRIMARY KEY (source, unit)
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5 (
    search_text,
    content = 'resource',
    content_rowid = 'row',
    tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TABLE 'words_config'(k PRIMARY KEY, v) WITHOUT ROWID;
CREATE TABLE 'words_data'(id INTEGER PRIMARY KEY, block BLOB);
CREATE TABLE 'words_docsize'(id INTEGER PRIMARY KEY, sz BLOB);
CREATE TABLE 'words_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
CREATE TRIGGER resource_changed AFTER UPDATE OF search_text ON resource
WHEN old.search_text <> new.search_text BEGIN
    INSERT INTO words (words, rowid, search_text)
    SELECT 'delete', old.row, old.search_text WHERE old.search_text <> '';
    INSERT INTO words (rowid, search_text)
    SELECT new.row, new.search_text WHERE new.search_text <> '';
END;
CREATE TRIGGER resource_gone AFTER DELETE ON resource WHEN old.search_text <> '' BEGIN
    INSERT INTO words (words, rowid, search_text) VALUES ('delete', old.row, old.search_text);
END;
