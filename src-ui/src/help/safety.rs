//! When to call 999, when to use 111, and where to turn in a mental health crisis. Static, so that
//! it is there with no connection and with nobody signed in.

use hale_contracts::links::OfficialLink;
use leptos::prelude::*;

use super::outside::{OutsideLink, PracticeContact, address};
use crate::components::{CareCard, CareKind, Page};
use crate::state;
use crate::wording::{lang, td_string};

/// The page with urgent help.
#[component]
pub(crate) fn SafetyPage() -> impl IntoView {
    let lang = lang();
    let dangers = [
        td_string!(lang, help.safety.call_999.heart),
        td_string!(lang, help.safety.call_999.stroke),
        td_string!(lang, help.safety.call_999.breathing),
        td_string!(lang, help.safety.call_999.bleeding),
        td_string!(lang, help.safety.call_999.injury),
        td_string!(lang, help.safety.call_999.seizure),
        td_string!(lang, help.safety.call_999.swelling),
        td_string!(lang, help.safety.call_999.overdose),
        td_string!(lang, help.safety.call_999.danger),
    ];
    view! {
        <Page title=td_string!(lang, help.safety.title)>
            <p>{td_string!(lang, help.safety.intro)}</p>
            <CareCard kind=CareKind::Emergency heading=td_string!(lang, help.safety.call_999_heading)>
                <ul id="call-999">
                    {dangers.map(|danger| view! { <li>{danger}</li> }).collect_view()}
                </ul>
                <p>{td_string!(lang, help.safety.call_999_now)}</p>
                <p>
                    <a href="tel:999">{td_string!(lang, help.safety.call_999_phone)}</a>
                </p>
                <p>{td_string!(lang, help.safety.relay_999)}</p>
            </CareCard>
            <CareCard kind=CareKind::Urgent heading=td_string!(lang, help.safety.call_111_heading)>
                <p>{td_string!(lang, help.safety.call_111)}</p>
                <p>
                    <a href="tel:111">{td_string!(lang, help.safety.call_111_phone)}</a>
                </p>
                <OutsideLink
                    link=OfficialLink::Nhs111
                    id="open-111"
                    label=td_string!(lang, help.safety.call_111_online)
                />
                <p>
                    {td_string!(
                        lang, help.safety.address_shown, address = address(OfficialLink::Nhs111)
                    )}
                </p>
                <p>{td_string!(lang, help.safety.call_111_child)}</p>
                <p>{td_string!(lang, help.safety.relay_111)}</p>
            </CareCard>
            <CareCard kind=CareKind::Urgent heading=td_string!(lang, help.safety.crisis_heading)>
                <p>{td_string!(lang, help.safety.crisis)}</p>
                <p>{td_string!(lang, help.safety.crisis_999)}</p>
            </CareCard>
            <CareCard
                kind=CareKind::NonUrgent
                heading=td_string!(lang, help.safety.practice_heading)
            >
                {move || view! { <PracticeContact practice=state::practice() /> }}
            </CareCard>
        </Page>
    }
}
