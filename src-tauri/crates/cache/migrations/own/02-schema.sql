CREATE TABLE booking (
    booking_id TEXT PRIMARY KEY,
    confirmed_at INTEGER NOT NULL,
    json TEXT NOT NULL
) STRICT;
CREATE TABLE note (
    name TEXT PRIMARY KEY,
    json TEXT NOT NULL
) STRICT;
CREATE TABLE request (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    json TEXT NOT NULL
) STRICT;
CREATE TABLE seen (
    unit TEXT PRIMARY KEY,
    seen_at INTEGER NOT NULL
) STRICT;
CREATE TABLE sqlite_sequence(name,seq);
