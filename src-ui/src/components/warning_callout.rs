//! The design system's warning callout.

use leptos::prelude::*;

use crate::wording::{lang, td_string};

/// A warning that somebody must not miss.
#[component]
pub(crate) fn WarningCallout(
    /// What it is about.
    #[prop(into)]
    heading: String,
    /// The level of the heading: 2 below the page's own heading, 3 below another.
    #[prop(default = 2)]
    level: u8,
    children: Children,
) -> impl IntoView {
    let lang = lang();
    // "Important: Important" helps nobody.
    let says_so = heading == td_string!(lang, common.important);
    let heading = if says_so {
        heading.into_any()
    } else {
        view! {
        <span role="text">
            <span class="nhsuk-u-visually-hidden">
                {td_string!(lang, common.important_prefix)}
            </span>
            {heading}
        </span>
        }
        .into_any()
    };
    let heading = match level {
        3 => view! { <h3 class="nhsuk-card__heading">{heading}</h3> }.into_any(),
        _ => view! { <h2 class="nhsuk-card__heading">{heading}</h2> }.into_any(),
    };
    view! {
        <div class="nhsuk-card nhsuk-card--warning">
            <div class="nhsuk-card__content">
                {heading}
                {children()}
            </div>
        </div>
    }
}
