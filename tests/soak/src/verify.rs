//! What must hold once the app and the server have recovered.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use hale_contracts::account::SessionView;
use hale_contracts::appointments::{BookingOutcomeView, CheckBookingRequest};
use hale_contracts::outbox::PendingStateView;
use hale_contracts::record::{ItemStatus, RecordSectionRequest, SectionKind};
use hale_core::error::Error;
use hale_core::record::view::parse_item_id;
use hale_mock_backend::RunningMock;
use hale_support::{TestApp, TestClock};
use serde_json::Value;

use crate::app::{App, open};
use crate::parent::{Seen, note_sent};

/// Compares everything; the first difference is the error.
pub(crate) async fn all(
    app: &App,
    clock: &TestClock,
    mock: &RunningMock,
    patient: &str,
    persona: &str,
    seen: &mut Seen,
) -> Result<(), String> {
    // What became of a booking is known after two answers that are far enough apart; what may have
    // been sent is looked for later, by the device's clock.
    let mut asked = String::new();
    for _ in 0..6 {
        app.sync_now(&|_| {})
            .await
            .map_err(|error| error.to_string())?;
        asked = last_requests(mock);
        // Whatever was confirmed was confirmed before this start.
        if let Some(id) = note_sent(mock, seen).first() {
            return Err(format!("booking {id} was sent without the patient"));
        }
        if let SessionView::SignedIn {
            is_lapsed: true, ..
        } = app.session_view().await
        {
            app.sign_in().await.map_err(|error| error.to_string())?;
        }
        mock.clock().advance(TimeDelta::minutes(3));
        clock.advance(TimeDelta::minutes(20));
    }
    bookings(app, mock, patient, seen).await?;
    requests(app, mock, patient, seen, &asked).await?;
    mirror(app, mock, patient, persona).await
}

async fn bookings(app: &App, mock: &RunningMock, patient: &str, seen: &Seen) -> Result<(), String> {
    let held: Vec<String> = mock
        .store()
        .resources(patient, "Appointment")
        .iter()
        .map(|one| one["identifier"].to_string())
        .collect();
    // What was answered with 401 was not carried out: it goes again once the sign-in was renewed.
    let is_taken = |status: &&Option<u16>| **status != Some(401);
    let mut sent = seen.sent.iter();
    if let Some((id, answers)) = sent.find(|(_, all)| all.iter().filter(is_taken).count() > 1) {
        return Err(format!("booking {id} was sent more than once: {answers:?}"));
    }
    for id in &seen.confirmed {
        let made = held
            .iter()
            .filter(|identifier| identifier.contains(id))
            .count();
        let request = CheckBookingRequest {
            booking_id: id.clone(),
        };
        let said = app.check_booking(request).await;
        let is_right = match (&said, made) {
            (Ok(BookingOutcomeView::Booked { .. }), 1)
            | (Ok(BookingOutcomeView::BookedThenCancelled { .. }), 1)
            | (Ok(BookingOutcomeView::NotBooked { .. }), 0) => true,
            // Killed before it was on the device: nothing was sent either.
            (Err(Error::NotFound), 0) => !seen.sent.contains_key(id) && !seen.open.contains(id),
            _ => false,
        };
        if !is_right || (seen.booked.contains(id) && made != 1) {
            return Err(format!(
                "booking {id}: the server holds {made}, and Hale says {said:?}"
            ));
        }
    }
    Ok(())
}

/// What was on the device is at the server once, or waits for the patient with its reason.
async fn requests(
    app: &App,
    mock: &RunningMock,
    patient: &str,
    seen: &Seen,
    asked: &str,
) -> Result<(), String> {
    let waiting = app
        .pending_requests()
        .await
        .map_err(|error| error.to_string())?;
    if let Some(open) = waiting
        .iter()
        .find(|one| !matches!(one.state, PendingStateView::Parked { .. }))
    {
        return Err(format!(
            "a request is still not settled: {open:?}; in the last check the server was asked: {asked}"
        ));
    }
    for (kind, ids) in [("Task", &seen.orders), ("Communication", &seen.replies)] {
        let held: Vec<String> = mock
            .store()
            .resources(patient, kind)
            .iter()
            .filter(|one| one["identifier"].is_array())
            .map(|one| one["identifier"].to_string())
            .collect();
        // Also of those that were cut off before anybody heard of them.
        let different: BTreeSet<&String> = held.iter().collect();
        if different.len() != held.len() {
            return Err(format!("a {kind} is there twice: {held:?}"));
        }
        for id in ids {
            let made = held.iter().filter(|held| held.contains(id)).count();
            let is_parked = waiting.iter().any(|one| one.id == *id);
            if made + usize::from(is_parked) != 1 {
                return Err(format!(
                    "{kind} {id}: the server holds {made}, and it waits: {is_parked}"
                ));
            }
        }
    }
    let held = mock.store().resources(patient, "Appointment");
    for id in &seen.cancelled {
        let is_cancelled = held
            .iter()
            .any(|one| one["id"] == id.as_str() && one["status"] == "cancelled");
        let subject = format!("Appointment/{id}");
        if !is_cancelled && !waiting.iter().any(|one| one.subject == subject) {
            return Err(format!("the cancellation of {subject} is lost"));
        }
    }
    Ok(())
}

