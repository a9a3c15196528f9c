//! The app at work, until somebody kills it. Says on its standard output what it begins.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use chrono::{Days, Utc};
use hale_contracts::account::SessionView;
use hale_contracts::appointments::{
    AppointmentStatus, BookAppointmentRequest, BookingOutcomeView, Channel, FindSlotsRequest,
};
use hale_contracts::outbox::{CancelAppointmentRequest, MessageReplyRequest, RepeatOrderRequest};
use hale_contracts::record::{RecordSectionRequest, SectionKind};
use hale_core::error::Error;
use hale_core::record::view::parse_item_id;
use hale_support::{TestClock, Visitor};

use crate::app::{App, open};
use crate::faults::Chance;

/// The sign-in has lapsed.
pub(crate) const LAPSED: u8 = 3;
/// What is on the device does not open, or cannot be written.
pub(crate) const BROKEN: u8 = 4;

/// Works until killed.
pub(crate) async fn work(folder: &Path, backend: String, seed: u64) -> ExitCode {
    let nobody = Visitor::new(|_| async { None });
    let Ok(app) = open(folder, &backend, nobody, &TestClock::default()) else {
        return ExitCode::from(BROKEN);
    };
    match app.start().await {
        SessionView::SignedIn {
            is_lapsed: false, ..
        } => {}
        SessionView::SignedIn { .. } => return ExitCode::from(LAPSED),
        other => {
            eprintln!("the app does not open: {other:?}");
            return ExitCode::from(BROKEN);
        }
    }
    let mut chance = Chance::new(seed);
    let plans = plans(&app).await;
    loop {
        let done = match chance.below(10) {
            0..4 => app.sync_now(&|_| {}).await.map(drop),
            4..7 => {
                book(&app, &mut chance).await;
                Ok(())
            }
            7 => reply(&app).await,
            8 => order(&app, &plans, &mut chance).await,
            _ => cancel(&app, &mut chance).await,
        };
        if let Err(error) = done {
            eprintln!("the check failed: {error}");
            return ExitCode::from(BROKEN);
        }
        if let SessionView::SignedIn {
            is_lapsed: true, ..
        } = app.session_view().await
        {
            return ExitCode::from(LAPSED);
        }
    }
}

/// A patient chooses a time and confirms it.
async fn book(app: &App, chance: &mut Chance) {
    let search = FindSlotsRequest {
        from: Utc::now().date_naive() + Days::new(1),
        days: 14,
        channel: Some(Channel::InPerson),
        clinician: None,
        service: None,
    };
    let found = match app.find_slots(search).await {
        Ok(found) => found,
        Err(error) => {
            eprintln!("no times: {error}");
            return;
        }
    };
    let which = chance.below(found.slots.len().max(1) as u64);
    let Some(slot) = found
        .slots
        .into_iter()
        .nth(usize::try_from(which).unwrap_or(0))
    else {
        return;
    };
    let booking_id = uuid::Uuid::new_v4().to_string();
    say("confirm", &booking_id);
    let request = BookAppointmentRequest {
        booking_id: booking_id.clone(),
        slot_id: slot.id,
        reason: Some("A rash".to_owned()),
        phone: None,
        replaces: None,
    };
    match app.book_appointment(request).await {
        Ok(BookingOutcomeView::Booked { .. }) => say("booked", &booking_id),
        Ok(BookingOutcomeView::OutcomeUnknown { .. }) => say("open", &booking_id),
        // Refused, or taken: whether it was sent or not, there is nothing.
        Ok(_) => {}
        Err(error) => eprintln!("no booking: {error}"),
    }
}

/// The repeat medicines on the list.
async fn plans(app: &App) -> Vec<String> {
    let request = RecordSectionRequest {
        section: SectionKind::Medicines,
        offset: 0,
        limit: 500,
    };
    let items = app.record_section(request).await.map(|view| view.items);
    items
        .unwrap_or_default()
        .into_iter()
        .filter_map(|item| {
            let key = parse_item_id(&item.id)?;
            (key.resource_type == "MedicationRequest").then_some(key.id)
        })
        .collect()
}

/// A patient orders a repeat medicine.
async fn order(app: &App, plans: &[String], chance: &mut Chance) -> Result<(), Error> {
    if plans.is_empty() {
        return Ok(());
    }
    let request_id = uuid::Uuid::new_v4().to_string();
    let request = RepeatOrderRequest {
        request_id: request_id.clone(),
        plan_id: chance.one_of(plans).clone(),
        note: None,
        pharmacy: None,
    };
    app.order_repeat(request).await?;
    // From here on it must reach the server, or wait for the patient with a reason.
    say("order", &request_id);
    Ok(())
}

/// A patient answers a message.
async fn reply(app: &App) -> Result<(), Error> {
    let request_id = uuid::Uuid::new_v4().to_string();
    let request = MessageReplyRequest {
        request_id: request_id.clone(),
        in_response_to: "message-1".to_owned(),
        organisation_id: "practice".to_owned(),
        text: "Thank you".to_owned(),
    };
    app.reply_to_message(request).await?;
    say("reply", &request_id);
    Ok(())
}

/// A patient cancels one of the coming appointments.
async fn cancel(app: &App, chance: &mut Chance) -> Result<(), Error> {
    let upcoming = app.appointments().await?.upcoming;
    let booked: Vec<_> = upcoming
        .iter()
        .filter(|one| one.status == AppointmentStatus::Booked)
        .collect();
    if booked.is_empty() {
        return Ok(());
    }
    let appointment_id = chance.one_of(&booked).id.clone();
    let request = CancelAppointmentRequest {
        appointment_id: appointment_id.clone(),
        reason: None,
    };
    match app.cancel_appointment(request).await {
        Ok(_) => say("cancel", &appointment_id),
        // It was cancelled at the source meanwhile.
        Err(Error::InvalidRequest(_) | Error::NotFound) => {}
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Tells whoever watches, at once: what was said before a kill counts.
fn say(what: &str, id: &str) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{what} {id}")
        .and_then(|()| out.flush())
        .is_err()
    {
        std::process::exit(i32::from(BROKEN));
    }
}
