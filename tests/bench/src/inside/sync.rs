//! The first check of a record through the real engine, over HTTP, into real encrypted files.

use std::sync::Arc;

use hale_contracts::account::{ConfirmIdentityRequest, SessionView};
use hale_core::ports::SystemClock;
use hale_support::Visitor;
use serde_json::{Value, json};

use super::Task;
use super::device::{App, NoBrowser, app, local, tokens};
use super::meter::{Meter, peak_mib};
use super::observations::{PAGE, PATIENT};
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

/// The first check alone, in a process that does no other, as its peers measure theirs.
pub(super) async fn first(task: &Task) -> Result<Value, Failure> {
    hale_remote::install_crypto();
    let app = app(local(&task.folder, &task.word), Arc::new(NoBrowser));
    if !matches!(app.start().await, SessionView::SignedIn { .. }) {
        return Err("nobody is signed in on this device".into());
    }
    let meter = Meter::start();
    let status = app.sync_now(&|_| {}).await?;
    let (wall, processor) = meter.passed();
    let peak = peak_mib();
    if status.units.iter().any(|unit| unit.error.is_some()) {
        return Err("a unit failed".into());
    }
    let sections = app.record_summary().await?.sections;
    let entries: u32 = sections.iter().map(|section| section.count).sum();
    if entries as usize != task.count {
        return Err(format!("{entries} entries are held, not {}", task.count).into());
    }
    Ok(json!({"wall": wall, "processor": processor, "peak": peak, "held": entries}))
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

/// How often a later check is measured, after one that warms up.
const ROUNDS: usize = 7;

/// Checks a record that is on the device already; each time after ten changes if the word says so.
pub(super) async fn check(task: &Task) -> Result<Value, Failure> {
    hale_remote::install_crypto();
    let app = app(local(&task.folder, ""), Arc::new(NoBrowser));
    if !matches!(app.start().await, SessionView::SignedIn { .. }) {
        return Err("nobody is signed in on this device".into());
    }
    let http = reqwest::Client::builder().no_proxy().build()?;
    let (mut rounds, mut used, mut requests) = (Vec::new(), Vec::new(), 0.0);
    for round in 0..=ROUNDS {
        if task.word == "changes" {
            let change = beside(&task.url, "change")?;
            http.post(change).send().await?.error_for_status()?;
        }
        let before = answered(&http, &task.url).await?;
        let meter = Meter::start();
        let status = app.sync_now(&|_| {}).await?;
        let (wall, processor) = meter.passed();
        if status.units.iter().any(|unit| unit.error.is_some()) {
            return Err("a unit failed".into());
        }
        if round > 0 {
            let after = answered(&http, &task.url).await?;
            requests = count_of(&after, "requests") - count_of(&before, "requests");
            rounds.push(wall);
            used.push(processor);
        }
    }
    used.sort_by(f64::total_cmp);
    Ok(json!({
        "rounds": rounds,
        "processor": used.get(ROUNDS / 2),
        "requests": requests,
        "peak": peak_mib(),
    }))
}

/// Reads every page and keeps nothing: as fast as the server can answer one client.
pub(super) async fn ceiling(task: &Task) -> Result<Value, Failure> {
    hale_remote::install_crypto();
    let http = reqwest::Client::builder().no_proxy().build()?;
    let pages = task.count.div_ceil(PAGE);
    let meter = Meter::start();
    for page in 0..pages {
        let url = format!(
            "{}/Observation?patient={PATIENT}&category=vital-signs&_count={PAGE}&page={page}",
            task.url
        );
        http.get(url)
            .send()
            .await?
            .error_for_status()?
            .bytes()
            .await?;
    }
    let (wall, _) = meter.passed();
    #[expect(clippy::cast_precision_loss, reason = "a thousand pages")]
    let speed = pages as f64 * 1000.0 / wall;
    Ok(json!({"pages": speed}))
}

/// Reads the Observations of whoever is signed in on this device and keeps nothing: as fast as the
/// mock can answer one client.
pub(super) async fn ceiling_of_mock(task: &Task) -> Result<Value, Failure> {
    hale_remote::install_crypto();
    let tokens = tokens(task).await?;
    let http = reqwest::Client::builder().no_proxy().build()?;
    let mut next = Some(format!(
        "{}/Observation?patient={}&_count={PAGE}",
        task.url, tokens.patient_id
    ));
    let (mut count, meter) = (0, Meter::start());
    while let Some(url) = next {
        let request = http.get(url).bearer_auth(&tokens.access_token);
        let body = request.send().await?.error_for_status()?.bytes().await?;
        let page = hale_fhir::read_page(&body)?;
        count += page.entries.len();
        next = page.next;
    }
    let (wall, _) = meter.passed();
    if count < task.count {
        return Err(format!("{count} entries arrived, not {}", task.count).into());
    }
    #[expect(clippy::cast_precision_loss, reason = "a few thousand entries")]
    let speed = count as f64 * 1000.0 / wall;
    Ok(json!({"entries": speed}))
}

/// What the server has answered so far.
pub(super) async fn stats(task: &Task) -> Result<Value, Failure> {
    hale_remote::install_crypto();
    let http = reqwest::Client::builder().no_proxy().build()?;
    answered(&http, &task.url).await
}

async fn answered(http: &reqwest::Client, base: &str) -> Result<Value, Failure> {
    let body = http
        .get(beside(base, "stats")?)
        .send()
        .await?
        .bytes()
        .await?;
    Ok(serde_json::from_slice(&body)?)
}

fn count_of(answer: &Value, name: &str) -> f64 {
    answer[name].as_f64().unwrap_or(f64::NAN)
}

/// An address of the server outside FHIR.
fn beside(base: &str, name: &str) -> Result<url::Url, Failure> {
    Ok(url::Url::parse(base)?.join(&format!("/{name}"))?)
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