/// What the server was asked, without what stays the same in each check.
fn last_requests(mock: &RunningMock) -> String {
    let entries = mock.log().entries();
    let sent = entries.iter().filter(|entry| {
        entry.method != "GET"
            || entry.query.contains("identifier=")
            || (entry.query.is_empty() && entry.path.contains("/Appointment/"))
    });
    let lines = sent.map(|entry| {
        format!(
            "\n{} {} {}?{} {:?} {:?}",
            entry.at, entry.method, entry.path, entry.query, entry.status, entry.fault
        )
    });
    let mut lines: Vec<String> = lines.collect();
    lines.drain(..lines.len().saturating_sub(40));
    lines.concat()
}

/// The mirror is what a device reads that was never killed.
async fn mirror(app: &App, mock: &RunningMock, patient: &str, persona: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let visitor = TestApp::visitor(mock, persona);
    let fresh = open(
        folder.path(),
        mock.fhir_base().as_str(),
        visitor,
        &TestClock::default(),
    )
    .map_err(|error| error.to_string())?;
    fresh.start().await;
    fresh.sign_in().await.map_err(|error| error.to_string())?;
    let yes = hale_contracts::account::ConfirmIdentityRequest { is_me: true };
    fresh
        .confirm_identity(yes)
        .await
        .map_err(|error| error.to_string())?;
    fresh
        .sync_now(&|_| {})
        .await
        .map_err(|error| error.to_string())?;
    app.sync_now(&|_| {})
        .await
        .map_err(|error| error.to_string())?;
    for section in SectionKind::ALL {
        let (ours, theirs) = (shown(app, section).await?, shown(&fresh, section).await?);
        if ours != theirs {
            return Err(format!(
                "{section:?} differs: {}",
                difference(&ours, &theirs)
            ));
        }
    }
    held(app, mock, patient).await?;
    let (ours, theirs) = (appointments(app).await?, appointments(&fresh).await?);
    if ours != theirs {
        return Err(format!(
            "the appointments differ: {}",
            difference(&ours, &theirs)
        ));
    }
    Ok(())
}

/// The list has the server's own ids, whatever reads them.
async fn held(app: &App, mock: &RunningMock, patient: &str) -> Result<(), String> {
    let request = RecordSectionRequest {
        section: SectionKind::Conditions,
        offset: 0,
        limit: 2_000,
    };
    let view = app
        .record_section(request)
        .await
        .map_err(|error| error.to_string())?;
    let ours: BTreeSet<String> = view
        .items
        .iter()
        .filter(|item| item.status != Some(ItemStatus::RemovedBySource))
        .filter_map(|item| Some(parse_item_id(&item.id)?.id))
        .collect();
    let theirs: BTreeSet<String> = mock
        .store()
        .resources(patient, "Condition")
        .iter()
        .filter_map(|one| Some(one["id"].as_str()?.to_owned()))
        .collect();
    if ours != theirs {
        return Err(format!("conditions {ours:?} are shown, of {theirs:?}"));
    }
    Ok(())
}

async fn shown(app: &App, section: SectionKind) -> Result<Vec<Value>, String> {
    let request = RecordSectionRequest {
        section,
        offset: 0,
        limit: 2_000,
    };
    let view = app
        .record_section(request)
        .await
        .map_err(|error| error.to_string())?;
    compared(view.items.iter().map(serde_json::to_value))
}

async fn appointments(app: &App) -> Result<Vec<Value>, String> {
    let view = app
        .appointments()
        .await
        .map_err(|error| error.to_string())?;
    let all = [&view.upcoming, &view.past, &view.cancelled];
    compared(all.into_iter().flatten().map(serde_json::to_value))
}

/// What is compared: all but when this device checked it, and the notes of what was removed.
fn compared(all: impl Iterator<Item = serde_json::Result<Value>>) -> Result<Vec<Value>, String> {
    let mut compared = Vec::new();
    for one in all {
        let mut one = one.map_err(|error| error.to_string())?;
        if one["status"] == "removed_by_source" || one["is_removed"] == true {
            continue;
        }
        // What waits is looked at by itself, and only this device knows of it.
        forget(&mut one, &["last_checked", "change", "source", "pending"]);
        compared.push(one);
    }
    compared.sort_by_key(ToString::to_string);
    Ok(compared)
}

fn forget(value: &mut Value, names: &[&str]) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !names.contains(&name.as_str()));
            fields.values_mut().for_each(|field| forget(field, names));
        }
        Value::Array(all) => all.iter_mut().for_each(|one| forget(one, names)),
        _ => {}
    }
}

fn difference(ours: &[Value], theirs: &[Value]) -> String {
    let only = |one: &[Value], other: &[Value]| -> Vec<String> {
        one.iter()
            .filter(|value| !other.contains(value))
            .map(|value| value.to_string().chars().take(600).collect())
            .collect()
    };
    format!(
        "only here {:?}, only at the server {:?}",
        only(ours, theirs),
        only(theirs, ours)
    )
}
