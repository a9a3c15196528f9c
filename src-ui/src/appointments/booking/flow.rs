//! What a patient has chosen and typed on the way to a booking, from the first page to the outcome.
//!
//! Lives as long as the window, so that the back button and a look at another screen lose nothing;
//! never in an address. Knows nothing of how the pages look, and sends nothing but the draft.

use chrono::NaiveDate;
use hale_contracts::appointments::{
    AppointmentView, BookAppointmentRequest, BookingDraftView, BookingGuidanceView,
    BookingOutcomeView, Channel, ReasonRule, SlotView,
};
use hale_contracts::error::ErrorView;
use leptos::prelude::*;

use super::rules;
use crate::state::Session;

/// What to look for among the free times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filters {
    /// The first day; today where none was chosen.
    pub(crate) from: Option<NaiveDate>,
    /// Only this way of meeting.
    pub(crate) channel: Option<Channel>,
    /// Only this clinician.
    pub(crate) clinician: Option<String>,
    /// Only this kind.
    pub(crate) service: Option<String>,
}

impl Filters {
    /// Whether anything but the days narrows the search.
    pub(crate) fn is_narrow(&self) -> bool {
        self.channel.is_some() || self.clinician.is_some() || self.service.is_some()
    }
}

/// The booking under way.
///
/// Invariant: `booking_id` is made once for a chosen time and goes with every attempt to book it,
/// until the outcome is known; so a second press or a step back can never book twice.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BookingFlow {
    /// What the practice says, as last read.
    pub(crate) guidance: RwSignal<Option<BookingGuidanceView>>,
    /// What to look for.
    pub(crate) filters: RwSignal<Filters>,
    /// The time chosen.
    pub(crate) slot: RwSignal<Option<SlotView>>,
    /// The reason typed.
    pub(crate) reason: RwSignal<String>,
    /// The telephone number typed.
    pub(crate) phone: RwSignal<String>,
    /// The id of the booking, from the check page on.
    pub(crate) booking_id: RwSignal<Option<String>>,
    /// Whether it is being sent now.
    pub(crate) is_sending: RwSignal<bool>,
    /// What the shell refused to do with it, when that is no outcome.
    pub(crate) refusal: RwSignal<Option<ErrorView>>,
    /// What became of it.
    pub(crate) outcome: RwSignal<Option<BookingOutcomeView>>,
    /// The appointment that the new one takes the place of, if any.
    pub(crate) replaces: RwSignal<Option<AppointmentView>>,
    /// Whether the draft could not be kept.
    pub(crate) draft_failed: RwSignal<bool>,
}

impl BookingFlow {
    /// A flow in which nothing has been chosen. Call it in the window's root, so that it lives on.
    pub(crate) fn new() -> Self {
        Self {
            guidance: RwSignal::new(None),
            filters: RwSignal::new(Filters::default()),
            slot: RwSignal::new(None),
            reason: RwSignal::new(String::new()),
            phone: RwSignal::new(String::new()),
            booking_id: RwSignal::new(None),
            is_sending: RwSignal::new(false),
            refusal: RwSignal::new(None),
            outcome: RwSignal::new(None),
            replaces: RwSignal::new(None),
            draft_failed: RwSignal::new(false),
        }
    }

    /// Makes it known to everything below, and forgets everything when another person may be looking.
    pub(crate) fn provide(session: Session) {
        let flow = Self::new();
        provide_context(flow);
        let person = Memo::new(move |_| {
            session
                .person()
                .map(|person| (person.nhs_number, person.name))
        });
        Effect::new(move || {
            // Read, and not only tracked: a memo that was never read follows nothing.
            let _ = person.get();
            flow.forget();
        });
    }

    /// The window's booking.
    pub(crate) fn expect() -> Self {
        expect_context()
    }

    /// Forgets everything, when another person may be looking.
    pub(crate) fn forget(&self) {
        self.guidance.set(None);
        self.filters.set(Filters::default());
        self.clear_choice();
        self.replaces.set(None);
        self.outcome.set(None);
    }

