//! Every published example that is at hand is viewed, or named as skipped. The examples are kept
//! beside the checkout; without them there is nothing to read, which is said.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use hale_fhir::read_page;

use super::*;

fn examples() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data");
    root.is_dir().then_some(root)
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            found.push(path);
        }
    }
}

#[test]
fn every_published_example_is_viewed_or_named_as_skipped() {
    let Some(root) = examples() else {
        println!("no published examples beside this checkout: none was read");
        return;
    };
    let mut found = Vec::new();
    files(&root, &mut found);
    let (mut viewed, mut skipped) = (0, 0);
    for path in found
        .iter()
        .filter(|path| !path.to_string_lossy().contains("stu3"))
    {
        let bytes = std::fs::read(path).unwrap();
        let name = path.display();
        let written: Option<Value> = serde_json::from_slice(&bytes).ok();
        let Some(written) = written.filter(|json| json["resourceType"].is_string()) else {
            continue;
        };
        let Ok(page) = read_page(&bytes) else {
            assert_ne!(
                written["resourceType"], "Bundle",
                "{name}: a whole page was lost"
            );
            skipped += 1;
            continue;
        };
        if written["resourceType"] == "Bundle" {
            let members = count(&written);
            let kept = page.entries.len() + page.skipped.len();
            assert_eq!(kept, members, "{name}: an entry was neither kept nor named");
        }
        skipped += page.skipped.len();
        let known: HashMap<String, Value> = page
            .entries
            .iter()
            .filter(|entry| !entry.is_deleted)
            .map(|entry| {
                let json = serde_json::from_str(entry.raw.get()).unwrap();
                (format!("{}/{}", entry.resource_type, entry.id), json)
            })
            .collect();
        let find = |reference: &str| known.get(reference).cloned();
        for json in known.values() {
            let view = item(&stored(json), &find, &source());
            assert_ne!(view.title.words(), Some(""), "{name}: a blank title");
            let text = serde_json::to_string(&view).unwrap();
            assert!(!text.contains("<div"), "{name}: HTML in a view");
            viewed += 1;
        }
    }
    println!("{viewed} viewed, {skipped} skipped");
    assert!(viewed > 1_000, "only {viewed} examples were viewed");
}

/// The entries of a Bundle that must be accounted for: all but outcomes, with inner Bundles opened.
fn count(bundle: &Value) -> usize {
    bundle["entry"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|entry| match entry["resource"]["resourceType"].as_str() {
            Some("Bundle") => count(&entry["resource"]),
            Some("OperationOutcome") => 0,
            _ => 1,
        })
        .sum()
}
