//! Booking a time: kept on this device before it is sent, sent once, and never claimed as booked
//! before the server said so.

use chrono::TimeDelta;
use hale_contracts::appointments::{
    BookAppointmentRequest, BookingOutcomeView, Channel, ReasonRule, SlotView,
};
use hale_contracts::error::ErrorView;
use hale_contracts::reasons::WhyNot;
use hale_fhir::read_page;
use uuid::Uuid;

use super::find_slots::remember;
use super::read_back::{ID_SYSTEM, Kept, ReadBack, find_booking, still_unknown};
use super::rules::PracticeRules;
use super::view;
use crate::app::{FoundSlot, Hale, OpenSession, lock};
use crate::error::{Error, server_words};
use crate::ports::{
    Backends, BookingState, CacheError, Clock, Device, Own, Remote, RemoteError, StoredBooking,
    Write, Written,
};
use crate::sync::units::encode;

/// How many of the nearest free times are offered when one was taken.
const NEAREST: usize = 6;

/// What an error says about whether the server made the booking.
#[derive(Debug, PartialEq, Eq)]
enum Certainty {
    /// It certainly did not.
    NotMade,
    /// It says that the time is gone, or that the booking is there already.
    TakenOrOurs,
    /// Nobody can tell without reading back.
    Unknown,
}

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// Books a time. Asked twice with the same `booking_id` (a double click, the back button), it
    /// is one booking, and the second answer tells how the first stands.
    ///
    /// # Errors
    /// If the request is not well formed, nobody is signed in, or this device cannot keep the
    /// booking, in which case nothing was sent.
    pub async fn book_appointment(
        &self,
        request: BookAppointmentRequest,
    ) -> Result<BookingOutcomeView, Error> {
        let session = self.session()?;
        let _guard = session.booking.lock().await;
        let booking_id = Uuid::parse_str(&request.booking_id)
            .map_err(|_| Error::InvalidRequest("not a booking's id"))?;
        if let Some(booking) = find_booking(&session.own, booking_id).await? {
            return self.settle(&session, booking, true).await;
        }
        let reason = trimmed(request.reason);
        let phone = trimmed(request.phone);
        let rules = self.practice_rules(&session).await?;
        if let Some(why) = self.why_not_book(&session, &rules).await? {
            // Having seemed offline a moment ago is no reason not to try; everything else is.
            if why != WhyNot::Offline {
                return Ok(BookingOutcomeView::Refused { why });
            }
        }
        let found = match self.slot_to_book(&session, &request.slot_id).await {
            Ok(Some(found)) => found,
            Ok(None) => return self.slot_taken(&session, None, reason).await,
            Err(error @ Error::Remote(_)) => return Ok(not_sent(&error)),
            Err(error) => return Err(error),
        };
        if let Some(why) = self.why_not_this(&rules, &found.view) {
            return Ok(BookingOutcomeView::Refused { why });
        }
        check_words(&rules, &found.view, reason.as_deref(), phone.as_deref())?;
        let body = view::new_appointment(&view::NewAppointment {
            booking_id,
            slot: &found.slot,
            patient_id: &session.identity().patient_id,
            location: found.location.as_deref(),
            reason: reason.as_deref(),
            phone: phone.as_deref(),
            now: self.clock.now(),
        });
        let booking = StoredBooking {
            booking_id,
            request_id: self.clock.new_id(),
            source: session.identity().source.clone(),
            state: BookingState::Sent,
            body: body.to_string(),
            slot: serde_json::to_string(&found.view)
                .map_err(|error| CacheError::Other(Box::new(error)))?,
            reason: reason.clone(),
            confirmed_at: self.clock.now(),
            last_checked: None,
            first_absent: None,
            is_told: false,
            replaces: request.replaces,
        };
        // On disk before the network is tried: whenever the power goes, the question "was it
        // booked?" can be answered afterwards, and is never answered by sending it again.
        session.own.insert_booking(booking.clone()).await?;
        self.send(&session, booking, &found).await
    }

    /// Sends a booking, once, and settles what came of it.
    async fn send(
        &self,
        session: &OpenSession<D, B>,
        booking: StoredBooking,
        found: &FoundSlot,
    ) -> Result<BookingOutcomeView, Error> {
        let write = Write {
            method: "POST",
            path: "Appointment".to_owned(),
            content_type: "application/fhir+json",
            body: booking.body.clone(),
            request_id: booking.request_id,
            if_match: None,
            if_none_exist: Some(format!("identifier={ID_SYSTEM}|{}", booking.booking_id)),
        };
        let error = match session.online()?.write(write).await {
            Ok(written) => {
                session.note_answer();
                return self.written(session, booking, written).await;
            }
            Err(error) => error,
        };
        session.note_failure(&error);
        match certainty(&error) {
            Certainty::NotMade => {
                self.close_unbooked(session, booking, true).await?;
                Ok(refused(error))
            }
            Certainty::TakenOrOurs => match self.read_back(session, booking.booking_id).await {
                // Our own earlier success.
                Ok(ReadBack::Found(appointment)) => {
                    self.acknowledge(session, booking, *appointment).await
                }
                Ok(ReadBack::Absent { .. } | ReadBack::Withdrawn) => {
                    let reason = booking.reason.clone();
                    self.close_unbooked(session, booking, true).await?;
                    self.slot_taken(session, Some(&found.view), reason).await
                }
                Ok(ReadBack::Unclear) | Err(_) => Ok(still_unknown(&booking, self.clock.now())),
            },
            Certainty::Unknown => self.settle(session, booking, true).await,
        }
    }

    /// The server acknowledged a booking: keep what it holds. Where the answer does not show it,
    /// it is read back, because "booked" is only said of what the server was seen to hold.
    async fn written(
        &self,
        session: &OpenSession<D, B>,
        booking: StoredBooking,
        written: Written,
    ) -> Result<BookingOutcomeView, Error> {
        let kept = match read_page(&written.body) {
            Ok(page) => {
                self.keep_appointment(session, page, booking.booking_id)
                    .await?
            }
            Err(_) => Kept::NotThere,
        };
        match kept {
            Kept::Shown(appointment) => self.acknowledge(session, booking, *appointment).await,
            Kept::Withdrawn | Kept::NotThere | Kept::NotOurs => {
                self.settle(session, booking, true).await
            }
        }
    }

    /// The slot as read lately, or read now; none if the server does not offer it any more.
    async fn slot_to_book(
        &self,
        session: &OpenSession<D, B>,
        slot_id: &str,
    ) -> Result<Option<FoundSlot>, Error> {
        if let Some(found) = lock(&session.found_slots).get(slot_id) {
            return Ok(Some(found.clone()));
        }
        let search = format!(
            "Slot?_id={}&_include=Slot:schedule&_include:iterate=Schedule:actor",
            encode(slot_id)
        );
        let practice = self.own_practice(session).await?;
        let read = self.read_slots(session, search, &practice).await?;
        Ok(read
            .found
            .into_iter()
            .find(|found| found.view.id == slot_id))
    }

    fn why_not_this(&self, rules: &PracticeRules, slot: &SlotView) -> Option<WhyNot> {
        let now = self.clock.now();
        if slot.start.utc <= now {
            return Some(WhyNot::InThePast);
        }
        let is_today = slot.start.local.date() == crate::london::from_utc(now).local.date();
        (is_today && rules.same_day_booking == Some(false)).then_some(WhyNot::NotOnTheDay)
    }

    /// Somebody else was faster: the nearest free times, those of the same kind first.
    async fn slot_taken(
        &self,
        session: &OpenSession<D, B>,
        wanted: Option<&SlotView>,
        reason: Option<String>,
    ) -> Result<BookingOutcomeView, Error> {
        let now = self.clock.now();
        let around = wanted.map_or(now, |slot| slot.start.utc);
        let from = (around - TimeDelta::days(4)).max(now);
        let to = from + TimeDelta::days(13);
        // Without an answer the list is empty, and the window offers to look for times again.
        let mut found = match self.free_times(session, from, to).await {
            Ok(free) => free.found,
            Err(_) => Vec::new(),
        };
        if let Some(wanted) = wanted {
            lock(&session.found_slots).remove(&wanted.id);
            found.retain(|slot| slot.view.id != wanted.id);
            found.sort_by_key(|slot| {
                let is_other_kind = slot.view.service != wanted.service;
                let is_other_way = slot.view.channel != wanted.channel;
                let distance = (slot.view.start.utc - wanted.start.utc).abs();
                (is_other_kind, is_other_way, distance)
            });
        }
        found.truncate(NEAREST);
        found.sort_by_key(|slot| slot.view.start.utc);
        let nearest = found.iter().map(|slot| slot.view.clone()).collect();
        remember(session, found);
        Ok(BookingOutcomeView::SlotTaken { nearest, reason })
    }
}

