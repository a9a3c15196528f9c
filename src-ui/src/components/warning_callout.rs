//! The design system's warning callout.

use leptos::prelude::*;

use crate::wording::{lang, td_string};

/// A warning that somebody must not miss.
#[component]
pub(crate) fn WarningCallout(
    /// What it is about.
    #[prop(into)]
    heading: String,
    children: Children,
) -> impl IntoView {
    let lang = lang();
    view! {
        <div class="nhsuk-card nhsuk-card--warning">
            <div class="nhsuk-card__content">
                <h3 class="nhsuk-card__heading">
                    <span role="text">
                        <span class="nhsuk-u-visually-hidden">
                            {td_string!(lang, common.important_prefix)}
                        </span>
                        {heading}
                    </span>
                </h3>
                {children()}
            </div>
        </div>
    }
}
