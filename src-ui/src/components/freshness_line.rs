//! How fresh a list is, in one quiet line.

use hale_contracts::provenance::FreshnessView;
use leptos::prelude::*;

use crate::wording::{freshness as words, lang, london_today};

/// "Last updated today at 2:30pm", or why it is older.
#[component]
pub(crate) fn FreshnessLine(
    /// How fresh. It changes with every check, so that the line alone follows it.
    #[prop(into)]
    freshness: Signal<FreshnessView>,
) -> impl IntoView {
    let lang = lang();
    let class = move || {
        freshness.with(|freshness| match freshness {
            FreshnessView::Stale { .. } => "hale-freshness hale-freshness--stale",
            _ => "hale-freshness",
        })
    };
    view! {
        <p class=class>
            {move || freshness.with(|freshness| words(lang, freshness, london_today()))}
        </p>
    }
}
