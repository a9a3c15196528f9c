//! The design system's summary list.

use leptos::prelude::*;

/// Facts with their names. Holds [`SummaryRow`]s.
#[component]
pub(crate) fn SummaryList(
    /// Without lines between the rows.
    #[prop(optional)]
    is_plain: bool,
    children: Children,
) -> impl IntoView {
    let class = if is_plain {
        "nhsuk-summary-list nhsuk-summary-list--no-border"
    } else {
        "nhsuk-summary-list"
    };
    view! { <dl class=class>{children()}</dl> }
}

/// One fact.
#[component]
pub(crate) fn SummaryRow(
    /// Its name.
    #[prop(into)]
    key: String,
    /// Where it can be changed, and the words of the link with what it changes, for example
    /// `("/appointments/book/reason", "Change", "reason")`.
    #[prop(optional)]
    action: Option<(String, String, String)>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="nhsuk-summary-list__row">
            <dt class="nhsuk-summary-list__key">{key}</dt>
            <dd class="nhsuk-summary-list__value">{children()}</dd>
            {action
                .map(|(href, text, what)| {
                    view! {
                        <dd class="nhsuk-summary-list__actions">
                            <a href=href>
                                {text}
                                <span class="nhsuk-u-visually-hidden">{format!(" {what}")}</span>
                            </a>
                        </dd>
                    }
                })}
        </div>
    }
}
