//! The design system's checkboxes.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::field::{FieldError, Hint, described_by, group_class};

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CheckboxItem {
    /// What is chosen by it.
    pub(crate) value: String,
    /// What it says.
    pub(crate) label: String,
    /// Lines below.
    pub(crate) hints: Vec<String>,
}

/// Any number of choices. The id of the first is `name`, so that an error summary can lead to it.
#[component]
pub(crate) fn Checkboxes(
    /// The name, which is the id of the first choice too.
    #[prop(into)]
    name: String,
    /// The question.
    #[prop(into)]
    legend: String,
    /// The choices.
    items: Vec<CheckboxItem>,
    /// The values of those chosen.
    value: RwSignal<BTreeSet<String>>,
    /// A hint below the question.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is wrong, if anything.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Whether the question is the heading of the page.
    #[prop(optional)]
    is_heading: bool,
    /// The id of the first choice, where it differs from the name.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    let legend = if is_heading {
        view! {
            <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--l">
                <h1 class="nhsuk-fieldset__heading">{legend}</h1>
            </legend>
        }
        .into_any()
    } else {
        view! { <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--m">{legend}</legend> }
            .into_any()
    };
    let items = items
        .into_iter()
        .enumerate()
        .map(|(place, item)| choice(&id, &name, place, item, value))
        .collect_view();
    view! {
        <div class=group_class(error, "")>
            <fieldset
                class="nhsuk-fieldset"
                aria-describedby=described_by(&id, false, hint.is_some(), error)
            >
                {legend}
                <Hint field=id.clone() text=hint.clone()/>
                <FieldError field=id.clone() error=error/>
                <div class="nhsuk-checkboxes" data-module="nhsuk-checkboxes">
                    {items}
                </div>
            </fieldset>
        </div>
    }
}

fn choice(
    id: &str,
    name: &str,
    place: usize,
    item: CheckboxItem,
    value: RwSignal<BTreeSet<String>>,
) -> impl IntoView + use<> {
    let id = match place {
        0 => id.to_owned(),
        place => format!("{id}-{}", place + 1),
    };
    let hint_id = (!item.hints.is_empty()).then(|| format!("{id}-item-hint"));
    let (shown, chosen) = (item.value.clone(), item.value.clone());
    let choose = move |event| {
        let is_checked = event_target_checked(&event);
        value.update(|all| {
            if is_checked {
                all.insert(chosen.clone());
            } else {
                all.remove(&chosen);
            }
        });
    };
    view! {
        <div class="nhsuk-checkboxes__item">
            <input
                class="nhsuk-checkboxes__input"
                id=id.clone()
                name=name.to_owned()
                type="checkbox"
                value=item.value
                aria-describedby=hint_id.clone()
                prop:checked=move || value.with(|value| value.contains(&shown))
                on:change=choose
            />
            <label class="nhsuk-label nhsuk-checkboxes__label" for=id>{item.label}</label>
            {hint_id
                .map(|hint_id| {
                    view! {
                        <div class="nhsuk-hint nhsuk-checkboxes__hint" id=hint_id>
                            {hint_lines(item.hints)}
                        </div>
                    }
                })}
        </div>
    }
}

/// One hint as it is, several below each other.
fn hint_lines(mut hints: Vec<String>) -> AnyView {
    if hints.len() == 1 {
        return hints.remove(0).into_any();
    }
    hints
        .into_iter()
        .map(|line| view! { <span class="hale-hint-line">{line}</span> })
        .collect_view()
        .into_any()
}
