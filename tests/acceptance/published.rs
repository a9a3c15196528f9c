//! Every published example: it loads into the store or is named as skipped, and none stops the rest.
//!
//! Reads `../shared/data` beside the checkout where it exists, and always the examples below.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use chrono::Utc;
use hale_cache::{LocalDevice, MemoryKeys};
use hale_contracts::record::SectionKind;
use hale_contracts::sync::SyncUnit;
use hale_core::ports::{Cache, Device, ListQuery, PersonId, SourceId};
use hale_core::sync::plan::plan_page;
use hale_fhir::read_page;
use serde_json::Value;

/// Shapes that real services publish although they break the standard.
const ODD: [&str; 4] = [
    r#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Slot","id":"1","status":"free"}}]}"#,
    r#"{"resourceType":"MedicationRequest","id":"1","basedOn":{"reference":"MedicationRequest/2"},"identifier":[{"value":5}]}"#,
    r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"400"}]}"#,
    r#"{"resourceType":"Condition","id":"1","code":{"coding":[{"userSelected":"true","display":"Asthma"}]}}"#,
];

#[tokio::test(flavor = "multi_thread")]
async fn every_published_example_loads_or_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let device = LocalDevice::with_keys(folder.path().to_owned(), MemoryKeys::default());
    let (cache, _own) = device.create(PersonId("examples".into())).await.unwrap();
    let source = SourceId("main".into());
    let mut examples: Vec<(String, Vec<u8>)> = ODD
        .iter()
        .enumerate()
        .map(|(index, json)| (format!("built in {index}"), json.as_bytes().to_vec()))
        .collect();
    examples.extend(published());
    let mut entries = 0_usize;
    for (run, (name, bytes)) in examples.iter().enumerate() {
        let Ok(page) = read_page(bytes) else {
            // What is no FHIR resource at all (a schema, a request's parameters) is refused whole.
            let is_resource = serde_json::from_slice::<Value>(bytes)
                .is_ok_and(|value| value["resourceType"].is_string() && value["id"].is_string());
            assert!(!is_resource, "{name} is a resource and could not be read");
            continue;
        };
        let unit = SyncUnit::Record(SectionKind::Results);
        let patient = page
            .entries
            .iter()
            .find(|entry| entry.resource_type == "Patient")
            .map_or_else(String::new, |entry| entry.id.clone());
        let run = i64::try_from(run).unwrap();
        let mut members = HashSet::new();
        let plan = plan_page(
            &page,
            &source,
            unit,
            &patient,
            &mut members,
            run,
            Utc::now(),
        );
        let read = page.entries.len();
        entries += read;
        assert!(
            plan.actions.len() + usize::try_from(plan.skipped).unwrap() >= read,
            "{name}: an entry was neither kept nor named"
        );
        cache
            .apply(plan.actions)
            .await
            .unwrap_or_else(|error| panic!("{name} stops the rest: {error}"));
    }
    assert!(entries >= 3, "{entries} entries");
    for kind in SectionKind::ALL {
        let query = ListQuery {
            unit: SyncUnit::Record(kind),
            offset: 0,
            limit: 10,
            listed_only: true,
        };
        cache.list(query, None).await.unwrap();
    }
}

/// The R4 examples beside the checkout, where they are there.
fn published() -> Vec<(String, Vec<u8>)> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let mut found = Vec::new();
    collect(&data, &mut found);
    found
        .into_iter()
        .filter(|path| !path.to_string_lossy().contains("stu3"))
        .map(|path| (path.display().to_string(), std::fs::read(&path).unwrap()))
        .collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            found.push(path);
        }
    }
}
