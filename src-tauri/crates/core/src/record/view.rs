//! The record's items as views. The one place of the slice where FHIR is read: FHIR comes in, views
//! go out.
//!
//! Decides what is shown of a resource, in which section, under which date. Passes on the source's
//! own words unchanged; never HTML, and nothing of an entry that was withdrawn but its name.

mod allergy;
mod care;
mod classify;
mod condition;
mod document;
mod dosage;
mod draft;
mod encounter;
mod generic;
mod immunisation;
mod medicine;
mod observation;
mod phrase;
mod procedure;
mod refer;
mod report;
mod source_status;
mod value;

use hale_contracts::provenance::{ProvenanceView, SourceView};
use hale_contracts::record::{ItemStatus, RecordItemId, RecordItemView, SectionKind};
use hale_contracts::sync::SyncUnit;
use hale_fhir::lenient::text;
use serde_json::Value;

pub use classify::{Classified, classify};
pub(crate) use observation::shown_inside;
pub use refer::{members, references};

use crate::london;
use crate::ports::{ResourceKey, SourceId, StoredResource};
use crate::sync::news;
use draft::Draft;

/// What stands between the parts of an item's id: no FHIR type has it, and no FHIR id.
const SEPARATOR: char = '~';

/// The id of a resource as the window knows it.
#[must_use]
pub fn item_id(key: &ResourceKey) -> RecordItemId {
    RecordItemId(format!(
        "{}{SEPARATOR}{}{SEPARATOR}{}",
        key.source.0, key.resource_type, key.id
    ))
}

/// The resource that an id of the window stands for; none if it is not well formed.
#[must_use]
pub fn parse_item_id(id: &RecordItemId) -> Option<ResourceKey> {
    let mut parts = id.0.splitn(3, SEPARATOR);
    let key = ResourceKey {
        source: SourceId(parts.next()?.to_owned()),
        resource_type: parts.next()?.to_owned(),
        id: parts.next()?.to_owned(),
    };
    let is_whole = [&key.source.0, &key.resource_type, &key.id]
        .into_iter()
        .all(|part| !part.is_empty());
    is_whole.then_some(key)
}

/// An item of the record. `find` gives a resource by its plain reference (`Type/id`); what it does
/// not give is shown by the words in the reference, or left out.
#[must_use]
pub fn item(
    resource: &StoredResource,
    find: &dyn Fn(&str) -> Option<Value>,
    source: &SourceView,
) -> RecordItemView {
    let draft = if resource.removed_at.is_some() {
        Draft {
            status: Some(ItemStatus::RemovedBySource),
            recorded: resource.sort_date.map(london::loosest),
            ..Draft::default()
        }
    } else {
        let json: Value = serde_json::from_str(&resource.json).unwrap_or_default();
        read(&resource.key.resource_type, &json, find)
    };
    RecordItemView {
        id: item_id(&resource.key),
        section: section(resource),
        title: draft.item_title(&resource.key.resource_type),
        subtitle: draft.subtitle,
        doses: draft.doses,
        status: draft.status,
        status_text: draft.status_text,
        comments: draft.comments,
        values: draft.values,
        fields: draft.fields,
        more: draft.more,
        is_sensitive: draft.is_sensitive,
        change: news::view(resource),
        provenance: ProvenanceView {
            source: source.clone(),
            organisation: draft.organisation,
            author: draft.author,
            recorded: draft.recorded,
            last_checked: Some(london::from_utc(resource.checked_at)),
        },
    }
}

/// Reads a resource by its type.
fn read(resource_type: &str, json: &Value, find: &dyn Fn(&str) -> Option<Value>) -> Draft {
    let mut draft = Draft::of(resource_type, json, find);
    match resource_type {
        "AllergyIntolerance" => allergy::read(&mut draft, json, find),
        "MedicationStatement"
        | "MedicationRequest"
        | "MedicationDispense"
        | "MedicationAdministration" => medicine::read(&mut draft, resource_type, json, find),
        "Condition" => condition::read(&mut draft, json, find),
        "DiagnosticReport" => report::read(&mut draft, json, find),
        "Observation" => observation::read(&mut draft, json, find),
        "Immunization" => immunisation::read(&mut draft, json, find),
        "Encounter" => encounter::read(&mut draft, json, find),
        "Procedure" => procedure::read(&mut draft, json, find),
        "DocumentReference" => document::read(&mut draft, json, find),
        "ServiceRequest" => care::referral(&mut draft, json, find),
        "CarePlan" => care::plan(&mut draft, json, find),
        "CareTeam" => care::team(&mut draft, json, find),
        _ => generic::read(&mut draft, json, find),
    }
    draft.finish(json)
}

/// The section of a stored resource: its unit's; else, where it was kept for another list, its
/// type's.
fn section(resource: &StoredResource) -> SectionKind {
    match resource.unit {
        SyncUnit::Record(section) => section,
        SyncUnit::Person | SyncUnit::Appointments | SyncUnit::Repeats => {
            classify::section_of_type(&resource.key.resource_type).unwrap_or(SectionKind::Documents)
        }
    }
}

/// Whether the source withdrew an entry as a mistake.
fn is_entered_in_error(json: &Value) -> bool {
    text(&json["status"]).as_deref() == Some("entered-in-error")
        || ["verificationStatus", "clinicalStatus"]
            .into_iter()
            .any(|field| hale_fhir::concept::has_code(&json[field], "entered-in-error"))
}

#[cfg(test)]
mod tests;
