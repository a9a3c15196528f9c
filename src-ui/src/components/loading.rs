//! While there is nothing to show: waiting, and genuinely nothing.

use std::time::Duration;

use leptos::prelude::*;

use crate::wording::{lang, td_string};

/// Anything faster would only flicker.
const SAY_AFTER: Duration = Duration::from_millis(300);
/// After this it is better to say that Hale is still there.
const STILL_AFTER: Duration = Duration::from_secs(8);

/// "Loading…", said politely, and only once the wait is noticeable.
#[component]
pub(crate) fn Loading() -> impl IntoView {
    let lang = lang();
    let stage = RwSignal::new(0_u8);
    Effect::new(move || {
        let soon = set_timeout_with_handle(move || stage.set(1), SAY_AFTER);
        let late = set_timeout_with_handle(move || stage.set(2), STILL_AFTER);
        on_cleanup(move || {
            for timer in [soon, late].into_iter().flatten() {
                timer.clear();
            }
        });
    });
    view! {
        <div class="hale-loading" role="status">
            {move || match stage.get() {
                0 => None,
                stage => {
                    let words = if stage == 1 {
                        td_string!(lang, common.loading)
                    } else {
                        td_string!(lang, common.still_loading)
                    };
                    Some(
                        view! {
                            <span class="hale-loading__mark" aria-hidden="true"></span>
                            <span>{words}</span>
                        },
                    )
                }
            }}
        </div>
    }
}

/// Nothing to show, said in words. What the words may claim is the caller's responsibility: an
/// absence goes through [`crate::wording::absence`].
#[component]
pub(crate) fn EmptyState(
    /// What there is none of.
    #[prop(into)]
    heading: String,
    /// What it means.
    #[prop(into)]
    body: String,
    /// What can be done, where there is something.
    #[prop(optional)]
    next: Option<String>,
    /// More, for example a button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="hale-empty">
            <h2 class="nhsuk-heading-s">{heading}</h2>
            <p>{body}</p>
            {next.map(|next| view! { <p>{next}</p> })}
            {children.map(|children| children())}
        </div>
    }
}
