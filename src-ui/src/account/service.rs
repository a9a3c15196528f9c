//! Choosing the service. Every address is checked by the shell before it is taken.

use hale_contracts::account::{
    BackendCheckView, BackendChoicesView, BackendView, ChooseBackendRequest, Feature,
};
use hale_contracts::error::ErrorView;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;

use crate::components::{
    Button, ButtonKind, ErrorPanel, ErrorSummary, Input, InsetText, Loaded, Page, RadioItem,
    Radios, SummarisedError,
};
use crate::ipc;
use crate::state::{Loadable, Session};
use crate::wording::{Lang, lang, td_string};

/// The choice "another address" among the presets.
const OTHER: &str = "other";

/// The page.
#[component]
pub(crate) fn ServicePage() -> impl IntoView {
    let lang = lang();
    let choices = Loadable::new(ipc::get_backends);
    let found = RwSignal::new(None::<BackendCheckView>);
    view! {
        <Page title=td_string!(lang, account.service.title) back="/welcome">
            <Loaded data=choices what=td_string!(lang, account.service.what_presets) let:choices>
                {move || match found.get() {
                    Some(check) => view! { <Found check=check found=found/> }.into_any(),
                    None => view! { <Choice choices=choices.clone() found=found/> }.into_any(),
                }}
            </Loaded>
        </Page>
    }
}

/// The presets and a free address.
#[component]
fn Choice(choices: BackendChoicesView, found: RwSignal<Option<BackendCheckView>>) -> impl IntoView {
    let lang = lang();
    let current = choices.current.as_ref().map(|backend| backend.url.clone());
    let is_preset = |url: &String| choices.presets.iter().any(|preset| preset.url == *url);
    let chosen = RwSignal::new(match &current {
        Some(url) if is_preset(url) => url.clone(),
        Some(_) => OTHER.to_owned(),
        None if choices.presets.is_empty() => OTHER.to_owned(),
        None => String::new(),
    });
    let typed = RwSignal::new(current.filter(|url| !is_preset(url)).unwrap_or_default());
    let problem = RwSignal::new(None::<Problem>);
    let refused = RwSignal::new(None::<ErrorView>);
    let is_busy = RwSignal::new(false);

    let check = move || {
        refused.set(None);
        let url = match address(&chosen.get_untracked(), &typed.get_untracked()) {
            Ok(url) => url,
            Err(what) => return problem.set(Some(what)),
        };
        problem.set(None);
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        spawn_local(async move {
            match ipc::check_backend(ChooseBackendRequest { url }).await {
                Ok(check) => found.set(Some(check)),
                Err(error) => refused.set(Some(error)),
            }
            is_busy.set(false);
        });
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        check();
    };
    let words_of = move |wanted: Problem| {
        Signal::derive(move || {
            problem
                .get()
                .filter(|problem| *problem == wanted)
                .map(|problem| problem.words(lang).to_owned())
        })
    };
    let summary = Signal::derive(move || {
        problem
            .get()
            .map(|problem| SummarisedError {
                field: Some(problem.field().to_owned()),
                text: problem.words(lang).to_owned(),
            })
            .into_iter()
            .collect::<Vec<_>>()
    });
    let has_presets = !choices.presets.is_empty();
    let items = radio_items(lang, &choices.presets);
    view! {
        <ErrorSummary errors=summary/>
        {move || {
            refused
                .get()
                .map(|error| {
                    view! {
                        <ErrorPanel
                            error=error
                            what=""
                            heading=td_string!(lang, account.service.error_heading)
                        />
                    }
                })
        }}
        <p>{td_string!(lang, account.service.intro)}</p>
        <form novalidate=true on:submit=submit>
            {has_presets
                .then(|| {
                    view! {
                        <Radios
                            name="service"
                            legend=td_string!(lang, account.service.legend)
                            items=items
                            value=chosen
                            error=words_of(Problem::NothingChosen)
                        />
                    }
                })}
            <div hidden=move || chosen.with(|chosen| chosen != OTHER)>
                <Input
                    id="address"
                    label=td_string!(lang, account.service.address)
                    hint=td_string!(lang, account.service.address_hint)
                    value=typed
                    error=words_of(Problem::NoAddress)
                    type_="url"
                    autocomplete="off"
                    spellcheck=false
                />
            </div>
            <Button is_busy=is_busy id="check">
                {move || {
                    if is_busy.get() {
                        td_string!(lang, account.service.checking)
                    } else {
                        td_string!(lang, account.service.check)
                    }
                }}
            </Button>
        </form>
    }
}

