//! What all form fields share: label, hint, error, and the ids that tie them together.

use leptos::prelude::*;

use crate::wording::{lang, td_string};

/// The classes of the group around a field.
pub(super) fn group_class(
    error: Signal<Option<String>>,
    more: &'static str,
) -> impl Fn() -> String {
    move || {
        let mut class = "nhsuk-form-group".to_owned();
        if error.with(Option::is_some) {
            class.push_str(" nhsuk-form-group--error");
        }
        if !more.is_empty() {
            class.push(' ');
            class.push_str(more);
        }
        class
    }
}

/// The classes of a field itself.
pub(super) fn field_class(
    base: impl Into<String>,
    error: Signal<Option<String>>,
) -> impl Fn() -> String + Clone {
    let base = base.into();
    move || {
        let has_error = error.with(Option::is_some);
        // `nhsuk-input` and `nhsuk-input nhsuk-input--width-10` have the same error class.
        let block = base.split(' ').next().unwrap_or(&base);
        if has_error {
            format!("{base} {block}--error")
        } else {
            base.clone()
        }
    }
}

/// The ids that a screen reader reads after the label.
pub(super) fn described_by(
    id: &str,
    has_info: bool,
    has_hint: bool,
    error: Signal<Option<String>>,
) -> impl Fn() -> Option<String> + use<> {
    let id = id.to_owned();
    move || {
        let mut ids = Vec::new();
        if has_info {
            ids.push(format!("{id}-info"));
        }
        if has_hint {
            ids.push(format!("{id}-hint"));
        }
        if error.with(Option::is_some) {
            ids.push(format!("{id}-error"));
        }
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

/// A field's label.
#[component]
pub(super) fn Label(
    /// The id of the field.
    #[prop(into)]
    field: String,
    /// What it says.
    #[prop(into)]
    text: String,
    /// Whether it is the heading of the page.
    is_heading: bool,
) -> impl IntoView {
    if is_heading {
        view! {
            <h1 class="nhsuk-label-wrapper">
                <label class="nhsuk-label nhsuk-label--l" for=field>{text}</label>
            </h1>
        }
        .into_any()
    } else {
        view! { <label class="nhsuk-label" for=field>{text}</label> }.into_any()
    }
}

/// A field's hint.
#[component]
pub(super) fn Hint(
    /// The id of the field.
    #[prop(into)]
    field: String,
    /// What it says.
    text: Option<String>,
) -> impl IntoView {
    text.map(|text| view! { <div class="nhsuk-hint" id=format!("{field}-hint")>{text}</div> })
}

/// A field's error, when there is one.
#[component]
pub(super) fn FieldError(
    /// The id of the field.
    #[prop(into)]
    field: String,
    /// What is wrong and what to do.
    error: Signal<Option<String>>,
) -> impl IntoView {
    let lang = lang();
    move || {
        error.get().map(|words| {
            view! {
                <span class="nhsuk-error-message" id=format!("{field}-error")>
                    <span class="nhsuk-u-visually-hidden">
                        {td_string!(lang, common.error_prefix)}
                    </span>
                    {words}
                </span>
            }
        })
    }
}
