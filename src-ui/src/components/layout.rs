//! The frame around every page: skip link, navigation, banners that hold for the whole window.

use hale_contracts::provenance::FreshnessView;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{Button, ButtonKind, Icon, Picture, SkipLink};
use crate::state::{Pull, Session, Sync};
use crate::wording::{lang, london_today, moment_near, td_string};

/// The frame.
#[component]
pub(crate) fn Layout(children: Children) -> impl IntoView {
    let lang = lang();
    view! {
        <SkipLink target="maincontent" text=td_string!(lang, common.skip_to_content)/>
        <div class="hale-shell">
            <Navigation/>
            <div class="hale-shell__content">
                <Banners/>
                <main class="hale-main" id="maincontent" tabindex="-1">
                    {children()}
                </main>
            </div>
        </div>
    }
}

/// The main places of the window; before anybody has signed in only those that are open then.
#[component]
fn Navigation() -> impl IntoView {
    let lang = lang();
    let session = Session::expect();
    let is_signed_in = Memo::new(move |_| session.is_signed_in());
    let places = move || {
        let signed_in = is_signed_in.get();
        [
            (true, "/", Picture::Home, td_string!(lang, common.nav.home)),
            (
                signed_in,
                "/appointments",
                Picture::Calendar,
                td_string!(lang, common.nav.appointments),
            ),
            (
                signed_in,
                "/record",
                Picture::Folder,
                td_string!(lang, common.nav.record),
            ),
            (
                true,
                "/help",
                Picture::Help,
                td_string!(lang, common.nav.help),
            ),
            (
                true,
                "/settings",
                Picture::Sliders,
                td_string!(lang, common.nav.settings),
            ),
        ]
        .into_iter()
        .filter(|(is_shown, ..)| *is_shown)
        .map(|(_, href, picture, name)| view! { <Place href picture name/> })
        .collect_view()
    };
    view! {
        <header class="hale-nav">
            <a class="hale-nav__brand" href="/">
                <span class="hale-nav__mark" aria-hidden="true"></span>
                {td_string!(lang, common.app_name)}
            </a>
            <nav aria-label=td_string!(lang, common.nav.label)>
                <ul class="hale-nav__list">{places}</ul>
            </nav>
        </header>
    }
}

/// One place.
#[component]
fn Place(href: &'static str, picture: Picture, name: &'static str) -> impl IntoView {
    let path = use_location().pathname;
    let is_here = move || {
        path.with(|path| match href {
            "/" => path == "/",
            // "About" is reached from the settings and belongs to them.
            "/settings" if path == "/about" => true,
            href => path
                .strip_prefix(href)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
        })
    };
    view! {
        <li class="hale-nav__item">
            <a
                class="hale-nav__link"
                href=href
                aria-current=move || is_here().then_some("page")
            >
                <Icon picture=picture/>
                <span>{name}</span>
            </a>
        </li>
    }
}

/// What holds whatever page is shown. Offline and signed out are states, not errors: calm words,
/// and what can still be done.
#[component]
fn Banners() -> impl IntoView {
    let lang = lang();
    let session = Session::expect();
    let sync = Sync::expect();
    let is_test = move || session.backend().is_some_and(|backend| backend.is_test);
    let lapsed = move || {
        (session.is_lapsed()).then(|| {
            let backend = session
                .backend()
                .map(|backend| backend.name)
                .unwrap_or_default();
            view! {
                <section class="hale-banner hale-banner--lapsed" aria-labelledby="lapsed-title">
                    <h2 class="nhsuk-heading-s" id="lapsed-title">
                        {td_string!(lang, common.lapsed.title)}
                    </h2>
                    <p>{td_string!(lang, common.lapsed.body, backend = backend)}</p>
                    <p>
                        <a href="/sign-in">{td_string!(lang, common.lapsed.sign_in)}</a>
                    </p>
                </section>
            }
        })
    };
    let is_offline =
        Memo::new(move |_| session.is_signed_in() && sync.is_offline() && !session.is_lapsed());
    let offline = move || is_offline.get().then(|| view! { <OfflineBanner/> });
    view! {
        <aside class="hale-banners" aria-label=td_string!(lang, common.status)>
            {move || {
                is_test()
                    .then(|| {
                        view! { <p class="hale-test-strip">{td_string!(lang, common.test_backend)}</p> }
                    })
            }}
            <div role="status">{lapsed} {offline}</div>
            <PullToCheck/>
            <Progress/>
        </aside>
    }
}