/// What the check found, before it is taken.
#[component]
fn Found(check: BackendCheckView, found: RwSignal<Option<BackendCheckView>>) -> impl IntoView {
    let lang = lang();
    let session = Session::expect();
    let refused = RwSignal::new(None::<ErrorView>);
    let is_busy = RwSignal::new(false);
    let navigate = use_navigate();
    let url = check.backend.url.clone();
    let take = move |_| {
        is_busy.set(true);
        let (url, navigate) = (url.clone(), navigate.clone());
        spawn_local(async move {
            match ipc::choose_backend(ChooseBackendRequest { url }).await {
                Ok(view) => {
                    session.set(view);
                    navigate("/sign-in", leptos_router::NavigateOptions::default());
                }
                Err(error) => refused.set(Some(error)),
            }
            is_busy.set(false);
        });
    };
    let missing = check
        .missing
        .iter()
        .map(|missing| view! { <li>{feature(lang, missing.feature)}</li> })
        .collect_view();
    let has_missing = !check.missing.is_empty();
    view! {
        {move || {
            refused
                .get()
                .map(|error| {
                    view! {
                        <ErrorPanel
                            error=error
                            what=""
                            heading=td_string!(lang, account.service.error_heading)
                        />
                    }
                })
        }}
        <InsetText>
            <p role="status">
                {td_string!(lang, account.service.found, backend = check.backend.name)}
            </p>
            <p class="hale-address">{check.backend.url}</p>
        </InsetText>
        {has_missing
            .then(|| {
                view! {
                    <p>{td_string!(lang, account.service.missing)}</p>
                    <ul class="nhsuk-list nhsuk-list--bullet">{missing}</ul>
                }
            })}
        <div class="nhsuk-button-group">
            <Button on_click=take is_busy=is_busy id="use-service">
                {td_string!(lang, account.service.use_it)}
            </Button>
            <Button kind=ButtonKind::Secondary on_click=move |_| found.set(None)>
                {td_string!(lang, account.service.back)}
            </Button>
        </div>
    }
}

/// What is wrong with the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Problem {
    NothingChosen,
    NoAddress,
}

impl Problem {
    fn field(self) -> &'static str {
        match self {
            Self::NothingChosen => "service",
            Self::NoAddress => "address",
        }
    }

    fn words(self, lang: Lang) -> &'static str {
        match self {
            Self::NothingChosen => td_string!(lang, account.service.error_choose),
            Self::NoAddress => td_string!(lang, account.service.error_address),
        }
    }
}

/// The address that the form asks for.
fn address(chosen: &str, typed: &str) -> Result<String, Problem> {
    match chosen {
        "" => Err(Problem::NothingChosen),
        OTHER => match typed.trim() {
            "" => Err(Problem::NoAddress),
            typed => Ok(typed.to_owned()),
        },
        preset => Ok(preset.to_owned()),
    }
}

fn radio_items(lang: Lang, presets: &[BackendView]) -> Vec<RadioItem> {
    let mut items: Vec<RadioItem> = presets
        .iter()
        .map(|preset| {
            let item = RadioItem::new(&preset.url, &preset.name);
            if preset.is_test {
                item.with_hint(td_string!(lang, account.service.test_hint))
            } else {
                item
            }
        })
        .collect();
    items.push(
        RadioItem::new(OTHER, td_string!(lang, account.service.other))
            .with_hint(td_string!(lang, account.service.other_hint)),
    );
    items
}

fn feature(lang: Lang, feature: Feature) -> &'static str {
    match feature {
        Feature::Record => td_string!(lang, account.service.feature.record),
        Feature::Appointments => td_string!(lang, account.service.feature.appointments),
        Feature::Booking => td_string!(lang, account.service.feature.booking),
        Feature::StaySignedIn => td_string!(lang, account.service.feature.stay_signed_in),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_asks_for_a_choice_and_for_an_address_where_one_is_needed() {
        assert_eq!(address("", ""), Err(Problem::NothingChosen));
        assert_eq!(address(OTHER, "  "), Err(Problem::NoAddress));
        assert_eq!(
            address(OTHER, " https://a/fhir "),
            Ok("https://a/fhir".into())
        );
        assert_eq!(address("https://b", "ignored"), Ok("https://b".into()));
    }
}