/// What an error of the POST says about the booking. When in doubt: unknown.
fn certainty(error: &RemoteError) -> Certainty {
    match error {
        RemoteError::NotConnected(_) | RemoteError::SignInNeeded => Certainty::NotMade,
        // An answer that leads elsewhere may come after the booking was made.
        RemoteError::Unsafe(_)
        | RemoteError::NoAnswer { .. }
        | RemoteError::UnreadableAnswer(_) => Certainty::Unknown,
        RemoteError::Status { status, body, .. } => match status {
            // Only the service's own word counts: something on the way answers 409 too.
            409 if hale_fhir::read_outcome(body).is_some() => Certainty::TakenOrOurs,
            422 if has_code(body, "REFERENCE_NOT_FOUND") => Certainty::TakenOrOurs,
            // 412: several resources carry our id, so at least one was made.
            408 | 409 | 412 => Certainty::Unknown,
            400..=499 => Certainty::NotMade,
            _ => Certainty::Unknown,
        },
    }
}

fn has_code(body: &[u8], code: &str) -> bool {
    hale_fhir::read_outcome(body).is_some_and(|outcome| {
        outcome
            .issues
            .iter()
            .any(|issue| issue.nhs_code.as_deref() == Some(code))
    })
}

/// A booking that was certainly not made.
fn refused(error: RemoteError) -> BookingOutcomeView {
    let why = match &error {
        RemoteError::SignInNeeded => WhyNot::SignInLapsed,
        RemoteError::Status { status, .. } if *status == 429 => {
            return not_sent(&Error::Remote(error));
        }
        RemoteError::Status { body, .. } => WhyNot::Refused {
            server_says: server_words(body),
        },
        _ => return not_sent(&Error::Remote(error)),
    };
    BookingOutcomeView::Refused { why }
}

