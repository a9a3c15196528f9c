//! The first page of a booking: what the practice says, whether booking is possible, what to do
//! where it is urgent, and a draft from before.

use hale_contracts::appointments::{BookingDraftView, BookingGuidanceView};
use hale_contracts::reasons::WhyNot;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::flow::BookingFlow;
use super::replacing::ReplacingNote;
use super::{TIMES, send};
use crate::components::{
    Button, ButtonKind, CareCard, CareKind, InsetText, LinkButton, Loaded, Page, WhyNotPanel,
};
use crate::help::PracticeContact;
use crate::ipc;
use crate::state::{self, Loadable, Sync};
use crate::wording::{lang, td_string};

/// What the practice says before booking.
#[component]
pub(crate) fn GuidancePage() -> impl IntoView {
    let lang = lang();
    let flow = BookingFlow::expect();
    // Whatever became of an earlier booking has been seen; one without an answer stays.
    if untrack(|| !flow.is_unknown()) {
        flow.outcome.set(None);
    }
    let data = Loadable::synced(ipc::get_booking_guidance);
    Effect::new(move || {
        if let Some(guidance) = data.get() {
            flow.guidance.set(Some(guidance));
        }
    });
    view! {
        <Page
            title=td_string!(lang, appointments.guidance.title)
            back="/appointments"
            back_text=td_string!(lang, appointments.back)
        >
            <ReplacingNote />
            <Loaded
                data
                what=td_string!(lang, appointments.problem.guidance)
                children=move |guidance: BookingGuidanceView| {
                    view! { <Content guidance reload=move |()| data.reload() /> }
                }
            />
            <CareCard
                kind=CareKind::Urgent
                heading=td_string!(lang, appointments.guidance.urgent_title)
            >
                <p>{td_string!(lang, appointments.guidance.urgent_999)}</p>
                <p>{td_string!(lang, appointments.guidance.urgent_111)}</p>
                <p>
                    <a href="/help">{td_string!(lang, appointments.guidance.urgent_link)}</a>
                </p>
            </CareCard>
        </Page>
    }
}

#[component]
fn Content(guidance: BookingGuidanceView, #[prop(into)] reload: Callback<()>) -> impl IntoView {
    let lang = lang();
    let flow = BookingFlow::expect();
    let is_possible = guidance.not_possible.is_none();
    // What is in the window is newer than what was kept.
    let draft = guidance
        .draft
        .filter(|draft| is_possible && is_worth_offering(draft, flow));
    let practice = guidance.practice.clone();
    // The reason names the practice's number only where the session knows it.
    let contact = practice
        .clone()
        .filter(|_| untrack(state::practice).is_none_or(|known| known.phone.is_none()));
    view! {
        {guidance
            .not_possible
            .map(|why| {
                view! {
                    <div id="not-possible">
                        <p>
                            <strong>
                                {td_string!(lang, appointments.guidance.not_possible_heading)}
                            </strong>
                        </p>
                        <NotPossible why reload />
                        {contact.map(|practice| view! { <PracticeContact practice=Some(practice) /> })}
                    </div>
                }
            })}
        {draft.map(|draft| view! { <Draft draft /> })}
        <h2 class="nhsuk-heading-m">{td_string!(lang, appointments.guidance.heading)}</h2>
        {practice
            .map(|practice| {
                view! {
                    <p class="hale-provenance">
                        {td_string!(
                            lang, appointments.guidance.from_practice, name = practice.name
                        )}
                    </p>
                }
            })}
        <div id="guidance" class="hale-as-written">
            {if guidance.guidance.is_empty() {
                view! { <p>{td_string!(lang, appointments.guidance.no_guidance)}</p> }.into_any()
            } else {
                guidance
                    .guidance
                    .into_iter()
                    .map(|paragraph| view! { <p>{paragraph}</p> })
                    .collect_view()
                    .into_any()
            }}
        </div>
        {is_possible
            .then(|| {
                view! {
                    <p>{td_string!(lang, appointments.guidance.only_when_booked)}</p>
                    <LinkButton href=TIMES id="find-a-time">
                        {td_string!(lang, appointments.guidance.find)}
                    </LinkButton>
                }
            })}
    }
}

