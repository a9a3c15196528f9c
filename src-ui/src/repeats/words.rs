//! Codes of repeat prescriptions into plain words.

use hale_contracts::outbox::{ParkedView, PendingStateView, RequestKindView};
use hale_contracts::repeats::{
    EligibilityView, PharmacyStatus, RepeatRequestView, RepeatStepKind, RequestStatus,
};

use crate::components::TagColour;
use crate::wording::{Lang, partial_date, td_string};

/// What is said of a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) tag: &'static str,
    pub(super) colour: TagColour,
    /// What it means.
    pub(super) text: &'static str,
    /// What to do.
    pub(super) next: &'static str,
}

macro_rules! standing {
    ($lang:ident, $group:ident, $key:ident, $colour:ident) => {
        Standing {
            tag: td_string!($lang, repeats.$group.$key.tag),
            colour: TagColour::$colour,
            text: td_string!($lang, repeats.$group.$key.text),
            next: td_string!($lang, repeats.$group.$key.next),
        }
    };
}

/// How a request stands at the practice.
pub(super) fn at_practice(lang: Lang, status: RequestStatus) -> Standing {
    match status {
        RequestStatus::Requested => standing!(lang, status, requested, Blue),
        RequestStatus::Accepted => standing!(lang, status, accepted, Blue),
        RequestStatus::InProgress => standing!(lang, status, in_progress, Blue),
        RequestStatus::OnHold => standing!(lang, status, on_hold, Yellow),
        RequestStatus::Completed => standing!(lang, status, completed, Green),
        RequestStatus::Rejected => standing!(lang, status, rejected, Red),
        RequestStatus::Failed => standing!(lang, status, failed, Red),
        RequestStatus::Cancelled => standing!(lang, status, cancelled, Grey),
        RequestStatus::Unknown => standing!(lang, status, unknown, Yellow),
    }
}

/// How a prescription stands at the pharmacy.
pub(super) fn at_pharmacy(lang: Lang, status: PharmacyStatus) -> Standing {
    use PharmacyStatus as S;
    match status {
        S::PrescriberApproved => standing!(lang, at_pharmacy, prescriber_approved, Blue),
        S::PrescriberCancelled => standing!(lang, at_pharmacy, prescriber_cancelled, Red),
        S::WithPharmacy => standing!(lang, at_pharmacy, with_pharmacy, Blue),
        S::WithPharmacyTrackingNotSupported => {
            standing!(lang, at_pharmacy, tracking_not_supported, Yellow)
        }
        S::PreparingRemainder => standing!(lang, at_pharmacy, preparing_remainder, Yellow),
        S::ReadyToCollect => standing!(lang, at_pharmacy, ready_to_collect, Green),
        S::ReadyToCollectPartial => standing!(lang, at_pharmacy, ready_to_collect_partial, Yellow),
        S::ReadyToDispatch => standing!(lang, at_pharmacy, ready_to_dispatch, Green),
        S::ReadyToDispatchPartial => {
            standing!(lang, at_pharmacy, ready_to_dispatch_partial, Yellow)
        }
        S::NotDispensed => standing!(lang, at_pharmacy, not_dispensed, Red),
        S::Dispatched => standing!(lang, at_pharmacy, dispatched, Green),
        S::Collected => standing!(lang, at_pharmacy, collected, Grey),
        S::TrackingUnavailable => standing!(lang, at_pharmacy, tracking_unavailable, Yellow),
        S::Unknown => standing!(lang, at_pharmacy, unknown, Yellow),
    }
}

/// How a request stands now, as its source says; none while no source has it.
pub(super) fn now(lang: Lang, request: &RepeatRequestView) -> Option<Standing> {
    match (request.at_pharmacy(), request.status) {
        (Some((status, _)), _) => Some(at_pharmacy(lang, status)),
        (None, Some(status)) => Some(at_practice(lang, status)),
        (None, None) if request.pending.is_some() => None,
        (None, None) => Some(at_pharmacy(lang, PharmacyStatus::Unknown)),
    }
}

/// The tag of something that the server has not acknowledged.
pub(super) fn pending_tag(lang: Lang, state: &PendingStateView) -> (&'static str, TagColour) {
    match state {
        PendingStateView::NotSentYet => (td_string!(lang, repeats.tag.not_sent), TagColour::Yellow),
        PendingStateView::Unconfirmed => {
            (td_string!(lang, repeats.tag.unconfirmed), TagColour::Yellow)
        }
        PendingStateView::Parked { .. } => {
            (td_string!(lang, repeats.tag.parked), TagColour::Orange)
        }
    }
}

/// What is said of something that the server has not acknowledged.
pub(super) fn pending(lang: Lang, kind: RequestKindView, state: &PendingStateView) -> &'static str {
    if kind == RequestKindView::CancelRepeatRequest {
        taking_back(lang, state)
    } else {
        order(lang, state)
    }
}

fn order(lang: Lang, state: &PendingStateView) -> &'static str {
    match state {
        PendingStateView::NotSentYet => td_string!(lang, repeats.order.not_sent),
        PendingStateView::Unconfirmed => td_string!(lang, repeats.order.unconfirmed),
        PendingStateView::Parked { because } => match because {
            // Nothing of an order can be changed by others or be too late.
            ParkedView::Refused { .. }
            | ParkedView::TooLate
            | ParkedView::Changed
            | ParkedView::Expired => td_string!(lang, repeats.order.refused),
            ParkedView::AlreadyAsked => td_string!(lang, repeats.order.already),
            ParkedView::NotFoundOut => td_string!(lang, repeats.order.not_found_out),
            ParkedView::Unusable => td_string!(lang, repeats.order.unusable),
        },
    }
}

