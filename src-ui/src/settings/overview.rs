//! The list of settings. What needs somebody to be signed in is shown only then.

use leptos::prelude::*;

use crate::components::{LinkCard, Page};
use crate::state::Session;
use crate::wording::{lang, td_string};

/// The list.
#[component]
pub(crate) fn SettingsPage() -> impl IntoView {
    let lang = lang();
    let session = Session::expect();
    let who = move || match session.person() {
        Some(person) => td_string!(lang, settings.signed_in_as, name = person.name),
        None => td_string!(lang, settings.nobody).to_owned(),
    };
    let is_signed_in = Memo::new(move |_| session.is_signed_in());
    let entry = |href: &'static str, heading: &'static str, about: String| {
        view! {
            <li class="hale-cards__item">
                <LinkCard href=href heading=heading description=about/>
            </li>
        }
    };
    let backend = move || session.backend().map(|backend| backend.name);
    view! {
        <Page title=td_string!(lang, settings.title)>
            <p class="hale-quiet">{who}</p>
            <ul class="hale-cards">
                {entry(
                    "/settings/appearance",
                    td_string!(lang, settings.appearance.title),
                    td_string!(lang, settings.appearance.about).to_owned(),
                )}
                {move || {
                    is_signed_in
                        .get()
                        .then(|| {
                            entry(
                                "/settings/updates",
                                td_string!(lang, settings.updates.title),
                                td_string!(lang, settings.updates.about).to_owned(),
                            )
                        })
                }}
                {move || {
                    let about = backend()
                        .unwrap_or_else(|| td_string!(lang, settings.service.none).to_owned());
                    entry("/settings/service", td_string!(lang, settings.service.title), about)
                }}
                {move || {
                    is_signed_in
                        .get()
                        .then(|| {
                            entry(
                                "/settings/services",
                                td_string!(lang, settings.sources.title),
                                td_string!(lang, settings.sources.about).to_owned(),
                            )
                        })
                }}
                {move || {
                    is_signed_in
                        .get()
                        .then(|| {
                            entry(
                                "/settings/sign-out",
                                td_string!(lang, settings.sign_out.title),
                                td_string!(lang, settings.sign_out.about).to_owned(),
                            )
                        })
                }}
                {move || {
                    session
                        .has_kept_data()
                        .then(|| {
                            entry(
                                "/settings/remove",
                                td_string!(lang, settings.sign_out.remove),
                                td_string!(lang, settings.remove.about).to_owned(),
                            )
                        })
                }}
                {entry(
                    "/about",
                    td_string!(lang, settings.about.title),
                    td_string!(lang, settings.about.about).to_owned(),
                )}
            </ul>
        </Page>
    }
}
