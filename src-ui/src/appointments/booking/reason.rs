//! Why the patient wants the appointment, and where to call them. What is typed is kept on the
//! device as it is typed, and sent nowhere.

use hale_contracts::appointments::{ReasonRule, SlotView};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::elsewhere::Elsewhere;
use super::flow::BookingFlow;
use super::rules::{self, PhoneFault, ReasonFault};
use super::send::DraftKeeper;
use super::{CHECK, DONE, START, TIMES};
use crate::appointments::words;
use crate::components::{Button, ErrorSummary, Input, InsetText, Page, SummarisedError, Textarea};
use crate::wording::{Lang, lang, td_string};

/// How long a reason may be where the practice's guidance is not known.
const REASON_MAX: u32 = 150;

/// The page for the reason and the telephone number.
#[component]
pub(crate) fn ReasonPage() -> impl IntoView {
    let flow = BookingFlow::expect();
    if untrack(|| flow.is_unknown()) {
        return view! { <Elsewhere to=DONE /> }.into_any();
    }
    match flow.slot.get_untracked() {
        Some(slot) => view! { <Reason chosen=slot /> }.into_any(),
        None => view! { <Elsewhere to=START /> }.into_any(),
    }
}

#[component]
fn Reason(chosen: SlotView) -> impl IntoView {
    let lang = lang();
    let flow = BookingFlow::expect();
    let keeper = DraftKeeper::new(flow);
    let navigate = use_navigate();
    let rule = untrack(|| flow.reason_rule());
    let max = reason_max(flow);
    let needs_phone = rules::needs_phone(&chosen);
    let chosen_words = format!(
        "{}. {}",
        words::when(lang, &chosen.start),
        words::slot_facts(lang, &chosen)
    );

    let errors = RwSignal::new(Vec::<SummarisedError>::new());
    let error_of = move |field: &'static str| {
        Signal::derive(move || {
            errors.with(|errors| {
                errors
                    .iter()
                    .find(|error| error.field.as_deref() == Some(field))
                    .map(|error| error.text.clone())
            })
        })
    };
    Effect::new(move |before: Option<()>| {
        flow.reason.track();
        flow.phone.track();
        // The first run is the drawing of the page.
        if before.is_some() {
            keeper.soon();
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let wrong = faults(lang, flow, &chosen);
        let is_right = wrong.is_empty();
        errors.set(wrong);
        if is_right {
            keeper.now();
            navigate(CHECK, NavigateOptions::default());
        }
    };
    let title = if rule == ReasonRule::Off {
        td_string!(lang, appointments.reason.title_phone_only)
    } else {
        td_string!(lang, appointments.reason.title)
    };
    let label = if rule == ReasonRule::Mandatory {
        td_string!(lang, appointments.reason.label_mandatory)
    } else {
        td_string!(lang, appointments.reason.label_optional)
    };
    view! {
        <Page title back=TIMES back_text=td_string!(lang, appointments.find.title)>
            <ErrorSummary errors />
            <InsetText>
                <p>{chosen_words}</p>
            </InsetText>
            <form novalidate on:submit=submit>
                {(rule != ReasonRule::Off)
                    .then(|| {
                        view! {
                            <Textarea
                                id="reason"
                                label
                                hint=td_string!(lang, appointments.reason.hint)
                                value=flow.reason
                                error=error_of("reason")
                                limit=max
                            />
                        }
                    })}
                {needs_phone
                    .then(|| {
                        view! {
                            <Input
                                id="phone"
                                label=td_string!(lang, appointments.reason.phone_label)
                                hint=td_string!(lang, appointments.reason.phone_hint)
                                value=flow.phone
                                error=error_of("phone")
                                type_="tel"
                                autocomplete="tel"
                            />
                        }
                    })}
                <p class="nhsuk-body-s" role="status" id="draft-status">
                    {move || {
                        if flow.draft_failed.get() {
                            td_string!(lang, appointments.reason.save_failed)
                        } else {
                            td_string!(lang, appointments.reason.saved)
                        }
                    }}
                </p>
                <Button id="continue">{td_string!(lang, appointments.reason.continue_)}</Button>
            </form>
        </Page>
    }
}

/// How long a reason may be.
fn reason_max(flow: BookingFlow) -> u32 {
    flow.guidance
        .with_untracked(|guidance| guidance.as_ref().map(|guidance| guidance.reason_max))
        .filter(|max| *max > 0)
        .unwrap_or(REASON_MAX)
}

/// Everything that stands in the way of sending this.
pub(crate) fn faults(lang: Lang, flow: BookingFlow, slot: &SlotView) -> Vec<SummarisedError> {
    let rule = untrack(|| flow.reason_rule());
    let reason = flow
        .reason
        .with_untracked(|reason| rules::reason_fault(rule, reason_max(flow), reason))
        .map(|fault| SummarisedError {
            field: Some("reason".to_owned()),
            text: match fault {
                ReasonFault::Missing => {
                    td_string!(lang, appointments.reason.reason_missing).to_owned()
                }
                ReasonFault::TooLong { max, .. } => {
                    td_string!(lang, appointments.reason.reason_too_long, max)
                }
            },
        });
    let phone = rules::needs_phone(slot)
        .then(|| flow.phone.with_untracked(|phone| rules::phone_fault(phone)))
        .flatten()
        .map(|fault| SummarisedError {
            field: Some("phone".to_owned()),
            text: match fault {
                PhoneFault::Missing => td_string!(lang, appointments.reason.phone_missing),
                PhoneFault::Invalid => td_string!(lang, appointments.reason.phone_invalid),
            }
            .to_owned(),
        });
    reason.into_iter().chain(phone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::appointments::samples;
    use hale_contracts::appointments::Channel;

    #[test]
    fn each_fault_leads_to_its_own_field() {
        let owner = Owner::new();
        owner.set();
        let flow = BookingFlow::new();
        let mut guidance = samples::guidance();
        guidance.reason_rule = ReasonRule::Mandatory;
        flow.guidance.set(Some(guidance));
        let mut slot = samples::slot("a");
        slot.channel = Some(Channel::Telephone);

        let fields = |flow| -> Vec<String> {
            faults(Lang::en, flow, &slot)
                .into_iter()
                .filter_map(|error| error.field)
                .collect()
        };
        assert_eq!(fields(flow), ["reason", "phone"]);
        flow.reason.set("A cough".to_owned());
        assert_eq!(fields(flow), ["phone"]);
        flow.phone.set("01632 960 001".to_owned());
        assert!(fields(flow).is_empty());
    }
}
