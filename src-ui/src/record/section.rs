//! A section's list, newest first, a page at a time; or why it shows nothing.

use std::collections::HashMap;

use hale_contracts::changes::{SectionShownRequest, ShownMark};
use hale_contracts::error::ErrorView;
use hale_contracts::provenance::FreshnessView;
use hale_contracts::record::{
    AbsenceView, RecordItemId, RecordItemView, RecordSectionRequest, RecordSectionView, SectionKind,
};
use hale_contracts::sources::SourceStandingView;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;

use super::revealed::Revealed;
use super::row::ItemRow;
use super::words;
use crate::components::page::focus_soon;
use crate::components::{
    AccessNotices, ActionLink, Button, ButtonKind, EmptyState, ErrorPanel, FreshnessLine,
    InsetText, Loaded, Page, PartialNotice, SourceLines, StaleCallout, WhyNotPanel,
};
use crate::ipc;
use crate::state::{self, Loadable, Sync};
use crate::wording::{self, Lang, lang, td_string};

/// How many items a page of the list holds.
const PAGE: u32 = 100;
/// How many items the shell gives at a time at most.
const LARGEST_PAGE: u32 = 500;

/// The list of the section that the address names.
#[component]
pub(crate) fn SectionPage() -> impl IntoView {
    let params = use_params_map();
    let kind = Memo::new(move |_| {
        params.with(|params| {
            params
                .get("section")
                .and_then(|slug| SectionKind::from_slug(&slug))
        })
    });
    move || match kind.get() {
        Some(kind) => view! { <Section kind /> }.into_any(),
        None => view! { <NoSuchSection /> }.into_any(),
    }
}

#[component]
fn NoSuchSection() -> impl IntoView {
    let lang = lang();
    view! {
        <Page
            title=td_string!(lang, record.not_found.title)
            back="/record"
            back_text=td_string!(lang, record.back)
        >
            <p>{td_string!(lang, record.not_found.text)}</p>
            <p>
                <a href="/record">{td_string!(lang, record.not_found.link)}</a>
            </p>
        </Page>
    }
}

#[component]
fn Section(kind: SectionKind) -> impl IntoView {
    let lang = lang();
    let list = ItemList::new();
    let data = Loadable::synced(move || {
        ipc::get_record_section(RecordSectionRequest {
            section: kind,
            offset: 0,
            limit: list.wanted(),
        })
    });
    note_look(kind, data, list);
    Effect::new(move |_| {
        if let Some(section) = data.get() {
            list.arrived(section.items, section.total);
        }
    });
    let freshness = Signal::derive(move || {
        data.get().map_or(FreshnessView::NeverLoaded, |section| {
            section.summary.freshness
        })
    });
    let is_failed = Signal::derive(move || {
        data.get().is_some_and(|section| {
            section.summary.error.is_some()
                || matches!(section.summary.absence, Some(AbsenceView::Failed { .. }))
        })
    });
    let failures = Sync::expect().failed_checks(is_failed);
    let sources = Memo::new(move |_| {
        data.get()
            .map_or_else(Vec::new, |section| section.summary.sources)
    });
    view! {
        <Page
            title=wording::section(lang, kind)
            back="/record"
            back_text=td_string!(lang, record.back)
        >
            <Loaded
                data
                what=wording::section_in_sentence(lang, kind)
                content=state::content::around_items
                children=move |section: RecordSectionView| {
                    view! {
                        <Content
                            kind
                            section
                            freshness
                            sources
                            failures
                            reload=move |()| data.reload()
                        />
                    }
                }
            />
            {(kind == SectionKind::Medicines)
                .then(|| {
                    view! {
                        <ActionLink href="/repeats" text=td_string!(lang, record.order_repeats) />
                    }
                })}
            <NewsLine data />
            <Items kind list />
        </Page>
    }
}

