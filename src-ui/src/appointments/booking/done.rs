//! What became of a booking, each outcome with its next step. "Booked" is said only of what the
//! server acknowledged.

use hale_contracts::appointments::{
    AppointmentStatus, AppointmentView, BookingOutcomeView, SlotView, UnconfirmedBookingView,
};
use hale_contracts::error::ErrorView;
use hale_contracts::reasons::WhyNot;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::elsewhere::Elsewhere;
use super::flow::BookingFlow;
use super::replacing::Replaced;
use super::slots::SlotList;
use super::{CHECK, START, TIMES};
use crate::appointments::calendar::AddToCalendar;
use crate::appointments::card::appointment_href;
use crate::appointments::detail::what_to_do;
use crate::appointments::facts::{AppointmentFacts, SlotRows};
use crate::appointments::unconfirmed::{CheckButton, asked};
use crate::appointments::words;
use crate::components::{
    Button, ErrorWords, LinkButton, Page, SummaryList, SummaryRow, WarningCallout, WhyNotPanel,
};
use crate::help::PracticeContact;
use crate::state;
use crate::wording::{lang, td_string};

/// What became of the booking.
#[component]
pub(crate) fn DonePage() -> impl IntoView {
    let flow = BookingFlow::expect();
    if flow.outcome.with_untracked(Option::is_none) {
        // Back from a page that followed: the booking goes on, or there is none.
        let to = if flow.slot.with_untracked(Option::is_some) {
            TIMES
        } else {
            "/appointments"
        };
        return view! { <Elsewhere to /> }.into_any();
    }
    // The page is drawn anew when the kind of outcome changes, and not when a second look finds the
    // same: what was just said of that look would be lost.
    let kind = Memo::new(move |_| {
        flow.outcome
            .with(|outcome| outcome.as_ref().map(std::mem::discriminant))
    });
    let outcome = move || {
        // Read, and not only tracked: a memo that was never read follows nothing.
        let _ = kind.get();
        flow.outcome.get_untracked()
    };
    let page = move || match outcome() {
        // Cleared by the way on that was chosen here.
        None => ().into_any(),
        Some(BookingOutcomeView::Booked { appointment }) => {
            view! { <Booked appointment /> }.into_any()
        }
        Some(BookingOutcomeView::SlotTaken { nearest, .. }) => {
            view! { <Taken nearest /> }.into_any()
        }
        Some(BookingOutcomeView::OutcomeUnknown { booking }) => {
            view! { <Unknown booking /> }.into_any()
        }
        Some(BookingOutcomeView::Refused { why }) => view! { <Refused why /> }.into_any(),
        Some(BookingOutcomeView::NotSent { error }) => view! { <NotSent error /> }.into_any(),
        Some(BookingOutcomeView::NotBooked { .. }) => view! { <NotBooked /> }.into_any(),
        Some(BookingOutcomeView::BookedThenCancelled { appointment }) => {
            view! { <ThenCancelled appointment /> }.into_any()
        }
    };
    view! { <div id="outcome">{page}</div> }.into_any()
}

#[component]
fn AllAppointments() -> impl IntoView {
    view! {
        <p>
            <a href="/appointments" id="all-appointments">
                {td_string!(lang(), appointments.outcome.list)}
            </a>
        </p>
    }
}

/// Whether the practice has agreed, and not only received the request.
fn is_agreed(status: AppointmentStatus) -> bool {
    matches!(
        status,
        AppointmentStatus::Booked
            | AppointmentStatus::Arrived
            | AppointmentStatus::CheckedIn
            | AppointmentStatus::Fulfilled
    )
}

