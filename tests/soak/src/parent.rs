//! Starts the app, kills it, and changes what the server holds meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use chrono::TimeDelta;
use hale_contracts::account::{ConfirmIdentityRequest, SessionView};
use hale_mock_backend::{Config, MockBackend, RunningMock};
use hale_support::{Probe, TestApp, TestClock};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::process::Command;

use crate::app::{App, open};
use crate::child::LAPSED;
use crate::faults::{Chance, strike};
use crate::verify;

/// Who is signed in.
const PERSONA: &str = "full";
/// How long the app lives at most before it is killed, in milliseconds. Shorter than one check.
const LIFE: u64 = 1_600;

/// What was seen on the way.
#[derive(Default)]
pub(crate) struct Seen {
    /// Every booking that the patient confirmed.
    pub(crate) confirmed: BTreeSet<String>,
    /// Those that the app said were booked.
    pub(crate) booked: BTreeSet<String>,
    /// Those of which the app said that it does not know yet.
    pub(crate) open: BTreeSet<String>,
    /// Every order, answer and cancellation that was on the device.
    pub(crate) orders: BTreeSet<String>,
    pub(crate) replies: BTreeSet<String>,
    pub(crate) cancelled: BTreeSet<String>,
    /// How each time that it was sent was answered.
    pub(crate) sent: BTreeMap<String, Vec<Option<u16>>>,
    kills: u32,
    ended: u32,
    sign_ins: u32,
    changes: u32,
}

/// Kills the app this often, then compares; answers a summary.
pub(crate) async fn run(kills: u32, seed: u64) -> Result<String, String> {
    let started = std::time::Instant::now();
    let mock = MockBackend::start(Config::default())
        .await
        .map_err(|error| error.to_string())?;
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let mut seen = Seen::default();
    let patient = Probe::sign_in(&mock, PERSONA).await.patient().to_owned();
    let mut chance = Chance::new(seed);
    let clock = TestClock::default();
    sign_in(&mock, folder.path(), &clock).await?;
    while seen.kills < kills {
        strike(&mock, &mut chance);
        let before = seen.confirmed.clone();
        one_life(&mock, folder.path(), &mut chance, &mut seen).await?;
        // What was on its way at the kill arrives.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let sent = note_sent(&mock, &mut seen);
        if let Some(id) = sent.iter().find(|id| before.contains(*id)) {
            return Err(format!(
                "booking {id} was sent without the patient after a restart"
            ));
        }
        // Time passes, so that what is open is settled and what waits is sent.
        mock.clock().advance(TimeDelta::seconds(45));
        if chance.below(3) == 0 {
            change(&mock, &patient, &mut chance, &mut seen);
        }
    }
    mock.faults().clear();
    let app = sign_in(&mock, folder.path(), &clock).await?;
    verify::all(&app, &clock, &mock, &patient, PERSONA, &mut seen).await?;
    let made = seen.sent.len();
    Ok(format!(
        "killed {} times ({} lives ended by themselves, {} sign-ins) in {} s: the mirror is what the \
         server holds after {} changes; of {} confirmed bookings {made} were sent, each once ({} \
         were said to be booked, {} to be open); each of {} orders, {} answers and {} cancellations \
         is there once or waits with its reason",
        seen.kills,
        seen.ended,
        seen.sign_ins,
        started.elapsed().as_secs(),
        seen.changes,
        seen.confirmed.len(),
        seen.booked.len(),
        seen.open.len(),
        seen.orders.len(),
        seen.replies.len(),
        seen.cancelled.len(),
    ))
}

/// The app, signed in by now.
async fn sign_in(mock: &RunningMock, folder: &Path, clock: &TestClock) -> Result<App, String> {
    let visitor = TestApp::visitor(mock, PERSONA);
    let app = open(folder, mock.fhir_base().as_str(), visitor, clock)
        .map_err(|error| error.to_string())?;
    // That a sign-in has lapsed is found out by asking the server, so it is not asked here.
    app.start().await;
    let signed_in = app.sign_in().await.map_err(|error| error.to_string())?;
    if let SessionView::ConfirmIdentity { .. } = signed_in {
        app.confirm_identity(ConfirmIdentityRequest { is_me: true })
            .await
            .map_err(|error| error.to_string())?;
    }
    Ok(app)
}

