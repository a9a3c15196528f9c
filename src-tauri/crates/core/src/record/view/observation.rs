//! Observations: measurements, findings, single results.

use hale_contracts::phrase::Phrase;
use hale_contracts::record::{FieldLabel, ItemStatus};
use hale_fhir::lenient::{list, text};
use hale_fhir::{Resolver, concept, people};
use serde_json::{Value, json};

use super::draft::{Draft, is_sensitive, is_text};
use super::{is_entered_in_error, phrase, source_status, value};

/// Nothing is read of members of members of members: a panel of panels ends there.
const DEEPEST_MEMBER: u32 = 2;

pub(super) fn read(draft: &mut Draft, json: &Value, find: &dyn Fn(&str) -> Option<Value>) {
    let resolver = Resolver::new(json, find);
    draft.title(concept::words(&json["code"]));
    let name = draft.title.clone().unwrap_or_default();
    draft.values.extend(value::values(json, &name));
    extras(draft, json, None);
    add_members(draft, &json["hasMember"], &resolver, find, 0);
    draft.performers(&json["performer"], &resolver);
    draft.when(FieldLabel::Happened, json, "effective");
    specimen(draft, &json["specimen"], &resolver);
    draft.concepts(FieldLabel::BodySite, &json["bodySite"]);
    draft.concepts(FieldLabel::Method, &json["method"]);
    draft.text(FieldLabel::Device, resolver.name(&json["device"]));
    draft.date(FieldLabel::Recorded, &json["issued"]);
    for category in list(&json["category"]) {
        draft.more(FieldLabel::Category, phrase::coded(category));
    }
    draft.codes(&json["code"]);
}

/// What stands beside the values: interpretations that are no flag, and the older comment field.
fn extras(draft: &mut Draft, json: &Value, name: Option<&str>) {
    let components = list(&json["component"]);
    for element in std::iter::once(json).chain(components) {
        for words in value::other_interpretations(element) {
            draft.fact(named(name, FieldLabel::Interpretation), Some(words));
        }
    }
    if let Some(comment) = text(&json["comment"]) {
        draft.comments.push(comment);
    }
}

/// The label of what is said of a member of a report: the member's name, where it has one.
fn named(name: Option<&str>, unnamed: FieldLabel) -> FieldLabel {
    match name {
        Some(name) if !name.is_empty() => FieldLabel::Named(name.to_owned()),
        _ => unnamed,
    }
}

/// The values of observations that a report or a panel shows as its own. What is not at hand is
/// named, never left out.
pub(super) fn add_members(
    draft: &mut Draft,
    members: &Value,
    resolver: &Resolver<'_>,
    find: &dyn Fn(&str) -> Option<Value>,
    depth: u32,
) {
    for element in list(members) {
        let Some(member) = resolver.resource(element).filter(Value::is_object) else {
            let name = phrase::words(text(&element["display"])).unwrap_or(Phrase::Unnamed);
            draft.fact(FieldLabel::NotLoaded, Some(name));
            continue;
        };
        let name = concept::words(&member["code"])
            .or_else(|| text(&element["display"]))
            .or_else(|| people::resource_name(&member))
            .or_else(|| draft.title.clone())
            .unwrap_or_default();
        // A value that was withdrawn is no value; that there was one is said.
        if is_entered_in_error(&member) {
            draft.is_sensitive |= is_sensitive(&member);
            let name = Phrase::Text(name.clone());
            draft.fact(
                FieldLabel::Withdrawn,
                Some(name)
                    .filter(|name| !is_text(name, Some("")))
                    .or(Some(Phrase::Unnamed)),
            );
            continue;
        }
        draft.is_sensitive |= is_sensitive(&member);
        draft.values.extend(value::values(&member, &name));
        extras(draft, &member, Some(&name));
        for note in list(&member["note"]) {
            if let Some(words) = text(&note["text"]) {
                let comment = if name.is_empty() {
                    words
                } else {
                    format!("{name}: {words}")
                };
                if !draft.comments.contains(&comment) {
                    draft.comments.push(comment);
                }
            }
        }
        let (status, words) = source_status::read("Observation", &member);
        if matches!(
            status,
            Some(ItemStatus::Preliminary | ItemStatus::Amended | ItemStatus::Cancelled)
        ) {
            draft.fact(named(Some(&name), FieldLabel::Status), words);
        }
        draft.codes(&member["code"]);
        if depth < DEEPEST_MEMBER {
            let inner = Resolver::new(&member, find);
            add_members(draft, &member["hasMember"], &inner, find, depth + 1);
        }
    }
}

/// What an entry shows of an observation inside itself, as a number; see [`crate::sync::news`].
pub(crate) fn shown_inside(observation: &Value) -> i64 {
    let find = |_: &str| Some(observation.clone());
    let element = json!({"reference": "Observation/itself"});
    let mut draft = Draft::default();
    let resolver = Resolver::new(&Value::Null, &find);
    // What it shows inside itself in turn is told of on its own.
    add_members(&mut draft, &element, &resolver, &|_| None, 0);
    draft.shown()
}

/// When and how samples were taken.
pub(super) fn specimen(draft: &mut Draft, specimens: &Value, resolver: &Resolver<'_>) {
    for element in list(specimens) {
        let specimen = resolver.resource(element).unwrap_or_default();
        draft.when(
            FieldLabel::SampleTaken,
            &specimen["collection"],
            "collected",
        );
        let kind =
            phrase::coded(&specimen["type"]).or_else(|| phrase::words(text(&element["display"])));
        draft.fact(FieldLabel::Sample, kind);
    }
}
