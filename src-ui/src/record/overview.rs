//! The overview: every section with what it holds or why it shows nothing, and the search.

use hale_contracts::provenance::FreshnessView;
use hale_contracts::record::{
    AbsenceView, ItemStatus, RecordSummaryView, SectionKind, SectionSummaryView,
};
use leptos::prelude::*;

use super::search::Search;
use super::words;
use crate::components::{
    FreshnessLine, InsetText, LinkCard, Loaded, Page, PartialNotice, Tag, TagColour, WhyNotPanel,
};
use crate::ipc;
use crate::state::{self, Loadable, Sync};
use crate::wording::{self, lang, td_string};

/// The overview of the record.
#[component]
pub(crate) fn RecordPage() -> impl IntoView {
    let lang = lang();
    let summary = Loadable::synced(ipc::get_record_summary);
    // A box that is drawn anew would lose what was typed: it stands outside of what a check changes.
    let is_searchable = Memo::new(move |_| {
        summary
            .get()
            .is_some_and(|summary| summary.not_allowed.is_none())
    });
    let freshness = Signal::derive(move || {
        summary
            .get()
            .map_or(FreshnessView::NeverLoaded, |summary| summary.freshness)
    });
    let is_any_failed = Signal::derive(move || {
        summary
            .get()
            .is_some_and(|summary| summary.sections.iter().any(is_failed))
    });
    let failures = Sync::expect().failed_checks(is_any_failed);
    view! {
        <Page title=td_string!(lang, record.title)>
            <Show when=move || is_searchable.get()>
                <Search />
            </Show>
            <Loaded
                data=summary
                what=td_string!(lang, record.problem.overview)
                content=state::content::summary
                children=move |summary: RecordSummaryView| {
                    view! { <Overview summary freshness failures /> }
                }
            />
        </Page>
    }
}

#[component]
fn Overview(
    summary: RecordSummaryView,
    freshness: Signal<FreshnessView>,
    failures: Signal<u32>,
) -> impl IntoView {
    let lang = lang();
    let sync = Sync::expect();
    if let Some(why) = summary.not_allowed {
        return view! {
            <div id="record-not-allowed">
                <WhyNotPanel why />
            </div>
            <p>
                <a href="/help">{td_string!(lang, record.item.urgent_link)}</a>
            </p>
        }
        .into_any();
    }
    let failed: Vec<String> = summary
        .sections
        .iter()
        .filter(|section| is_failed(section))
        .map(|section| wording::section(lang, section.kind).to_owned())
        .collect();
    view! {
        <FreshnessLine freshness />
        {summary
            .shared_from
            .map(|date| {
                view! {
                    <InsetText>
                        <p id="shared-from">
                            {td_string!(
                                lang, record.shared_from, date = wording::partial_date(lang, &date)
                            )}
                        </p>
                    </InsetText>
                }
            })}
        <PartialNotice failed=failed failures retry=move |()| sync.start() />
        <ul class="hale-cards">
            {summary
                .sections
                .into_iter()
                .map(|section| {
                    view! {
                        <li>
                            <SectionCard section />
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
    .into_any()
}

/// Whether the last check of a section failed, with or without older items to show.
fn is_failed(section: &SectionSummaryView) -> bool {
    section.error.is_some() || matches!(section.absence, Some(AbsenceView::Failed { .. }))
}

#[component]
fn SectionCard(section: SectionSummaryView) -> impl IntoView {
    let lang = lang();
    let slug = section.kind.slug();
    view! {
        <LinkCard
            href=format!("/record/{slug}")
            heading=wording::section(lang, section.kind)
            description=words::about(lang, section.kind)
            id=format!("section-{slug}")
        >
            <SectionState section />
        </LinkCard>
    }
}

/// What a section holds, or why it shows nothing, in a few words.
#[component]
fn SectionState(section: SectionSummaryView) -> impl IntoView {
    let lang = lang();
    if section.count == 0 {
        let absence = words::absence(lang, section.kind, section.absence.as_ref());
        // About allergies the heading alone could be misread at a glance.
        let body = (section.kind == SectionKind::Allergies).then_some(absence.body);
        return view! {
            <p class="hale-section-state">
                <strong>{absence.heading}</strong>
            </p>
            {body.map(|body| view! { <p class="hale-section-state">{body}</p> })}
            <Skipped skipped=section.skipped />
        }
        .into_any();
    }
    let (count, news) = (section.count, section.news);
    view! {
        <p class="hale-section-state">
            <strong>{td_string!(lang, record.count, count = count)}</strong>
            {(!news.is_none())
                .then(|| {
                    view! {
                        " "
                        <Tag
                            text=wording::news(lang, news)
                            colour=TagColour::Blue
                        />
                    }
                })}
        </p>
        {(!section.newest.is_empty())
            .then(|| {
                view! {
                    <p class="hale-section-state">{td_string!(lang, record.newest)}</p>
                    <ul class="hale-section-newest">
                        {section
                            .newest
                            .into_iter()
                            .map(|newest| {
                                let status = newest
                                    .is_unconfirmed
                                    .then(|| {
                                        wording::item_status(lang, ItemStatus::Unconfirmed)
                                    });
                                view! {
                                    <li>
                                        {words::short_title(lang, &newest.title)}
                                        {status
                                            .map(|words| {
                                                view! {
                                                    " "
                                                    <Tag text=words colour=TagColour::Yellow />
                                                }
                                            })}
                                    </li>
                                }
                            })
                            .collect_view()}
                    </ul>
                }
            })}
        {section
            .error
            .map(|error| {
                view! {
                    <p class="hale-section-state">
                        {td_string!(lang, record.section_stale)} " "
                        {wording::error(lang, &error).why}
                    </p>
                }
            })}
        <Skipped skipped=section.skipped />
    }
    .into_any()
}

#[component]
fn Skipped(skipped: u32) -> impl IntoView {
    let lang = lang();
    (skipped > 0).then(|| {
        view! {
            <p class="hale-section-state">
                {td_string!(lang, common.partial.skipped, count = skipped)}
            </p>
        }
    })
}