    /// Takes a time. Another time is another booking, so that it gets an id of its own.
    pub(crate) fn choose(&self, slot: SlotView) {
        let is_same = self
            .slot
            .with_untracked(|chosen| chosen.as_ref().is_some_and(|chosen| chosen.id == slot.id));
        if !is_same {
            self.booking_id.set(None);
        }
        self.refusal.set(None);
        self.outcome.set(None);
        self.slot.set(Some(slot));
    }

    /// Takes over a draft from an earlier booking. The time is not: it was never held for anybody.
    pub(crate) fn resume(&self, draft: &BookingDraftView) {
        self.reason.set(draft.reason.clone());
        self.phone.set(draft.phone.clone());
    }

    /// What is kept on the device.
    pub(crate) fn draft(&self) -> BookingDraftView {
        BookingDraftView {
            slot_id: self
                .slot
                .with_untracked(|slot| slot.as_ref().map(|slot| slot.id.clone())),
            reason: self.reason.get_untracked(),
            phone: self.phone.get_untracked(),
        }
    }

    /// The practice's rule for the reason; optional while it is not known.
    pub(crate) fn reason_rule(&self) -> ReasonRule {
        self.guidance.with(|guidance| {
            guidance
                .as_ref()
                .map_or(ReasonRule::Optional, |guidance| guidance.reason_rule)
        })
    }

    /// What is sent, with the id that was made for it. `None` until a time is chosen and the check
    /// page has made the id.
    pub(crate) fn request(&self) -> Option<BookAppointmentRequest> {
        let slot = self.slot.get_untracked()?;
        let booking_id = self.booking_id.get_untracked()?;
        let filled = |text: String| {
            let text = text.trim().to_owned();
            (!text.is_empty()).then_some(text)
        };
        let reason = match untrack(|| self.reason_rule()) {
            ReasonRule::Off => None,
            ReasonRule::Mandatory | ReasonRule::Optional => filled(self.reason.get_untracked()),
        };
        let phone = if rules::needs_phone(&slot) {
            filled(self.phone.get_untracked())
        } else {
            None
        };
        Some(BookAppointmentRequest {
            booking_id,
            slot_id: slot.id,
            reason,
            phone,
            replaces: self
                .replaces
                .with_untracked(|before| before.as_ref().map(|before| before.id.clone())),
        })
    }

    /// Takes what became of the booking.
    pub(crate) fn conclude(&self, outcome: BookingOutcomeView) {
        match &outcome {
            // The id stays: only with it can be asked what became of this very booking.
            BookingOutcomeView::OutcomeUnknown { booking } => {
                self.booking_id.set(Some(booking.booking_id.clone()));
            }
            // The words are not needed any more, and must not be offered for another booking.
            BookingOutcomeView::Booked { .. } | BookingOutcomeView::BookedThenCancelled { .. } => {
                self.clear_choice();
            }
            BookingOutcomeView::SlotTaken { reason, .. } => {
                self.booking_id.set(None);
                self.keep_reason(reason.as_deref());
            }
            BookingOutcomeView::NotBooked { reason } => {
                self.booking_id.set(None);
                self.keep_reason(reason.as_deref());
            }
            BookingOutcomeView::Refused { .. } | BookingOutcomeView::NotSent { .. } => {
                self.booking_id.set(None);
            }
        }
        self.refusal.set(None);
        self.outcome.set(Some(outcome));
    }

    /// Whether a booking was sent and nobody knows what became of it.
    pub(crate) fn is_unknown(&self) -> bool {
        self.outcome
            .with(|outcome| matches!(outcome, Some(BookingOutcomeView::OutcomeUnknown { .. })))
    }

    /// Drops the time and what was typed.
    pub(crate) fn clear_choice(&self) {
        self.slot.set(None);
        self.reason.set(String::new());
        self.phone.set(String::new());
        self.booking_id.set(None);
        self.refusal.set(None);
    }

