//! Where an item came from: in one line for lists, in full for its own page.

use hale_contracts::provenance::ProvenanceView;
use hale_contracts::time::LondonTime;
use leptos::prelude::*;

use super::{SummaryList, SummaryRow};
use crate::wording::{lang, london_today, moment_near, partial_date, td_string};

/// "From The Lakes Medical Practice, 5 January 2026".
#[component]
pub(crate) fn ProvenanceLine(
    /// Where it came from.
    provenance: ProvenanceView,
) -> impl IntoView {
    let lang = lang();
    let who = provenance.organisation.unwrap_or(provenance.source.name);
    let words = match &provenance.recorded {
        Some(date) => td_string!(
            lang,
            common.provenance.line_date,
            who = who,
            date = partial_date(lang, date)
        ),
        None => td_string!(lang, common.provenance.line, who = who),
    };
    view! { <p class="hale-provenance">{words}</p> }
}

/// Source, organisation, author, date and when it was last checked.
#[component]
pub(crate) fn ProvenanceList(
    /// Where it came from.
    provenance: ProvenanceView,
    /// When it was last checked. It changes with every check, so that the line alone follows it.
    #[prop(into)]
    checked: Signal<Option<LondonTime>>,
) -> impl IntoView {
    let lang = lang();
    let checked = move || match checked.get() {
        Some(at) => moment_near(lang, &at, london_today()),
        None => td_string!(lang, common.provenance.never_checked).to_owned(),
    };
    let row = move |key: &'static str, value: Option<String>| {
        value.map(|value| view! { <SummaryRow key=key>{value}</SummaryRow> })
    };
    view! {
        <section class="hale-provenance-list">
            <h2 class="nhsuk-heading-s">{td_string!(lang, common.provenance.heading)}</h2>
            <SummaryList>
                {row(td_string!(lang, common.provenance.organisation), provenance.organisation)}
                {row(td_string!(lang, common.provenance.author), provenance.author)}
                {row(
                    td_string!(lang, common.provenance.recorded),
                    provenance.recorded.as_ref().map(|date| partial_date(lang, date)),
                )}
                {row(td_string!(lang, common.provenance.source), Some(provenance.source.name))}
                <SummaryRow key=td_string!(lang, common.provenance.last_checked)>
                    {checked}
                </SummaryRow>
            </SummaryList>
        </section>
    }
}
