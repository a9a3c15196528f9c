//! The design system's error summary: what is wrong with a form, at its top.

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::wording::{lang, td_string};

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SummarisedError {
    /// The id of the field, where one is to blame.
    pub(crate) field: Option<String>,
    /// What is wrong and what to do, in the same words as at the field.
    pub(crate) text: String,
}

/// Everything that is wrong with a form. Takes focus when it appears; nothing while there is
/// nothing wrong.
#[component]
pub(crate) fn ErrorSummary(
    /// What is wrong.
    #[prop(into)]
    errors: Signal<Vec<SummarisedError>>,
) -> impl IntoView {
    let lang = lang();
    let summary = NodeRef::<leptos::html::Div>::new();
    Effect::new(move || {
        if errors.with(Vec::is_empty) {
            return;
        }
        if let Some(element) = summary.get() {
            // Only while it is given focus: it is no stop of the keyboard.
            let _ = element.set_attribute("tabindex", "-1");
            let _ = element.focus();
        }
    });
    move || {
        let errors = errors.get();
        (!errors.is_empty()).then(|| {
            view! {
                <div
                    class="nhsuk-error-summary"
                    data-module="nhsuk-error-summary"
                    node_ref=summary
                >
                    <div role="alert">
                        <h2 class="nhsuk-error-summary__heading">
                            {td_string!(lang, common.there_is_a_problem)}
                        </h2>
                        <div class="nhsuk-error-summary__body">
                            <ul class="nhsuk-list nhsuk-error-summary__list">
                                {errors.into_iter().map(line).collect_view()}
                            </ul>
                        </div>
                    </div>
                </div>
            }
        })
    }
}

fn line(error: SummarisedError) -> impl IntoView {
    match error.field {
        None => view! { <li>{error.text}</li> }.into_any(),
        Some(field) => {
            let href = format!("#{field}");
            let go = move |event: MouseEvent| {
                // Not a change of page: the router would take the fragment for one.
                event.prevent_default();
                event.stop_propagation();
                if let Some(element) = document()
                    .get_element_by_id(&field)
                    .and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
                {
                    let _ = element.focus();
                }
            };
            view! { <li><a href=href on:click=go>{error.text}</a></li> }.into_any()
        }
    }
}
