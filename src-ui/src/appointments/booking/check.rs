//! Everything once more before it is sent, and the one button that sends it.

use hale_contracts::appointments::{ReasonRule, SlotView};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::elsewhere::{Elsewhere, in_place};
use super::flow::BookingFlow;
use super::replacing::ReplacingNote;
use super::{DONE, REASON, START, TIMES, reason, rules, send};
use crate::appointments::facts::SlotRows;
use crate::components::{Button, ErrorSummary, Page, SummarisedError, SummaryList, SummaryRow};
use crate::ipc;
use crate::state::{self, Sync};
use crate::wording::{self, lang, td_string};

/// The page on which everything is checked.
#[component]
pub(crate) fn CheckPage() -> impl IntoView {
    let flow = BookingFlow::expect();
    // Looked at once, and not followed: what becomes of the booking empties the flow while this page
    // is still there.
    if flow.outcome.with_untracked(Option::is_some) {
        return view! { <Elsewhere to=DONE /> }.into_any();
    }
    let Some(slot) = flow.slot.get_untracked() else {
        return view! { <Elsewhere to=START /> }.into_any();
    };
    if !reason::faults(lang(), flow, &slot).is_empty() {
        return view! { <Elsewhere to=REASON /> }.into_any();
    }
    view! { <Check chosen=slot /> }.into_any()
}

#[component]
fn Check(chosen: SlotView) -> impl IntoView {
    let lang = lang();
    let flow = BookingFlow::expect();
    let sync = Sync::expect();
    if flow.booking_id.with_untracked(Option::is_none) {
        match ipc::new_id() {
            Ok(id) => flow.booking_id.set(Some(id)),
            // Without an id nothing may be sent: it could not be told apart from a second attempt.
            Err(error) => flow.refusal.set(Some(error)),
        }
    }
    let navigate = use_navigate();
    Effect::new(move || {
        if flow.outcome.with(Option::is_some) {
            sync.something_changed();
            navigate(DONE, in_place());
        }
    });
    let errors = Signal::derive(move || {
        flow.refusal
            .get()
            .map(|error| {
                let words = wording::error(lang, &error);
                SummarisedError {
                    field: None,
                    text: td_string!(
                        lang,
                        appointments.check.failed,
                        why = format!("{} {}", words.why, words.next)
                    ),
                }
            })
            .into_iter()
            .collect::<Vec<_>>()
    });
    let rule = untrack(|| flow.reason_rule());
    let change = move |to: &str, what: &'static str| {
        Some((
            to.to_owned(),
            td_string!(lang, appointments.check.change).to_owned(),
            what.to_owned(),
        ))
    };
    let reason = flow.reason.get_untracked().trim().to_owned();
    let reason = if reason.is_empty() {
        td_string!(lang, appointments.fact.none_given).to_owned()
    } else {
        reason
    };
    let phone = rules::needs_phone(&chosen).then(|| flow.phone.get_untracked());
    let practice = untrack(state::practice).map(|practice| practice.name);
    let back = if rules::has_questions(rule, &chosen) {
        REASON
    } else {
        TIMES
    };
    view! {
        <Page title=td_string!(lang, appointments.check.title) back>
            <ErrorSummary errors />
            <p>{td_string!(lang, appointments.check.intro)}</p>
            <ReplacingNote />
            <SummaryList>
                <SlotRows
                    chosen
                    nostrip:change=change(TIMES, td_string!(lang, appointments.check.change_time))
                />
                {practice
                    .map(|name| {
                        view! {
                            <SummaryRow key=td_string!(lang, appointments.fact.practice)>
                                {name}
                            </SummaryRow>
                        }
                    })}
                {(rule != ReasonRule::Off)
                    .then(|| {
                        view! {
                            <SummaryRow
                                key=td_string!(lang, appointments.fact.reason)
                                nostrip:action=change(
                                    REASON,
                                    td_string!(lang, appointments.check.change_reason),
                                )
                            >
                                <span class="hale-as-written">{reason}</span>
                            </SummaryRow>
                        }
                    })}
                {phone
                    .map(|phone| {
                        view! {
                            <SummaryRow
                                key=td_string!(lang, appointments.fact.phone)
                                nostrip:action=change(
                                    REASON,
                                    td_string!(lang, appointments.check.change_phone),
                                )
                            >
                                {phone}
                            </SummaryRow>
                        }
                    })}
            </SummaryList>
            <p role="status" id="booking-status">
                {move || {
                    if flow.is_sending.get() {
                        td_string!(lang, appointments.check.confirming_text)
                    } else if flow.refusal.with(Option::is_some) {
                        td_string!(lang, appointments.check.failed_safe)
                    } else {
                        ""
                    }
                }}
            </p>
            <Button
                id="confirm-booking"
                on_click=move |_| send::book(flow)
                is_busy=flow.is_sending
            >
                {move || {
                    if flow.is_sending.get() {
                        td_string!(lang, appointments.check.confirming)
                    } else {
                        td_string!(lang, appointments.check.confirm)
                    }
                }}
            </Button>
        </Page>
    }
}
