//! One item of the record: what the clinician wrote first, then values, facts, and where it came
//! from.

use hale_contracts::record::{
    FieldView, ItemStatus, RecordItemId, RecordItemRequest, RecordItemView,
};
use hale_contracts::time::LondonTime;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::dose::{Doses, coded_line};
use super::revealed::Revealed;
use super::row::Tags;
use super::values::ValuesTable;
use super::words;
use crate::components::{
    Button, Details, InsetText, Loaded, Page, ProvenanceList, SummaryList, SummaryRow,
    WarningCallout,
};
use crate::ipc;
use crate::state::{self, Loadable};
use crate::wording::{self, Lang, lang, td_string};

/// The item that the address names.
#[component]
pub(crate) fn ItemPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    move || view! { <Item id=RecordItemId(id.get()) /> }
}

#[component]
fn Item(id: RecordItemId) -> impl IntoView {
    let lang = lang();
    let revealed = Revealed::expect();
    let data = Loadable::synced(move || ipc::get_record_item(RecordItemRequest { id: id.clone() }));
    // The frame is drawn anew only when the way back or the gate changes, so that a check in the
    // background does not take the focus away from what is being read.
    let frame = Memo::new(move |_| data.get().map(|item| (item.section, revealed.hides(&item))));
    let title = Signal::derive(move || match data.get() {
        Some(item) if !revealed.hides(&item) => words::title(lang, &item),
        Some(_) => td_string!(lang, record.sensitive.title).to_owned(),
        None => td_string!(lang, record.item_title).to_owned(),
    });
    let checked = Signal::derive(move || data.get().and_then(|item| item.provenance.last_checked));
    let what = td_string!(lang, record.problem.item);
    move || {
        let (back, back_text, is_hidden) = match frame.get() {
            Some((section, is_hidden)) => (
                format!("/record/{}", section.slug()),
                wording::section(lang, section),
                is_hidden,
            ),
            None => ("/record".to_owned(), td_string!(lang, record.back), false),
        };
        view! {
            <Page title back back_text>
                <Loaded
                    data
                    what
                    content=state::content::item
                    children=move |item: RecordItemView| {
                        if is_hidden {
                            view! { <Gate item checked /> }.into_any()
                        } else {
                            view! { <Content item checked /> }.into_any()
                        }
                    }
                />
            </Page>
        }
    }
}

/// What stands in place of a sensitive item until the patient asks for it.
#[component]
fn Gate(item: RecordItemView, checked: Signal<Option<LondonTime>>) -> impl IntoView {
    let lang = lang();
    let revealed = Revealed::expect();
    let id = item.id.clone();
    view! {
        <p>{td_string!(lang, record.sensitive.text)}</p>
        <p>{td_string!(lang, record.sensitive.explain)}</p>
        <Button id="show-sensitive" on_click=move |_| revealed.show(id.clone())>
            {td_string!(lang, record.sensitive.show)}
        </Button>
        <ProvenanceList checked provenance=item.provenance />
    }
}

