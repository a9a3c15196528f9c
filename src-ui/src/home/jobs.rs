//! The jobs that people come for. Those that Hale cannot do yet say so, and lead to what to do
//! instead.

use leptos::prelude::*;

use crate::components::LinkCard;
use crate::wording::{lang, td_string};

/// All jobs as cards.
#[component]
pub(crate) fn Jobs() -> impl IntoView {
    let lang = lang();
    let jobs = [
        (
            "/appointments",
            td_string!(lang, home.jobs.appointments),
            td_string!(lang, home.jobs.appointments_about),
        ),
        (
            "/record",
            td_string!(lang, home.jobs.record),
            td_string!(lang, home.jobs.record_about),
        ),
        (
            "/help",
            td_string!(lang, home.jobs.nhs111),
            td_string!(lang, home.jobs.nhs111_about),
        ),
        (
            "/repeats",
            td_string!(lang, home.jobs.repeats),
            td_string!(lang, home.jobs.repeats_about),
        ),
        (
            "/help/consult",
            td_string!(lang, home.jobs.consult),
            td_string!(lang, home.jobs.consult_about),
        ),
        (
            "/help/sharing",
            td_string!(lang, home.jobs.sharing),
            td_string!(lang, home.jobs.sharing_about),
        ),
    ];
    let cards = jobs
        .into_iter()
        .map(|(href, heading, about)| {
            view! {
                <li class="hale-cards__item">
                    <LinkCard href=href heading=heading description=about.to_owned()/>
                </li>
            }
        })
        .collect_view();
    view! {
        <section aria-labelledby="jobs-title">
            <h2 class="nhsuk-heading-m" id="jobs-title">{td_string!(lang, home.jobs.heading)}</h2>
            <ul class="hale-cards">{cards}</ul>
        </section>
    }
}
