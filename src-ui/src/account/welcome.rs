//! The first screen that anybody sees: what Hale is, and what it is not.

use leptos::prelude::*;

use crate::components::{LinkButton, Page};
use crate::state::Session;
use crate::wording::{lang, td_string};

/// The welcome.
#[component]
pub(crate) fn WelcomePage() -> impl IntoView {
    let lang = lang();
    let session = Session::expect();
    let next = move || match session.backend() {
        Some(backend) => view! {
            <p>{td_string!(lang, account.welcome.connected_to, backend = backend.name)}</p>
            <LinkButton href="/sign-in" id="start">
                {td_string!(lang, account.welcome.sign_in)}
            </LinkButton>
            <p>
                <a href="/welcome/service">{td_string!(lang, account.welcome.change_service)}</a>
            </p>
        }
        .into_any(),
        None => view! {
            <LinkButton href="/welcome/service" id="start">
                {td_string!(lang, account.welcome.start)}
            </LinkButton>
        }
        .into_any(),
    };
    view! {
        <Page title=td_string!(lang, account.welcome.title)>
            <p class="nhsuk-lede-text">{td_string!(lang, account.welcome.lead)}</p>
            <p>{td_string!(lang, account.welcome.points_heading)}</p>
            <ul class="nhsuk-list nhsuk-list--bullet">
                <li>{td_string!(lang, account.welcome.point_record)}</li>
                <li>{td_string!(lang, account.welcome.point_appointments)}</li>
                <li>{td_string!(lang, account.welcome.point_offline)}</li>
            </ul>
            {next}
            <h2 class="nhsuk-heading-s">{td_string!(lang, account.welcome.private_heading)}</h2>
            <p>{td_string!(lang, account.welcome.private)}</p>
            <p class="hale-quiet">{td_string!(lang, account.welcome.not_nhs)}</p>
        </Page>
    }
}
