//! The design system's text input.

use leptos::prelude::*;

use super::field::{FieldError, Hint, Label, described_by, field_class, group_class};

/// One line of text.
#[component]
pub(crate) fn Input(
    /// Its id and name.
    #[prop(into)]
    id: String,
    /// Its label.
    #[prop(into)]
    label: String,
    /// What is typed.
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
    /// What kind of keyboard and check the browser offers: `text`, `tel`, `url`, `search`.
    #[prop(default = "text")]
    type_: &'static str,
    /// What the browser may fill in.
    #[prop(optional, into)]
    autocomplete: Option<String>,
    /// Whether words are checked; addresses and numbers are none.
    #[prop(optional)]
    spellcheck: Option<bool>,
) -> impl IntoView {
    view! {
        <div class=group_class(error, "")>
            <Label field=id.clone() text=label is_heading=is_heading/>
            <Hint field=id.clone() text=hint.clone()/>
            <FieldError field=id.clone() error=error/>
            <input
                class=field_class("nhsuk-input", error)
                id=id.clone()
                name=id.clone()
                type=type_
                spellcheck=spellcheck.map(|is_on| if is_on { "true" } else { "false" })
                autocomplete=autocomplete
                aria-describedby=described_by(&id, false, hint.is_some(), error)
                prop:value=move || value.get()
                on:input:target=move |event| value.set(event.target().value())
            />
        </div>
    }
}
