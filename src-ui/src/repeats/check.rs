//! The order once more before it is sent, with a note, and the one button that sends it.

use hale_contracts::repeats::NOTE_MAX;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::flow::{Ended, RepeatFlow, who};
use super::list::pharmacy_words;
use super::medicines;
use super::{DONE, LIST, PHARMACY};
use crate::components::{
    Button, ErrorSummary, Page, SummarisedError, SummaryList, SummaryRow, Textarea,
};
use crate::ipc;
use crate::state::{Session, Sync};
use crate::wording::{self, lang, td_string};

/// The page on which an order is checked.
#[component]
pub(crate) fn CheckPage() -> impl IntoView {
    let flow = RepeatFlow::expect();
    if flow.medicines().is_empty() {
        let navigate = use_navigate();
        Effect::new(move || navigate(LIST, in_place()));
        return ().into_any();
    }
    view! { <Check /> }.into_any()
}

/// Going somewhere without leaving this page in the history.
fn in_place() -> NavigateOptions {
    NavigateOptions {
        replace: true,
        ..NavigateOptions::default()
    }
}

#[component]
fn Check() -> impl IntoView {
    let lang = lang();
    let flow = RepeatFlow::expect();
    let sync = Sync::expect();
    let session = Session::expect();
    // Without an id nothing may be sent: it could not be told apart from a second attempt.
    if let Err(error) = flow.make_ids(ipc::new_id) {
        flow.failed.set(Some(error));
    }
    let most = u32::try_from(NOTE_MAX).unwrap_or(u32::MAX);
    // Whether sending was asked for with a note that is too long.
    let is_tried = RwSignal::new(false);
    let is_too_long = Memo::new(move |_| {
        flow.note
            .with(|note| note.trim().chars().count() > NOTE_MAX)
    });
    let note_words = move || td_string!(lang, repeats.check.note_error, count = most.to_string());
    let note_error = Signal::derive(move || is_too_long.get().then(note_words));
    let errors = Signal::derive(move || {
        let failed = flow.failed.get().map(|error| SummarisedError {
            field: None,
            text: td_string!(
                lang,
                repeats.check.failed,
                why = wording::error(lang, &error).why
            ),
        });
        let note = (is_tried.get() && is_too_long.get()).then(|| SummarisedError {
            field: Some("order-note".to_owned()),
            text: note_words(),
        });
        failed.into_iter().chain(note).collect::<Vec<_>>()
    });
    let navigate = use_navigate();
    let send = move |_| {
        if flow.is_sending.get_untracked() {
            return;
        }
        // Once more, so that the summary takes focus each time.
        is_tried.set(false);
        if is_too_long.get_untracked() {
            is_tried.set(true);
            return;
        }
        if let Err(error) = flow.make_ids(ipc::new_id) {
            flow.failed.set(Some(error));
            return;
        }
        let Some(request) = flow.request() else {
            return;
        };
        flow.is_sending.set(true);
        flow.failed.set(None);
        let names = flow.medicines();
        let navigate = navigate.clone();
        let person = untrack(|| who(session));
        spawn_local(async move {
            let answer = ipc::order_repeats(request).await;
            flow.is_sending.set(false);
            // Somebody else may be looking by now.
            if untrack(|| who(session)) != person {
                return;
            }
            match answer {
                Ok(outcome) => {
                    let name = |id: &str| {
                        let medicine = names.iter().find(|one| one.plan_id == id);
                        medicine.map_or_else(String::new, |one| medicines::name(lang, one))
                    };
                    let ended = outcome.orders.into_iter().map(|order| Ended {
                        name: name(&order.plan_id),
                        outcome: order.outcome,
                    });
                    flow.outcome.set(Some(ended.collect()));
                    flow.clear();
                    sync.something_changed();
                    // The page may have been left meanwhile.
                    if is_tried.try_get_untracked().is_some() {
                        navigate(DONE, in_place());
                    }
                }
                // The ids stay: whatever was kept, the same ids are the same orders.
                Err(error) => flow.failed.set(Some(error)),
            }
        });
    };
    let names: Vec<String> = flow
        .medicines()
        .iter()
        .map(|one| medicines::name(lang, one))
        .collect();
    let change = Some((
        LIST.to_owned(),
        td_string!(lang, repeats.check.change).to_owned(),
        td_string!(lang, repeats.check.change_what).to_owned(),
    ));
    let pharmacy = match flow.pharmacy.get_untracked() {
        Some(other) => td_string!(lang, repeats.check.other_pharmacy, name = other.name),
        None => flow.view.with_untracked(|view| {
            let pharmacy = view.as_ref().and_then(|view| view.pharmacy.clone());
            pharmacy_words(lang, pharmacy.as_ref())
        }),
    };
    let change_pharmacy = Some((
        PHARMACY.to_owned(),
        td_string!(lang, repeats.check.change).to_owned(),
        td_string!(lang, repeats.check.change_pharmacy).to_owned(),
    ));
    view! {
        <Page
            title=td_string!(lang, repeats.check.title)
            back=LIST
            back_text=td_string!(lang, repeats.back)
        >
            <ErrorSummary errors />
            <p>{td_string!(lang, repeats.check.intro)}</p>
            <SummaryList>
                <SummaryRow key=td_string!(lang, repeats.check.medicines) nostrip:action=change>
                    <ul class="nhsuk-list" id="chosen">
                        {names
                            .into_iter()
                            .map(|name| view! { <li class="hale-as-written">{name}</li> })
                            .collect_view()}
                    </ul>
                </SummaryRow>
                <SummaryRow
                    key=td_string!(lang, repeats.check.pharmacy)
                    nostrip:action=change_pharmacy
                >
                    <span id="order-pharmacy">{pharmacy}</span>
                </SummaryRow>
            </SummaryList>
            <Textarea
                id="order-note"
                label=td_string!(lang, repeats.check.note)
                hint=td_string!(lang, repeats.check.note_hint)
                value=flow.note
                error=note_error
                limit=most
            />
            <p>{td_string!(lang, repeats.check.next)}</p>
            <p role="status" id="order-status">
                {move || flow.is_sending.get().then(|| td_string!(lang, repeats.check.sending))}
            </p>
            <Button id="send-order" on_click=send is_busy=flow.is_sending>
                {td_string!(lang, repeats.check.send)}
            </Button>
        </Page>
    }
}