/// Tells the shell what of the list has been on the screen.
///
/// The list that is shown keeps its marks: it was read before. What stays hidden behind its gate was
/// not seen.
fn note_look(kind: SectionKind, data: Loadable<RecordSectionView>, list: ItemList) {
    let revealed = Revealed::expect();
    let shown = StoredValue::new(None::<HashMap<RecordItemId, ShownMark>>);
    Effect::new(move || {
        let is_here = data.get().is_some();
        let marks: Vec<_> = list.rows.with(|rows| {
            rows.iter()
                .filter(|row| !revealed.hides(&row.item))
                .filter_map(|row| Some((row.item.id.clone(), row.item.change.clone()?.shown)))
                .collect()
        });
        if is_here {
            shown.update_value(|shown| shown.get_or_insert_default().extend(marks));
        }
    });
    // On leaving, and not before: a check that brings the list again meanwhile would otherwise take
    // the marks away under the patient's eyes.
    let sync = Sync::expect();
    on_cleanup(move || {
        let Some(marks) = shown.try_get_value().flatten() else {
            return;
        };
        let has_news = !marks.is_empty();
        let request = SectionShownRequest {
            section: kind,
            shown: marks.into_values().collect(),
        };
        spawn_local(async move {
            // Without an answer the news stay marked, and the patient sees them again.
            if ipc::section_shown(request).await.is_ok() && has_news {
                sync.something_changed();
            }
        });
    });
}

/// How many items differ from the last look.
#[component]
fn NewsLine(data: Loadable<RecordSectionView>) -> impl IntoView {
    let lang = lang();
    let line = Memo::new(move |_| {
        data.get()
            .map(|section| (section.summary.news, section.looked_at))
    });
    move || {
        let (count, looked_at) = line.get()?;
        (!count.is_none()).then(|| {
            let news = wording::news(lang, count);
            let words = match looked_at {
                Some(at) => {
                    let date = wording::date(lang, at.local.date());
                    td_string!(lang, record.news_since, date = date, news = news)
                }
                None => td_string!(lang, record.news, news = news),
            };
            view! { <p id="section-news">{words}</p> }
        })
    }
}

#[component]
fn Content(
    kind: SectionKind,
    section: RecordSectionView,
    freshness: Signal<FreshnessView>,
    #[prop(into)] sources: Signal<Vec<SourceStandingView>>,
    failures: Signal<u32>,
    #[prop(into)] reload: Callback<()>,
) -> impl IntoView {
    let lang = lang();
    let sync = Sync::expect();
    let RecordSectionView {
        summary,
        total,
        shared_from,
        access_notices,
        ..
    } = section;
    let shared_from = shared_from.map(|date| {
        view! {
            <InsetText>
                <p id="shared-from">
                    {td_string!(lang, record.shared_from, date = wording::partial_date(lang, &date))}
                </p>
            </InsetText>
        }
    });
    let notices = view! {
        <AccessNotices notices=access_notices dismiss=state::dismiss_access_notice() />
    };
    if total == 0 {
        return view! {
            <FreshnessLine freshness />
            <SourceLines sources />
            {notices}
            {shared_from}
            {nothing(lang, kind, summary.absence, failures, reload)}
            <PartialNotice skipped=summary.skipped />
        }
        .into_any();
    }
    view! {
        <FreshnessLine freshness />
        <SourceLines sources />
        {notices}
        {shared_from}
        {summary
            .error
            .map(|error| {
                view! {
                    <StaleCallout
                        heading=td_string!(lang, record.partial_heading)
                        what=wording::section_in_sentence(lang, kind)
                        text=td_string!(lang, record.section_stale)
                        error
                        failures
                        retry=move |()| sync.start()
                    />
                }
            })}
        <PartialNotice skipped=summary.skipped />
        {(kind == SectionKind::Allergies)
            .then(|| view! { <p>{td_string!(lang, record.allergies_reminder)}</p> })}
    }
    .into_any()
}

