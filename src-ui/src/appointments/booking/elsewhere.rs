//! Leads away from a page for which something is missing, for example after a restart of the window.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// Puts another page in this one's place, so that the back button does not lead here again.
#[component]
pub(crate) fn Elsewhere(
    /// Where to.
    to: &'static str,
) -> impl IntoView {
    let navigate = use_navigate();
    Effect::new(move || navigate(to, in_place()));
}

/// Going somewhere without leaving this page in the history.
pub(crate) fn in_place() -> NavigateOptions {
    NavigateOptions {
        replace: true,
        ..NavigateOptions::default()
    }
}
