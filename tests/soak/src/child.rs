//! The app at work, until somebody kills it. Says on its standard output what it begins.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use chrono::{Days, Utc};
use hale_contracts::account::SessionView;
use hale_contracts::appointments::{
    BookAppointmentRequest, BookingOutcomeView, Channel, FindSlotsRequest,
};
use hale_support::Visitor;

use crate::app::{App, open};
use crate::faults::Chance;

/// The sign-in has lapsed.
pub(crate) const LAPSED: u8 = 3;
/// What is on the device does not open, or cannot be written.
pub(crate) const BROKEN: u8 = 4;

/// Works until killed.
pub(crate) async fn work(folder: &Path, backend: String, seed: u64) -> ExitCode {
    let nobody = Visitor::new(|_| async { None });
    let Ok(app) = open(folder, &backend, nobody) else {
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
    loop {
        let done = match chance.below(10) {
            0..5 => app.sync_now(&|_| {}).await.map(drop),
            _ => {
                book(&app, &mut chance).await;
                Ok(())
            }
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
    };
    match app.book_appointment(request).await {
        Ok(BookingOutcomeView::Booked { .. }) => say("booked", &booking_id),
        Ok(BookingOutcomeView::OutcomeUnknown { .. }) => say("open", &booking_id),
        // Refused, or taken: whether it was sent or not, there is nothing.
        Ok(_) => {}
        Err(error) => eprintln!("no booking: {error}"),
    }
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
