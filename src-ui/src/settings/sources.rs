//! The services that the record comes from: how each stands, linking one, unlinking one.

use std::future::Future;

use hale_contracts::account::{ConfirmIdentityRequest, PersonView};
use hale_contracts::error::ErrorView;
use hale_contracts::sources::{
    LinkConfirmView, LinkOutcomeView, LinkSourceRequest, LinkedSourceView, SourceRequest,
    SourcesView,
};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::components::{
    Button, ButtonKind, ErrorPanel, ErrorSummary, FreshnessLine, Input, InsetText, LinkButton,
    Loaded, Page, Question, SummarisedError, SummaryList, SummaryRow, Tag, TagColour,
    WarningCallout, close_question, focus_heading,
};
use crate::ipc::{self, Answer};
use crate::state::{Loadable, Sync};
use crate::wording::{self, date, lang, td_string};

/// The services.
#[component]
pub(crate) fn SourcesPage() -> impl IntoView {
    let lang = lang();
    let sources = Loadable::synced(ipc::get_sources);
    let act = Act::new();
    view! {
        <Page
            title=td_string!(lang, settings.sources.title)
            back="/settings"
            back_text=td_string!(lang, settings.title)
        >
            <Refusal act />
            <p>{td_string!(lang, settings.sources.intro)}</p>
            <ActStatus act />
            <Loaded data=sources what=td_string!(lang, settings.sources.what) let:sources>
                {sources
                    .sources
                    .into_iter()
                    .enumerate()
                    .map(|(at, source)| view! { <Source source at act /> })
                    .collect_view()}
            </Loaded>
            <LinkButton href="/settings/services/link" id="link-service">
                {td_string!(lang, settings.sources.link)}
            </LinkButton>
        </Page>
    }
}

/// One service.
#[component]
fn Source(source: LinkedSourceView, at: usize, act: Act) -> impl IntoView {
    let lang = lang();
    let name = source.source.name;
    let heading_id = format!("service-{at}");
    let request = StoredValue::new(SourceRequest {
        source: source.source.id,
    });
    let is_asking = RwSignal::new(false);
    let sign_in = source.is_lapsed && !source.is_main;
    let sign_in_words = td_string!(lang, settings.sources.sign_in, name = name.as_str());
    let unlink_words = td_string!(lang, settings.sources.unlink, name = name.as_str());
    let asked = StoredValue::new(name.clone());
    let error = source.error.filter(|_| !source.is_lapsed).map(|error| {
        let why = wording::error(lang, &error).why;
        view! { <p>{td_string!(lang, settings.sources.failed, why = why)}</p> }
    });
    let labelled_by = heading_id.clone();
    view! {
        <section class="hale-service" aria-labelledby=labelled_by>
            <h2 class="nhsuk-heading-m" id=heading_id>
                {name}
            </h2>
            {source
                .is_main
                .then(|| {
                    view! {
                        <p>
                            <Tag
                                text=td_string!(lang, settings.sources.main)
                                colour=TagColour::Blue
                            />
                        </p>
                        <p class="hale-quiet">{td_string!(lang, settings.sources.main_hint)}</p>
                    }
                })}
            <FreshnessLine freshness=source.freshness />
            {source
                .is_lapsed
                .then(|| view! { <p>{td_string!(lang, settings.sources.lapsed)}</p> })}
            {error}
            <p class="hale-address">{source.backend.url}</p>
            {sign_in
                .then(|| {
                    let sign_in = move |_| {
                        act.browser(ipc::sign_in_to_source(request.get_value()), |_| ());
                    };
                    view! {
                        <Button id=format!("sign-in-{at}") on_click=sign_in is_busy=act.is_busy>
                            {sign_in_words}
                        </Button>
                    }
                })}
            {(!source.is_main)
                .then(|| {
                    view! {
                        {move || {
                            if is_asking.get() {
                                let unlink = move || {
                                    act.run(ipc::unlink_source(request.get_value()), |_| ());
                                };
                                view! {
                                    <Unlink
                                        name=asked.get_value()
                                        act
                                        yes=move |()| unlink()
                                        no=move |()| close_question(is_asking, &format!("unlink-{at}"))
                                    />
                                }
                                    .into_any()
                            } else {
                                let words = unlink_words.clone();
                                view! {
                                    <Button
                                        id=format!("unlink-{at}")
                                        kind=ButtonKind::Secondary
                                        on_click=move |_| is_asking.set(true)
                                        is_busy=act.is_busy
                                    >
                                        {words}
                                    </Button>
                                }
                                    .into_any()
                            }
                        }}
                    }
                })}
        </section>
    }
}

