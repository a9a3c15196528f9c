//! Which service the record comes from. Changing it goes through signing out: records of two
//! services are never mixed.

use leptos::prelude::*;

use crate::components::{InsetText, LinkButton, Page, SummaryList, SummaryRow};
use crate::state::Session;
use crate::wording::{lang, td_string};

/// The page.
#[component]
pub(crate) fn ServicePage() -> impl IntoView {
    let lang = lang();
    let session = Session::expect();
    let change = move || {
        if session.is_signed_in() {
            view! {
                <p>{td_string!(lang, settings.service.change)}</p>
                <p>
                    <a href="/settings/sign-out">{td_string!(lang, settings.service.sign_out)}</a>
                </p>
            }
            .into_any()
        } else {
            view! {
                <LinkButton href="/welcome/service">
                    {td_string!(lang, settings.service.choose)}
                </LinkButton>
            }
            .into_any()
        }
    };
    let current = move || match session.backend() {
        None => view! { <p>{td_string!(lang, settings.service.none)}</p> }.into_any(),
        Some(backend) => view! {
            <p>{td_string!(lang, settings.service.current)}</p>
            <SummaryList>
                <SummaryRow key=td_string!(lang, settings.service.name)>{backend.name}</SummaryRow>
                <SummaryRow key=td_string!(
                    lang, settings.service.address
                )>
                    <span class="hale-address">{backend.url}</span>
                </SummaryRow>
            </SummaryList>
            {backend
                .is_test
                .then(|| {
                    view! {
                        <InsetText>
                            <p>{td_string!(lang, settings.service.test)}</p>
                        </InsetText>
                    }
                })}
        }
        .into_any(),
    };
    view! {
        <Page
            title=td_string!(lang, settings.service.title)
            back="/settings"
            back_text=td_string!(lang, settings.title)
        >
            {current}
            {change}
        </Page>
    }
}
