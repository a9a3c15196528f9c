//! Finding out what became of a booking that got no answer. Reads only: nothing here ever sends a
//! booking again.
//!
//! # When a booking counts as not made
//! A request may still be on its way through the servers in between when the first reading back
//! does not find it. So "not made" is said only after **two** answers that the server has no such
//! booking, at least [`SETTLED_AFTER`] apart. How far apart is measured by the server's own time
//! (its `Date`, which is kept with the booking and so counts across a restart), or by how long
//! this process has run between them; never by the device's clock, which may be set back or
//! forwards meanwhile. An answer counts only if it was read to its last page, with nothing skipped
//! and no warning or error of the server's: anything less leaves the outcome unknown.
//!
//! One answer is enough where the service itself, in an OperationOutcome, refused this very request
//! because the time is taken or gone: then nothing is on its way any more.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use hale_contracts::appointments::{
    AppointmentStatus, AppointmentView, BookingOutcomeView, CheckBookingRequest,
    DismissBookingRequest, PracticeSays,
};
use hale_contracts::sync::SyncUnit;
use hale_fhir::{Page, read_page};
use serde_json::Value;
use uuid::Uuid;

use super::list::{can_report, unconfirmed_view};
use crate::app::{Hale, OpenSession, lock};
use crate::error::Error;
use crate::ports::{
    Backends, BookingState, Cache, Clock, Device, Fetch, Own, Remote, RemoteError, StoredBooking,
    Target,
};
use crate::sync::PARTIAL;
use crate::sync::counted::Counted;
use crate::sync::plan::{Members, SyncAction, plan_page};
use crate::sync::units::encode;

/// The system of the ids that Hale makes (backend contract, §0).
pub(crate) const ID_SYSTEM: &str = "https://tools.ietf.org/html/rfc4122";

/// How far apart two answers must be that the server has no such booking.
const SETTLED_AFTER: TimeDelta = TimeDelta::minutes(2);
/// More pages than one person's appointments fill.
const MOST_PAGES: usize = 200;

/// What reading back found.
pub(crate) enum ReadBack {
    /// The server holds it.
    Found(Box<AppointmentView>),
    /// The server answered, whole, that it holds no such booking.
    Absent {
        /// The server's own time of that answer.
        at: Option<DateTime<Utc>>,
    },
    /// The server holds it, withdrawn as a mistake: there is nothing to go to.
    Withdrawn,
    /// It was not in an answer that is not whole, which says nothing.
    Unclear,
}

