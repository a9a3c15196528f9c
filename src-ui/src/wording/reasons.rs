//! "Why can't I?" in words: a heading, the reason, and the next step.

use hale_contracts::reasons::WhyNot;

use super::{Lang, partial_date, td_string};

/// The words for a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WhyNotWords {
    /// The reason as a heading.
    pub(crate) heading: String,
    /// Why.
    pub(crate) why: String,
    /// What the patient can do.
    pub(crate) next: String,
    /// The service's own words, where it sent some that are meant for people.
    pub(crate) server_says: Option<String>,
}

macro_rules! plain {
    ($lang:ident, $key:ident) => {
        WhyNotWords {
            heading: td_string!($lang, wording.why_not.$key.heading).to_owned(),
            why: td_string!($lang, wording.why_not.$key.why).to_owned(),
            next: td_string!($lang, wording.why_not.$key.next).to_owned(),
            server_says: None,
        }
    };
}

/// Puts a reason into words.
pub(crate) fn why_not(lang: Lang, why: &WhyNot) -> WhyNotWords {
    match why {
        WhyNot::Offline => plain!(lang, offline),
        WhyNot::PracticeSwitchedOff => plain!(lang, practice_switched_off),
        WhyNot::IdentityLevel { .. } => plain!(lang, identity_level),
        WhyNot::AccessLevel { .. } => plain!(lang, access_level),
        WhyNot::Under16 => plain!(lang, under16),
        WhyNot::OnlyToView => plain!(lang, only_to_view),
        WhyNot::SignInLapsed => plain!(lang, sign_in_lapsed),
        WhyNot::ServerLacksFeature => plain!(lang, server_lacks_feature),
        WhyNot::BookingLimitReached { limit: None } => plain!(lang, booking_limit),
        WhyNot::BookingLimitReached { limit: Some(limit) } => {
            let limit = *limit;
            WhyNotWords {
                why: td_string!(lang, wording.why_not.booking_limit.why_limit, count = limit),
                ..plain!(lang, booking_limit)
            }
        }
        WhyNot::NotOnTheDay => plain!(lang, not_on_the_day),
        WhyNot::PracticeUnknown => plain!(lang, practice_unknown),
        WhyNot::OutcomeUnknown => plain!(lang, outcome_unknown),
        WhyNot::PatientChanged => plain!(lang, patient_changed),
        WhyNot::InThePast => plain!(lang, in_the_past),
        WhyNot::TooLate => plain!(lang, too_late),
        WhyNot::NotSharedBefore { date } => {
            let date = partial_date(lang, date);
            WhyNotWords {
                heading: td_string!(
                    lang,
                    wording.why_not.not_shared_before.heading,
                    date = date.as_str()
                ),
                why: td_string!(
                    lang,
                    wording.why_not.not_shared_before.why,
                    date = date.as_str()
                ),
                next: td_string!(lang, wording.why_not.not_shared_before.next).to_owned(),
                server_says: None,
            }
        }
        WhyNot::Refused { server_says: None } => plain!(lang, refused),
        WhyNot::Refused {
            server_says: Some(words),
        } => WhyNotWords {
            why: td_string!(lang, wording.why_not.refused.why_said).to_owned(),
            server_says: Some(td_string!(
                lang,
                wording.error.server_says,
                words = words.as_str()
            )),
            ..plain!(lang, refused)
        },
    }
}
