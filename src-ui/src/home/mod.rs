//! The first screen: what matters now, what is new, and the ways to everything else. What is not
//! known is said to be not known.

mod jobs;
mod next_appointment;

use hale_contracts::changes::NewsCountView;
use hale_contracts::home::{HomeView, NewsView};
use hale_contracts::provenance::FreshnessView;
use leptos::prelude::*;

use crate::components::{AccessNotices, FreshnessLine, Loaded, Page, PartialNotice, WhyNotPanel};
use crate::ipc;
use crate::repeats::Requests;
use crate::state::{self, Loadable, Sync};
use crate::wording::{self, Lang, lang, section, sync_unit, td_string};
use jobs::Jobs;
use next_appointment::{NextAppointment, NoLongerListed, NotBooked, Unconfirmed};

/// The first screen.
#[component]
pub(crate) fn HomePage() -> impl IntoView {
    let lang = lang();
    let home = Loadable::synced(ipc::get_home);
    let freshness = Signal::derive(move || {
        home.get()
            .map_or(FreshnessView::NeverLoaded, |home| home.freshness)
    });
    let is_failed = Signal::derive(move || home.get().is_some_and(|home| !home.failed.is_empty()));
    let failures = Sync::expect().failed_checks(is_failed);
    let title = Signal::derive(move || match home.get() {
        Some(home) => td_string!(lang, home.hello, name = home.person.name),
        None => td_string!(lang, home.title).to_owned(),
    });
    view! {
        <Page title=title>
            <Loaded
                data=home
                what=td_string!(lang, home.what)
                content=state::content::home
                children=move |view: HomeView| content(lang, view, freshness, failures)
            />
            <Jobs/>
        </Page>
    }
}

/// The id of the service that the patient signs in to Hale with.
const MAIN: &str = "main";

fn content(
    lang: Lang,
    home: HomeView,
    freshness: Signal<FreshnessView>,
    failures: Signal<u32>,
) -> impl IntoView {
    let sync = Sync::expect();
    let practice = home.person.practice.map(|practice| practice.name);
    let failed = home
        .failed
        .iter()
        .map(|failed| match failed.source.id.as_str() {
            MAIN => sync_unit(lang, failed.unit).to_owned(),
            _ => td_string!(
                lang,
                home.failed_at,
                what = sync_unit(lang, failed.unit),
                who = failed.source.name.as_str()
            ),
        })
        .collect();
    view! {
        {practice
            .map(|practice| {
                view! {
                    <p class="hale-quiet">{td_string!(lang, home.practice, practice = practice)}</p>
                }
            })}
        <FreshnessLine freshness=freshness/>
        <AccessNotices notices=home.access_notices dismiss=state::dismiss_access_notice()/>
        {home
            .unconfirmed
            .into_iter()
            .map(|booking| view! { <Unconfirmed booking=booking/> })
            .collect_view()}
        {home
            .not_booked
            .into_iter()
            .map(|booking| view! { <NotBooked booking=booking/> })
            .collect_view()}
        {home
            .no_longer_listed
            .into_iter()
            .map(|appointment| view! { <NoLongerListed appointment=appointment/> })
            .collect_view()}
        <NextAppointment
            next=home.next_appointment
            not_agreed=home.not_agreed
            is_known=home.appointments_known
            nostrip:not_allowed=home.appointments_not_allowed
            skipped=home.appointments_skipped
        />
        {(!home.repeats.is_empty()).then(|| view! { <Requests requests=home.repeats/> })}
        <News news=home.news appointments=home.appointment_news/>
        <PartialNotice
            failed=failed
            failures=failures
            retry=move |()| sync.start()
        />
        {home.record_not_allowed.map(|why| view! { <WhyNotPanel why=why/> })}
    }
}

/// What became of the record and the appointments since the patient last looked.
#[component]
fn News(news: Vec<NewsView>, appointments: NewsCountView) -> impl IntoView {
    let lang = lang();
    let of_record = news.into_iter().map(|line| {
        (
            format!("/record/{}", line.section.slug()),
            section(lang, line.section),
            line.count,
        )
    });
    let of_appointments = (!appointments.is_none()).then(|| {
        (
            "/appointments".to_owned(),
            td_string!(lang, home.news.appointments),
            appointments,
        )
    });
    let all: Vec<_> = of_appointments.into_iter().chain(of_record).collect();
    (!all.is_empty()).then(|| {
        let lines = all
            .into_iter()
            .map(|(href, what, count)| {
                let news = wording::news(lang, count);
                let words = td_string!(lang, home.news.line, what = what, news = news);
                view! {
                    <li>
                        <a href=href>{words}</a>
                    </li>
                }
            })
            .collect_view();
        view! {
            <section class="hale-news" aria-labelledby="news-title">
                <h2 class="nhsuk-heading-m" id="news-title">
                    {td_string!(lang, home.news.heading)}
                </h2>
                <ul class="nhsuk-list">{lines}</ul>
            </section>
        }
    })
}
