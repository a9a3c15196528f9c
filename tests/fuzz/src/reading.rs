//! Answers of a FHIR server: any body, up to what a patient is shown of it.
//!
//! The laws: nothing panics; a bad entry never drops a good one; what is kept is kept to the letter;
//! nothing of another patient is kept; of a withdrawn entry nothing is shown but its name; every
//! view can cross to the window. Whose record it is, the body says: the first `Patient/…` in it.

use chrono::{DateTime, Utc};
use hale_contracts::provenance::SourceView;
use hale_contracts::record::{ItemStatus, ItemTitle, RecordItemView, SectionKind};
use hale_core::account::view as account;
use hale_core::appointments::{rules::PracticeRules, view as appointments};
use hale_core::error::server_words;
use hale_core::ports::{IdentityClaims, SourceId, StoredResource};
use hale_core::record::{absence, view};
use hale_core::sync::content::is_same_content;
use hale_core::sync::plan::{Incoming, Members, PagePlan, SyncAction, plan_page};
use hale_core::sync::units;
use hale_fhir::{Page, read_outcome, read_page};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::requests::crosses;

/// The entries of a Bundle that are looked at one by one; more would only take time.
const MOST_ALONE: usize = 24;

/// Runs the laws over a body.
pub fn check(body: &[u8]) {
    let _ = read_outcome(body);
    let _ = server_words(body);
    if let Ok(page) = read_page(body) {
        let patient = whose(body);
        let unit = units::ALL[body.len() % units::ALL.len()];
        let plan = planned(&page, unit, &patient);
        adds_up(&page, &plan);
        for action in &plan.actions {
            if let SyncAction::Upsert { resource, .. } = action {
                is_of(&patient, resource);
                views(&page, resource);
            }
        }
    }
    if let Ok(raw) = serde_json::from_slice::<&RawValue>(body) {
        good_ones_stay(raw);
    }
    if let Ok(bundle) = serde_json::from_slice::<Value>(body) {
        entries_stand_alone(&bundle);
    }
}

/// The patient that a body speaks of first.
fn whose(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let id = text.split_once("Patient/").map_or("", |(_, rest)| rest);
    let id: String = id
        .chars()
        .take_while(|letter| letter.is_ascii_alphanumeric() || "-.".contains(*letter))
        .collect();
    if id.is_empty() { "p".to_owned() } else { id }
}

fn planned(page: &Page, unit: hale_contracts::sync::SyncUnit, patient: &str) -> PagePlan {
    let source = SourceId("main".to_owned());
    let mut members = Members::new();
    plan_page(
        page,
        &source,
        unit,
        patient.into(),
        &mut members,
        1,
        moment(),
    )
}

/// Every entry becomes one action or is counted as skipped, and its words are its own.
fn adds_up(page: &Page, plan: &PagePlan) {
    for entry in &page.entries {
        assert!(!entry.id.is_empty(), "an entry without an id");
        assert!(
            !entry.id.contains(['/', ' ', '?', '#', '|']),
            "an id that cannot stand in a reference"
        );
        let raw: Value = serde_json::from_str(entry.raw.get()).expect("a kept entry reads whole");
        assert!(raw.is_object(), "a kept entry is no object");
    }
    let of_entries = plan.actions.len() + plan.skipped as usize;
    assert_eq!(of_entries, page.entries.len() + page.skipped.len());
    let mut upserts = 0;
    for action in &plan.actions {
        if let SyncAction::Upsert { resource, .. } = action {
            upserts += 1;
            let is_verbatim = page.entries.iter().any(|entry| {
                entry.id == resource.key.id
                    && entry.resource_type == resource.key.resource_type
                    && entry.raw.get() == resource.json
            });
            assert!(is_verbatim, "what is kept is not what was sent");
            assert!(is_same_content(&resource.json, &resource.json));
        }
    }
    assert_eq!(upserts, plan.kept);
}

/// Nothing of another patient is kept. Written apart from the product's own rule on purpose.
fn is_of(patient: &str, kept: &Incoming) {
    let json: Value = serde_json::from_str(&kept.json).expect("a kept entry reads whole");
    if kept.key.resource_type == "Patient" {
        assert_eq!(kept.key.id, patient, "another patient was kept");
    }
    let mut named = Vec::new();
    for field in ["subject", "patient", "for", "beneficiary"] {
        named.extend(references(&json[field]));
    }
    for participant in each(&json["participant"]) {
        named.extend(references(&participant["actor"]));
    }
    let mut others = named.iter().filter_map(|name| patient_in(name)).peekable();
    if others.peek().is_some() {
        assert!(
            others.any(|id| id == patient),
            "something of another patient was kept"
        );
    }
}

