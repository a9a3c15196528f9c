//! The design system's inset text.

use leptos::prelude::*;

use crate::wording::{lang, td_string};

/// Words that stand out from those around them, without being a warning.
#[component]
pub(crate) fn InsetText(children: Children) -> impl IntoView {
    let lang = lang();
    view! {
        <div class="nhsuk-inset-text">
            <span class="nhsuk-u-visually-hidden">
                {td_string!(lang, common.information_prefix)}
            </span>
            {children()}
        </div>
    }
}
