//! What is missing from a list: entries that could not be read, parts that could not be checked.

use leptos::prelude::*;

use super::error_panel::Ways;
use super::{Button, ButtonKind};
use crate::wording::{lang, td_string};

/// Names what is missing. Nothing where nothing is.
#[component]
pub(crate) fn PartialNotice(
    /// How many entries could not be read.
    #[prop(optional)]
    skipped: u32,
    /// The names of the parts whose last check failed.
    #[prop(optional)]
    failed: Vec<String>,
    /// How many checks in a row have failed. From the second on, other ways are named.
    #[prop(optional, into)]
    failures: Signal<u32>,
    /// Checks again, where that may help.
    #[prop(optional, into)]
    retry: Option<Callback<()>>,
) -> impl IntoView {
    let lang = lang();
    let has_failed = !failed.is_empty();
    (skipped > 0 || !failed.is_empty()).then(|| {
        view! {
            <section class="hale-partial" aria-label=td_string!(lang, common.partial.title)>
                {(skipped > 0)
                    .then(|| view! { <p>{td_string!(lang, common.partial.skipped, count = skipped)}</p> })}
                {(!failed.is_empty())
                    .then(|| {
                        view! {
                            <p>{td_string!(lang, common.partial.failed)}</p>
                            <ul class="nhsuk-list nhsuk-list--bullet">
                                {failed.into_iter().map(|name| view! { <li>{name}</li> }).collect_view()}
                            </ul>
                        }
                    })}
                {retry
                    .filter(|_| has_failed)
                    .map(|retry| {
                        view! {
                            <Button
                                kind=ButtonKind::Secondary
                                on_click=move |_| retry.run(())
                            >
                                {td_string!(lang, common.try_again)}
                            </Button>
                        }
                    })}
                {move || {
                    (has_failed && failures.get() > 1)
                        .then(|| {
                            view! {
                                <p role="status">
                                    {td_string!(lang, common.problem.still_unchecked)}
                                </p>
                                <Ways/>
                            }
                        })
                }}
            </section>
        }
    })
}
