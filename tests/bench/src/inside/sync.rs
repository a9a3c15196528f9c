//! The first check of a record through the real engine, over HTTP, into real encrypted files.

use std::sync::Arc;

use hale_contracts::account::{ConfirmIdentityRequest, SessionView};
use hale_core::ports::SystemClock;
use hale_support::Visitor;
use serde_json::{Value, json};

use super::Task;
use super::device::{App, NoBrowser, app, local};
use super::meter::{Meter, peak_mib};
use crate::Failure;

/// Syncs the made-up Observations.
pub(super) async fn sync(task: &Task) -> Result<Value, Failure> {
    hale_remote::install_crypto();
    let app = app(local(&task.folder, &task.word), Arc::new(NoBrowser));
    if !matches!(app.start().await, SessionView::SignedIn { .. }) {
        return Err("nobody is signed in on this device".into());
    }
    measured(&app, task.count).await
}

/// Signs in as a persona of the mock, then syncs that person's record.
pub(super) async fn sync_persona(task: &Task) -> Result<Value, Failure> {
    hale_remote::install_crypto();
    let persona = task.word.clone();
    let visitor = Visitor::new(move |address| choose(address, persona.clone()));
    let device = local(&task.folder, "");
    let backends =
        hale_remote::HttpBackends::new(hale_remote::HttpOptions::default(), Arc::new(SystemClock));
    let app = hale_core::app::Hale::new(device, backends, SystemClock, Arc::new(visitor))
        .with_backend(task.url.clone());
    app.start().await;
    app.sign_in().await?;
    app.confirm_identity(ConfirmIdentityRequest { is_me: true })
        .await?;
    measured(&app, task.count).await
}

/// What a browser would send when this person is chosen at the mock's sign-in page.
async fn choose(address: String, persona: String) -> Option<url::Url> {
    let mut url = url::Url::parse(&address).ok()?;
    url.query_pairs_mut().append_pair("persona", &persona);
    let form = url.query()?.to_owned();
    url.set_query(None);
    url.set_path("/auth/choose");
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .ok()?;
    let answer = http
        .post(url)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(form)
        .send()
        .await
        .ok()?;
    url::Url::parse(answer.headers().get("location")?.to_str().ok()?).ok()
}

async fn measured(app: &App, least: usize) -> Result<Value, Failure> {
    let meter = Meter::start();
    let status = app.sync_now(&|_| {}).await?;
    let (wall, processor) = meter.passed();
    let failed = status.units.iter().filter(|unit| unit.error.is_some());
    let failed = failed.count();
    if failed > 0 {
        return Err(format!("{failed} units failed").into());
    }
    let again = Meter::start();
    app.sync_now(&|_| {}).await?;
    let entries = app.record_summary().await?;
    let entries: u32 = entries.sections.iter().map(|section| section.count).sum();
    if (entries as usize) < least {
        return Err(format!("{entries} entries arrived, not {least}").into());
    }
    Ok(json!({
        "wall": wall,
        "processor": processor,
        "again": again.passed().0,
        "peak": peak_mib(),
        "entries": entries,
    }))
}
