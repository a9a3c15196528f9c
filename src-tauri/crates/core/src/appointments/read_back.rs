//! Finding out what became of a booking that got no answer. Reads only: nothing here ever sends a
//! booking again.

use std::collections::HashSet;

use chrono::TimeDelta;
use hale_contracts::appointments::{
    AppointmentStatus, AppointmentView, BookingOutcomeView, CheckBookingRequest,
};
use hale_contracts::sync::SyncUnit;
use hale_fhir::read_page;
use serde_json::Value;
use uuid::Uuid;

use super::list::unconfirmed_view;
use crate::app::{Hale, OpenSession};
use crate::error::Error;
use crate::ports::{
    Backends, BookingState, Cache, Clock, Device, Fetch, Own, Remote, RemoteError, StoredBooking,
    Target,
};
use crate::sync::plan::plan_page;
use crate::sync::units::encode;

/// The system of the ids that Hale makes (backend contract, §0).
pub(crate) const ID_SYSTEM: &str = "https://tools.ietf.org/html/rfc4122";

/// How long after the patient's confirmation an absence on the server is taken as final. Until
/// then a request may still be on its way through the servers in between.
const SETTLED_AFTER: TimeDelta = TimeDelta::minutes(2);

/// What reading back found.
pub(crate) enum ReadBack {
    /// The server holds it.
    Found(Box<AppointmentView>),
    /// The server answered that it holds no such booking.
    Absent,
}

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// Reads back what became of a booking.
    ///
    /// # Errors
    /// [`Error::NotFound`] if no such booking is kept, or nobody is signed in, or a store fails. A
    /// server that does not answer is no error: the outcome is still unknown then.
    pub async fn check_booking(
        &self,
        request: CheckBookingRequest,
    ) -> Result<BookingOutcomeView, Error> {
        let session = self.session()?;
        let _guard = session.booking.lock().await;
        let id = Uuid::parse_str(&request.booking_id)
            .map_err(|_| Error::InvalidRequest("not a booking's id"))?;
        let booking = find_booking(&session.own, id)
            .await?
            .ok_or(Error::NotFound)?;
        self.settle(&session, booking).await
    }

    /// Reads back every booking whose outcome is not known, after a check of the appointments.
    pub(crate) async fn check_open_bookings(
        &self,
        session: &OpenSession<D, B>,
    ) -> Result<(), Error> {
        let _guard = session.booking.lock().await;
        for booking in session.own.bookings().await? {
            if booking.state == BookingState::Sent {
                self.settle(session, booking).await?;
            }
        }
        Ok(())
    }

    /// Finds out how a booking stands, and keeps it. The caller holds the booking lock.
    pub(crate) async fn settle(
        &self,
        session: &OpenSession<D, B>,
        mut booking: StoredBooking,
    ) -> Result<BookingOutcomeView, Error> {
        if booking.state == BookingState::NotMade {
            return Ok(BookingOutcomeView::NotBooked {
                reason: booking.reason,
            });
        }
        match self.read_back(session, booking.booking_id).await {
            Ok(ReadBack::Found(appointment)) => {
                self.acknowledge(session, booking, *appointment).await
            }
            Ok(ReadBack::Absent) if booking.state == BookingState::Sent => {
                let now = self.clock.now();
                booking.last_checked = Some(now);
                if now - booking.confirmed_at >= SETTLED_AFTER {
                    booking.state = BookingState::NotMade;
                    session.own.put_booking(booking.clone()).await?;
                    return Ok(BookingOutcomeView::NotBooked {
                        reason: booking.reason,
                    });
                }
                session.own.put_booking(booking.clone()).await?;
                still_unknown(&booking)
            }
            // A booking that was acknowledged is known, whatever this answer is.
            Ok(ReadBack::Absent) | Err(_) => match &booking.state {
                BookingState::Acknowledged { appointment_id } => {
                    let appointment = self
                        .appointment(hale_contracts::appointments::AppointmentRequest {
                            id: appointment_id.clone(),
                        })
                        .await?;
                    Ok(outcome_of(appointment))
                }
                _ => still_unknown(&booking),
            },
        }
    }

    /// Asks the server for an appointment with our id.
    pub(crate) async fn read_back(
        &self,
        session: &OpenSession<D, B>,
        booking_id: Uuid,
    ) -> Result<ReadBack, Error> {
        let patient = session.identity().patient_id.clone();
        let search = format!(
            "Appointment?patient={}&identifier={}%7C{booking_id}",
            encode(&patient),
            encode(ID_SYSTEM),
        );
        let fetch = Fetch {
            target: Target::Path(search),
            if_none_match: None,
        };
        let fetched = session
            .online()?
            .fetch(fetch)
            .await
            .inspect_err(|error: &RemoteError| session.note_failure(error))?;
        session.note_answer();
        let found = self
            .keep_appointment(session, &fetched.body, Some(booking_id))
            .await?;
        Ok(found.map_or(ReadBack::Absent, |found| ReadBack::Found(Box::new(found))))
    }

    /// Keeps the appointment of an answer in the mirror. With `booking_id`, only one that carries
    /// this id counts: a server that ignores the search parameter answers with others too.
    pub(crate) async fn keep_appointment(
        &self,
        session: &OpenSession<D, B>,
        body: &[u8],
        booking_id: Option<Uuid>,
    ) -> Result<Option<AppointmentView>, Error> {
        let mut page = read_page(body).map_err(|_| Error::Unreadable)?;
        let has_errors = page
            .issues
            .iter()
            .any(|issue| matches!(issue.severity.as_deref(), Some("error" | "fatal")));
        if has_errors && page.entries.is_empty() {
            return Err(Error::Unreadable);
        }
        page.entries.retain(|entry| {
            entry.resource_type == "Appointment"
                && booking_id.is_none_or(|id| carries(entry.raw.get(), id))
        });
        page.entries.truncate(1);
        let Some(entry) = page.entries.first() else {
            return Ok(None);
        };
        let identity = session.identity();
        let key = crate::ports::ResourceKey {
            source: identity.source.clone(),
            resource_type: "Appointment".to_owned(),
            id: entry.id.clone(),
        };
        let plan = plan_page(
            &page,
            &identity.source,
            SyncUnit::Appointments,
            &identity.patient_id,
            &mut HashSet::new(),
            self.next_run(session).await?,
            self.clock.now(),
        );
        if plan.kept == 0 {
            return Ok(None);
        }
        session.cache.apply(plan.actions).await?;
        let rows = session.cache.get_many(vec![key]).await?;
        Ok(self
            .appointment_views(session, &rows)
            .await?
            .into_iter()
            .next())
    }

    /// Closes a booking that the server holds. The mirror has it by now: it is written first, and
    /// closing again changes nothing.
    pub(crate) async fn acknowledge(
        &self,
        session: &OpenSession<D, B>,
        mut booking: StoredBooking,
        appointment: AppointmentView,
    ) -> Result<BookingOutcomeView, Error> {
        booking.state = BookingState::Acknowledged {
            appointment_id: appointment.id.clone(),
        };
        booking.last_checked = Some(self.clock.now());
        session.own.put_booking(booking).await?;
        self.forget_booking_draft(session).await?;
        Ok(outcome_of(appointment))
    }
}

/// The booking kept under an id.
pub(crate) async fn find_booking(own: &impl Own, id: Uuid) -> Result<Option<StoredBooking>, Error> {
    Ok(own
        .bookings()
        .await?
        .into_iter()
        .find(|booking| booking.booking_id == id))
}

pub(crate) fn still_unknown(booking: &StoredBooking) -> Result<BookingOutcomeView, Error> {
    let booking = unconfirmed_view(booking).ok_or(Error::Unreadable)?;
    Ok(BookingOutcomeView::OutcomeUnknown { booking })
}

fn outcome_of(appointment: AppointmentView) -> BookingOutcomeView {
    if appointment.status == AppointmentStatus::Cancelled {
        BookingOutcomeView::BookedThenCancelled { appointment }
    } else {
        BookingOutcomeView::Booked { appointment }
    }
}

fn carries(json: &str, id: Uuid) -> bool {
    let Ok(resource) = serde_json::from_str::<Value>(json) else {
        return false;
    };
    let id = id.to_string();
    resource["identifier"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|identifier| identifier["value"] == id.as_str())
}