    /// What is still in the window wins: it is at least as new as what the shell kept.
    fn keep_reason(&self, kept: Option<&str>) {
        if let Some(kept) = kept
            && self.reason.with_untracked(String::is_empty)
        {
            self.reason.set(kept.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::appointments::samples;
    use hale_contracts::error::ErrorCode;

    /// Signals live in an owner; each test has its own.
    fn flow() -> (Owner, BookingFlow) {
        let owner = Owner::new();
        owner.set();
        (owner, BookingFlow::new())
    }

    #[test]
    fn the_id_stays_with_a_time_until_the_outcome_is_known() {
        let (_owner, flow) = flow();
        flow.choose(samples::slot("a"));
        flow.booking_id.set(Some("id-1".into()));

        flow.choose(samples::slot("a"));
        assert_eq!(flow.booking_id.get_untracked().as_deref(), Some("id-1"));

        flow.conclude(BookingOutcomeView::OutcomeUnknown {
            booking: samples::unconfirmed("id-1"),
        });
        assert_eq!(
            flow.booking_id.get_untracked().as_deref(),
            Some("id-1"),
            "only the same id can be read back"
        );

        flow.choose(samples::slot("b"));
        assert_eq!(
            flow.booking_id.get_untracked(),
            None,
            "another time is another booking"
        );
    }

    #[test]
    fn a_taken_time_keeps_the_reason_and_drops_the_id() {
        let (_owner, flow) = flow();
        flow.choose(samples::slot("a"));
        flow.reason.set("A cough for 3 weeks".into());
        flow.booking_id.set(Some("id-1".into()));
        flow.conclude(BookingOutcomeView::SlotTaken {
            nearest: vec![samples::slot("b")],
            reason: Some("A cough".into()),
        });
        assert_eq!(flow.reason.get_untracked(), "A cough for 3 weeks");
        assert_eq!(flow.booking_id.get_untracked(), None);
    }

    #[test]
    fn a_reason_kept_by_the_shell_comes_back_into_an_empty_window() {
        let (_owner, flow) = flow();
        flow.conclude(BookingOutcomeView::NotBooked {
            reason: Some("A cough".into()),
        });
        assert_eq!(flow.reason.get_untracked(), "A cough");
    }

    #[test]
    fn nothing_typed_for_one_booking_is_left_for_the_next() {
        let (_owner, flow) = flow();
        flow.choose(samples::slot("a"));
        flow.reason.set("A cough".into());
        flow.phone.set("01632 960 001".into());
        flow.booking_id.set(Some("id-1".into()));
        flow.conclude(BookingOutcomeView::Booked {
            appointment: samples::appointment("x"),
        });
        assert_eq!(flow.draft(), BookingDraftView::default());
        assert_eq!(flow.request(), None);
    }

    #[test]
    fn a_booking_that_was_not_sent_keeps_what_was_typed() {
        let (_owner, flow) = flow();
        flow.choose(samples::slot("a"));
        flow.reason.set("A cough".into());
        flow.conclude(BookingOutcomeView::NotSent {
            error: ErrorView::new(ErrorCode::Offline),
        });
        assert_eq!(flow.reason.get_untracked(), "A cough");
        assert!(flow.slot.get_untracked().is_some());
    }

    #[test]
    fn only_what_the_practice_takes_is_sent() {
        let (_owner, flow) = flow();
        flow.choose(samples::slot("a"));
        flow.reason.set("  A cough ".into());
        flow.phone.set("01632 960 001".into());
        assert_eq!(flow.request(), None, "without an id nothing may be sent");

        flow.booking_id.set(Some("id-1".into()));
        let request = flow.request().unwrap();
        assert_eq!(request.reason.as_deref(), Some("A cough"));
        assert_eq!(
            request.phone, None,
            "an appointment in person needs no number"
        );

        let mut slot = samples::slot("a");
        slot.channel = Some(Channel::Telephone);
        flow.choose(slot);
        let mut guidance = samples::guidance();
        guidance.reason_rule = ReasonRule::Off;
        flow.guidance.set(Some(guidance));
        let request = flow.request().unwrap();
        assert_eq!(request.reason, None, "this practice does not take a reason");
        assert_eq!(request.phone.as_deref(), Some("01632 960 001"));
    }
}
