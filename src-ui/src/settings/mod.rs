//! Screens of the slice.

use leptos::prelude::*;

use crate::components::Page;
use crate::wording::{lang, td_string};

#[component]
pub(crate) fn SettingsPage() -> impl IntoView {
    view! { <Page title=td_string!(lang(), settings.title)>""</Page> }
}

#[component]
pub(crate) fn AppearancePage() -> impl IntoView {
    view! { <Page title=td_string!(lang(), settings.title)>""</Page> }
}

#[component]
pub(crate) fn ServicePage() -> impl IntoView {
    view! { <Page title=td_string!(lang(), settings.title)>""</Page> }
}

#[component]
pub(crate) fn UpdatesPage() -> impl IntoView {
    view! { <Page title=td_string!(lang(), settings.title)>""</Page> }
}

#[component]
pub(crate) fn SignOutPage() -> impl IntoView {
    view! { <Page title=td_string!(lang(), settings.title)>""</Page> }
}

#[component]
pub(crate) fn RemovePage() -> impl IntoView {
    view! { <Page title=td_string!(lang(), settings.title)>""</Page> }
}

#[component]
pub(crate) fn AboutPage() -> impl IntoView {
    view! { <Page title=td_string!(lang(), settings.title)>""</Page> }
}

#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    view! { <Page title=td_string!(lang(), settings.title)>""</Page> }
}
