//! Screens of the slice.

use leptos::prelude::*;

use crate::components::Page;
use crate::wording::{lang, td_string};

#[component]
pub(crate) fn HomePage() -> impl IntoView {
    view! { <Page title=td_string!(lang(), home.title)>""</Page> }
}
