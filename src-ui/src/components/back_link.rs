//! The design system's back link.

use leptos::prelude::*;

/// A link to the page above this one.
#[component]
pub(crate) fn BackLink(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// What it says.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! { <a class="nhsuk-back-link" href=href>{text}</a> }
}
