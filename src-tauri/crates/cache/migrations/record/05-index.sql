-- What is added enters the words by a statement of its own, not by a trigger: a statement that sets
-- off a trigger can be taken back alone, for which FTS5 writes all that it has gathered to the file,
-- row by row.
DROP TRIGGER resource_added;
