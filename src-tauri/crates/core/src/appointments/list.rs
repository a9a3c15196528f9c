//! The patient's appointments: upcoming, past, cancelled, and bookings without a known outcome or
//! that were not made.

use std::cmp::Reverse;

use chrono::{DateTime, TimeDelta, Utc};
use hale_contracts::appointments::{
    AppointmentRequest, AppointmentStatus, AppointmentView, AppointmentsView, CalendarFileRequest,
    CalendarFileView, SlotView, UnconfirmedBookingView,
};
use hale_contracts::changes::{AppointmentsShownRequest, NewsCountView};
use hale_contracts::record::RecordItemId;
use hale_contracts::sync::SyncUnit;

use super::{calendar, view};
use crate::app::{Hale, OpenSession, Session, lock};
use crate::error::Error;
use crate::london;
use crate::outbox::open_cancellation;
use crate::ports::{
    Backends, BookingState, Cache, Clock, Device, ListQuery, Outbox, Own, RequestForm, ResourceKey,
    StoredBooking, StoredResource,
};
use crate::record::Lookup;
use crate::record::view::{item_id, parse_item_id};
use crate::sources::link::main_source;
use crate::sources::standing::{as_a_whole, named};

/// More appointments than anybody has; the list is shown whole.
const MOST: u32 = 2_000;

/// How long Hale alone looks for a booking without an answer. No request is still on its way after
/// that; what the practice says then counts.
const REPORT_AFTER: TimeDelta = TimeDelta::hours(1);

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// The patient's appointments as this device knows them.
    ///
    /// # Errors
    /// If nobody is signed in or a store fails.
    pub async fn appointments(&self) -> Result<AppointmentsView, Error> {
        let session = self.session()?;
        *lock(&session.shown) = Some(SyncUnit::Appointments);
        let query = ListQuery {
            unit: SyncUnit::Appointments,
            offset: 0,
            limit: MOST,
            listed_only: true,
        };
        let page = session.cache.list(query).await?;
        let parts = self
            .unit_standings(&session, SyncUnit::Appointments)
            .await?;
        let standing = as_a_whole(&parts);
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
        for appointment in self.no_longer_listed(&session, &page.rows) {
            if view::is_upcoming(&appointment, now) {
                upcoming.push(appointment);
            } else if appointment.change.is_some() {
                past.push(appointment);
            }
        }
        sort_upcoming(&mut upcoming);
        past.sort_by_key(|appointment| Reverse(appointment.start.map(|start| start.utc)));
        for list in [&mut upcoming, &mut past, &mut cancelled] {
            add_pending(&session, list).await?;
        }
        let is_shown = |id: &str| {
            [&upcoming, &past, &cancelled]
                .into_iter()
                .flatten()
                .any(|one| one.id == id)
        };
        let unlisted = unlisted(&session, is_shown).await?;
        let mut unconfirmed = Vec::new();
        let mut not_booked = Vec::new();
        for booking in session.own.bookings().await? {
            match booking.state {
                BookingState::Sent => unconfirmed.push(unconfirmed_view(&booking, now)),
                BookingState::NotMade if !booking.is_told => {
                    not_booked.push(unconfirmed_view(&booking, now));
                }
                BookingState::NotMade
                | BookingState::SaidBooked
                | BookingState::Acknowledged { .. } => {}
            }
        }
        Ok(AppointmentsView {
            upcoming,
            past,
            cancelled,
            unlisted,
            unconfirmed,
            not_booked,
            freshness: standing.freshness,
            error: standing.error,
            not_allowed: standing.not_allowed,
            skipped: standing.skipped,
            sources: named(&parts),
        })
    }

    /// Notes what the patient has seen of the lists. What has changed meanwhile stays marked.
    ///
    /// # Errors
    /// If nobody is signed in or the device cannot save.
    pub async fn appointments_shown(&self, request: AppointmentsShownRequest) -> Result<(), Error> {
        let session = self.session()?;
        self.looked(&session, SyncUnit::Appointments, &request.shown)
            .await
    }

    /// How many appointments differ from the patient's last look at the lists.
    pub(crate) async fn appointment_news(
        &self,
        session: &OpenSession<D, B>,
    ) -> Result<NewsCountView, Error> {
        let query = ListQuery {
            unit: SyncUnit::Appointments,
            offset: 0,
            limit: 0,
            listed_only: true,
        };
        Ok(session.cache.list(query).await?.news)
    }

    /// One appointment.
    ///
    /// # Errors
    /// [`Error::NotFound`] if it is not on this device, or nobody is signed in, or the mirror fails.
    pub async fn appointment(&self, request: AppointmentRequest) -> Result<AppointmentView, Error> {
        let session = self.session()?;
        let key = key_of(&request.id).ok_or(Error::NotFound)?;
        let rows = session.cache.get_many(vec![key]).await?;
        let mut found = self.appointment_views(&session, &rows).await?;
        found.extend(self.no_longer_listed(&session, &rows));
        add_pending(&session, &mut found).await?;
        found.into_iter().next().ok_or(Error::NotFound)
    }

    /// An appointment for the patient's calendar.
    ///
    /// # Errors
    /// [`Error::NotFound`] if it is not on this device, [`Error::InvalidRequest`] if it has no time,
    /// or nobody is signed in, or the mirror fails.
    pub async fn calendar_file(
        &self,
        request: CalendarFileRequest,
    ) -> Result<CalendarFileView, Error> {
        let id = request.id;
        let appointment = self.appointment(AppointmentRequest { id }).await?;
        calendar::file(&appointment, &request.words, self.clock.now())
            .ok_or(Error::InvalidRequest("it has no time"))
    }

    pub(crate) async fn appointment_views(
        &self,
        session: &OpenSession<D, B>,
        rows: &[StoredResource],
    ) -> Result<Vec<AppointmentView>, Error> {
        let lookup = Lookup::read(&session.cache, rows).await?;
        Ok(rows
            .iter()
            .filter(|row| row.removed_at.is_none())
            .map(|row| {
                let source = session.source_view(&row.key.source);
                let find = |reference: &str| lookup.find(&row.key.source, reference);
                placed(row, view::appointment(row, &find, &source))
            })
            .collect())
    }

    /// The appointments among these rows that the source does not list any more.
    fn no_longer_listed(
        &self,
        session: &OpenSession<D, B>,
        rows: &[StoredResource],
    ) -> Vec<AppointmentView> {
        rows.iter()
            .filter(|row| row.removed_at.is_some())
            .map(|row| {
                let source = session.source_view(&row.key.source);
                placed(row, view::no_longer_listed(row, &source))
            })
            .collect()
    }
}

