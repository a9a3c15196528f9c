//! The design system's text input.

use leptos::prelude::*;

use super::field::{FieldError, Hint, Label, described_by, field_class, group_class};

/// One line of text.
#[component]
pub(crate) fn Input(
    /// Its id, and its name where no other is given.
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
    /// Its name, where it differs from the id.
    #[prop(optional, into)]
    name: Option<String>,
    /// What kind of keyboard and check the browser offers: `text`, `tel`, `url`, `search`.
    #[prop(default = "text")]
    type_: &'static str,
    /// What the browser may fill in.
    #[prop(optional, into)]
    autocomplete: Option<String>,
    /// About how many characters are expected: 2, 3, 4, 5, 10, 20 or 30.
    #[prop(optional)]
    width: Option<u8>,
    /// Whether it is a code or number that people copy letter by letter.
    #[prop(optional)]
    is_code: bool,
    /// Which keyboard a phone offers.
    #[prop(optional, into)]
    inputmode: Option<String>,
    /// Whether words are checked; addresses and numbers are none.
    #[prop(optional)]
    spellcheck: Option<bool>,
) -> impl IntoView {
    let mut class = "nhsuk-input".to_owned();
    if let Some(width) = width {
        class.push_str(&format!(" nhsuk-input--width-{width}"));
    }
    if is_code {
        class.push_str(" nhsuk-input--code");
    }
    view! {
        <div class=group_class(error, "")>
            <Label field=id.clone() text=label is_heading=is_heading/>
            <Hint field=id.clone() text=hint.clone()/>
            <FieldError field=id.clone() error=error/>
            <input
                class=field_class(class, error)
                id=id.clone()
                name=name.unwrap_or_else(|| id.clone())
                type=type_
                spellcheck=spellcheck.map(|is_on| if is_on { "true" } else { "false" })
                autocomplete=autocomplete
                inputmode=inputmode
                aria-describedby=described_by(&id, false, hint.is_some(), error)
                prop:value=move || value.get()
                on:input:target=move |event| value.set(event.target().value())
            />
        </div>
    }
}