/// Says that there is no connection and what still works.
#[component]
fn OfflineBanner() -> impl IntoView {
    let lang = lang();
    let sync = Sync::expect();
    let body = move || {
        let last = sync.status().and_then(|status| match status.overall {
            FreshnessView::Fresh { at } => Some(at),
            FreshnessView::Stale { at, .. } => at,
            FreshnessView::NeverLoaded | FreshnessView::Loading => None,
        });
        match last {
            Some(at) => td_string!(
                lang,
                common.offline.body,
                moment = moment_near(lang, &at, london_today())
            ),
            None => td_string!(lang, common.offline.body_no_date).to_owned(),
        }
    };
    view! {
        <section class="hale-banner hale-banner--offline" aria-labelledby="offline-title">
            <h2 class="nhsuk-heading-s" id="offline-title">
                {td_string!(lang, common.offline.title)}
            </h2>
            <p>{body}</p>
            <Button
                kind=ButtonKind::Secondary
                on_click=move |_| sync.start()
                is_busy=Signal::derive(move || sync.is_running())
            >
                {td_string!(lang, common.offline.check_again)}
            </Button>
        </section>
    }
}

/// Pulling the page down on a touch screen begins a check. Everybody else has the buttons that say
/// so.
#[component]
fn PullToCheck() -> impl IntoView {
    let lang = lang();
    let session = Session::expect();
    let sync = Sync::expect();
    let pull = StoredValue::new(Pull::default());
    let is_far = RwSignal::new(false);
    let touched = |event: &web_sys::Event| {
        let fingers = touches(event);
        let top = window().scroll_y().unwrap_or_default();
        (fingers, top)
    };
    let began = window_event_listener_untyped("touchstart", move |event: web_sys::Event| {
        let (fingers, top) = touched(&event);
        pull.update_value(|pull| pull.touched(&fingers, top));
        is_far.set(false);
    });
    let moved = window_event_listener_untyped("touchmove", move |event: web_sys::Event| {
        let (fingers, top) = touched(&event);
        pull.update_value(|pull| pull.moved(&fingers, top));
        let may_check = session.is_signed_in() && !session.is_lapsed() && !sync.is_running();
        is_far.set(may_check && pull.with_value(Pull::is_far));
    });
    let ended = move |is_meant: bool| {
        let is_pulled = pull.try_update_value(Pull::ended) == Some(true);
        if is_meant && is_pulled && is_far.get_untracked() {
            sync.start();
        }
        is_far.set(false);
    };
    let lifted = window_event_listener_untyped("touchend", move |_| ended(true));
    // A call comes in, or the system takes the gesture for its own.
    let taken = window_event_listener_untyped("touchcancel", move |_| ended(false));
    on_cleanup(move || {
        for listener in [began, moved, lifted, taken] {
            listener.remove();
        }
    });
    move || {
        is_far.get().then(|| {
            view! {
                <p class="hale-pull" aria-hidden="true">
                    {td_string!(lang, common.pull_to_check)}
                </p>
            }
        })
    }
}

/// How far down the window each finger is, in CSS pixels.
fn touches(event: &web_sys::Event) -> Vec<f64> {
    let Some(all) = js_sys::Reflect::get(event, &"touches".into())
        .ok()
        .filter(|all| all.is_object())
    else {
        return Vec::new();
    };
    js_sys::Array::from(&all)
        .iter()
        .filter_map(|one| js_sys::Reflect::get(&one, &"clientY".into()).ok()?.as_f64())
        .collect()
}

/// How far a running check is. A bar for the eye alone: the sections themselves say what arrived.
#[component]
fn Progress() -> impl IntoView {
    let lang = lang();
    let sync = Sync::expect();
    move || {
        sync.is_running().then(|| {
            let (done, all) = sync.progress();
            let words = if all == 0 {
                td_string!(lang, common.syncing).to_owned()
            } else {
                td_string!(lang, common.syncing_progress, done = done, count = all)
            };
            view! {
                <div class="hale-progress">
                    <progress
                        class="hale-progress__bar"
                        max=all.max(1).to_string()
                        value=done.to_string()
                        aria-label=words.clone()
                    ></progress>
                    <span aria-hidden="true">{words}</span>
                </div>
            }
        })
    }
}
