//! The design system's action link: one important way on.

use leptos::prelude::*;

use super::{Icon, Picture};

/// A link with an arrow, for a next step that stands out from links in text.
#[component]
pub(crate) fn ActionLink(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// What it says.
    #[prop(into)]
    text: String,
    /// Its id.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    view! {
        <a class="nhsuk-action-link" href=href id=id>
            <Icon picture=Picture::ArrowRightCircle/>
            <span class="nhsuk-action-link__text">{text}</span>
        </a>
    }
}
