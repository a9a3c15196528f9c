//! The design system's select.

use leptos::prelude::*;

use super::field::{FieldError, Hint, Label, described_by, field_class, group_class};

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SelectItem {
    /// What is chosen by it.
    pub(crate) value: String,
    /// What it says.
    pub(crate) label: String,
}

/// One of many choices.
#[component]
pub(crate) fn Select(
    /// Its id, and its name where no other is given.
    #[prop(into)]
    id: String,
    /// Its label.
    #[prop(into)]
    label: String,
    /// The choices.
    items: Vec<SelectItem>,
    /// The value of the one chosen.
    value: RwSignal<String>,
    /// A hint below the label.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is wrong, if anything.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Whether the label is the heading of the page.
    #[prop(optional)]
    is_heading: bool,
    /// Its name, where it differs from the id.
    #[prop(optional, into)]
    name: Option<String>,
) -> impl IntoView {
    let options = items
        .into_iter()
        .map(|item| {
            let own = item.value.clone();
            view! {
                <option value=item.value selected=move || value.with(|value| *value == own)>
                    {item.label}
                </option>
            }
        })
        .collect_view();
    view! {
        <div class=group_class(error, "")>
            <Label field=id.clone() text=label is_heading=is_heading/>
            <Hint field=id.clone() text=hint.clone()/>
            <FieldError field=id.clone() error=error/>
            <select
                class=field_class("nhsuk-select", error)
                id=id.clone()
                name=name.unwrap_or_else(|| id.clone())
                aria-describedby=described_by(&id, false, hint.is_some(), error)
                on:change:target=move |event| value.set(event.target().value())
            >
                {options}
            </select>
        </div>
    }
}