fn not_sent(error: &Error) -> BookingOutcomeView {
    let error: ErrorView = error.view();
    BookingOutcomeView::NotSent { error }
}

fn check_words(
    rules: &PracticeRules,
    slot: &SlotView,
    reason: Option<&str>,
    phone: Option<&str>,
) -> Result<(), Error> {
    let most = usize::try_from(rules.reason_max.unwrap_or(500)).unwrap_or(usize::MAX);
    if rules.reason == Some(ReasonRule::Mandatory) && reason.is_none() {
        return Err(Error::InvalidRequest("a reason is needed"));
    }
    if reason.is_some_and(|reason| reason.chars().count() > most) {
        return Err(Error::InvalidRequest("the reason is too long"));
    }
    if slot.channel == Some(Channel::Telephone) && phone.is_none() {
        return Err(Error::InvalidRequest("a telephone number is needed"));
    }
    Ok(())
}

fn trimmed(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(status: u16, body: &str) -> RemoteError {
        RemoteError::Status {
            status,
            body: body.as_bytes().to_vec(),
            retry_after: None,
        }
    }

    const GONE: &str = r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-found","details":{"coding":[{"code":"REFERENCE_NOT_FOUND"}]}}]}"#;

    #[test]
    fn when_in_doubt_the_outcome_is_unknown() {
        let cases = [
            (RemoteError::NotConnected(None), Certainty::NotMade),
            (RemoteError::SignInNeeded, Certainty::NotMade),
            (
                RemoteError::NoAnswer {
                    timed_out: true,
                    source: None,
                },
                Certainty::Unknown,
            ),
            (
                RemoteError::NoAnswer {
                    timed_out: false,
                    source: None,
                },
                Certainty::Unknown,
            ),
            (
                RemoteError::UnreadableAnswer("truncated"),
                Certainty::Unknown,
            ),
            (status(400, ""), Certainty::NotMade),
            (status(403, ""), Certainty::NotMade),
            (RemoteError::Unsafe("redirect"), Certainty::Unknown),
            (status(302, ""), Certainty::Unknown),
            (status(409, ""), Certainty::Unknown),
            (status(409, "<html>"), Certainty::Unknown),
            (status(409, GONE), Certainty::TakenOrOurs),
            (status(461, ""), Certainty::NotMade),
            (status(412, ""), Certainty::Unknown),
            (status(422, ""), Certainty::NotMade),
            (status(422, GONE), Certainty::TakenOrOurs),
            (status(429, ""), Certainty::NotMade),
            (status(500, ""), Certainty::Unknown),
            (status(503, ""), Certainty::Unknown),
            (status(504, ""), Certainty::Unknown),
        ];
        for (error, expected) in cases {
            assert_eq!(certainty(&error), expected, "{error:?}");
        }
    }
}
