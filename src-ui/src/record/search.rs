//! The search over the whole record on this device. What is typed and found stays in the page, never
//! in an address.

use std::time::Duration;

use hale_contracts::error::ErrorView;
use hale_contracts::record::{SearchRecordRequest, SearchRecordView};
use leptos::ev::SubmitEvent;
use leptos::leptos_dom::helpers::debounce;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::row::ItemRow;
use crate::components::page::focus;
use crate::components::{Button, ButtonKind, Input};
use crate::ipc;
use crate::wording::{self, Lang, lang, td_string};

/// How long typing must rest before Hale looks by itself.
const REST: Duration = Duration::from_millis(300);
/// Shorter words would find nearly everything.
const SHORTEST: usize = 2;
/// How a search stands.
#[derive(Debug, Clone, PartialEq)]
enum Found {
    Nothing,
    Searching,
    Here {
        text: String,
        view: SearchRecordView,
    },
    Failed(ErrorView),
}

/// The box and what it found.
#[component]
pub(crate) fn Search() -> impl IntoView {
    let lang = lang();
    let text = RwSignal::new(String::new());
    let found = RwSignal::new(Found::Nothing);
    let problem = RwSignal::new(None::<String>);
    let turn = StoredValue::new(0_u32);

    let look = move || {
        let wanted = text.get_untracked().trim().to_owned();
        let now = turn.get_value() + 1;
        turn.set_value(now);
        if found.with_untracked(|found| *found == Found::Nothing) {
            found.set(Found::Searching);
        }
        spawn_local(async move {
            let answer = ipc::search_record(SearchRecordRequest {
                text: wanted.clone(),
            })
            .await;
            // When answers overtake each other, the last question counts.
            if turn.try_get_value() == Some(now) {
                found.set(match answer {
                    Ok(view) => Found::Here { text: wanted, view },
                    Err(error) => Found::Failed(error),
                });
            }
        });
    };
    let forget = move || {
        turn.update_value(|turn| *turn += 1);
        found.set(Found::Nothing);
        problem.set(None);
    };
    let mut look_soon = debounce(REST, move |()| {
        let length = text
            .try_with_untracked(|text| text.trim().chars().count())
            .unwrap_or(0);
        if length >= SHORTEST {
            look();
        }
    });
    Effect::new(move |before: Option<()>| {
        let is_empty = text.with(|text| text.trim().is_empty());
        // The first run is the drawing of the page.
        if before.is_some() {
            if is_empty {
                forget();
            } else {
                problem.set(None);
                look_soon(());
            }
        }
    });

    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if text.with_untracked(|text| text.trim().is_empty()) {
            problem.set(Some(td_string!(lang, record.search.empty).to_owned()));
            focus("record-search");
        } else {
            problem.set(None);
            look();
        }
    };
    let clear = move |_| {
        text.set(String::new());
        forget();
        focus("record-search");
    };
    view! {
        <form role="search" class="hale-search" novalidate on:submit=submit>
            <Input
                id="record-search"
                label=td_string!(lang, record.search.label)
                hint=td_string!(lang, record.search.hint)
                value=text
                error=problem
                type_="search"
                autocomplete="off"
                spellcheck=false
            />
            <Button id="record-search-button" kind=ButtonKind::Secondary>
                {td_string!(lang, record.search.button)}
            </Button>
        </form>
        <p role="status" id="search-status" class="hale-search__status">
            {move || found.with(|found| status(lang, found))}
        </p>
        {move || match found.get() {
            Found::Here { view, .. } => {
                Some(
                    view! {
                        <Results view />
                        <Button id="clear-search" kind=ButtonKind::Secondary on_click=clear>
                            {td_string!(lang, record.search.clear)}
                        </Button>
                    },
                )
            }
            Found::Nothing | Found::Searching | Found::Failed(_) => None,
        }}
    }
}

/// What a screen reader hears while a search goes on and ends.
fn status(lang: Lang, found: &Found) -> String {
    match found {
        Found::Nothing => String::new(),
        Found::Searching => td_string!(lang, record.search.searching).to_owned(),
        Found::Failed(error) => {
            td_string!(
                lang,
                record.search.failed,
                why = wording::error(lang, error).why
            )
        }
        Found::Here { text, view } => {
            let count = u32::try_from(view.items.len()).unwrap_or(u32::MAX);
            let text = text.as_str();
            match (view.items.len(), view.has_more) {
                (0, _) => td_string!(lang, record.search.none, text),
                (_, true) => td_string!(lang, record.search.found_most, count, text),
                (_, false) => td_string!(lang, record.search.found, count = count, text),
            }
        }
    }
}

#[component]
fn Results(view: SearchRecordView) -> impl IntoView {
    let lang = lang();
    let is_empty = view.items.is_empty();
    let left_out = view.left_out;
    view! {
        <section aria-labelledby="search-results">
            <h2 class="nhsuk-heading-m" id="search-results">
                {td_string!(lang, record.search.heading)}
            </h2>
            {is_empty.then(|| view! { <p>{td_string!(lang, record.search.none_help)}</p> })}
            {(!view.not_searched.is_empty())
                .then(|| {
                    view! {
                        <div class="hale-partial" id="not-searched">
                            <p>{td_string!(lang, record.search.not_searched)}</p>
                            <ul class="nhsuk-list nhsuk-list--bullet">
                                {view
                                    .not_searched
                                    .into_iter()
                                    .map(|kind| view! { <li>{wording::section(lang, kind)}</li> })
                                    .collect_view()}
                            </ul>
                        </div>
                    }
                })}
            {(left_out > 0)
                .then(|| {
                    view! {
                        <p id="left-out">
                            {td_string!(lang, record.search.left_out, count = left_out)}
                        </p>
                    }
                })}
            <ul class="hale-items">
                {view
                    .items
                    .into_iter()
                    .enumerate()
                    .map(|(at, item)| {
                        view! { <ItemRow item link_id=format!("found-{at}") is_nested=true /> }
                    })
                    .collect_view()}
            </ul>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hale_contracts::error::ErrorCode;

    fn here(items: usize, has_more: bool) -> Found {
        Found::Here {
            text: "cough".to_owned(),
            view: SearchRecordView {
                items: vec![crate::record::row::tests::item("Cough"); items],
                not_searched: Vec::new(),
                left_out: 0,
                has_more,
            },
        }
    }

    #[test]
    fn nothing_found_is_only_said_of_what_is_on_the_device() {
        let said = status(Lang::en, &here(0, false));
        assert!(said.contains("in what is on this device"), "{said}");
    }

    #[test]
    fn a_full_answer_says_that_there_may_be_more() {
        assert_eq!(status(Lang::en, &here(1, false)), "1 result for “cough”");
        assert_eq!(status(Lang::en, &here(99, false)), "99 results for “cough”");
        assert_eq!(
            status(Lang::en, &here(100, false)),
            "100 results for “cough”"
        );
        // Also where some were left out.
        assert!(status(Lang::en, &here(7, true)).starts_with("The first 7 results"));
    }

    #[test]
    fn a_failed_search_says_so() {
        let failed = Found::Failed(ErrorView::new(ErrorCode::Internal));
        assert!(status(Lang::en, &failed).starts_with("The search did not work."));
    }
}
