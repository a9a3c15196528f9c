-- The words without indexes of their beginnings: those made up nearly half of the work of a first
-- check, and a search that ends in the ranking of what it found is not faster for them.
DROP TABLE words;

CREATE VIRTUAL TABLE words USING fts5 (
    search_text,
    content = 'resource',
    content_rowid = 'row',
    tokenize = 'unicode61 remove_diacritics 2'
);

INSERT INTO words (rowid, search_text)
SELECT row, search_text FROM resource WHERE search_text <> '';