/// Why nothing can be booked now, and the way on that fits.
#[component]
fn NotPossible(why: WhyNot, reload: Callback<()>) -> impl IntoView {
    let lang = lang();
    let sync = Sync::expect();
    let again = move |_| {
        sync.start();
        reload.run(());
    };
    match why {
        WhyNot::Offline => view! {
            <WhyNotPanel why>
                <p>{td_string!(lang, appointments.guidance.offline)}</p>
                <Button id="try-again" on_click=again>
                    {td_string!(lang, appointments.guidance.try_again)}
                </Button>
            </WhyNotPanel>
        }
        .into_any(),
        WhyNot::OutcomeUnknown => view! {
            <WhyNotPanel why>
                <p>
                    <a href="/appointments" id="see-unconfirmed">
                        {td_string!(lang, appointments.guidance.unconfirmed_link)}
                    </a>
                </p>
            </WhyNotPanel>
        }
        .into_any(),
        why => view! { <WhyNotPanel why /> }.into_any(),
    }
}

fn is_worth_offering(draft: &BookingDraftView, flow: BookingFlow) -> bool {
    let has_words = !draft.reason.trim().is_empty() || !draft.phone.trim().is_empty();
    let is_window_empty =
        flow.reason.with_untracked(String::is_empty) && flow.phone.with_untracked(String::is_empty);
    has_words && is_window_empty
}

/// A draft from an interrupted booking.
#[component]
fn Draft(draft: BookingDraftView) -> impl IntoView {
    let lang = lang();
    let flow = BookingFlow::expect();
    let navigate = use_navigate();
    let is_gone = RwSignal::new(false);
    let (reason, phone) = (draft.reason.clone(), draft.phone.clone());
    let go_on = move |_| {
        flow.resume(&draft);
        navigate(TIMES, NavigateOptions::default());
    };
    let discard = move |_| {
        send::discard_draft(flow);
        is_gone.set(true);
    };
    let written = |key: &'static str, text: String| {
        (!text.trim().is_empty()).then(|| {
            view! {
                <p>{key} ":"</p>
                <p class="hale-as-written hale-quote">{text}</p>
            }
        })
    };
    let panel = StoredValue::new((reason, phone));
    let go_on = Callback::new(go_on);
    view! {
        <div role="status">
            {move || {
                is_gone
                    .get()
                    .then(|| {
                        view! { <p>{td_string!(lang, appointments.guidance.draft_discarded)}</p> }
                    })
            }}
        </div>
        {move || {
            (!is_gone.get())
                .then(|| {
                    let (reason, phone) = panel.get_value();
                    view! {
                        <section id="draft" aria-labelledby="draft-title">
                            <h2 class="nhsuk-heading-m" id="draft-title">
                                {td_string!(lang, appointments.guidance.draft_title)}
                            </h2>
                            <InsetText>
                                <p>{td_string!(lang, appointments.guidance.draft_text)}</p>
                                {written(
                                    td_string!(lang, appointments.guidance.draft_reason),
                                    reason,
                                )}
                                {written(
                                    td_string!(lang, appointments.guidance.draft_phone),
                                    phone,
                                )}
                                <p>{td_string!(lang, appointments.guidance.draft_time_gone)}</p>
                            </InsetText>
                            <div class="nhsuk-button-group">
                                <Button id="resume-draft" on_click=move |_| go_on.run(())>
                                    {td_string!(lang, appointments.guidance.draft_continue)}
                                </Button>
                                <Button
                                    id="discard-draft"
                                    kind=ButtonKind::Secondary
                                    on_click=discard
                                >
                                    {td_string!(lang, appointments.guidance.draft_discard)}
                                </Button>
                            </div>
                        </section>
                    }
                })
        }}
    }
}
