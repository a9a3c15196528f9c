//! What the patient made: `own.db`. Keeps whole documents; decides nothing about them.

use hale_core::ports::{CacheError, Outbox, Own, SeenMark, StoredBooking, StoredRequest};
use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

use crate::rows::{from_json, micros, moment, to_json, unit, unit_name};
use crate::worker::Worker;

/// One person's own data. Dropping it closes the file.
pub struct OwnStore {
    worker: Worker,
}

impl OwnStore {
    pub(crate) const fn new(worker: Worker) -> Self {
        Self { worker }
    }
}

impl Outbox for OwnStore {
    async fn put_request(&self, request: StoredRequest) -> Result<(), CacheError> {
        self.worker
            .write(move |connection| {
                let json = to_json(&request)?;
                connection
                    .prepare_cached(
                        "INSERT INTO request (id, json) VALUES (?1, ?2) \
                         ON CONFLICT (id) DO UPDATE SET json = excluded.json",
                    )?
                    .execute(params![request.id.to_string(), json])
                    .map(drop)
            })
            .await
    }

    async fn requests(&self) -> Result<Vec<StoredRequest>, CacheError> {
        self.worker
            .read(|connection| {
                connection
                    .prepare_cached("SELECT json FROM request ORDER BY place")?
                    .query_map([], |row| from_json(0, row.get_ref(0)?.as_str()?))?
                    .collect()
            })
            .await
    }

    async fn forget_request(&self, id: Uuid) -> Result<(), CacheError> {
        self.worker
            .write(move |connection| {
                connection
                    .execute("DELETE FROM request WHERE id = ?1", [id.to_string()])
                    .map(drop)
            })
            .await
    }
}

impl Own for OwnStore {
    async fn put_booking(&self, booking: StoredBooking) -> Result<(), CacheError> {
        self.worker
            .write(move |connection| {
                let json = to_json(&booking)?;
                connection
                    .prepare_cached(
                        "INSERT INTO booking (booking_id, confirmed_at, json) VALUES (?1, ?2, ?3) \
                         ON CONFLICT DO UPDATE SET \
                         confirmed_at = excluded.confirmed_at, json = excluded.json",
                    )?
                    .execute(params![
                        booking.booking_id.to_string(),
                        micros(booking.confirmed_at),
                        json
                    ])
                    .map(drop)
            })
            .await
    }

    async fn insert_booking(&self, booking: StoredBooking) -> Result<bool, CacheError> {
        self.worker
            .write(move |connection| {
                let json = to_json(&booking)?;
                let added = connection
                    .prepare_cached(
                        "INSERT INTO booking (booking_id, confirmed_at, json) VALUES (?1, ?2, ?3) \
                         ON CONFLICT DO NOTHING",
                    )?
                    .execute(params![
                        booking.booking_id.to_string(),
                        micros(booking.confirmed_at),
                        json
                    ])?;
                Ok(added == 1)
            })
            .await
    }

    async fn bookings(&self) -> Result<Vec<StoredBooking>, CacheError> {
        self.worker
            .read(|connection| {
                connection
                    .prepare_cached("SELECT json FROM booking ORDER BY confirmed_at, booking_id")?
                    .query_map([], |row| from_json(0, row.get_ref(0)?.as_str()?))?
                    .collect()
            })
            .await
    }

    async fn note(&self, name: String) -> Result<Option<String>, CacheError> {
        self.worker
            .read(move |connection| {
                connection
                    .prepare_cached("SELECT json FROM note WHERE name = ?1")?
                    .query_row([name], |row| row.get(0))
                    .optional()
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
                .map(drop)
            })
            .await
    }

    async fn seen(&self) -> Result<Vec<SeenMark>, CacheError> {
        self.worker
            .read(|connection| {
                connection
                    .prepare_cached("SELECT unit, seen_at FROM seen")?
                    .query_map([], |row| {
                        Ok(SeenMark {
                            unit: unit(row, 0)?,
                            seen_at: moment(row, 1)?,
                        })
                    })?
                    .collect()
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
                    .map(drop)
            })
            .await
    }
}
