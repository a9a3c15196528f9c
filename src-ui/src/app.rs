//! The frame of the window and its routes. Which page is open to whom is
//! [`crate::state::destination`]'s to say.

use hale_contracts::error::ErrorView;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::hooks::{use_location, use_navigate};
use leptos_router::{NavigateOptions, path};

use crate::components::layout::Layout;
use crate::components::{ErrorPanel, Loading};
use crate::state::{Appearance, Session, Sync, destination};
use crate::wording::{Lang, lang, td_string};
use crate::{account, appointments, help, home, ipc, record, repeats, settings};

/// Draws the window.
pub(crate) fn start() {
    if let Some(notice) = document().get_element_by_id("start-notice") {
        notice.remove();
    }
    leptos::mount::mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    provide_context(Lang::default());
    let session = Session::provide();
    let sync = Sync::provide(session);
    Appearance::provide();
    crate::components::page::FirstPage::provide();
    appointments::BookingFlow::provide(session);
    repeats::RepeatFlow::provide(session);
    record::Revealed::provide(session);
    sync.keep_going();
    view! {
        <Router>
            <Layout>
                <Guarded/>
            </Layout>
        </Router>
    }
}

/// The routes, once the shell has said who is here.
#[component]
fn Guarded() -> impl IntoView {
    let lang = lang();
    let session = Session::expect();
    let failed = RwSignal::new(None::<ErrorView>);
    let failures = RwSignal::new(0);
    let ask = move || {
        spawn_local(async move {
            match ipc::get_session().await {
                Ok(view) => {
                    failed.set(None);
                    session.set(view);
                }
                Err(error) => {
                    failures.update(|count| *count += 1);
                    failed.set(Some(error));
                }
            }
        });
    };
    ask();

    let path = use_location().pathname;
    let elsewhere = Memo::new(move |_| {
        let view = session.get()?;
        path.with(|path| destination(&view, path))
    });
    let navigate = use_navigate();
    Effect::new(move || {
        if let Some(to) = elsewhere.get() {
            let replace = NavigateOptions {
                replace: true,
                ..NavigateOptions::default()
            };
            navigate(to, replace);
        }
    });
    let is_open = Memo::new(move |_| session.get().is_some() && elsewhere.get().is_none());

    move || {
        if is_open.get() {
            return view! { <Pages/> }.into_any();
        }
        match failed.get() {
            Some(error) => view! {
                <ErrorPanel
                    error=error
                    what=td_string!(lang, common.problem.the_app)
                    failures=failures
                    retry=move |()| ask()
                />
            }
            .into_any(),
            None => view! { <Loading/> }.into_any(),
        }
    }
}

#[component]
fn Pages() -> impl IntoView {
    view! {
        <Routes fallback=settings::NotFoundPage>
            <Route path=path!("/") view=home::HomePage/>
            <Route path=path!("/welcome") view=account::WelcomePage/>
            <Route path=path!("/welcome/service") view=account::ServicePage/>
            <Route path=path!("/sign-in") view=account::SignInPage/>
            <Route path=path!("/confirm") view=account::ConfirmPage/>
            <Route path=path!("/locked") view=account::LockedPage/>
            <Route path=path!("/settings") view=settings::SettingsPage/>
            <Route path=path!("/settings/appearance") view=settings::AppearancePage/>
            <Route path=path!("/settings/service") view=settings::ServicePage/>
            <Route path=path!("/settings/services") view=settings::SourcesPage/>
            <Route path=path!("/settings/services/link") view=settings::LinkPage/>
            <Route path=path!("/settings/updates") view=settings::UpdatesPage/>
            <Route path=path!("/settings/sign-out") view=settings::SignOutPage/>
            <Route path=path!("/settings/remove") view=settings::RemovePage/>
            <Route path=path!("/about") view=settings::AboutPage/>
            <Route path=path!("/record") view=record::RecordPage/>
            <Route path=path!("/record/item/:id") view=record::ItemPage/>
            <Route path=path!("/record/:section") view=record::SectionPage/>
            <Route path=path!("/appointments") view=appointments::AppointmentsPage/>
            <Route path=path!("/appointments/book") view=appointments::GuidancePage/>
            <Route path=path!("/appointments/book/times") view=appointments::TimesPage/>
            <Route path=path!("/appointments/book/reason") view=appointments::ReasonPage/>
            <Route path=path!("/appointments/book/check") view=appointments::CheckPage/>
            <Route path=path!("/appointments/book/done") view=appointments::DonePage/>
            <Route path=path!("/appointments/:id") view=appointments::AppointmentPage/>
            <Route path=path!("/repeats") view=repeats::RepeatsPage/>
            <Route path=path!("/repeats/check") view=repeats::CheckPage/>
            <Route path=path!("/repeats/pharmacy") view=repeats::PharmacyPage/>
            <Route path=path!("/repeats/done") view=repeats::DonePage/>
            <Route path=path!("/repeats/urgent") view=repeats::UrgentPage/>
            <Route path=path!("/repeats/request/:id") view=repeats::RequestPage/>
            <Route path=path!("/help") view=help::SafetyPage/>
            <Route path=path!("/help/:topic") view=help::TopicPage/>
        </Routes>
    }
}
