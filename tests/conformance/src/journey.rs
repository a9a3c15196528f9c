//! The journey as a patient walks it: find the server, sign in, confirm, read all, read again, and
//! what else is asked on the way.

use std::error::Error as StdError;
use std::sync::Arc;

use hale_cache::{LocalDevice, MemoryKeys};
use hale_contracts::account::{ConfirmIdentityRequest, SessionView, SignOutRequest};
use hale_contracts::error::ErrorCode;
use hale_contracts::reasons::WhyNot;
use hale_contracts::sync::{SyncStatusView, SyncUnit};
use hale_core::app::Hale;
use hale_core::ports::{Backends, SystemClock};
use hale_remote::{HttpBackends, HttpOptions};

use crate::asks;
use crate::booking;
use crate::options::Options;
use crate::table::{Table, Verdict};
use crate::visitor::visitor;
use crate::watched::{Connection, Shared, Watched};

/// The app as this program puts it together.
pub(crate) type App = Hale<LocalDevice, Watched, SystemClock>;

/// Whatever ends the program that is no step of the journey.
pub(crate) type Failure = Box<dyn StdError + Send + Sync>;

/// Walks as far as the server goes. A step that fails is a row of the table.
///
/// # Errors
/// If this machine cannot do its part: no folder, no files.
pub(crate) async fn walk(options: &Options, table: &mut Table) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let shared = Shared::default();
    let watched = |shared: &Shared| Watched {
        backends: HttpBackends::new(HttpOptions::default(), Arc::new(SystemClock)),
        shared: shared.clone(),
    };
    if !found(&watched(&shared), &options.server, table).await {
        return Ok(());
    }
    let app = Hale::new(
        LocalDevice::with_keys(folder.path().to_owned(), MemoryKeys::default()),
        watched(&shared),
        SystemClock,
        visitor(&options.who),
    )
    .with_backend(options.server.clone());
    app.start().await;
    if !signed_in(&app, table).await {
        return Ok(());
    }
    let connection = shared.get().ok_or("the app connected to nothing")?;
    read_all(&app, table).await?;
    asks::ask(&connection, table).await;
    again(&app, table).await?;
    booking::free_times_and_booking(&app, &connection, options.may_write, table).await;
    leave(&app, &connection, table).await;
    Ok(())
}

/// Discovery and `/metadata`.
async fn found(backends: &Watched, server: &str, table: &mut Table) -> bool {
    let info = match backends.discover(server.to_owned()).await {
        Ok(info) => info,
        Err(error) => {
            table.row("discovery", Verdict::Failed, why(&error));
            return false;
        }
    };
    table.row(
        "discovery",
        Verdict::Good,
        "SMART App Launch with PKCE (S256)",
    );
    match (&info.fhir_version, info.interactions.len()) {
        (None, _) => table.row(
            "metadata",
            Verdict::Lacking,
            "no CapabilityStatement: everything is tried, and its refusals are obeyed",
        ),
        (Some(version), 0) => table.row(
            "metadata",
            Verdict::Lacking,
            format_args!("FHIR {version}; lists no interactions: everything is tried"),
        ),
        (Some(version), count) => table.row(
            "metadata",
            Verdict::Good,
            format_args!("FHIR {version}, {count} interactions"),
        ),
    }
    true
}

/// Sign-in, and the patient who is asked to confirm.
async fn signed_in(app: &App, table: &mut Table) -> bool {
    let session = match app.sign_in().await {
        Ok(session) => session,
        Err(error) => {
            table.row("sign-in", Verdict::Failed, why(&error));
            return false;
        }
    };
    table.row("sign-in", Verdict::Good, "a token with a patient came back");
    let SessionView::ConfirmIdentity { person } = session else {
        table.row("patient", Verdict::Failed, "nobody to confirm");
        return false;
    };
    let facts = [
        ("a name", !person.name.is_empty()),
        ("a date of birth", person.date_of_birth.is_some()),
        ("an NHS number", person.nhs_number.is_some()),
    ];
    let listed = |wanted: bool| {
        let names: Vec<&str> = facts
            .iter()
            .filter(|(_, is_there)| *is_there == wanted)
            .map(|(name, _)| *name)
            .collect();
        names.join(", ")
    };
    let confirmed = app
        .confirm_identity(ConfirmIdentityRequest { is_me: true })
        .await;
    match confirmed {
        Ok(SessionView::SignedIn { .. }) if facts.iter().all(|(_, is_there)| *is_there) => {
            table.row("patient", Verdict::Good, listed(true));
        }
        Ok(SessionView::SignedIn { .. }) => table.row(
            "patient",
            Verdict::Lacking,
            format_args!("does not say: {}", listed(false)),
        ),
        Ok(_) => {
            table.row("patient", Verdict::Failed, "not let in after confirming");
            return false;
        }
        Err(error) => {
            table.row("patient", Verdict::Failed, why(&error));
            return false;
        }
    }
    true
}

