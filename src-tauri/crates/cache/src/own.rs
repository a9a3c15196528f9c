//! What the patient made: `own.db`.

use hale_core::ports::{CacheError, Own, SeenMark, StoredBooking};
use rusqlite::{OptionalExtension, params};

use crate::rows::{from_json, micros, moment, to_json, unit, unit_name};
use crate::worker::{Worker, failed};

/// One person's own data.
pub struct OwnStore {
    worker: Worker,
}

impl OwnStore {
    pub(crate) fn new(worker: Worker) -> Self {
        Self { worker }
    }
}

impl Own for OwnStore {
    async fn put_booking(&self, booking: StoredBooking) -> Result<(), CacheError> {
        self.worker
            .write(move |connection| {
                connection
                    .execute(
                        "INSERT INTO booking (booking_id, confirmed_at, json) VALUES (?1, ?2, ?3) \
                         ON CONFLICT DO UPDATE SET confirmed_at = excluded.confirmed_at, \
                         json = excluded.json",
                        params![
                            booking.booking_id.to_string(),
                            micros(booking.confirmed_at),
                            to_json(&booking)?
                        ],
                    )
                    .map(|_| ())
                    .map_err(failed)
            })
            .await
    }

    async fn insert_booking(&self, booking: StoredBooking) -> Result<bool, CacheError> {
        self.worker
            .write(move |connection| {
                let added = connection
                    .execute(
                        "INSERT OR IGNORE INTO booking (booking_id, confirmed_at, json) \
                         VALUES (?1, ?2, ?3)",
                        params![
                            booking.booking_id.to_string(),
                            micros(booking.confirmed_at),
                            to_json(&booking)?
                        ],
                    )
                    .map_err(failed)?;
                Ok(added == 1)
            })
            .await
    }

    async fn bookings(&self) -> Result<Vec<StoredBooking>, CacheError> {
        self.worker
            .read(|connection| {
                let mut statement = connection
                    .prepare_cached("SELECT json FROM booking ORDER BY confirmed_at, booking_id")
                    .map_err(failed)?;
                let rows = statement
                    .query_map([], |row| row.get::<_, String>(0))
                    .map_err(failed)?;
                rows.map(|json| from_json(&json.map_err(failed)?)).collect()
            })
            .await
    }

    async fn note(&self, name: String) -> Result<Option<String>, CacheError> {
        self.worker
            .read(move |connection| {
                connection
                    .query_row("SELECT json FROM note WHERE name = ?1", [name], |row| {
                        row.get(0)
                    })
                    .optional()
                    .map_err(failed)
            })
            .await
    }

    async fn put_note(&self, name: String, json: Option<String>) -> Result<(), CacheError> {
        self.worker
            .write(move |connection| {
                match json {
                    Some(json) => connection.execute(
                        "INSERT INTO note (name, json) VALUES (?1, ?2) \
                         ON CONFLICT DO UPDATE SET json = excluded.json",
                        params![name, json],
                    ),
                    None => connection.execute("DELETE FROM note WHERE name = ?1", [name]),
                }
                .map(|_| ())
                .map_err(failed)
            })
            .await
    }

    async fn seen(&self) -> Result<Vec<SeenMark>, CacheError> {
        self.worker
            .read(|connection| {
                let mut statement = connection
                    .prepare_cached("SELECT unit, seen_at FROM seen ORDER BY unit")
                    .map_err(failed)?;
                let rows = statement
                    .query_map([], |row| {
                        Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))
                    })
                    .map_err(failed)?;
                let mut marks = Vec::new();
                for row in rows {
                    let (name, seen_at) = row.map_err(failed)?;
                    if let Some(unit) = unit(&name) {
                        marks.push(SeenMark {
                            unit,
                            seen_at: moment(seen_at),
                        });
                    }
                }
                Ok(marks)
            })
            .await
    }

    async fn mark_seen(&self, mark: SeenMark) -> Result<(), CacheError> {
        self.worker
            .write(move |connection| {
                connection
                    .execute(
                        "INSERT INTO seen (unit, seen_at) VALUES (?1, ?2) \
                         ON CONFLICT DO UPDATE SET seen_at = excluded.seen_at",
                        params![unit_name(mark.unit), micros(mark.seen_at)],
                    )
                    .map(|_| ())
                    .map_err(failed)
            })
            .await
    }
}
