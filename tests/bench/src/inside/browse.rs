//! Opening and reading a record that is on the device.

use std::sync::Arc;
use std::time::Instant;

use hale_contracts::account::SessionView;
use hale_contracts::record::{RecordSectionRequest, SearchRecordRequest, SectionKind};
use serde_json::{Value, json};

use super::Task;
use super::device::{App, NoBrowser, app, local};
use super::meter::peak_mib;
use crate::Failure;

/// What a patient might look for, letter by letter.
const WORDS: [&str; 6] = [
    "blood pressure",
    "weight",
    "okafor",
    "oxygen",
    "repeated high",
    "nurse",
];

async fn opened(task: &Task) -> Result<App, Failure> {
    let app = app(local(&task.folder, &task.word), Arc::new(NoBrowser));
    match app.start().await {
        SessionView::SignedIn { .. } => Ok(app),
        _ => Err("the record does not open".into()),
    }
}

async fn page(app: &App, offset: u32, limit: u32) -> Result<usize, Failure> {
    let request = RecordSectionRequest {
        section: SectionKind::Observations,
        offset,
        limit,
    };
    Ok(app.record_section(request).await?.items.len())
}

/// The first 50 rows of a list. Whoever started this process measures until the answer.
pub(super) async fn first_rows(task: &Task) -> Result<Value, Failure> {
    let app = opened(task).await?;
    match page(&app, 0, 50).await? {
        50 => Ok(json!({"peak": peak_mib()})),
        other => Err(format!("the list begins with {other} rows").into()),
    }
}

/// The home page. Whoever started this process measures until the answer.
pub(super) async fn first_home(task: &Task) -> Result<Value, Failure> {
    let app = opened(task).await?;
    let home = app.home().await?;
    if home.person.name.is_empty() {
        return Err("the home page says nobody's name".into());
    }
    Ok(json!({"peak": peak_mib()}))
}

/// Types words and turns pages, each timed.
pub(super) async fn browse(task: &Task) -> Result<Value, Failure> {
    let app = opened(task).await?;
    let (mut keystrokes, mut pages) = (Vec::new(), Vec::new());
    for word in WORDS {
        for (end, letter) in word.char_indices() {
            let text = word[..end + letter.len_utf8()].to_owned();
            let began = Instant::now();
            let found = app.search_record(SearchRecordRequest { text }).await?;
            keystrokes.push(began.elapsed().as_secs_f64() * 1000.0);
            if found.items.is_empty() {
                return Err("nothing was found".into());
            }
        }
    }
    let mut offset = 0;
    loop {
        let began = Instant::now();
        let rows = page(&app, offset, 100).await?;
        pages.push(began.elapsed().as_secs_f64() * 1000.0);
        offset += 100;
        if rows < 100 || offset >= 10_000 {
            break;
        }
    }
    Ok(json!({"keystrokes": keystrokes, "pages": pages, "peak": peak_mib()}))
}
