//! What is missing from a list: entries that could not be read, parts that could not be checked.

use leptos::prelude::*;

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
) -> impl IntoView {
    let lang = lang();
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
            </section>
        }
    })
}
