//! The floor: the least that any program must do to have the same Observations in an encrypted
//! file. No views, no search, no laws; nobody could use it.

use std::path::Path;
use std::sync::mpsc;

use rusqlite::{Connection, params};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::Task;
use super::meter::{Meter, peak_mib};
use super::observations::{PAGE, PATIENT, observation};
use crate::Failure;

/// How many rows go into one transaction.
const BATCH: usize = 1_000;

fn open(folder: &Path) -> Result<Connection, Failure> {
    let connection = Connection::open(folder.join("bare.db"))?;
    connection.execute_batch(
        "PRAGMA key = \"x'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'\"; \
         PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384; \
         PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
         CREATE TABLE resource (row INTEGER PRIMARY KEY, type TEXT NOT NULL, id TEXT NOT NULL, \
         last_updated TEXT, sort_date TEXT, code TEXT, json TEXT NOT NULL, UNIQUE (type, id)); \
         CREATE INDEX by_updated ON resource (last_updated); \
         CREATE INDEX by_date ON resource (type, sort_date); \
         CREATE INDEX by_code ON resource (type, code);",
    )?;
    Ok(connection)
}

/// What the indexes need of an Observation.
#[derive(Deserialize)]
struct Needed<'a> {
    id: &'a str,
    meta: Meta<'a>,
    #[serde(rename = "effectiveDateTime")]
    effective: &'a str,
    code: Code<'a>,
}

#[derive(Deserialize)]
struct Meta<'a> {
    #[serde(rename = "lastUpdated")]
    last_updated: &'a str,
}

#[derive(Deserialize)]
struct Code<'a> {
    text: &'a str,
}

fn insert(connection: &mut Connection, batch: &[String]) -> Result<(), Failure> {
    let transaction = connection.transaction()?;
    {
        let mut statement = transaction.prepare_cached(
            "INSERT INTO resource (type, id, last_updated, sort_date, code, json) \
             VALUES ('Observation', ?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
        )?;
        for json in batch {
            let needed: Needed<'_> = serde_json::from_str(json)?;
            statement.execute(params![
                needed.id,
                needed.meta.last_updated,
                needed.effective,
                needed.code.text,
                json
            ])?;
        }
    }
    transaction.commit()?;
    Ok(())
}

/// Inserts the Observations, which are in memory already.
pub(super) fn insert_alone(task: &Task) -> Result<Value, Failure> {
    let all: Vec<String> = (0..task.count).map(observation).collect();
    let meter = Meter::start();
    let mut connection = open(&task.folder)?;
    for batch in all.chunks(BATCH) {
        insert(&mut connection, batch)?;
    }
    let (wall, processor) = meter.passed();
    Ok(json!({"wall": wall, "processor": processor, "peak": peak_mib()}))
}

#[derive(Deserialize)]
struct Bundle<'a> {
    #[serde(borrow, default)]
    entry: Vec<Entry<'a>>,
    #[serde(default)]
    link: Vec<Link>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    resource: &'a RawValue,
}

#[derive(Deserialize)]
struct Link {
    relation: String,
    url: String,
}

/// Reads the pages one after the other and inserts them on a thread beside.
pub(super) async fn prototype(task: &Task) -> Result<Value, Failure> {
    hale_remote::install_crypto();
    let meter = Meter::start();
    let (batches, queue) = mpsc::sync_channel::<Vec<String>>(2);
    let folder = task.folder.clone();
    let writer = std::thread::spawn(move || -> Result<(), Failure> {
        let mut connection = open(&folder)?;
        for batch in queue {
            insert(&mut connection, &batch)?;
        }
        Ok(())
    });
    let http = reqwest::Client::builder().no_proxy().build()?;
    let mut next = Some(format!(
        "{}/Observation?patient={PATIENT}&category=vital-signs&_count={PAGE}",
        task.url
    ));
    let (mut batch, mut count) = (Vec::new(), 0);
    while let Some(url) = next {
        let body = http.get(url).send().await?.bytes().await?;
        let bundle: Bundle<'_> = serde_json::from_slice(&body)?;
        count += bundle.entry.len();
        let entries = bundle.entry.iter();
        batch.extend(entries.map(|entry| entry.resource.get().to_owned()));
        next = bundle
            .link
            .into_iter()
            .find(|link| link.relation == "next")
            .map(|link| link.url);
        if batch.len() >= BATCH {
            batches.send(std::mem::take(&mut batch))?;
        }
    }
    batches.send(batch)?;
    drop(batches);
    writer.join().map_err(|_| "the writer panicked")??;
    let (wall, processor) = meter.passed();
    if count < task.count {
        return Err(format!("{count} entries arrived, not {}", task.count).into());
    }
    Ok(json!({"wall": wall, "processor": processor, "peak": peak_mib()}))
}