/// Why a section shows nothing, each kind in its own way.
fn nothing(
    lang: Lang,
    kind: SectionKind,
    absence: Option<AbsenceView>,
    failures: Signal<u32>,
    reload: Callback<()>,
) -> AnyView {
    match absence {
        Some(AbsenceView::NotAllowed { why }) => {
            view! { <div id="absence"><WhyNotPanel why /></div> }.into_any()
        }
        Some(AbsenceView::Failed { error }) => {
            let sync = Sync::expect();
            view! {
                <div id="absence">
                    <ErrorPanel
                        error
                        what=wording::section_in_sentence(lang, kind)
                        failures
                        retry=move |()| {
                            sync.start();
                            reload.run(());
                        }
                    />
                </div>
            }
            .into_any()
        }
        absence => {
            let words = words::absence(lang, kind, absence.as_ref());
            let next = words.next;
            view! {
                <div id="absence">
                    <EmptyState heading=words.heading body=words.body nostrip:next=next />
                </div>
            }
            .into_any()
        }
    }
}

/// The items that are here, and a button for more.
#[component]
fn Items(kind: SectionKind, list: ItemList) -> impl IntoView {
    let lang = lang();
    let ItemList { rows, total } = list;
    let is_loading = RwSignal::new(false);
    let failed = RwSignal::new(None::<ErrorView>);
    let shown = move || list.shown();
    let more = move |_| {
        if is_loading.get_untracked() {
            return;
        }
        is_loading.set(true);
        failed.set(None);
        let offset = untrack(shown);
        spawn_local(async move {
            let request = RecordSectionRequest {
                section: kind,
                offset,
                limit: PAGE,
            };
            let answer = ipc::get_record_section(request).await;
            // The page may have been left meanwhile.
            if is_loading.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(next) => {
                    rows.update(|rows| append(rows, next.items));
                    let first = usize::try_from(offset).unwrap_or(usize::MAX);
                    let first = rows.with_untracked(|rows| rows.get(first).map(link_id));
                    if let Some(first) = first {
                        focus_soon(&first);
                    }
                }
                Err(error) => failed.set(Some(error)),
            }
        });
    };
    view! {
        <Show when=move || rows.with(|rows| !rows.is_empty())>
            <ul class="hale-items" id="items">
                <For
                    each=move || rows.get()
                    key=|row| (row.item.id.clone(), row.version)
                    children=|row| {
                        let link_id = link_id(&row);
                        view! { <ItemRow item=row.item link_id /> }
                    }
                />
            </ul>
        </Show>
        <p role="status" id="items-shown">
            {move || {
                if is_loading.get() {
                    td_string!(lang, record.loading_more).to_owned()
                } else if let Some(error) = failed.get() {
                    td_string!(lang, record.more_failed, why = wording::error(lang, &error).why)
                } else if total.get() > PAGE {
                    td_string!(lang, record.showing, shown = shown(), total = total.get())
                } else {
                    String::new()
                }
            }}
        </p>
        {move || {
            let left = total.get().saturating_sub(shown()).min(PAGE);
            (left > 0)
                .then(|| {
                    view! {
                        <Button
                            id="show-more"
                            kind=ButtonKind::Secondary
                            on_click=more
                            is_busy=is_loading
                        >
                            {td_string!(lang, record.show_more, count = left)}
                        </Button>
                    }
                })
        }}
    }
}

/// An item of the list, and how often it changed while the list was on the screen.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    item: RecordItemView,
    version: u32,
}

/// The items that are on the screen. They outlive everything around them that is drawn anew; a row
/// is drawn anew only when its own item changed.
#[derive(Debug, Clone, Copy)]
struct ItemList {
    rows: RwSignal<Vec<Row>>,
    total: RwSignal<u32>,
}

impl ItemList {
    fn new() -> Self {
        Self {
            rows: RwSignal::new(Vec::new()),
            total: RwSignal::new(0),
        }
    }

    /// How many are shown. Tracked.
    fn shown(self) -> u32 {
        self.rows.with(|rows| count(rows))
    }

    /// How many to ask for again: as many as the patient has asked for so far.
    fn wanted(self) -> u32 {
        let shown = self.rows.try_with_untracked(|rows| count(rows));
        shown.unwrap_or(0).clamp(PAGE, LARGEST_PAGE)
    }