/// What of a page was kept.
pub(crate) enum Kept {
    /// The appointment with our id.
    Shown(Box<AppointmentView>),
    /// There is one with our id that was withdrawn as a mistake.
    Withdrawn,
    /// There is none with our id.
    NotThere,
    /// There are only such with our id as cannot be kept: they say that they are somebody else's.
    NotOurs,
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
        self.settle(&session, booking, true).await
    }

    /// Shows a booking no more: one that was not made and that the patient has seen, or one that
    /// Hale could not find out about for an hour and that the practice told the patient of. After
    /// that another can be booked; this one is never sent again.
    ///
    /// # Errors
    /// [`Error::NotFound`] if no such booking is kept, or nobody is signed in, or the store fails.
    pub async fn dismiss_booking(&self, request: DismissBookingRequest) -> Result<(), Error> {
        let session = self.session()?;
        let _guard = session.booking.lock().await;
        let id = Uuid::parse_str(&request.booking_id)
            .map_err(|_| Error::InvalidRequest("not a booking's id"))?;
        let mut booking = find_booking(&session.own, id)
            .await?
            .ok_or(Error::NotFound)?;
        match (&booking.state, request.practice_says) {
            (BookingState::NotMade, _) if !booking.is_told => {}
            (BookingState::Sent, Some(says)) if can_report(&booking, self.clock.now()) => {
                booking.state = match says {
                    PracticeSays::Booked => BookingState::SaidBooked,
                    PracticeSays::NotBooked => BookingState::NotMade,
                };
            }
            // One whose outcome is open is still to be told of.
            _ => return Ok(()),
        }
        booking.is_told = true;
        session.own.put_booking(booking).await?;
        Ok(())
    }

    /// Reads back every booking whose outcome is not known, after a check of the appointments. The
    /// patient asked for none of it: what it finds is shown until they have seen it.
    pub(crate) async fn check_open_bookings(
        &self,
        session: &OpenSession<D, B>,
    ) -> Result<(), Error> {
        let _guard = session.booking.lock().await;
        for booking in session.own.bookings().await? {
            if booking.state == BookingState::Sent {
                self.settle(session, booking, false).await?;
            } else {
                self.go_on_replacing(session, booking).await?;
            }
        }
        Ok(())
    }

    /// Finds out how a booking stands, and keeps it. The caller holds the booking lock, and says
    /// whether the patient waits for the answer.
    pub(crate) async fn settle(
        &self,
        session: &OpenSession<D, B>,
        mut booking: StoredBooking,
        is_asked: bool,
    ) -> Result<BookingOutcomeView, Error> {
        if booking.state == BookingState::NotMade {
            if is_asked && !booking.is_told {
                booking.is_told = true;
                session.own.put_booking(booking.clone()).await?;
            }
            return Ok(BookingOutcomeView::NotBooked {
                reason: booking.reason,
            });
        }
        match self.read_back(session, booking.booking_id).await {
            Ok(ReadBack::Found(appointment)) => {
                self.acknowledge(session, booking, *appointment).await
            }
            Ok(ReadBack::Absent { at }) if booking.state == BookingState::Sent => {
                booking.last_checked = Some(self.clock.now());
                if self.is_settled_by(session, &mut booking, at) {
                    return self.close_unbooked(session, booking, is_asked).await;
                }
                session.own.put_booking(booking.clone()).await?;
                Ok(still_unknown(&booking, self.clock.now()))
            }
            Ok(ReadBack::Withdrawn) => self.close_unbooked(session, booking, is_asked).await,
            // A booking that was acknowledged is known, whatever this answer is.
            Ok(ReadBack::Absent { .. } | ReadBack::Unclear) | Err(_) => match &booking.state {
                BookingState::Acknowledged { appointment_id } => {
                    let appointment = self
                        .appointment(hale_contracts::appointments::AppointmentRequest {
                            id: appointment_id.clone(),
                        })
                        .await?;
                    Ok(outcome_of(appointment))
                }
                _ => Ok(still_unknown(&booking, self.clock.now())),
            },
        }
    }

    /// Closes a booking that leads to no appointment. Unless the patient waits for the answer, it
    /// is shown until they have seen it.
    pub(crate) async fn close_unbooked(
        &self,
        session: &OpenSession<D, B>,
        mut booking: StoredBooking,
        is_told: bool,
    ) -> Result<BookingOutcomeView, Error> {
        let reason = booking.reason.clone();
        booking.state = BookingState::NotMade;
        booking.is_told = is_told;
        booking.last_checked = Some(self.clock.now());
        session.own.put_booking(booking).await?;
        Ok(BookingOutcomeView::NotBooked { reason })
    }

    /// Whether this absence is the second one of two that are far enough apart; see the head of
    /// this module. The first one is noted.
    fn is_settled_by(
        &self,
        session: &OpenSession<D, B>,
        booking: &mut StoredBooking,
        at: Option<DateTime<Utc>>,
    ) -> bool {
        let run_for = self.clock.elapsed();
        let first = *lock(&session.first_absences)
            .entry(booking.booking_id)
            .or_insert(run_for);
        let by_process = run_for.saturating_sub(first);
        let by_server = match (booking.first_absent, at) {
            (Some(first), Some(at)) if at >= first => at - first,
            // The first one; or the server's clock was set back, and counts from here.
            (_, Some(at)) => {
                booking.first_absent = Some(at);
                TimeDelta::zero()
            }
            (_, None) => TimeDelta::zero(),
        };
        by_server >= SETTLED_AFTER
            || TimeDelta::from_std(by_process).is_ok_and(|waited| waited >= SETTLED_AFTER)
    }

    /// Asks the server for an appointment with our id, and reads the answer to its last page: a
    /// server that ignores the search parameter answers with all of the patient's appointments.
    pub(crate) async fn read_back(
        &self,
        session: &OpenSession<D, B>,
        booking_id: Uuid,
    ) -> Result<ReadBack, Error> {
        let patient = session.identity().patient_id.clone();
        let mut target = Target::Path(format!(
            "Appointment?patient={}&identifier={}%7C{booking_id}",
            encode(&patient),
            encode(ID_SYSTEM),
        ));
        let mut followed = HashSet::new();
        let mut is_whole = true;
        let mut counted = Counted::default();
        let mut first_at = None;
        loop {
            let fetch = Fetch {
                target,
                if_none_match: None,
            };
            let fetched = session
                .online()?
                .fetch(fetch)
                .await
                .inspect_err(|error: &RemoteError| session.note_failure(error))?;
            session.note_answer();
            if followed.is_empty() {
                first_at = fetched.server_date;
            }
            let page = read_page(&fetched.body).map_err(|_| Error::Unreadable)?;
            let next = page.next.clone();
            counted.add(&page);
            let has_warnings = page
                .issues
                .iter()
                .any(|issue| issue.severity.as_deref() != Some("information"));
            is_whole &= fetched.status != PARTIAL && page.skipped.is_empty() && !has_warnings;
            match self.keep_appointment(session, page, booking_id).await? {
                Kept::Shown(appointment) => return Ok(ReadBack::Found(appointment)),
                Kept::Withdrawn => return Ok(ReadBack::Withdrawn),
                Kept::NotThere => {}
                Kept::NotOurs => is_whole = false,
            }
            match next {
                None if is_whole && !counted.is_short() => {
                    return Ok(ReadBack::Absent { at: first_at });
                }
                None => return Ok(ReadBack::Unclear),
                Some(next) if followed.len() < MOST_PAGES && followed.insert(next.clone()) => {
                    target = Target::Next(next);
                }
                Some(_) => return Ok(ReadBack::Unclear),
            }
        }
    }

    /// Keeps the appointment of a page that carries this id in the mirror, and no other: a server
    /// that ignores the search parameter answers with others too.
    pub(crate) async fn keep_appointment(
        &self,
        session: &OpenSession<D, B>,
        mut page: Page,
        booking_id: Uuid,
    ) -> Result<Kept, Error> {
        page.entries.retain(|entry| {
            entry.resource_type == "Appointment" && carries(entry.raw.get(), booking_id)
        });
        if page.entries.is_empty() {
            return Ok(Kept::NotThere);
        }
        let identity = session.identity();
        let plan = plan_page(
            &page,
            &identity.source,
            SyncUnit::Appointments,
            identity.whose(),
            &mut Members::new(),
            self.next_run(session).await?,
            self.clock.now(),
        );
        if plan.actions.is_empty() {
            return Ok(Kept::NotOurs);
        }
        let keys = plan
            .actions
            .iter()
            .filter_map(|action| match action {
                SyncAction::Upsert { resource, .. } => Some(resource.key.clone()),
                _ => None,
            })
            .collect();
        let look = plan.look(SyncUnit::Appointments, self.clock.now());
        session.cache.apply(plan.actions).await?;
        if plan.kept == 0 {
            return Ok(Kept::Withdrawn);
        }
        let rows = session.cache.get_many(keys).await?;
        let mut shown = self.appointment_views(session, &rows).await?;
        // Of several under our id, the one that the patient is to go to counts.
        shown.sort_by_key(|one| one.status == AppointmentStatus::Cancelled);
        // What the patient booked is no news to them; that somebody cancelled it is.
        if shown
            .iter()
            .all(|one| one.status != AppointmentStatus::Cancelled)
        {
            session.cache.apply(vec![look]).await?;
        }
        Ok(shown
            .into_iter()
            .next()
            .map_or(Kept::NotOurs, |shown| Kept::Shown(Box::new(shown))))
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
        session.own.put_booking(booking.clone()).await?;
        self.forget_booking_draft(session).await?;
        // It is booked, whatever becomes of the other one.
        if let Err(error) = self.replace(session, booking, appointment.status).await {
            tracing::warn!(%error, "cancelling the appointment before failed");
        }
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

pub(crate) fn still_unknown(booking: &StoredBooking, now: DateTime<Utc>) -> BookingOutcomeView {
    let booking = unconfirmed_view(booking, now);
    BookingOutcomeView::OutcomeUnknown { booking }
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