/// An appointment with the id by which the window knows it: the server's own at the main service,
/// with the source before it at any other, which Hale only reads.
fn placed(row: &StoredResource, appointment: AppointmentView) -> AppointmentView {
    if row.key.source == main_source() {
        return appointment;
    }
    AppointmentView {
        id: item_id(&row.key).0,
        is_read_only: true,
        ..appointment
    }
}

/// The appointment that an id of the window stands for.
fn key_of(id: &str) -> Option<ResourceKey> {
    let of_another = parse_item_id(&RecordItemId(id.to_owned()));
    // No id of FHIR has the sign that stands between the parts (R4 §2.24.0.1, `id`).
    of_another
        .or_else(|| {
            Some(ResourceKey {
                source: main_source(),
                resource_type: "Appointment".to_owned(),
                id: id.to_owned(),
            })
        })
        .filter(|key| key.resource_type == "Appointment")
}

/// Sets beside each appointment the cancellation that the server has not acknowledged.
async fn add_pending<C, O: Outbox, R>(
    session: &Session<C, O, R>,
    appointments: &mut [AppointmentView],
) -> Result<(), Error> {
    let requests = session.own.requests().await?;
    let source = &session.identity().source;
    for appointment in appointments {
        appointment.pending = open_cancellation(&requests, source, &appointment.id);
    }
    Ok(())
}

/// What the patient asked to cancel and no list shows, as it was when they asked.
async fn unlisted<C, O: Outbox, R>(
    session: &Session<C, O, R>,
    is_shown: impl Fn(&str) -> bool,
) -> Result<Vec<AppointmentView>, Error> {
    let requests = session.own.requests().await?;
    let source = &session.identity().source;
    let open = requests.iter().filter_map(|request| {
        let id = request.subject.strip_prefix("Appointment/")?;
        let pending = open_cancellation(std::slice::from_ref(request), source, id)?;
        let RequestForm::Change { base, .. } = &request.form else {
            return None;
        };
        let json = serde_json::from_str(base).unwrap_or_default();
        let mut appointment = view::as_it_was(id, &json, &session.source_view(source));
        appointment.pending = Some(pending);
        (!is_shown(id)).then_some(appointment)
    });
    Ok(open.collect())
}

/// A booking without an appointment, as it is shown.
pub(crate) fn unconfirmed_view(
    booking: &StoredBooking,
    now: DateTime<Utc>,
) -> UnconfirmedBookingView {
    UnconfirmedBookingView {
        booking_id: booking.booking_id.to_string(),
        slot: slot_of(booking),
        reason: booking.reason.clone(),
        confirmed_at: london::from_utc(booking.confirmed_at),
        last_checked: booking.last_checked.map(london::from_utc),
        can_report: can_report(booking, now),
    }
}

/// The time that a booking asked for: as the patient saw it, else as it was sent.
fn slot_of(booking: &StoredBooking) -> Option<SlotView> {
    serde_json::from_str(&booking.slot).ok().or_else(|| {
        let sent = serde_json::from_str(&booking.body).ok()?;
        view::slot_asked_for(&sent)
    })
}

/// Whether the patient may say what the practice told them. A clock that was set back by more must
/// not take the way out away.
pub(crate) fn can_report(booking: &StoredBooking, now: DateTime<Utc>) -> bool {
    booking.state == BookingState::Sent && (now - booking.confirmed_at).abs() >= REPORT_AFTER
}

/// The soonest first. What has no time yet comes last.
fn sort_upcoming(upcoming: &mut [AppointmentView]) {
    upcoming.sort_by_key(|appointment| {
        let start = appointment.start.map(|start| start.utc);
        (start.is_none(), start)
    });
}

