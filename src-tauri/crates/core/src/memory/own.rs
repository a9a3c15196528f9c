//! What the patient made, in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use hale_contracts::sync::SyncUnit;
use uuid::Uuid;

use super::held;
use crate::ports::{CacheError, Outbox, Own, SeenMark, StoredBooking, StoredRequest};

/// Own data that lives as long as the process. Clones share what they hold.
#[derive(Debug, Clone, Default)]
pub struct MemoryOwn(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    bookings: BTreeMap<Uuid, StoredBooking>,
    notes: BTreeMap<String, String>,
    seen: BTreeMap<SyncUnit, DateTime<Utc>>,
    requests: Vec<StoredRequest>,
}

impl Outbox for MemoryOwn {
    async fn put_request(&self, request: StoredRequest) -> Result<(), CacheError> {
        let mut state = held(&self.0);
        match state.requests.iter_mut().find(|held| held.id == request.id) {
            Some(held) => *held = request,
            None => state.requests.push(request),
        }
        Ok(())
    }

    async fn requests(&self) -> Result<Vec<StoredRequest>, CacheError> {
        Ok(held(&self.0).requests.clone())
    }

    async fn forget_request(&self, id: Uuid) -> Result<(), CacheError> {
        held(&self.0).requests.retain(|held| held.id != id);
        Ok(())
    }
}

impl Own for MemoryOwn {
    async fn put_booking(&self, booking: StoredBooking) -> Result<(), CacheError> {
        held(&self.0).bookings.insert(booking.booking_id, booking);
        Ok(())
    }

    async fn insert_booking(&self, booking: StoredBooking) -> Result<bool, CacheError> {
        let mut state = held(&self.0);
        let is_new = !state.bookings.contains_key(&booking.booking_id);
        if is_new {
            state.bookings.insert(booking.booking_id, booking);
        }
        Ok(is_new)
    }

    async fn bookings(&self) -> Result<Vec<StoredBooking>, CacheError> {
        let mut bookings: Vec<_> = held(&self.0).bookings.values().cloned().collect();
        bookings.sort_by_key(|booking| (booking.confirmed_at, booking.booking_id));
        Ok(bookings)
    }

    async fn note(&self, name: String) -> Result<Option<String>, CacheError> {
        Ok(held(&self.0).notes.get(&name).cloned())
    }

    async fn put_note(&self, name: String, json: Option<String>) -> Result<(), CacheError> {
        let mut state = held(&self.0);
        match json {
            Some(json) => state.notes.insert(name, json),
            None => state.notes.remove(&name),
        };
        Ok(())
    }

    async fn seen(&self) -> Result<Vec<SeenMark>, CacheError> {
        Ok(held(&self.0)
            .seen
            .iter()
            .map(|(unit, seen_at)| SeenMark {
                unit: *unit,
                seen_at: *seen_at,
            })
            .collect())
    }

    async fn mark_seen(&self, mark: SeenMark) -> Result<(), CacheError> {
        held(&self.0).seen.insert(mark.unit, mark.seen_at);
        Ok(())
    }
}
