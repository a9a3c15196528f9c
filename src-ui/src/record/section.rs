//! A section's list, newest first, a page at a time; or why it shows nothing.

use hale_contracts::error::ErrorView;
use hale_contracts::record::{
    AbsenceView, RecordItemView, RecordSectionRequest, RecordSectionView, SectionKind,
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;

use super::row::{ItemRow, focus};
use super::words;
use crate::components::{
    Button, ButtonKind, EmptyState, ErrorPanel, FreshnessLine, InsetText, Loaded, Page,
    PartialNotice, WarningCallout, WhyNotPanel,
};
use crate::ipc;
use crate::state::{Loadable, Sync};
use crate::wording::{self, Lang, lang, td_string};

/// How many items a page of the list holds.
const PAGE: u32 = 100;

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
    let data = Loadable::synced(move || {
        ipc::get_record_section(RecordSectionRequest {
            section: kind,
            offset: 0,
            limit: PAGE,
        })
    });
    mark_seen(kind, data);
    view! {
        <Page
            title=wording::section(lang, kind)
            back="/record"
            back_text=td_string!(lang, record.back)
        >
            <Loaded
                data
                what=wording::section_in_sentence(lang, kind)
                children=move |section: RecordSectionView| {
                    view! { <Content kind section reload=move |()| data.reload() /> }
                }
            />
        </Page>
    }
}

/// Tells the shell, once the list has been on the screen, that its news have been seen.
///
/// The list that is shown keeps its marks: it was read before.
fn mark_seen(kind: SectionKind, data: Loadable<RecordSectionView>) {
    let has_news = Memo::new(move |_| {
        data.get()
            .is_some_and(|section| section.summary.unseen > 0 && !section.items.is_empty())
    });
    let was_shown = StoredValue::new(false);
    Effect::new(move || {
        if has_news.get() {
            was_shown.set_value(true);
        }
    });
    // On leaving, and not before: a check that brings the list again meanwhile would otherwise take
    // the marks away under the patient's eyes.
    let sync = Sync::expect();
    on_cleanup(move || {
        if was_shown.try_get_value() == Some(true) {
            spawn_local(async move {
                // Without an answer the news stay marked, and the patient sees them again.
                if ipc::mark_section_seen(kind).await.is_ok() {
                    sync.something_changed();
                }
            });
        }
    });
}

#[component]
fn Content(
    kind: SectionKind,
    section: RecordSectionView,
    #[prop(into)] reload: Callback<()>,
) -> impl IntoView {
    let lang = lang();
    let RecordSectionView {
        summary,
        items,
        total,
        shared_from,
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
    if items.is_empty() && total == 0 {
        return view! {
            <FreshnessLine freshness=summary.freshness />
            {shared_from}
            {nothing(lang, kind, summary.absence, reload)}
            <PartialNotice skipped=summary.skipped />
        }
        .into_any();
    }
    view! {
        <FreshnessLine freshness=summary.freshness />
        {shared_from}
        {summary
            .error
            .map(|error| {
                let words = wording::error(lang, &error);
                view! {
                    <WarningCallout heading=td_string!(lang, record.partial_heading)>
                        <p>{td_string!(lang, record.section_stale)}</p>
                        <p>{words.why} " " {words.next}</p>
                    </WarningCallout>
                }
            })}
        <PartialNotice skipped=summary.skipped />
        {(kind == SectionKind::Allergies)
            .then(|| view! { <p>{td_string!(lang, record.allergies_reminder)}</p> })}
        <Items kind items total />
    }
    .into_any()
}

/// Why a section shows nothing, each kind in its own way.
fn nothing(
    lang: Lang,
    kind: SectionKind,
    absence: Option<AbsenceView>,
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
fn Items(kind: SectionKind, items: Vec<RecordItemView>, total: u32) -> impl IntoView {
    let lang = lang();
    let items = RwSignal::new(items);
    let is_loading = RwSignal::new(false);
    let failed = RwSignal::new(None::<ErrorView>);
    let shown = move || items.with(|items| u32::try_from(items.len()).unwrap_or(u32::MAX));
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
                    items.update(|items| append(items, next.items));
                    request_animation_frame(move || focus(&link_id(offset)));
                }
                Err(error) => failed.set(Some(error)),
            }
        });
    };
    view! {
        <ul class="hale-items" id="items">
            <For
                each=move || items.get().into_iter().enumerate()
                key=|(_, item)| item.id.clone()
                children=|(at, item)| {
                    let at = u32::try_from(at).unwrap_or(u32::MAX);
                    view! { <ItemRow item link_id=link_id(at) /> }
                }
            />
        </ul>
        <p role="status" id="items-shown">
            {move || {
                if is_loading.get() {
                    td_string!(lang, record.loading_more).to_owned()
                } else if let Some(error) = failed.get() {
                    td_string!(lang, record.more_failed, why = wording::error(lang, &error).why)
                } else if total > PAGE {
                    td_string!(lang, record.showing, shown = shown(), total)
                } else {
                    String::new()
                }
            }}
        </p>
        {move || {
            let left = total.saturating_sub(shown()).min(PAGE);
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

fn link_id(at: u32) -> String {
    format!("item-{at}")
}

/// Puts the next page below. An item that moved from one page to the next, because something was
/// added above it meanwhile, is not shown twice.
fn append(items: &mut Vec<RecordItemView>, next: Vec<RecordItemView>) {
    for item in next {
        if items.iter().all(|shown| shown.id != item.id) {
            items.push(item);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::row::tests::item;
    use hale_contracts::record::RecordItemId;

    #[test]
    fn an_item_that_moved_to_the_next_page_is_shown_once() {
        let numbered = |number: u32| RecordItemView {
            id: RecordItemId(number.to_string()),
            ..item("a")
        };
        let mut items = vec![numbered(1), numbered(2)];
        append(&mut items, vec![numbered(2), numbered(3)]);
        let ids: Vec<_> = items.iter().map(|item| item.id.0.as_str()).collect();
        assert_eq!(ids, ["1", "2", "3"]);
    }
}
