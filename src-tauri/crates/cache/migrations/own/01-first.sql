-- Bookings that the patient confirmed. Moments are microseconds since 1970, UTC.
CREATE TABLE booking (
    booking_id TEXT PRIMARY KEY,
    confirmed_at INTEGER NOT NULL,
    json TEXT NOT NULL
) STRICT;

-- Small documents under a name: drafts, who the files belong to.
CREATE TABLE note (
    name TEXT PRIMARY KEY,
    json TEXT NOT NULL
) STRICT;

-- Up to when each unit was seen.
CREATE TABLE seen (
    unit TEXT PRIMARY KEY,
    seen_at INTEGER NOT NULL
) STRICT;