/// Each unit of the first reading.
async fn read_all(app: &App, table: &mut Table) -> Result<(), Failure> {
    let status = app.sync_now(&|_| {}).await?;
    let counts = counts(app).await?;
    for unit in &status.units {
        let step = name(unit.unit);
        let count = counts
            .iter()
            .find(|(counted, _)| *counted == unit.unit)
            .map(|(_, count)| count);
        let entries = count.map_or("read".to_owned(), |count| format!("entries: {count}"));
        match (&unit.not_allowed, &unit.error) {
            (Some(WhyNot::ServerLacksFeature), _) => {
                table.row(step, Verdict::Lacking, "the server does not offer it");
            }
            (Some(_), _) => table.row(step, Verdict::Lacking, "this person may not see it"),
            (None, Some(error)) if error.code == ErrorCode::Incomplete => table.row(
                step,
                Verdict::Failed,
                format_args!(
                    "{entries}, and not all: {} could not be kept, or the server says that there is more",
                    unit.skipped
                ),
            ),
            (None, Some(error)) => table.row(step, Verdict::Failed, words(error.code)),
            (None, None) => table.row(step, Verdict::Good, entries),
        }
    }
    Ok(())
}

/// A second reading changes nothing that is shown.
async fn again(app: &App, table: &mut Table) -> Result<(), Failure> {
    let before = counts(app).await?;
    let status: SyncStatusView = app.sync_now(&|_| {}).await?;
    let after = counts(app).await?;
    let failed = status.units.iter().filter(|unit| unit.error.is_some());
    match (before == after, failed.count()) {
        (true, 0) => table.row("second check", Verdict::Good, "the same entries"),
        (true, failed) => table.row(
            "second check",
            Verdict::Failed,
            format_args!("the same entries, but {failed} parts failed"),
        ),
        (false, _) => table.row(
            "second check",
            Verdict::Failed,
            "other entries than at the first one: did somebody change the record meanwhile?",
        ),
    }
    Ok(())
}

/// How many entries each unit shows.
async fn counts(app: &App) -> Result<Vec<(SyncUnit, usize)>, Failure> {
    let summary = app.record_summary().await?;
    let appointments = app.appointments().await?;
    let all = [
        &appointments.upcoming,
        &appointments.past,
        &appointments.cancelled,
    ];
    let mut counts: Vec<(SyncUnit, usize)> = summary
        .sections
        .iter()
        .map(|section| (SyncUnit::Record(section.kind), section.count as usize))
        .collect();
    let appointments = all.iter().map(|list| list.len()).sum();
    counts.push((SyncUnit::Appointments, appointments));
    Ok(counts)
}

/// Signing out; the token must be worth nothing then, where the server can do that.
async fn leave(app: &App, connection: &Connection, table: &mut Table) {
    let request = SignOutRequest {
        remove_everything: true,
    };
    if let Err(error) = app.sign_out(request).await {
        table.row("sign-out", Verdict::Failed, why(&error));
        return;
    }
    if connection.backend.revocation_endpoint.is_none() {
        table.row(
            "sign-out",
            Verdict::Lacking,
            "the server cannot be told: its token lives until it ends by itself",
        );
    } else if asks::is_let_in(connection).await {
        table.row(
            "sign-out",
            Verdict::Lacking,
            "told, and the token is still taken",
        );
    } else {
        table.row("sign-out", Verdict::Good, "the token is taken no more");
    }
}

/// What a unit is called here.
pub(crate) fn name(unit: SyncUnit) -> &'static str {
    match unit {
        SyncUnit::Person => "person and practice",
        SyncUnit::Appointments => "appointments",
        SyncUnit::Repeats => "repeats",
        SyncUnit::Record(section) => section.slug(),
    }
}

/// An error with what led to it. None of these holds an address or a text of a record.
pub(crate) fn why(error: &(dyn StdError + 'static)) -> String {
    let mut words = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        words.push_str(": ");
        words.push_str(&source.to_string());
        next = source.source();
    }
    words
}

fn words(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::Offline => "no connection",
        ErrorCode::TimedOut => "no answer in time",
        ErrorCode::ServerUnavailable => "the server failed",
        ErrorCode::TooManyRequests => "the server asks for fewer requests",
        ErrorCode::UnreadableAnswer => "an answer could not be read",
        ErrorCode::UnsafeConnection => "a link or redirect leads to another server",
        ErrorCode::SignInNeeded => "the token was refused",
        ErrorCode::NotFound => "nothing there",
        ErrorCode::Rejected => "the search was refused",
        _ => "failed",
    }
}