/// Whether this is an appointment to go to: agreed to, and with a time.
pub(crate) fn is_to_go_to(appointment: &AppointmentView) -> bool {
    appointment.status.is_agreed() && appointment.start.is_some()
}

/// How many appointments take a place of the practice's limit: agreed to, and still to come.
pub(crate) fn booked(upcoming: &[AppointmentView], now: DateTime<Utc>) -> usize {
    upcoming
        .iter()
        .filter(|one| one.status.is_agreed() && !one.is_read_only)
        .filter(|one| one.start.is_some_and(|start| start.utc > now))
        .count()
}

#[cfg(test)]
mod tests {
    use hale_contracts::provenance::{ProvenanceView, SourceView};
    use uuid::Uuid;

    use super::*;

    fn moment(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::hours(hour)
    }

    fn one(id: &str, status: AppointmentStatus, hour: Option<i64>) -> AppointmentView {
        AppointmentView {
            id: id.to_owned(),
            status,
            start: hour.map(|hour| london::from_utc(moment(hour))),
            minutes: None,
            service: None,
            channel: None,
            clinician: None,
            role: None,
            location: None,
            address: None,
            description: None,
            reason: None,
            instructions: None,
            cancellation_reason: None,
            reference: None,
            pending: None,
            is_read_only: false,
            change: None,
            provenance: ProvenanceView {
                source: SourceView {
                    id: "main".to_owned(),
                    name: "main".to_owned(),
                },
                organisation: None,
                author: None,
                recorded: None,
                last_checked: None,
            },
        }
    }

    #[test]
    fn a_place_on_a_waiting_list_is_never_the_next_appointment() {
        use AppointmentStatus::{Arrived, Booked, Pending, Unknown, Waitlist};
        let mut upcoming = vec![
            one("waiting", Waitlist, None),
            one("later", Booked, Some(5)),
            one("asked", Pending, Some(1)),
            one("odd", Unknown, Some(2)),
            one("no time", Booked, None),
            one("now", Arrived, Some(-1)),
            one("next", Booked, Some(3)),
        ];
        sort_upcoming(&mut upcoming);
        let ids: Vec<&str> = upcoming.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(
            ids,
            ["now", "asked", "odd", "next", "later", "waiting", "no time"]
        );
        let to_go_to: Vec<&str> = upcoming
            .iter()
            .filter(|one| is_to_go_to(one))
            .map(|one| one.id.as_str())
            .collect();
        assert_eq!(to_go_to, ["now", "next", "later"]);
        assert_eq!(
            booked(&upcoming, moment(0)),
            2,
            "requests and what is over take no place of the limit"
        );
    }

    fn sent(slot: &str, body: &str) -> StoredBooking {
        StoredBooking {
            booking_id: Uuid::nil(),
            request_id: Uuid::nil(),
            source: crate::ports::SourceId("main".to_owned()),
            state: BookingState::Sent,
            body: body.to_owned(),
            slot: slot.to_owned(),
            reason: Some("A cough".to_owned()),
            confirmed_at: moment(0),
            last_checked: None,
            first_absent: None,
            is_told: false,
            replaces: None,
        }
    }

    #[test]
    fn a_booking_whose_time_cannot_be_read_is_shown_all_the_same() {
        let body = r#"{"slot":[{"reference":"Slot/7"}],"start":"2026-07-05T14:30:00Z","end":"2026-07-05T14:40:00Z"}"#;
        let cases = [
            ("not json", body, Some(("7", 10))),
            (
                r#"{"id":"7","of":"a later version"}"#,
                body,
                Some(("7", 10)),
            ),
            ("not json", "not json", None),
            ("", r#"{"slot":[{"reference":"Slot/7"}]}"#, None),
            ("", r#"{"start":"2026-07-05T14:30:00Z"}"#, None),
        ];
        for (slot, body, expected) in cases {
            let view = unconfirmed_view(&sent(slot, body), moment(0));
            let time = view
                .slot
                .as_ref()
                .map(|slot| (slot.id.as_str(), slot.minutes));
            assert_eq!(time, expected, "{slot} {body}");
            assert_eq!(view.reason.as_deref(), Some("A cough"));
        }
    }

    #[test]
    fn what_the_practice_says_counts_after_an_hour_of_looking() {
        let acknowledged = BookingState::Acknowledged {
            appointment_id: "1".to_owned(),
        };
        let cases = [
            (BookingState::Sent, TimeDelta::minutes(59), false),
            (BookingState::Sent, TimeDelta::minutes(60), true),
            (BookingState::Sent, TimeDelta::days(-2), true),
            (BookingState::NotMade, TimeDelta::hours(2), false),
            (BookingState::SaidBooked, TimeDelta::hours(2), false),
            (acknowledged, TimeDelta::hours(2), false),
        ];
        for (state, later, expected) in cases {
            let booking = StoredBooking {
                state: state.clone(),
                ..sent("", "")
            };
            let now = moment(0) + later;
            assert_eq!(can_report(&booking, now), expected, "{state:?} {later}");
        }
    }
}
