//! A booking that was sent without an answer: says so, and asks what became of it when the patient
//! wants; and one that was found not to have been made. Nothing here books.

use hale_contracts::appointments::{CheckBookingRequest, UnconfirmedBookingView};
use hale_contracts::error::ErrorView;
use hale_contracts::time::LondonTime;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::booking::{BookingFlow, DONE, send};
use super::words;
use crate::components::{Button, ButtonKind, WarningCallout};
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
    let when = words::when(lang, &booking.slot.start);
    let facts = words::slot_facts(lang, &booking.slot);
    let booking_id = booking.booking_id.clone();
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
            <p>{facts}</p>
            <p>{asked}</p>
            <CheckButton
                booking_id
                id=button_id
                label=td_string!(lang, appointments.check_what_happened)
            />
        </WarningCallout>
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
    let sync = Sync::expect();
    let when = words::when(lang, &booking.slot.start);
    let facts = words::slot_facts(lang, &booking.slot);
    let asked = asked(lang, &booking);
    let failed = RwSignal::new(None::<ErrorView>);
    let booking_id = booking.booking_id;
    let dismiss = move |_| {
        let booking_id = booking_id.clone();
        spawn_local(async move {
            match ipc::dismiss_booking(CheckBookingRequest { booking_id }).await {
                Ok(()) => sync.something_changed(),
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
        <WarningCallout heading=td_string!(lang, appointments.not_booked_heading)>
            <p>{td_string!(lang, appointments.not_booked_text, when)}</p>
            <p>{facts}</p>
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
            <p role="status" class="hale-check-status">
                {status}
            </p>
            <Button id=button_id on_click=dismiss kind=ButtonKind::Secondary>
                {td_string!(lang, appointments.not_booked_seen)}
            </Button>
        </WarningCallout>
    }
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