fn each(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(values) => values.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

fn references(value: &Value) -> Vec<String> {
    each(value)
        .into_iter()
        .filter_map(|one| one["reference"].as_str().or_else(|| one.as_str()))
        .map(ToOwned::to_owned)
        .collect()
}

/// The id of a reference to a patient: `Patient/1`, `https://…/Patient/1/_history/2`.
fn patient_in(reference: &str) -> Option<String> {
    let reference = reference.trim();
    if reference.starts_with('#') || reference.to_ascii_lowercase().starts_with("urn:") {
        return None;
    }
    let path = reference.split(['?', '#', '|']).next()?;
    let path = path.split("/_history/").next()?.trim_end_matches('/');
    let (before, id) = path.rsplit_once('/')?;
    let is_patient = before == "Patient" || before.ends_with("/Patient");
    (is_patient && !id.is_empty()).then(|| id.to_owned())
}

/// Everything that a patient may be shown of a resource.
fn views(page: &Page, kept: &Incoming) {
    let find = |reference: &str| -> Option<Value> {
        let (resource_type, id) = reference.split_once('/')?;
        let found = page
            .entries
            .iter()
            .find(|entry| entry.resource_type == resource_type && entry.id == id)?;
        serde_json::from_str(found.raw.get()).ok()
    };
    let source = SourceView {
        id: "main".to_owned(),
        name: "A practice".to_owned(),
    };
    let held = stored(kept);
    let item = view::item(&held, &find, &source);
    assert_eq!(
        view::parse_item_id(&item.id).as_ref(),
        Some(&held.key),
        "an item that the window could not ask for"
    );
    if let ItemTitle::Words(title) = &item.title {
        assert!(!title.trim().is_empty(), "an item without a name");
    }
    if item.status == Some(ItemStatus::EnteredInError) {
        has_only_a_name(&item);
    }
    crosses(&item);
    let removed = StoredResource {
        json: "{}".to_owned(),
        removed_at: Some(moment()),
        ..held.clone()
    };
    let removed = view::item(&removed, &find, &source);
    has_only_a_name(&removed);
    crosses(&removed);

    let json: Value = serde_json::from_str(&held.json).expect("a kept entry reads whole");
    let appointment = appointments::appointment(&held, &find, &source);
    let _ = appointments::is_upcoming(&appointment, moment());
    crosses(&appointment);
    crosses(&appointments::no_longer_listed(&held, &source));
    if let Ok(slot) = appointments::slot(&json, &find) {
        assert!(!slot.id.is_empty(), "a free time that cannot be booked");
        crosses(&slot);
    }
    if let Some(slot) = appointments::slot_asked_for(&json) {
        crosses(&slot);
    }
    let _ = view::references(&json);
    let person = account::person(&json, &IdentityClaims::default(), &find);
    if let Some(number) = &person.nhs_number {
        let is_number = number.len() == 10 && number.bytes().all(|digit| digit.is_ascii_digit());
        assert!(is_number, "an NHS number that is none");
    }
    crosses(&person);
    let _ = account::access(&json);
    let list = [json];
    let _ = PracticeRules::from_services(&list);
    for section in SectionKind::ALL {
        let _ = absence::of_section(section, &list);
    }
}

fn has_only_a_name(item: &RecordItemView) {
    assert!(
        item.values.is_empty()
            && item.fields.is_empty()
            && item.more.is_empty()
            && item.comments.is_empty()
            && item.doses.is_empty(),
        "a withdrawn entry shows more than its name"
    );
}

/// Whatever stands beside them, as an entry or as an entry's resource, two good entries are kept.
fn good_ones_stay(beside: &RawValue) {
    let good = |id: &str| {
        json!({"resourceType": "Condition", "id": id, "code": {"text": id},
            "subject": {"reference": "Patient/whose-this-is"}})
        .to_string()
    };
    let [first, last] = [good("good-first"), good("good-last")];
    let beside = beside.get();
    let body = format!(
        r#"{{"resourceType":"Bundle","entry":[{{"resource":{first}}},{beside},{{"resource":{beside}}},{{"resource":{last}}}]}}"#
    );
    let page = read_page(body.as_bytes()).expect("one entry spoils the page");
    let unit = units::ALL[body.len() % units::ALL.len()];
    let plan = planned(&page, unit, "whose-this-is");
    for good in [first, last] {
        let is_kept = plan.actions.iter().any(
            |action| matches!(action, SyncAction::Upsert { resource, .. } if resource.json == good),
        );
        assert!(is_kept, "a good entry was dropped for one beside it");
    }
}

/// A Bundle's entries read the same together as each alone.
fn entries_stand_alone(bundle: &Value) {
    let Some(entries) = bundle["entry"].as_array() else {
        return;
    };
    if bundle["resourceType"] != "Bundle" || entries.len() > MOST_ALONE {
        return;
    }
    let whole = read_page(bundle.to_string().as_bytes()).expect("a Bundle that cannot be read");
    let (mut kept, mut skipped) = (Vec::new(), 0);
    for entry in entries {
        let alone = json!({"resourceType": "Bundle", "entry": [entry]}).to_string();
        let page = read_page(alone.as_bytes()).expect("a Bundle that cannot be read");
        kept.extend(names(&page));
        skipped += page.skipped.len();
    }
    assert_eq!(names(&whole), kept, "entries depend on those beside them");
    assert_eq!(whole.skipped.len(), skipped);
}

fn names(page: &Page) -> Vec<String> {
    page.entries
        .iter()
        .map(|entry| format!("{}/{} {}", entry.resource_type, entry.id, entry.raw.get()))
        .collect()
}

fn stored(kept: &Incoming) -> StoredResource {
    StoredResource {
        key: kept.key.clone(),
        unit: kept.unit,
        is_listed: kept.is_listed,
        version: kept.version.clone(),
        last_updated: kept.last_updated,
        sort_date: kept.sort_date,
        json: kept.json.clone(),
        first_seen_at: moment(),
        changed_at: moment(),
        checked_at: moment(),
        removed_at: None,
        part_of: kept.part_of.clone(),
        shown: kept.own,
        seen: kept.own,
    }
}

fn moment() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_458)
}
