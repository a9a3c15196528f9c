//! Every published example: what it holds is read back from the store as it was put in, or is named
//! with the reason why it is not there, and none stops the rest.
//!
//! Reads `../shared/data` beside the checkout where it exists, and always the examples beside this
//! file.

mod verdict;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::Utc;
use hale_cache::{LocalDevice, MemoryKeys};
use hale_contracts::record::SectionKind;
use hale_contracts::sync::SyncUnit;
use hale_core::ports::{Cache, Device, ListQuery, PersonId, ResourceKey, SourceId};
use hale_core::sync::plan::{Members, plan_page};
use hale_core::sync::units;
use hale_fhir::{Page, ReadError, read_page};
use serde_json::Value;

use verdict::{Entry, People, Reason};

/// Of whom no example speaks.
const NOBODY: &str = "nobody-of-these";

/// What is left out of our own examples, to the letter. `of` is the patient whose record it is.
const LEFT_OUT: [&str; 17] = [
    "a-request-s-body.json: not a resource",
    "appointment-stu3/appointment.json: not R4",
    "bundle-in-a-bundle.json of ada: 0 MedicationRequest/inner: the same resource comes again later",
    "outcome-with-a-status-as-code.json of nobody-of-these: 0 OperationOutcome: an answer's own words",
    "questionnaire-without-id.json of nobody-of-these: 0 Questionnaire: refused: no id",
    "two-people.json of ada: 1 Patient/bea: refused: another patient's",
    "two-people.json of ada: 3 Condition/of-bea: refused: another patient's",
    "two-people.json of ada: 4 Observation/of-bea-within: refused: another patient's",
    "two-people.json of ada: 7 OperationOutcome: an answer's own words",
    "two-people.json of ada: 8 Procedure: refused: no id",
    "two-people.json of ada: 9: an entry without a resource",
    "two-people.json of bea: 0 Patient/ada: refused: another patient's",
    "two-people.json of bea: 2 Condition/of-ada: refused: another patient's",
    "two-people.json of bea: 5 Immunization/of-ada-bare: refused: another patient's",
    "two-people.json of bea: 7 OperationOutcome: an answer's own words",
    "two-people.json of bea: 8 Procedure: refused: no id",
    "two-people.json of bea: 9: an entry without a resource",
];

/// One file.
struct Example {
    /// Its path below the folder of examples.
    name: String,
    bytes: Vec<u8>,
}

/// What became of the examples.
#[derive(Default)]
struct Report {
    /// How many files were read.
    files: usize,
    /// How many resources are in the store.
    held: usize,
    /// What was left out, by name.
    left_out: Vec<String>,
}

#[tokio::test(flavor = "multi_thread")]
async fn what_our_own_examples_hold_is_loaded_or_is_named() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("published/own");
    let report = load_all(&here).await;
    assert_eq!(report.left_out, LEFT_OUT);
    assert_eq!(report.files, 9);
    assert_eq!(report.held, 13);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_published_example_is_loaded_or_is_named() {
    let published = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if !published.is_dir() {
        println!("no published examples beside this checkout: only our own were read");
        return;
    }
    let report = load_all(&published).await;
    assert!(report.files > 500, "only {} files were read", report.files);
    assert!(report.held > 2_500, "only {} are held", report.held);
}

/// Loads every example below a folder into one store, and checks it against what must become of it.
async fn load_all(folder: &Path) -> Report {
    let home = tempfile::tempdir().unwrap();
    let device = LocalDevice::with_keys(home.path().to_owned(), MemoryKeys::default());
    let (cache, _own) = device.create(PersonId("examples".into())).await.unwrap();
    let mut report = Report::default();
    let mut held_of_nobody = 0;
    for example in read_folder(folder) {
        report.files += 1;
        held_of_nobody += load(&cache, &example, &mut report).await;
    }
    let mut listed = 0;
    for unit in units::ALL {
        listed += count_rows(&cache, unit).await;
    }
    assert_eq!(listed, report.held + held_of_nobody, "each is in one list");
    for line in &report.left_out {
        println!("left out: {line}");
    }
    println!("{} files, {} held", report.files, report.held);
    report
}

/// Loads an example into the record of each patient whom it names, and into one of somebody else.
/// Answers how much the latter holds.
async fn load(cache: &impl Cache, example: &Example, report: &mut Report) -> usize {
    let name = &example.name;
    if name.contains("stu3") {
        report.left_out.push(format!("{name}: {}", Reason::NotR4));
        return 0;
    }
    let json: Value = serde_json::from_slice(&example.bytes).unwrap();
    if !json["resourceType"].is_string() {
        assert!(
            matches!(
                read_page(&example.bytes),
                Err(ReadError::NotFhir | ReadError::NotJson(_))
            ),
            "{name} is no resource, and was read as one"
        );
        let reason = Reason::NotAResource;
        report.left_out.push(format!("{name}: {reason}"));
        return 0;
    }
    let entries = verdict::entries(&json);
    let people = People::of(&entries);
    let mut patients = people.all(&entries);
    let has_patient = !patients.is_empty();
    assert!(patients.insert(NOBODY.to_owned()), "{name} speaks of them");
    let mut held_of_nobody = 0;
    for patient in patients {
        let verdicts = people.verdicts(&entries, &patient);
        let held = load_of(cache, example, &entries, &verdicts, &patient).await;
        if has_patient && patient == NOBODY {
            held_of_nobody += held;
            continue;
        }
        report.held += held;
        let left_out = name_left_out(&entries, &verdicts);
        let of_patient = |line| format!("{name} of {patient}: {line}");
        report.left_out.extend(left_out.map(of_patient));
    }
    held_of_nobody
}