#[component]
fn Booked(appointment: AppointmentView) -> impl IntoView {
    let lang = lang();
    let is_agreed = is_agreed(appointment.status);
    let title = if is_agreed {
        td_string!(lang, appointments.outcome.booked_title)
    } else {
        td_string!(lang, appointments.outcome.booked_pending_title)
    };
    let reference = appointment.reference.clone();
    let to_do = what_to_do(lang, &appointment);
    view! {
        <Page title>
            <div class="hale-outcome" class:hale-outcome--booked=is_agreed>
                <p class="hale-outcome__when">{words::appointment_when(lang, &appointment)}</p>
                {reference
                    .map(|reference| {
                        view! {
                            <p>
                                {td_string!(lang, appointments.outcome.booked_reference)} ": "
                                <strong id="reference">{reference}</strong>
                            </p>
                        }
                    })}
            </div>
            {if is_agreed {
                view! {
                    <h2 class="nhsuk-heading-m">
                        {td_string!(lang, appointments.detail.what_to_do_heading)}
                    </h2>
                    <p>{to_do}</p>
                }
                    .into_any()
            } else {
                view! { <p>{td_string!(lang, appointments.outcome.booked_pending)}</p> }.into_any()
            }}
            <Replaced />
            <h2 class="nhsuk-heading-m">
                {td_string!(lang, appointments.outcome.booked_details)}
            </h2>
            <AppointmentFacts appointment=appointment.clone() />
            {(is_agreed && appointment.start.is_some())
                .then(|| view! { <AddToCalendar appointment=appointment.clone() /> })}
            <p>
                <a href=appointment_href(&appointment) id="see-appointment">
                    {td_string!(lang, appointments.outcome.booked_see)}
                </a>
            </p>
            <AllAppointments />
        </Page>
    }
}

#[component]
fn Taken(nearest: Vec<SlotView>) -> impl IntoView {
    let lang = lang();
    let flow = BookingFlow::expect();
    let navigate = use_navigate();
    let text = flow.slot.with_untracked(|slot| match slot {
        Some(slot) => td_string!(
            lang,
            appointments.outcome.taken_text_when,
            when = words::when(lang, &slot.start)
        ),
        None => td_string!(lang, appointments.outcome.taken_text).to_owned(),
    });
    let has_reason = flow
        .reason
        .with_untracked(|reason| !reason.trim().is_empty());
    let choose = move |slot: SlotView| {
        flow.choose(slot);
        navigate(CHECK, NavigateOptions::default());
    };
    view! {
        <Page title=td_string!(lang, appointments.outcome.taken_title)>
            <p>{text}</p>
            {has_reason
                .then(|| view! { <p>{td_string!(lang, appointments.outcome.taken_kept)}</p> })}
            {if nearest.is_empty() {
                view! { <p>{td_string!(lang, appointments.outcome.taken_none)}</p> }.into_any()
            } else {
                view! {
                    <h2 class="nhsuk-heading-m">
                        {td_string!(lang, appointments.outcome.taken_nearest)}
                    </h2>
                    <div id="nearest">
                        <SlotList slots=nearest choose />
                    </div>
                }
                    .into_any()
            }}
            <p>
                <a href=TIMES id="other-times">
                    {td_string!(lang, appointments.outcome.taken_other)}
                </a>
            </p>
            {move || view! { <PracticeContact practice=state::practice() /> }}
        </Page>
    }
}

