//! The design system's skip link.

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The first stop of the keyboard: past the navigation to the page itself.
#[component]
pub(crate) fn SkipLink(
    /// The id of what it leads to, which must be able to take focus.
    target: &'static str,
    /// What it says.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let skip = move |event: MouseEvent| {
        // Not a change of page: the router would take the fragment for one.
        event.prevent_default();
        event.stop_propagation();
        if let Some(element) = document()
            .get_element_by_id(target)
            .and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
        {
            let _ = element.focus();
        }
    };
    view! {
        <a
            class="nhsuk-skip-link"
            data-module="nhsuk-skip-link"
            href=format!("#{target}")
            on:click=skip
        >
            {text}
        </a>
    }
}