fn taking_back(lang: Lang, state: &PendingStateView) -> &'static str {
    match state {
        PendingStateView::NotSentYet => td_string!(lang, repeats.taking_back.not_sent),
        PendingStateView::Unconfirmed => td_string!(lang, repeats.taking_back.unconfirmed),
        PendingStateView::Parked { because } => match because {
            ParkedView::Refused { .. } | ParkedView::AlreadyAsked | ParkedView::Expired => {
                td_string!(lang, repeats.taking_back.refused)
            }
            ParkedView::TooLate => td_string!(lang, repeats.taking_back.too_late),
            ParkedView::Changed => td_string!(lang, repeats.taking_back.changed),
            ParkedView::NotFoundOut => td_string!(lang, repeats.taking_back.not_found_out),
            ParkedView::Unusable => td_string!(lang, repeats.taking_back.unusable),
        },
    }
}

/// What speaks against an order; none where nothing does.
pub(super) fn eligibility(lang: Lang, eligibility: &EligibilityView) -> Option<String> {
    Some(match eligibility {
        EligibilityView::Orderable => return None,
        EligibilityView::Requested => td_string!(lang, repeats.eligibility.requested).to_owned(),
        EligibilityView::TooSoon { from } => td_string!(
            lang,
            repeats.eligibility.too_soon,
            date = partial_date(lang, from)
        ),
        EligibilityView::ReviewOverdue { since } => td_string!(
            lang,
            repeats.eligibility.review_overdue,
            date = partial_date(lang, since)
        ),
        EligibilityView::NoneLeft { allowed } => td_string!(
            lang,
            repeats.eligibility.none_left,
            allowed = allowed.to_string()
        ),
        EligibilityView::Acute => td_string!(lang, repeats.eligibility.acute).to_owned(),
        EligibilityView::RepeatDispensing => {
            td_string!(lang, repeats.eligibility.dispensing).to_owned()
        }
        EligibilityView::Unknown => td_string!(lang, repeats.eligibility.unknown).to_owned(),
    })
}

/// What a step is called.
pub(super) fn step(lang: Lang, kind: &RepeatStepKind) -> String {
    match kind {
        RepeatStepKind::Asked => td_string!(lang, repeats.request.step_asked).to_owned(),
        RepeatStepKind::Practice { status } => at_practice(lang, *status).tag.to_owned(),
        RepeatStepKind::Pharmacy { status, said } => said
            .clone()
            .unwrap_or_else(|| at_pharmacy(lang, *status).tag.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use hale_contracts::time::PartialDate;

    #[test]
    fn no_status_is_without_words() {
        let practice = RequestStatus::ALL.map(|status| at_practice(Lang::en, status));
        let pharmacy = PharmacyStatus::ALL.map(|status| at_pharmacy(Lang::en, status));
        let all: Vec<Standing> = practice.into_iter().chain(pharmacy).collect();
        let texts: BTreeSet<&str> = all.iter().map(|one| one.text).collect();
        assert_eq!(texts.len(), all.len(), "each has words of its own");
        assert!(
            all.iter()
                .all(|one| !one.tag.is_empty() && !one.next.is_empty())
        );
    }

    #[test]
    fn only_what_is_ready_is_called_ready() {
        for status in PharmacyStatus::ALL {
            let is_ready = matches!(
                status,
                PharmacyStatus::ReadyToCollect | PharmacyStatus::ReadyToCollectPartial
            );
            let words = at_pharmacy(Lang::en, status);
            assert_eq!(
                words.tag.contains("eady to collect"),
                is_ready,
                "{status:?}"
            );
        }
    }

    fn states() -> Vec<PendingStateView> {
        let parked = [
            ParkedView::Refused { server_says: None },
            ParkedView::TooLate,
            ParkedView::Changed,
            ParkedView::Expired,
            ParkedView::AlreadyAsked,
            ParkedView::NotFoundOut,
            ParkedView::Unusable,
        ];
        let parked = parked.map(|because| PendingStateView::Parked { because });
        [PendingStateView::NotSentYet, PendingStateView::Unconfirmed]
            .into_iter()
            .chain(parked)
            .collect()
    }

    #[test]
    fn what_is_not_acknowledged_is_never_said_to_be_with_the_practice() {
        for state in states() {
            let words = order(Lang::en, &state);
            for claim in ["Your practice has it.", "equested", "rdered", "been sent"] {
                assert!(!words.contains(claim), "{state:?}: {claim}");
            }
            assert!(!pending_tag(Lang::en, &state).0.is_empty(), "{state:?}");
            assert!(!taking_back(Lang::en, &state).is_empty(), "{state:?}");
        }
        let distinct: BTreeSet<&str> = states().iter().map(|one| order(Lang::en, one)).collect();
        assert_eq!(distinct.len(), 6);
    }

    #[test]
    fn every_reason_has_words_and_those_that_do_not_block_say_so() {
        use EligibilityView as E;
        let date = || PartialDate::Year(2027);
        let all = [
            E::Requested,
            E::TooSoon { from: date() },
            E::ReviewOverdue { since: date() },
            E::NoneLeft { allowed: 6 },
            E::Acute,
            E::RepeatDispensing,
            E::Unknown,
        ];
        for one in all {
            let words = eligibility(Lang::en, &one).expect("a reason");
            assert_eq!(
                words.contains("You can still ask"),
                one.can_ask(),
                "{one:?}"
            );
        }
        assert_eq!(eligibility(Lang::en, &E::Orderable), None);
    }
}