#[component]
fn Unknown(booking: UnconfirmedBookingView) -> impl IntoView {
    let lang = lang();
    let flow = BookingFlow::expect();
    let reason = booking.reason.clone();
    let asked = {
        let first = booking.clone();
        move || {
            flow.outcome.with(|outcome| match outcome {
                Some(BookingOutcomeView::OutcomeUnknown { booking }) => asked(lang, booking),
                _ => asked(lang, &first),
            })
        }
    };
    view! {
        <Page title=td_string!(lang, appointments.outcome.unknown_title)>
            <WarningCallout heading=td_string!(lang, appointments.outcome.unknown_heading)>
                <p>{td_string!(lang, appointments.outcome.unknown_text)}</p>
            </WarningCallout>
            <p>{td_string!(lang, appointments.outcome.unknown_why)}</p>
            <p>{td_string!(lang, appointments.outcome.unknown_what)}</p>
            <CheckButton
                booking_id=booking.booking_id
                id="check-booking"
                label=td_string!(lang, appointments.outcome.unknown_check)
            />
            <h2 class="nhsuk-heading-m">
                {td_string!(lang, appointments.outcome.unknown_asked)}
            </h2>
            <SummaryList>
                {booking.slot.map(|chosen| view! { <SlotRows chosen /> })}
                {reason
                    .map(|reason| {
                        view! {
                            <SummaryRow key=td_string!(lang, appointments.fact.reason)>
                                <span class="hale-as-written">{reason}</span>
                            </SummaryRow>
                        }
                    })}
            </SummaryList>
            <p>{asked}</p>
            {move || view! { <PracticeContact practice=state::practice() /> }}
            <AllAppointments />
        </Page>
    }
}

#[component]
fn Refused(why: WhyNot) -> impl IntoView {
    let lang = lang();
    // Another time helps only against these.
    let helps_another_time = matches!(
        why,
        WhyNot::InThePast | WhyNot::NotOnTheDay | WhyNot::TooLate
    );
    view! {
        <Page title=td_string!(lang, appointments.outcome.refused_title)>
            <p>{td_string!(lang, appointments.outcome.refused_text)}</p>
            <WhyNotPanel why />
            {helps_another_time
                .then(|| {
                    view! {
                        <p>
                            <a href=TIMES id="other-times">
                                {td_string!(lang, appointments.outcome.taken_other)}
                            </a>
                        </p>
                    }
                })}
            <AllAppointments />
        </Page>
    }
}

#[component]
fn NotSent(error: ErrorView) -> impl IntoView {
    let lang = lang();
    let flow = BookingFlow::expect();
    let navigate = use_navigate();
    let reference = error.reference.clone();
    let again = move |_| {
        flow.outcome.set(None);
        navigate(CHECK, NavigateOptions::default());
    };
    view! {
        <Page title=td_string!(lang, appointments.outcome.not_sent_title)>
            <p>{td_string!(lang, appointments.outcome.not_sent_text)}</p>
            <ErrorWords error />
            <Button id="back-to-check" on_click=again>
                {td_string!(lang, appointments.outcome.not_sent_again)}
            </Button>
            {move || view! { <PracticeContact practice=state::practice() /> }}
            <p class="nhsuk-body-s">
                {td_string!(lang, common.problem.reference, reference)}
            </p>
        </Page>
    }
}

#[component]
fn NotBooked() -> impl IntoView {
    let lang = lang();
    view! {
        <Page title=td_string!(lang, appointments.outcome.not_booked_title)>
            <p>{td_string!(lang, appointments.outcome.not_booked_text)}</p>
            <LinkButton href=START id="book-again">
                {td_string!(lang, appointments.outcome.not_booked_again)}
            </LinkButton>
            <AllAppointments />
        </Page>
    }
}

#[component]
fn ThenCancelled(appointment: AppointmentView) -> impl IntoView {
    let lang = lang();
    view! {
        <Page title=td_string!(lang, appointments.outcome.cancelled_title)>
            <p>{td_string!(lang, appointments.outcome.cancelled_text)}</p>
            <AppointmentFacts appointment />
            {move || view! { <PracticeContact practice=state::practice() /> }}
            <p>
                <a href=START id="book-again">
                    {td_string!(lang, appointments.outcome.cancelled_again)}
                </a>
            </p>
            <AllAppointments />
        </Page>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_that_nobody_agreed_to_is_not_called_booked() {
        assert!(is_agreed(AppointmentStatus::Booked));
        for status in [
            AppointmentStatus::Proposed,
            AppointmentStatus::Pending,
            AppointmentStatus::Waitlist,
            AppointmentStatus::Cancelled,
            AppointmentStatus::Unknown,
        ] {
            assert!(!is_agreed(status), "{status:?}");
        }
    }
}
