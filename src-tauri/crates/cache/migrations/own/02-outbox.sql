-- What the patient confirmed and the server has not acknowledged yet, in the order of `place`.
CREATE TABLE request (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    json TEXT NOT NULL
) STRICT;
