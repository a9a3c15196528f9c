//! A booking that was sent without an answer: says so, and asks what became of it when the patient
//! wants; and one that was found not to have been made. Nothing here books.

use hale_contracts::appointments::{DismissBookingRequest, PracticeSays, UnconfirmedBookingView};
use hale_contracts::error::ErrorView;
use hale_contracts::time::LondonTime;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::booking::{BookingFlow, DONE, send};
use super::words;
use crate::components::{Button, ButtonKind, WarningCallout, focus_heading};
use crate::ipc;
use crate::state::Sync;
use crate::wording::{self, Lang, lang, london_today, td_string};

/// A booking without an answer, in the list of appointments.
#[component]
pub(crate) fn UnconfirmedCard(
    /// The booking.
    booking: UnconfirmedBookingView,
    /// When Hale last looked: that line alone follows every check.
    checked: Signal<Option<LondonTime>>,
    /// The id of its button.
    #[prop(into)]
    button_id: String,
) -> impl IntoView {
    let lang = lang();
    let when = asked_for(lang, &booking);
    let facts = facts(lang, &booking);
    let booking_id = booking.booking_id.clone();
    let report_id = booking.can_report.then(|| booking_id.clone());
    let asked = move || {
        let booking = UnconfirmedBookingView {
            last_checked: checked.get(),
            ..booking.clone()
        };
        asked(lang, &booking)
    };
    view! {
        <WarningCallout heading=td_string!(lang, appointments.unconfirmed_heading)>
            <p>{td_string!(lang, appointments.unconfirmed_text, when)}</p>
            {facts.map(|facts| view! { <p>{facts}</p> })}
            <p>{asked}</p>
            <CheckButton
                booking_id
                id=button_id.clone()
                label=td_string!(lang, appointments.check_what_happened)
            />
            {report_id.map(|booking_id| view! { <Report booking_id id=button_id /> })}
        </WarningCallout>
    }
}

/// What the practice told the patient, where Hale could not find out.
#[component]
fn Report(
    /// The booking.
    booking_id: String,
    /// What the ids of its buttons begin with.
    id: String,
) -> impl IntoView {
    let lang = lang();
    let says = |practice_says| DismissBookingRequest {
        booking_id: booking_id.clone(),
        practice_says: Some(practice_says),
    };
    view! {
        <p>{td_string!(lang, appointments.report_text)}</p>
        <DismissButton
            request=says(PracticeSays::Booked)
            id=format!("{id}-booked")
            label=td_string!(lang, appointments.report_booked)
        />
        <DismissButton
            request=says(PracticeSays::NotBooked)
            id=format!("{id}-not-booked")
            label=td_string!(lang, appointments.report_not_booked)
        />
    }
}

/// A booking that a check found not to have been made, until the patient has seen it.
#[component]
pub(crate) fn NotBookedCard(
    /// The booking.
    booking: UnconfirmedBookingView,
    /// The id of its button.
    #[prop(into)]
    button_id: String,
) -> impl IntoView {
    let lang = lang();
    let when = asked_for(lang, &booking);
    let facts = facts(lang, &booking);
    let asked = asked(lang, &booking);
    let request = DismissBookingRequest {
        booking_id: booking.booking_id,
        practice_says: None,
    };
    view! {
        <WarningCallout heading=td_string!(lang, appointments.not_booked_heading)>
            <p>{td_string!(lang, appointments.not_booked_text, when)}</p>
            {facts.map(|facts| view! { <p>{facts}</p> })}
            {booking
                .reason
                .map(|reason| {
                    view! {
                        <p>{td_string!(lang, appointments.not_booked_reason)} ":"</p>
                        <p class="hale-as-written hale-quote">{reason}</p>
                    }
                })}
            <p>{asked}</p>
            <p>
                <a href="/appointments/book">{td_string!(lang, appointments.not_booked_again)}</a>
            </p>
            <DismissButton
                request
                id=button_id
                label=td_string!(lang, appointments.not_booked_seen)
            />
        </WarningCallout>
    }
}

