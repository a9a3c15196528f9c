//! What to do when a medicine runs out: other ways first, the order beside them. Works with no
//! connection.

use hale_contracts::links::OfficialLink;
use leptos::prelude::*;

use super::LIST;
use crate::components::{CareCard, CareKind, Page};
use crate::help::{OutsideLink, PracticeContact};
use crate::state;
use crate::wording::{lang, td_string};

/// The page.
#[component]
pub(crate) fn UrgentPage() -> impl IntoView {
    let lang = lang();
    view! {
        <Page
            title=td_string!(lang, repeats.urgent.title)
            back=LIST
            back_text=td_string!(lang, repeats.back)
        >
            <CareCard kind=CareKind::Urgent heading=td_string!(lang, repeats.urgent.now)>
                <p>{td_string!(lang, repeats.urgent.practice)}</p>
                {move || view! { <PracticeContact practice=state::practice() /> }}
                <p>{td_string!(lang, repeats.urgent.closed)}</p>
                <p>{td_string!(lang, repeats.urgent.pharmacist)}</p>
                <p>{td_string!(lang, repeats.urgent.do_not_stop)}</p>
                <p>{td_string!(lang, repeats.urgent.emergency)}</p>
            </CareCard>
            <OutsideLink
                link=OfficialLink::Nhs111
                id="open-111"
                label=td_string!(lang, repeats.urgent.online)
            />
            <h2 class="nhsuk-heading-m">{td_string!(lang, repeats.urgent.controlled_heading)}</h2>
            <p>{td_string!(lang, repeats.urgent.controlled)}</p>
            <p>{td_string!(lang, repeats.urgent.order)}</p>
            <p>
                <a href=LIST id="order-as-usual">{td_string!(lang, repeats.urgent.order_link)}</a>
            </p>
        </Page>
    }
}
