//! Screens of the slice.

use leptos::prelude::*;

use crate::components::Page;
use crate::wording::{lang, td_string};

#[component]
pub(crate) fn WelcomePage() -> impl IntoView {
    view! { <Page title=td_string!(lang(), account.title)>""</Page> }
}

#[component]
pub(crate) fn ServicePage() -> impl IntoView {
    view! { <Page title=td_string!(lang(), account.title)>""</Page> }
}

#[component]
pub(crate) fn SignInPage() -> impl IntoView {
    view! { <Page title=td_string!(lang(), account.title)>""</Page> }
}

#[component]
pub(crate) fn ConfirmPage() -> impl IntoView {
    view! { <Page title=td_string!(lang(), account.title)>""</Page> }
}

#[component]
pub(crate) fn LockedPage() -> impl IntoView {
    view! { <Page title=td_string!(lang(), account.title)>""</Page> }
}