/// Takes a booking off the list.
#[component]
fn DismissButton(
    /// Which, and why.
    request: DismissBookingRequest,
    /// The id of the button.
    id: String,
    /// What it says.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let lang = lang();
    let sync = Sync::expect();
    let failed = RwSignal::new(None::<ErrorView>);
    let dismiss = move |_| {
        let request = request.clone();
        spawn_local(async move {
            match ipc::dismiss_booking(request).await {
                Ok(()) => {
                    // The button goes with its booking.
                    focus_heading();
                    sync.something_changed();
                }
                Err(error) => {
                    // The page may have been left meanwhile.
                    failed.try_set(Some(error));
                }
            }
        });
    };
    let status = move || {
        failed.get().map_or_else(String::new, |error| {
            td_string!(
                lang,
                appointments.not_booked_seen_failed,
                why = wording::error(lang, &error).why
            )
        })
    };
    view! {
        <p role="status" class="hale-check-status">
            {status}
        </p>
        <Button id on_click=dismiss kind=ButtonKind::Secondary>
            {label}
        </Button>
    }
}

/// The time that a booking asked for, where it can still be read.
fn asked_for(lang: Lang, booking: &UnconfirmedBookingView) -> String {
    match &booking.slot {
        Some(slot) => words::when(lang, &slot.start),
        None => td_string!(lang, appointments.time_unreadable).to_owned(),
    }
}

fn facts(lang: Lang, booking: &UnconfirmedBookingView) -> Option<String> {
    let slot = booking.slot.as_ref()?;
    Some(words::slot_facts(lang, slot))
}

/// When the patient confirmed it, and when Hale last looked.
pub(crate) fn asked(lang: Lang, booking: &UnconfirmedBookingView) -> String {
    let near = |at| wording::moment_near(lang, at, london_today());
    let mut words = td_string!(
        lang,
        appointments.unconfirmed_asked,
        when = near(&booking.confirmed_at)
    );
    if let Some(at) = &booking.last_checked {
        words.push(' ');
        words.push_str(&td_string!(
            lang,
            appointments.unconfirmed_checked,
            when = near(at)
        ));
    }
    words
}

/// Asks what became of a booking. Where it is known, the page that says so follows.
#[component]
pub(crate) fn CheckButton(
    /// The booking.
    booking_id: String,
    /// The id of the button.
    #[prop(into)]
    id: String,
    /// What it says.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let lang = lang();
    let flow = BookingFlow::expect();
    let sync = Sync::expect();
    let navigate = use_navigate();
    let is_checking = RwSignal::new(false);
    let answer = RwSignal::new(None::<Result<(), ErrorView>>);
    let check = move |_| {
        if is_checking.get_untracked() {
            return;
        }
        is_checking.set(true);
        answer.set(None);
        let booking_id = booking_id.clone();
        let navigate = navigate.clone();
        spawn_local(async move {
            let checked = send::check(flow, booking_id).await;
            // The page may have been left meanwhile; the flow holds the outcome all the same.
            if is_checking.try_set(false).is_some() {
                return;
            }
            match checked {
                Ok(true) => {
                    sync.something_changed();
                    navigate(DONE, NavigateOptions::default());
                }
                Ok(false) => answer.set(Some(Ok(()))),
                Err(error) => answer.set(Some(Err(error))),
            }
        });
    };
    let status = move || {
        if is_checking.get() {
            return td_string!(lang, appointments.checking).to_owned();
        }
        match answer.get() {
            None => String::new(),
            Some(Ok(())) => td_string!(lang, appointments.still_unknown).to_owned(),
            Some(Err(error)) => {
                td_string!(
                    lang,
                    appointments.check_failed,
                    why = wording::error(lang, &error).why
                )
            }
        }
    };
    view! {
        <p role="status" class="hale-check-status">
            {status}
        </p>
        <Button id on_click=check is_busy=is_checking>
            {label}
        </Button>
    }
}
