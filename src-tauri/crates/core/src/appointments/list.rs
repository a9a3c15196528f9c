//! The patient's appointments: upcoming, past, cancelled, and bookings without a known outcome.

use hale_contracts::appointments::{
    AppointmentRequest, AppointmentStatus, AppointmentView, AppointmentsView, SlotView,
    UnconfirmedBookingView,
};
use hale_contracts::sync::SyncUnit;

use super::view;
use crate::app::{Hale, OpenSession};
use crate::error::Error;
use crate::london;
use crate::ports::{
    Backends, BookingState, Cache, Clock, Device, ListQuery, Own, ResourceKey, StoredBooking,
    StoredResource,
};
use crate::record::Lookup;
use crate::sync::status::{find, moment, standing};

/// More appointments than anybody has; the list is shown whole.
const MOST: u32 = 2_000;

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// The patient's appointments as this device knows them.
    ///
    /// # Errors
    /// If nobody is signed in or a store fails.
    pub async fn appointments(&self) -> Result<AppointmentsView, Error> {
        let session = self.session()?;
        let query = ListQuery {
            unit: SyncUnit::Appointments,
            offset: 0,
            limit: MOST,
            listed_only: true,
        };
        let page = session.cache.list(query, None).await?;
        let states = session.cache.unit_states().await?;
        let standing = standing(
            find(&states, SyncUnit::Appointments),
            moment::<D, B>(&session),
        );
        let now = self.clock.now();
        let mut upcoming = Vec::new();
        let mut past = Vec::new();
        let mut cancelled = Vec::new();
        for appointment in self.appointment_views(&session, &page.rows).await? {
            if appointment.status == AppointmentStatus::Cancelled {
                cancelled.push(appointment);
            } else if view::is_upcoming(&appointment, now) {
                upcoming.push(appointment);
            } else {
                past.push(appointment);
            }
        }
        // Somebody who meant to go must not find it gone without a word.
        upcoming.extend(
            self.no_longer_listed(&session, &page.rows)
                .into_iter()
                .filter(|appointment| view::is_upcoming(appointment, now)),
        );
        // The store lists the newest first.
        upcoming.sort_by_key(|appointment| appointment.start.map(|start| start.utc));
        Ok(AppointmentsView {
            upcoming,
            past,
            cancelled,
            unconfirmed: self.unconfirmed(&session).await?,
            freshness: standing.freshness,
            error: standing.error,
            not_allowed: standing.not_allowed,
            skipped: standing.skipped,
        })
    }

    /// One appointment.
    ///
    /// # Errors
    /// [`Error::NotFound`] if it is not on this device, or nobody is signed in, or the mirror fails.
    pub async fn appointment(&self, request: AppointmentRequest) -> Result<AppointmentView, Error> {
        let session = self.session()?;
        let key = ResourceKey {
            source: session.identity().source.clone(),
            resource_type: "Appointment".to_owned(),
            id: request.id,
        };
        let rows = session.cache.get_many(vec![key]).await?;
        let removed = self.no_longer_listed(&session, &rows);
        self.appointment_views(&session, &rows)
            .await?
            .into_iter()
            .chain(removed)
            .next()
            .ok_or(Error::NotFound)
    }

    pub(crate) async fn appointment_views(
        &self,
        session: &OpenSession<D, B>,
        rows: &[StoredResource],
    ) -> Result<Vec<AppointmentView>, Error> {
        let identity = session.identity();
        let lookup = Lookup::read(&session.cache, &identity.source, rows).await?;
        let source = identity.source_view();
        Ok(rows
            .iter()
            .filter(|row| row.removed_at.is_none())
            .map(|row| view::appointment(row, &|reference| lookup.find(reference), &source))
            .collect())
    }

    /// The appointments among these rows that the source does not list any more.
    fn no_longer_listed(
        &self,
        session: &OpenSession<D, B>,
        rows: &[StoredResource],
    ) -> Vec<AppointmentView> {
        let source = session.identity().source_view();
        rows.iter()
            .filter(|row| row.removed_at.is_some())
            .map(|row| view::no_longer_listed(row, &source))
            .collect()
    }

    /// Bookings without a known outcome, oldest first.
    pub(crate) async fn unconfirmed(
        &self,
        session: &OpenSession<D, B>,
    ) -> Result<Vec<UnconfirmedBookingView>, Error> {
        Ok(session
            .own
            .bookings()
            .await?
            .iter()
            .filter(|booking| booking.state == BookingState::Sent)
            .filter_map(unconfirmed_view)
            .collect())
    }
}

/// A booking without a known outcome, as it is shown.
pub(crate) fn unconfirmed_view(booking: &StoredBooking) -> Option<UnconfirmedBookingView> {
    let slot: SlotView = serde_json::from_str(&booking.slot).ok()?;
    Some(UnconfirmedBookingView {
        booking_id: booking.booking_id.to_string(),
        slot,
        reason: booking.reason.clone(),
        confirmed_at: london::from_utc(booking.confirmed_at),
        last_checked: booking.last_checked.map(london::from_utc),
    })
}
