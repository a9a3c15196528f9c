//! How fresh a list is, in one quiet line.

use hale_contracts::provenance::FreshnessView;
use leptos::prelude::*;

use crate::wording::{freshness as words, lang, london_today};

/// "Last updated today at 2:30pm", or why it is older.
#[component]
pub(crate) fn FreshnessLine(
    /// How fresh.
    freshness: FreshnessView,
) -> impl IntoView {
    let class = match freshness {
        FreshnessView::Stale { .. } => "hale-freshness hale-freshness--stale",
        _ => "hale-freshness",
    };
    view! { <p class=class>{words(lang(), &freshness, london_today())}</p> }
}