fn name_left_out<'a>(
    entries: &'a [Entry],
    verdicts: &'a [Option<Reason>],
) -> impl Iterator<Item = String> + 'a {
    let both = entries.iter().zip(verdicts).enumerate();
    both.filter_map(|(place, (entry, verdict))| {
        let reason = (*verdict)?;
        let what = match entry.name() {
            (kind, Some(id)) => format!(" {kind}/{id}"),
            (kind, None) if kind.is_empty() => String::new(),
            (kind, None) => format!(" {kind}"),
        };
        Some(format!("{place}{what}: {reason}"))
    })
}

/// Loads an example into a patient's record and compares what is held with what must be. Answers
/// how many are held.
async fn load_of(
    cache: &impl Cache,
    example: &Example,
    entries: &[Entry],
    verdicts: &[Option<Reason>],
    patient: &str,
) -> usize {
    let name = &example.name;
    let source = SourceId(format!("{name} of {patient}"));
    let skipped = put(cache, example, &source, patient).await;
    let counted = verdicts
        .iter()
        .flatten()
        .filter(|reason| reason.is_counted())
        .count();
    assert_eq!(skipped, counted, "{name} of {patient}: what is told of");
    let key = |entry: &Entry| {
        let (resource_type, id) = entry.name();
        let source = source.clone();
        id.map(|id| ResourceKey {
            source,
            resource_type,
            id,
        })
    };
    let must: BTreeMap<ResourceKey, &Value> = entries
        .iter()
        .zip(verdicts)
        .filter(|(_, verdict)| verdict.is_none())
        .map(|(entry, _)| (key(entry).unwrap(), entry.resource.as_ref().unwrap()))
        .collect();
    let asked = entries.iter().filter_map(key).collect();
    let rows = cache.get_many(asked).await.unwrap();
    let held: BTreeMap<ResourceKey, Value> = rows
        .into_iter()
        .map(|row| (row.key, serde_json::from_str(&row.json).unwrap()))
        .collect();
    let keys = |map: Vec<&ResourceKey>| map.into_iter().cloned().collect::<Vec<_>>();
    assert_eq!(
        keys(held.keys().collect()),
        keys(must.keys().collect()),
        "{name} of {patient}: what is held"
    );
    for (key, resource) in &held {
        assert_eq!(&resource, &must[key], "{name} of {patient}: {key:?}");
    }
    held.len()
}

/// Puts an example into the store as an answer about this patient. Answers how many entries are told
/// of as skipped.
async fn put(cache: &impl Cache, example: &Example, source: &SourceId, patient: &str) -> usize {
    let name = &example.name;
    let page = match read_page(&example.bytes) {
        Ok(page) => page,
        // One resource that is the whole answer is refused whole.
        Err(ReadError::BadResource(_)) => return 1,
        Err(error) => panic!("{name} is a resource and could not be read: {error}"),
    };
    let unit = unit_of(&page);
    let mut members = Members::new();
    let plan = plan_page(
        &page,
        source,
        unit,
        patient.into(),
        &mut members,
        1,
        Utc::now(),
    );
    let skipped = usize::try_from(plan.skipped).unwrap();
    cache
        .apply(plan.actions)
        .await
        .unwrap_or_else(|error| panic!("{name} stops the rest: {error}"));
    skipped
}

/// What the app would have asked for to get such an answer.
fn unit_of(page: &Page) -> SyncUnit {
    let has = |kind: &str| page.entries.iter().any(|it| it.resource_type == kind);
    if has("Appointment") {
        SyncUnit::Appointments
    } else if has("Patient") && page.entries.len() == 1 {
        SyncUnit::Person
    } else {
        SyncUnit::Record(SectionKind::Results)
    }
}

async fn count_rows(cache: &impl Cache, unit: SyncUnit) -> usize {
    let query = ListQuery {
        unit,
        offset: 0,
        limit: u32::MAX,
        listed_only: false,
    };
    cache.list(query).await.unwrap().rows.len()
}

/// Every example below a folder, by name.
fn read_folder(folder: &Path) -> Vec<Example> {
    let mut found = Vec::new();
    collect(folder, &mut found);
    found.sort();
    found
        .into_iter()
        .map(|path| Example {
            name: path.strip_prefix(folder).unwrap().display().to_string(),
            bytes: std::fs::read(&path).unwrap(),
        })
        .collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
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
