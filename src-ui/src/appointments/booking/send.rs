//! What leaves the booking pages: the draft as it is typed, the booking once, and the question what
//! became of it. Never books on its own, and never twice.

use std::time::Duration;

use hale_contracts::appointments::{BookingDraftView, BookingOutcomeView, CheckBookingRequest};
use hale_contracts::error::ErrorView;
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::flow::BookingFlow;
use crate::ipc;

/// How long typing must rest before the draft is kept.
const REST: Duration = Duration::from_millis(600);

/// Keeps drafts while the patient types; one a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DraftKeeper {
    flow: BookingFlow,
    waiting: StoredValue<Option<TimeoutHandle>>,
}

impl DraftKeeper {
    /// A keeper of this flow's draft. What is still waiting when the page is left is kept then.
    pub(crate) fn new(flow: BookingFlow) -> Self {
        let keeper = Self {
            flow,
            waiting: StoredValue::new(None),
        };
        on_cleanup(move || {
            // The stored value goes with the page, so that it may be gone already.
            if let Some(Some(waiting)) = keeper.waiting.try_update_value(Option::take) {
                waiting.clear();
                keep(flow);
            }
        });
        keeper
    }

    /// Keeps the draft when typing rests.
    pub(crate) fn soon(&self) {
        let (flow, waiting) = (self.flow, self.waiting);
        self.stop_waiting();
        let handle = set_timeout_with_handle(
            move || {
                waiting.try_update_value(Option::take);
                keep(flow);
            },
            REST,
        );
        // Without a timer the draft is kept at once.
        match handle {
            Ok(handle) => self.waiting.set_value(Some(handle)),
            Err(_) => keep(flow),
        }
    }

    /// Keeps the draft now.
    pub(crate) fn now(&self) {
        self.stop_waiting();
        keep(self.flow);
    }

    fn stop_waiting(&self) {
        if let Some(Some(waiting)) = self.waiting.try_update_value(Option::take) {
            waiting.clear();
        }
    }
}

fn keep(flow: BookingFlow) {
    // Without a time there is no booking under way: it was made meanwhile, or somebody else is
    // signed in now, whose own draft must not be written over.
    if flow.slot.with_untracked(Option::is_none) {
        return;
    }
    let draft = flow.draft();
    spawn_local(async move {
        flow.draft_failed
            .set(ipc::save_booking_draft(draft).await.is_err());
    });
}

/// Takes the draft off the device.
pub(crate) fn discard_draft(flow: BookingFlow) {
    flow.clear_choice();
    spawn_local(async move {
        flow.draft_failed.set(
            ipc::save_booking_draft(BookingDraftView::default())
                .await
                .is_err(),
        );
    });
}

/// Sends the booking, unless it is being sent already. What became of it stands in the flow.
pub(crate) fn book(flow: BookingFlow) {
    if flow.is_sending.get_untracked() {
        return;
    }
    let Some(request) = flow.request() else {
        return;
    };
    flow.is_sending.set(true);
    flow.refusal.set(None);
    spawn_local(async move {
        let answer = ipc::book_appointment(request).await;
        flow.is_sending.set(false);
        match answer {
            Ok(outcome) => conclude(flow, outcome),
            // The id stays: whether anything was sent is not known, and the same id is one booking.
            Err(error) => flow.refusal.set(Some(error)),
        }
    });
}

/// Reads back what became of a booking.
///
/// `Ok` with the answer's being known; the flow holds the outcome then.
pub(crate) async fn check(flow: BookingFlow, booking_id: String) -> Result<bool, ErrorView> {
    let outcome = ipc::check_booking(CheckBookingRequest { booking_id }).await?;
    let is_known = !matches!(outcome, BookingOutcomeView::OutcomeUnknown { .. });
    conclude(flow, outcome);
    Ok(is_known)
}

fn conclude(flow: BookingFlow, outcome: BookingOutcomeView) {
    let is_made = matches!(
        outcome,
        BookingOutcomeView::Booked { .. } | BookingOutcomeView::BookedThenCancelled { .. }
    );
    flow.conclude(outcome);
    if is_made {
        discard_draft(flow);
    }
}