#[component]
fn Content(item: RecordItemView, checked: Signal<Option<LondonTime>>) -> impl IntoView {
    let lang = lang();
    let is_bare = item.comments.is_empty()
        && item.values.is_empty()
        && item.fields.is_empty()
        && item.doses.is_empty();
    // The coded parts stand beside the words: where the two differ, both must be seen.
    let coded: Vec<String> = item
        .doses
        .iter()
        .filter(|dose| dose.text.is_some())
        .map(|dose| coded_line(lang, dose))
        .filter(|line| !line.is_empty())
        .collect();
    let dose_heading = match item.status {
        Some(ItemStatus::DoNotTake) => td_string!(lang, record.dose.forbidden),
        _ => td_string!(lang, record.field.dose),
    };
    let title = words::title(lang, &item);
    view! {
        <Tags item=item.clone() />
        {item.status.and_then(|status| note(lang, status))}
        {item
            .subtitle
            .map(|subtitle| {
                view! { <p class="hale-as-written">{wording::phrase(lang, &subtitle)}</p> }
            })}
        {(!item.doses.is_empty())
            .then(|| {
                view! {
                    <h2 class="nhsuk-heading-m" id="doses">
                        {dose_heading}
                    </h2>
                    <Doses doses=item.doses />
                }
            })}
        {(!item.comments.is_empty())
            .then(|| {
                view! {
                    <h2 class="nhsuk-heading-m" id="comments">
                        {td_string!(lang, record.item.comments_heading)}
                    </h2>
                    {item
                        .comments
                        .into_iter()
                        .map(|comment| {
                            view! {
                                <InsetText>
                                    <p class="hale-as-written">{comment}</p>
                                </InsetText>
                            }
                        })
                        .collect_view()}
                }
            })}
        {(!item.values.is_empty())
            .then(|| {
                view! {
                    <h2 class="nhsuk-heading-m">{td_string!(lang, record.item.values_heading)}</h2>
                    <ValuesTable title values=item.values />
                }
            })}
        {(!item.fields.is_empty())
            .then(|| {
                view! {
                    <h2 class="nhsuk-heading-m">{td_string!(lang, record.item.facts_heading)}</h2>
                    <Fields fields=item.fields />
                }
            })}
        {is_bare.then(|| view! { <p>{td_string!(lang, record.item.nothing_more)}</p> })}
        <ProvenanceList checked provenance=item.provenance />
        {(!item.more.is_empty() || !coded.is_empty())
            .then(|| {
                view! {
                    <Details summary=td_string!(lang, record.item.more)>
                        <p>{td_string!(lang, record.item.more_intro)}</p>
                        {(!coded.is_empty())
                            .then(|| {
                                view! {
                                    <SummaryList>
                                        {coded
                                            .into_iter()
                                            .map(|line| {
                                                view! {
                                                    <SummaryRow key=td_string!(lang, record.dose.coded)>
                                                        {line}
                                                    </SummaryRow>
                                                }
                                            })
                                            .collect_view()}
                                    </SummaryList>
                                }
                            })}
                        <Fields fields=item.more />
                    </Details>
                }
            })}
        <p>
            {td_string!(lang, record.item.question)} " "
            <a href="/help">{td_string!(lang, record.item.urgent_link)}</a>
        </p>
    }
}

#[component]
fn Fields(fields: Vec<FieldView>) -> impl IntoView {
    let lang = lang();
    view! {
        <SummaryList>
            {fields
                .into_iter()
                .map(|field| {
                    let value = wording::phrase(lang, &field.value);
                    view! {
                        <SummaryRow key=words::field_label(lang, &field.label)>
                            <span class="hale-as-written">{value}</span>
                        </SummaryRow>
                    }
                })
                .collect_view()}
        </SummaryList>
    }
}

/// What must be said before anything else of an item that cannot be relied on as it stands.
fn note(lang: Lang, status: ItemStatus) -> Option<AnyView> {
    let (heading, text) = match status {
        ItemStatus::EnteredInError => (
            td_string!(lang, record.note.entered_in_error_title),
            td_string!(lang, record.note.entered_in_error),
        ),
        ItemStatus::RemovedBySource => (
            td_string!(lang, record.note.removed_title),
            td_string!(lang, record.note.removed),
        ),
        ItemStatus::DoNotTake => (
            td_string!(lang, record.note.do_not_take_title),
            td_string!(lang, record.note.do_not_take),
        ),
        ItemStatus::Unconfirmed | ItemStatus::UnconfirmedEnded => (
            td_string!(lang, record.note.unconfirmed_title),
            td_string!(lang, record.note.unconfirmed),
        ),
        ItemStatus::Preliminary => (
            td_string!(lang, record.note.preliminary_title),
            td_string!(lang, record.note.preliminary),
        ),
        ItemStatus::Amended => (
            td_string!(lang, record.note.amended_title),
            td_string!(lang, record.note.amended),
        ),
        _ => return None,
    };
    Some(
        view! {
            <div id="item-note">
                <WarningCallout heading>
                    <p>{text}</p>
                </WarningCallout>
            </div>
        }
        .into_any(),
    )
}
