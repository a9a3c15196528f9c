//! The design system's radios.

use leptos::prelude::*;

use super::field::{FieldError, Hint, described_by, group_class};

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RadioItem {
    /// What is chosen by it.
    pub(crate) value: String,
    /// What it says.
    pub(crate) label: String,
    /// A hint below.
    pub(crate) hint: Option<String>,
}

impl RadioItem {
    /// A choice without a hint.
    pub(crate) fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            hint: None,
        }
    }

    /// The same with a hint.
    pub(crate) fn with_hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }
}

/// One of a few choices. The id of the first is `name`, so that an error summary can lead to it.
#[component]
pub(crate) fn Radios(
    /// The name, which is the id of the first choice too.
    #[prop(into)]
    name: String,
    /// The question.
    #[prop(into)]
    legend: String,
    /// The choices.
    items: Vec<RadioItem>,
    /// The value of the one chosen, empty where none is.
    value: RwSignal<String>,
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
    /// Called when the patient chooses.
    #[prop(optional, into)]
    on_choose: Option<Callback<String>>,
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
        .map(|(place, item)| choice(&id, &name, place, item, value, on_choose))
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
                <div class="nhsuk-radios" data-module="nhsuk-radios">
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
    item: RadioItem,
    value: RwSignal<String>,
    on_choose: Option<Callback<String>>,
) -> impl IntoView + use<> {
    let id = match place {
        0 => id.to_owned(),
        place => format!("{id}-{}", place + 1),
    };
    let hint_id = item.hint.is_some().then(|| format!("{id}-item-hint"));
    let (shown, chosen) = (item.value.clone(), item.value.clone());
    let choose = move |_| {
        value.set(chosen.clone());
        if let Some(on_choose) = on_choose {
            on_choose.run(chosen.clone());
        }
    };
    view! {
        <div class="nhsuk-radios__item">
            <input
                class="nhsuk-radios__input"
                id=id.clone()
                name=name.to_owned()
                type="radio"
                value=item.value
                aria-describedby=hint_id.clone()
                prop:checked=move || value.with(|value| *value == shown)
                on:change=choose
            />
            <label class="nhsuk-label nhsuk-radios__label" for=id>{item.label}</label>
            {item
                .hint
                .map(|hint| {
                    view! {
                        <div class="nhsuk-hint nhsuk-radios__hint" id=hint_id>{hint}</div>
                    }
                })}
        </div>
    }
}
