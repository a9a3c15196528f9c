//! A question that takes the place of the button that led to it.

use leptos::html::Div;
use leptos::prelude::*;

use super::page::focus_soon;

/// A question and its answers. Takes the focus when it appears, because the button that had it is
/// gone; gives it back when the answer is no.
#[component]
pub(crate) fn Question(
    /// What is asked, for those who do not see where it stands.
    #[prop(into)]
    name: String,
    children: Children,
) -> impl IntoView {
    let question = NodeRef::<Div>::new();
    Effect::new(move || {
        if let Some(element) = question.get() {
            let _ = element.focus();
        }
    });
    view! {
        <div role="group" aria-label=name tabindex="-1" class="hale-question" node_ref=question>
            {children()}
        </div>
    }
}

/// Closes a question and gives the focus back to the button that led to it.
pub(crate) fn close_question(is_asking: RwSignal<bool>, button_id: &str) {
    is_asking.set(false);
    focus_soon(button_id);
}