/// Asks before a service is unlinked.
#[component]
fn Unlink(
    name: String,
    act: Act,
    #[prop(into)] yes: Callback<()>,
    #[prop(into)] no: Callback<()>,
) -> impl IntoView {
    let lang = lang();
    let heading = td_string!(lang, settings.sources.unlink_heading, name = name.as_str());
    let text = td_string!(lang, settings.sources.unlink_text, name = name.as_str());
    view! {
        <Question name=heading.clone()>
        <WarningCallout heading=heading>
            <p>{text}</p>
            <div class="nhsuk-button-group">
                <Button
                    id="unlink-yes"
                    kind=ButtonKind::Warning
                    on_click=move |_| yes.run(())
                    is_busy=act.is_busy
                >
                    {td_string!(lang, settings.sources.unlink_yes)}
                </Button>
                <Button
                    id="unlink-no"
                    kind=ButtonKind::Secondary
                    on_click=move |_| no.run(())
                    is_busy=act.is_busy
                >
                    {td_string!(lang, settings.sources.unlink_no)}
                </Button>
            </div>
        </WarningCallout>
        </Question>
    }
}

/// Linking a further service.
#[component]
pub(crate) fn LinkPage() -> impl IntoView {
    let lang = lang();
    let act = Act::new();
    let asked = RwSignal::new(None::<LinkConfirmView>);
    let title = Signal::derive(move || {
        asked
            .with(|asked| match asked {
                Some(_) => td_string!(lang, settings.sources.confirm_title),
                None => td_string!(lang, settings.sources.link_title),
            })
            .to_owned()
    });
    view! {
        <Page
            title=title
            back="/settings/services"
            back_text=td_string!(lang, settings.sources.title)
        >
            <Refusal act />
            {move || match asked.get() {
                Some(who) => view! { <Confirm who act /> }.into_any(),
                None => view! { <Address act asked /> }.into_any(),
            }}
        </Page>
    }
}

/// Where the service is.
#[component]
fn Address(act: Act, asked: RwSignal<Option<LinkConfirmView>>) -> impl IntoView {
    let lang = lang();
    let typed = RwSignal::new(String::new());
    let is_missing = RwSignal::new(false);
    let done = go_back_to_services();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let url = typed.with_untracked(|typed| typed.trim().to_owned());
        is_missing.set(url.is_empty());
        if url.is_empty() {
            return;
        }
        act.browser(
            ipc::link_source(LinkSourceRequest { url }),
            move |outcome| match outcome {
                LinkOutcomeView::Linked { .. } => {
                    act.sync.start();
                    done.run(());
                }
                LinkOutcomeView::Confirm { asked: who } => asked.set(Some(*who)),
            },
        );
    };
    let words = move || td_string!(lang, settings.sources.link_error).to_owned();
    let error = Signal::derive(move || is_missing.get().then(words));
    let summary = Signal::derive(move || {
        let missing = is_missing.get().then(|| SummarisedError {
            field: Some("service-address".to_owned()),
            text: words(),
        });
        missing.into_iter().collect::<Vec<_>>()
    });
    view! {
        <ErrorSummary errors=summary />
        <p>{td_string!(lang, settings.sources.link_intro)}</p>
        <form novalidate=true on:submit=submit>
            <Input
                id="service-address"
                label=td_string!(lang, settings.sources.link_address)
                hint=td_string!(lang, settings.sources.link_address_hint)
                value=typed
                error=error
                type_="url"
                autocomplete="off"
                spellcheck=false
            />
            <ActStatus act />
            <Button id="link" is_busy=act.is_busy>
                {td_string!(lang, settings.sources.link_button)}
            </Button>
        </form>
        <CancelWaiting act />
    }
}

