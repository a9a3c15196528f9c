//! The design system's details.

use leptos::prelude::*;

/// Something that most people do not need, behind a line that opens it.
#[component]
pub(crate) fn Details(
    /// The line.
    #[prop(into)]
    summary: String,
    /// Whether it is open at first.
    #[prop(optional)]
    is_open: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <details class="nhsuk-details" open=is_open>
            <summary class="nhsuk-details__summary">
                <span class="nhsuk-details__summary-text">{summary}</span>
            </summary>
            <div class="nhsuk-details__text">{children()}</div>
        </details>
    }
}
