//! Choosing another pharmacy for one order. The nominated one stays as it is.

use hale_contracts::error::ErrorView;
use hale_contracts::repeats::{FindPharmaciesRequest, PharmaciesView, PharmacyFoundView};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::flow::RepeatFlow;
use super::list::pharmacy_words;
use super::{CHECK, LIST};
use crate::components::{Button, ButtonKind, ErrorWords, Input, InsetText, Page};
use crate::ipc;
use crate::wording::{lang, td_string};

/// How the search stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Search {
    /// Nothing was looked for.
    Before,
    TooShort,
    Running,
    Found(PharmaciesView),
    Failed(ErrorView),
}

/// The page on which a pharmacy is chosen.
#[component]
pub(crate) fn PharmacyPage() -> impl IntoView {
    let lang = lang();
    let flow = RepeatFlow::expect();
    let navigate = use_navigate();
    if flow.medicines().is_empty() {
        Effect::new(move || {
            let replace = NavigateOptions {
                replace: true,
                ..NavigateOptions::default()
            };
            navigate(LIST, replace);
        });
        return ().into_any();
    }
    let text = RwSignal::new(String::new());
    let search = RwSignal::new(Search::Before);
    let error = Signal::derive(move || {
        (search.get() == Search::TooShort)
            .then(|| td_string!(lang, repeats.choose_pharmacy.too_short).to_owned())
    });
    let is_busy = Signal::derive(move || search.get() == Search::Running);
    let find = move |event: SubmitEvent| {
        event.prevent_default();
        if is_busy.get_untracked() {
            return;
        }
        let typed = text.get_untracked().trim().to_owned();
        if typed.chars().count() < 2 {
            search.set(Search::TooShort);
            return;
        }
        search.set(Search::Running);
        spawn_local(async move {
            let answer = ipc::find_pharmacies(FindPharmaciesRequest { text: typed }).await;
            let found = match answer {
                Ok(found) => Search::Found(found),
                Err(error) => Search::Failed(error),
            };
            // The page may have been left meanwhile.
            let _ = search.try_set(found);
        });
    };
    let choose = {
        let navigate = navigate.clone();
        Callback::new(move |pharmacy: Option<PharmacyFoundView>| {
            flow.pharmacy.set(pharmacy);
            navigate(CHECK, NavigateOptions::default());
        })
    };
    let usual = flow.view.with_untracked(|view| {
        let pharmacy = view.as_ref().and_then(|view| view.pharmacy.clone());
        pharmacy_words(lang, pharmacy.as_ref())
    });
    let is_other = flow.pharmacy.with_untracked(Option::is_some);
    view! {
        <Page
            title=td_string!(lang, repeats.choose_pharmacy.title)
            back=CHECK
            back_text=td_string!(lang, repeats.check.title)
        >
            <p>{td_string!(lang, repeats.choose_pharmacy.intro)}</p>
            <InsetText>
                <p>{usual}</p>
            </InsetText>
            {is_other
                .then(|| {
                    view! {
                        <Button
                            id="usual-pharmacy"
                            kind=ButtonKind::Secondary
                            on_click=move |_| choose.run(None)
                        >
                            {td_string!(lang, repeats.choose_pharmacy.usual)}
                        </Button>
                    }
                })}
            <form role="search" on:submit=find>
                <Input
                    id="pharmacy-text"
                    label=td_string!(lang, repeats.choose_pharmacy.label)
                    hint=td_string!(lang, repeats.choose_pharmacy.hint)
                    value=text
                    error
                    type_="search"
                    spellcheck=false
                />
                <button type="submit" class="nhsuk-button" id="find-pharmacies">
                    {td_string!(lang, repeats.choose_pharmacy.find)}
                </button>
            </form>
            <div id="pharmacies" aria-live="polite">
                {move || match search.get() {
                    Search::Before | Search::TooShort => ().into_any(),
                    Search::Running => {
                        view! { <p>{td_string!(lang, repeats.choose_pharmacy.looking)}</p> }
                            .into_any()
                    }
                    Search::Failed(error) => view! { <ErrorWords error /> }.into_any(),
                    Search::Found(found) => view! { <Found found choose /> }.into_any(),
                }}
            </div>
        </Page>
    }
    .into_any()
}

#[component]
fn Found(found: PharmaciesView, choose: Callback<Option<PharmacyFoundView>>) -> impl IntoView {
    let lang = lang();
    if found.pharmacies.is_empty() {
        return view! {
            <p id="no-pharmacies">{td_string!(lang, repeats.choose_pharmacy.none)}</p>
        }
        .into_any();
    }
    let items = found
        .pharmacies
        .into_iter()
        .enumerate()
        .map(|(at, pharmacy)| {
            let name = pharmacy.name.clone();
            let address = pharmacy.address.clone();
            view! {
                <li class="hale-item">
                    <h2 class="nhsuk-heading-s hale-item__title">{name.clone()}</h2>
                    {address.map(|address| view! { <p class="hale-item__line">{address}</p> })}
                    <Button
                        id=format!("pharmacy-{at}")
                        kind=ButtonKind::Secondary
                        on_click=move |_| choose.run(Some(pharmacy.clone()))
                    >
                        {td_string!(lang, repeats.choose_pharmacy.choose)}
                        <span class="nhsuk-u-visually-hidden">{format!(": {name}")}</span>
                    </Button>
                </li>
            }
        })
        .collect_view();
    view! {
        <ul class="hale-items">{items}</ul>
        {found
            .has_more
            .then(|| view! { <p>{td_string!(lang, repeats.choose_pharmacy.more)}</p> })}
    }
    .into_any()
}