async fn one_life(
    mock: &RunningMock,
    folder: &Path,
    chance: &mut Chance,
    seen: &mut Seen,
) -> Result<(), String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut child = Command::new(program)
        .arg("--work-in")
        .arg(folder)
        .args(["--backend", mock.fhir_base().as_str()])
        .args(["--seed", &chance.below(u64::MAX).to_string()])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| error.to_string())?;
    let mut out = child.stdout.take().ok_or("no output")?;
    let life = Duration::from_millis(chance.below(LIFE));
    // On Unix this is SIGKILL: nothing in the process runs after it.
    let ended = tokio::time::timeout(life, child.wait()).await;
    let status = match ended {
        Ok(status) => Some(status.map_err(|error| error.to_string())?),
        Err(_) => {
            child.kill().await.map_err(|error| error.to_string())?;
            None
        }
    };
    let mut said = String::new();
    out.read_to_string(&mut said)
        .await
        .map_err(|error| error.to_string())?;
    for line in said.lines() {
        match line.split_once(' ') {
            Some(("confirm", id)) => seen.confirmed.insert(id.to_owned()),
            Some(("booked", id)) => seen.booked.insert(id.to_owned()),
            Some(("open", id)) => seen.open.insert(id.to_owned()),
            Some(("order", id)) => seen.orders.insert(id.to_owned()),
            Some(("reply", id)) => seen.replies.insert(id.to_owned()),
            Some(("cancel", id)) => seen.cancelled.insert(id.to_owned()),
            // The kill cut the line.
            _ => false,
        };
    }
    match status {
        None => seen.kills += 1,
        Some(status) if status.code() == Some(i32::from(LAPSED)) => {
            seen.ended += 1;
            seen.sign_ins += 1;
            mock.faults().clear();
            sign_in(mock, folder, &TestClock::default()).await?;
        }
        Some(status) => return Err(format!("the app ended by itself: {status}")),
    }
    Ok(())
}

/// Counts what arrived at the server, and answers the bookings among it; the log keeps only the
/// newest requests.
pub(crate) fn note_sent(mock: &RunningMock, seen: &mut Seen) -> Vec<String> {
    let mut sent = Vec::new();
    for entry in mock.log().entries() {
        if entry.method != "POST" || !entry.path.ends_with("/Appointment") {
            continue;
        }
        let id = entry
            .condition
            .as_deref()
            .and_then(|condition| condition.rsplit(['|', 'C']).next())
            .unwrap_or_default()
            .to_owned();
        sent.push(id.clone());
        seen.sent.entry(id).or_default().push(entry.status);
    }
    mock.log().clear();
    sent
}

/// Something changes at the source.
fn change(mock: &RunningMock, patient: &str, chance: &mut Chance, seen: &mut Seen) {
    seen.changes += 1;
    let store = mock.store();
    let kind = *chance.one_of(&[
        "Condition",
        "Observation",
        "AllergyIntolerance",
        "Encounter",
    ]);
    let all = store.resources(patient, kind);
    if all.is_empty() {
        return;
    }
    let mut one = chance.one_of(&all).clone();
    match chance.below(4) {
        0 => {
            let id = one["id"].as_str().unwrap_or_default();
            store.delete(patient, kind, id);
        }
        1 => {
            one["id"] = json!(format!("added-{}", seen.changes));
            store.put(patient, one);
        }
        _ => {
            one["note"] = json!([{"text": format!("Change {}", seen.changes)}]);
            store.put(patient, one);
        }
    }
    // So that there is room for further bookings, the practice takes earlier ones back.
    for mut booked in store.resources(patient, "Appointment") {
        let is_ours = booked["reasonCode"][0]["text"] == "A rash" || has_reason(&booked);
        if is_ours && booked["status"] == "booked" && chance.below(2) == 0 {
            booked["status"] = json!("cancelled");
            store.put(patient, booked);
        }
    }
}

fn has_reason(booked: &Value) -> bool {
    booked["comment"] == "A rash" || booked["description"] == "A rash"
}