    /// Takes the list as it is now.
    fn arrived(self, items: Vec<RecordItemView>, total: u32) {
        let merged = self.rows.with_untracked(|rows| merged(rows, items, total));
        if self.rows.with_untracked(|rows| *rows != merged) {
            self.rows.set(merged);
        }
        if self.total.get_untracked() != total {
            self.total.set(total);
        }
    }
}

fn count(rows: &[Row]) -> u32 {
    u32::try_from(rows.len()).unwrap_or(u32::MAX)
}

fn link_id(row: &Row) -> String {
    format!("item-{}", row.item.id.0)
}

/// The first items as they are now, and the further ones as they were: what was asked for stays.
fn merged(old: &[Row], items: Vec<RecordItemView>, total: u32) -> Vec<Row> {
    let mut rows: Vec<Row> = items
        .into_iter()
        .map(|item| match old.iter().find(|row| row.item.id == item.id) {
            Some(row) if is_same(&row.item, &item) => row.clone(),
            Some(row) => Row {
                version: row.version + 1,
                item,
            },
            None => Row { item, version: 0 },
        })
        .collect();
    let is_here = |row: &Row| rows.iter().any(|shown| shown.item.id == row.item.id);
    let first_further = old.iter().rposition(is_here).map_or(0, |last| last + 1);
    let further: Vec<Row> = old
        .iter()
        .skip(first_further)
        .filter(|row| rows.iter().all(|shown| shown.item.id != row.item.id))
        .cloned()
        .collect();
    rows.extend(further);
    rows.truncate(usize::try_from(total).unwrap_or(usize::MAX));
    rows
}

/// Whether an item reads the same, whenever it was checked.
fn is_same(one: &RecordItemView, other: &RecordItemView) -> bool {
    state::content::item(one.clone()) == state::content::item(other.clone())
}

/// Puts the next page below. An item that moved from one page to the next, because something was
/// added above it meanwhile, is not shown twice.
fn append(rows: &mut Vec<Row>, next: Vec<RecordItemView>) {
    for item in next {
        if rows.iter().all(|shown| shown.item.id != item.id) {
            rows.push(Row { item, version: 0 });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::row::tests::item;
    use hale_contracts::record::ItemTitle;

    fn numbered(number: u32) -> RecordItemView {
        RecordItemView {
            id: RecordItemId(number.to_string()),
            ..item("a")
        }
    }

    fn rows(numbers: &[u32]) -> Vec<Row> {
        let items = numbers.iter().map(|number| numbered(*number));
        merged(&[], items.collect(), u32::MAX)
    }

    fn ids(rows: &[Row]) -> Vec<&str> {
        rows.iter().map(|row| row.item.id.0.as_str()).collect()
    }

    #[test]
    fn an_item_that_moved_to_the_next_page_is_shown_once() {
        let mut items = rows(&[1, 2]);
        append(&mut items, vec![numbered(2), numbered(3)]);
        assert_eq!(ids(&items), ["1", "2", "3"]);
    }

    #[test]
    fn a_check_keeps_what_was_asked_for_and_draws_only_what_changed() {
        let old = rows(&[1, 2, 3, 4]);
        // The first two were read again: nothing new.
        let mut again = vec![numbered(1), numbered(2)];
        again[0].provenance.last_checked = Some(crate::appointments::samples::moment(5, 9, 0));
        assert_eq!(merged(&old, again, 4), old, "a check time is no change");
        // Something was added above.
        let added = merged(&old, vec![numbered(9), numbered(1)], 5);
        assert_eq!(ids(&added), ["9", "1", "2", "3", "4"]);
        // One changed: it alone is drawn anew.
        let mut changed = numbered(2);
        changed.title = ItemTitle::Words("b".to_owned());
        let changed = merged(
            &old,
            vec![numbered(1), changed, numbered(3), numbered(4)],
            4,
        );
        let versions: Vec<u32> = changed.iter().map(|row| row.version).collect();
        assert_eq!(versions, [0, 1, 0, 0]);
        // One is gone, and all were read.
        let gone = merged(&old, vec![numbered(1), numbered(2), numbered(4)], 3);
        assert_eq!(ids(&gone), ["1", "2", "4"]);
        assert!(merged(&old, Vec::new(), 0).is_empty());
    }
}
