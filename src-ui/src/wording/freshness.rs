//! How fresh something is, in one line.

use chrono::NaiveDate;
use hale_contracts::error::ErrorCode;
use hale_contracts::provenance::FreshnessView;

use super::{Lang, moment_near, td_string};

/// One line: `Last updated today at 2:30pm`, with the reason where it could not be confirmed since.
pub(crate) fn freshness(lang: Lang, freshness: &FreshnessView, today: NaiveDate) -> String {
    match freshness {
        FreshnessView::NeverLoaded => td_string!(lang, wording.freshness.never_loaded).to_owned(),
        FreshnessView::Loading => td_string!(lang, wording.freshness.loading).to_owned(),
        FreshnessView::Fresh { at } => td_string!(
            lang,
            wording.freshness.fresh,
            moment = moment_near(lang, at, today)
        ),
        // What was taken away may well have been updated here before.
        FreshnessView::Stale {
            at: None,
            because: ErrorCode::NotAllowed,
        } => td_string!(lang, wording.freshness.not_shared).to_owned(),
        FreshnessView::Stale { at, because } => {
            let lead = match at {
                Some(at) => td_string!(
                    lang,
                    wording.freshness.stale_lead,
                    moment = moment_near(lang, at, today)
                ),
                None => td_string!(lang, wording.freshness.stale_never).to_owned(),
            };
            format!("{lead} {}", stale_reason(lang, *because))
        }
    }
}

fn stale_reason(lang: Lang, because: ErrorCode) -> &'static str {
    match because {
        ErrorCode::Offline => td_string!(lang, wording.freshness.stale_reason_offline),
        ErrorCode::TimedOut => td_string!(lang, wording.freshness.stale_reason_timed_out),
        ErrorCode::ServerUnavailable => {
            td_string!(lang, wording.freshness.stale_reason_unavailable)
        }
        ErrorCode::SignInNeeded | ErrorCode::SignedOut => {
            td_string!(lang, wording.freshness.stale_reason_sign_in)
        }
        ErrorCode::Incomplete => td_string!(lang, wording.freshness.stale_reason_incomplete),
        ErrorCode::NotAllowed => td_string!(lang, wording.freshness.stale_reason_not_allowed),
        _ => td_string!(lang, wording.freshness.stale_reason_other),
    }
}