/// "Is this you?", where no NHS number says so.
#[component]
fn Confirm(who: LinkConfirmView, act: Act) -> impl IntoView {
    let lang = lang();
    let done = go_back_to_services();
    let answer = move |is_me: bool| {
        act.run(
            ipc::confirm_link(ConfirmIdentityRequest { is_me }),
            move |_: SourcesView| {
                if is_me {
                    act.sync.start();
                }
                done.run(());
            },
        );
    };
    let name = who.backend.name;
    let there = td_string!(lang, settings.sources.confirm_there, name = name.as_str());
    view! {
        <InsetText>
            <p>{td_string!(lang, settings.sources.confirm_intro, name = name.as_str())}</p>
        </InsetText>
        <Person heading=td_string!(lang, settings.sources.confirm_here).to_owned() person=who.known />
        <Person heading=there person=who.person />
        <ActStatus act />
        <div class="nhsuk-button-group">
            <Button id="link-yes" on_click=move |_| answer(true) is_busy=act.is_busy>
                {td_string!(lang, settings.sources.confirm_yes)}
            </Button>
            <Button
                id="link-no"
                kind=ButtonKind::Secondary
                on_click=move |_| answer(false)
                is_busy=act.is_busy
            >
                {td_string!(lang, settings.sources.confirm_no)}
            </Button>
        </div>
    }
}

#[component]
fn Person(heading: String, person: PersonView) -> impl IntoView {
    let lang = lang();
    let born = person.date_of_birth.map_or_else(
        || td_string!(lang, settings.sources.confirm_not_given).to_owned(),
        |born| date(lang, born),
    );
    view! {
        <h2 class="nhsuk-heading-m">{heading}</h2>
        <SummaryList>
            <SummaryRow key=td_string!(lang, settings.sources.confirm_name)>
                {person.name}
            </SummaryRow>
            <SummaryRow key=td_string!(lang, settings.sources.confirm_born)>{born}</SummaryRow>
        </SummaryList>
    }
}

/// Goes back to the list of services.
fn go_back_to_services() -> Callback<()> {
    let navigate = use_navigate();
    Callback::new(move |()| navigate("/settings/services", NavigateOptions::default()))
}

/// Something asked of the shell, and how that stands.
#[derive(Clone, Copy)]
struct Act {
    is_busy: RwSignal<bool>,
    is_in_browser: RwSignal<bool>,
    refused: RwSignal<Option<ErrorView>>,
    sync: Sync,
}

impl Act {
    fn new() -> Self {
        Self {
            is_busy: RwSignal::new(false),
            is_in_browser: RwSignal::new(false),
            refused: RwSignal::new(None),
            sync: Sync::expect(),
        }
    }

    /// Runs it once; what it changed is read anew.
    fn run<T: 'static>(
        self,
        asked: impl Future<Output = Answer<T>> + 'static,
        then: impl Fn(T) + 'static,
    ) {
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        self.refused.set(None);
        spawn_local(async move {
            let answer = asked.await;
            // The page may have been left meanwhile.
            let is_gone = self.is_busy.try_set(false).is_some();
            let _ = self.is_in_browser.try_set(false);
            match answer {
                Ok(answer) => {
                    self.sync.something_changed();
                    if !is_gone {
                        // The button goes with what it changed.
                        focus_heading();
                        then(answer);
                    }
                }
                Err(error) => {
                    let _ = self.refused.try_set(Some(error));
                }
            }
        });
    }

    /// The same for what waits for the system browser.
    fn browser<T: 'static>(
        self,
        asked: impl Future<Output = Answer<T>> + 'static,
        then: impl Fn(T) + 'static,
    ) {
        if !self.is_busy.get_untracked() {
            self.is_in_browser.set(true);
            self.run(asked, then);
        }
    }
}

/// Why something did not work.
#[component]
fn Refusal(act: Act) -> impl IntoView {
    let lang = lang();
    move || {
        act.refused.get().map(|error| {
            view! {
                <ErrorPanel
                    error=error
                    what=""
                    heading=td_string!(lang, settings.sources.link_failed)
                />
            }
        })
    }
}

/// That something is being done.
#[component]
fn ActStatus(act: Act) -> impl IntoView {
    let lang = lang();
    let status = move || match (act.is_busy.get(), act.is_in_browser.get()) {
        (false, _) => "",
        (true, false) => td_string!(lang, settings.sources.busy),
        (true, true) => td_string!(lang, settings.sources.waiting),
    };
    view! {
        <p role="status" class="hale-check-status">
            {status}
        </p>
    }
}

/// The way out of waiting for the browser.
#[component]
fn CancelWaiting(act: Act) -> impl IntoView {
    let lang = lang();
    let cancel = move |_| {
        spawn_local(async move {
            // What waits ends by itself; without an answer it ends with its own limit.
            let _ = ipc::cancel_sign_in().await;
        });
    };
    move || {
        act.is_in_browser.get().then(|| {
            view! {
                <Button id="cancel-link" kind=ButtonKind::Secondary on_click=cancel>
                    {td_string!(lang, settings.sources.cancel)}
                </Button>
            }
        })
    }
}
