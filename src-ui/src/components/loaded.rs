//! The states of anything that is asked of the shell: waiting, failed, here.

use leptos::prelude::*;

use super::{ErrorPanel, Loading};
use crate::state::Loadable;

/// Shows what was asked for once it is here; before that, waiting; and where it failed, why, with
/// one way to try again. What is here stays when a later attempt fails, below the words that say so.
#[component]
pub(crate) fn Loaded<T, F, V>(
    /// What was asked for.
    data: Loadable<T>,
    /// What it is, within "There is a problem showing …".
    #[prop(into)]
    what: String,
    /// What of it the children show. They are drawn anew only when that differs, so that the focus
    /// and what was opened survive a check that brought nothing new.
    #[prop(optional)]
    content: Option<fn(T) -> T>,
    children: F,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    F: Fn(T) -> V + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let is_here = Memo::new(move |_| data.get().is_some());
    let shown = Memo::new(move |_| {
        let value = data.get()?;
        Some(match content {
            Some(content) => content(value),
            None => value,
        })
    });
    let problem = move || {
        data.error().map(|error| {
            view! {
                <ErrorPanel
                    error=error
                    what=what.clone()
                    failures=data.failures()
                    retry=move |()| data.reload()
                />
            }
        })
    };
    view! {
        {problem}
        {move || {
            (!is_here.get() && data.error().is_none()).then(|| view! { <Loading/> })
        }}
        {move || shown.get().map(&children)}
    }
}
