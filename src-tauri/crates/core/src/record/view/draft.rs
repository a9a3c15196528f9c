//! An item while it is being read: facts are added in the order in which they are shown.

use hale_contracts::dose::DoseView;
use hale_contracts::record::{FieldLabel, FieldValue, FieldView, ItemStatus, ResultValueView};
use hale_contracts::time::PartialDate;
use hale_fhir::lenient::{list, text};
use hale_fhir::{Resolver, concept, extension, plain, quantity, reference};
use serde_json::Value;

use super::{classify, is_entered_in_error, source_status};
use crate::london;

/// How long a narrative may be to stand in for a missing title.
const LONGEST_TITLE: usize = 160;

/// An item while it is being read.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) title: String,
    pub(super) subtitle: Option<String>,
    pub(super) doses: Vec<DoseView>,
    pub(super) status: Option<ItemStatus>,
    pub(super) status_text: Option<String>,
    pub(super) comments: Vec<String>,
    pub(super) values: Vec<ResultValueView>,
    pub(super) fields: Vec<FieldView>,
    pub(super) more: Vec<FieldView>,
    pub(super) organisation: Option<String>,
    pub(super) author: Option<String>,
    pub(super) recorded: Option<PartialDate>,
    pub(super) is_sensitive: bool,
}

impl Draft {
    /// With what every type has: its own date, its status, its notes, whether it is sensitive.
    pub(super) fn of(
        resource_type: &str,
        json: &Value,
        find: &dyn Fn(&str) -> Option<Value>,
    ) -> Self {
        let mut draft = Self {
            recorded: classify::own_date(resource_type, json)
                .as_deref()
                .map(london::partial_date),
            is_sensitive: is_sensitive(json),
            ..Self::default()
        };
        (draft.status, draft.status_text) = source_status::read(resource_type, json);
        draft.notes(json, find);
        draft
    }

    /// The title, if it has none yet.
    pub(super) fn title(&mut self, title: Option<String>) {
        if self.title.is_empty() {
            self.title = title.unwrap_or_default();
        }
    }

    /// A fact in words.
    pub(super) fn text(&mut self, label: FieldLabel, words: Option<String>) {
        push(&mut self.fields, label, words.map(FieldValue::Text));
    }

    /// Several facts of the same kind, one line each.
    pub(super) fn texts(&mut self, label: FieldLabel, words: impl IntoIterator<Item = String>) {
        for words in words {
            self.text(label, Some(words));
        }
    }

    /// The words of each concept of a list.
    pub(super) fn concepts(&mut self, label: FieldLabel, concepts: &Value) {
        self.texts(label, list(concepts).filter_map(concept::words));
    }

    /// A date.
    pub(super) fn date(&mut self, label: FieldLabel, written: &Value) {
        let date = text(written).as_deref().map(london::partial_date);
        push(&mut self.fields, label, date.map(FieldValue::Date));
    }

    /// A span of time, if it has at least one end.
    pub(super) fn period(&mut self, label: FieldLabel, period: &Value) {
        push(&mut self.fields, label, read_period(period));
    }

    /// A choice of types that says when: `onset[x]`, `performed[x]`, `effective[x]`.
    pub(super) fn when(&mut self, label: FieldLabel, element: &Value, prefix: &str) {
        let value = extension::choice(element, prefix).and_then(|(kind, value)| match kind {
            "DateTime" | "Date" | "Instant" => {
                text(value).map(|date| FieldValue::Date(london::partial_date(&date)))
            }
            "Period" => read_period(value),
            "Timing" => list(&value["event"])
                .find_map(text)
                .map(|date| FieldValue::Date(london::partial_date(&date)))
                .or_else(|| concept::words(&value["code"]).map(FieldValue::Text)),
            _ => in_words(value).map(FieldValue::Text),
        });
        push(&mut self.fields, label, value);
    }

    /// A fact that has no label of its own, under the source's name for it.
    pub(super) fn other(&mut self, name: &str, words: Option<String>) {
        self.text(
            FieldLabel::Other,
            words.map(|words| format!("{name}: {words}")),
        );
    }

    /// A fact for "more detail", under the source's name for it.
    pub(super) fn more(&mut self, name: &str, words: Option<String>) {
        let words = words.map(|words| FieldValue::Text(format!("{name}: {words}")));
        push(&mut self.more, FieldLabel::Other, words);
    }

    /// A fact for "more detail" with a label of its own.
    pub(super) fn more_text(&mut self, label: FieldLabel, words: Option<String>) {
        push(&mut self.more, label, words.map(FieldValue::Text));
    }

    /// Who recorded it; the first that is named counts.
    pub(super) fn author(&mut self, name: Option<String>) {
        self.author = self.author.take().or(name);
    }

    /// The organisation that recorded it; the first that is named counts.
    pub(super) fn organisation(&mut self, name: Option<String>) {
        self.organisation = self.organisation.take().or(name);
    }

    /// Who did it: an organisation is where it was recorded, a person is who recorded it.
    pub(super) fn performers(&mut self, performers: &Value, resolver: &Resolver<'_>) {
        for element in list(performers) {
            let name = resolver.name(element);
            if reference::target_type(element).as_deref() == Some("Organization") {
                self.organisation(name.clone());
            } else {
                self.author(name.clone());
            }
            self.text(FieldLabel::Performer, name);
        }
    }

    /// The annotations of an element: what clinicians wrote, unchanged, and who wrote it.
    pub(super) fn notes(&mut self, element: &Value, find: &dyn Fn(&str) -> Option<Value>) {
        for note in list(&element["note"]) {
            let Some(words) = text(&note["text"]).or_else(|| text(note)) else {
                continue;
            };
            if !self.comments.contains(&words) {
                self.comments.push(words);
            }
            let author = text(&note["authorString"])
                .or_else(|| Resolver::new(element, find).name(&note["authorReference"]));
            self.more("Comment by", author);
        }
    }

    /// Each coding of a concept, for "more detail".
    pub(super) fn codes(&mut self, concept: &Value) {
        for coding in concept::codings(concept) {
            let Some(code) = text(&coding["code"]) else {
                continue;
            };
            let system = text(&coding["system"]).map(|system| system_name(&system));
            let display = text(&coding["display"]);
            let parts: Vec<String> = [system, Some(code), display]
                .into_iter()
                .flatten()
                .collect();
            self.more_text(FieldLabel::Code, Some(parts.join(" ")));
        }
    }

    /// The identifiers of a resource, for "more detail". Ids that only machines use are left out.
    fn identifiers(&mut self, json: &Value) {
        for identifier in list(&json["identifier"]) {
            let is_for_machines = text(&identifier["system"]).is_some_and(|system| {
                system.ends_with("rfc4122") || system.starts_with("urn:ietf")
            });
            if !is_for_machines {
                self.more("Identifier", text(&identifier["value"]));
            }
        }
    }

    /// The last touch: a title in any case, and nothing of a withdrawn entry but its name.
    pub(super) fn finish(mut self, resource_type: &str, json: &Value) -> Self {
        if self.title.is_empty() {
            self.title = narrative(json).unwrap_or_else(|| spaced(resource_type));
        }
        if is_entered_in_error(json) {
            return Self {
                title: self.title,
                status: Some(ItemStatus::EnteredInError),
                status_text: self.status_text,
                recorded: self.recorded,
                is_sensitive: self.is_sensitive,
                organisation: self.organisation,
                ..Self::default()
            };
        }
        self.identifiers(json);
        self.more_text(FieldLabel::Status, self.status_text.clone());
        if self.subtitle.as_deref() == Some(self.title.as_str()) {
            self.subtitle = None;
        }
        self
    }

    /// All that can be read of it, for the search.
    pub(super) fn search_text(&self) -> String {
        let fields = self
            .fields
            .iter()
            .chain(&self.more)
            .filter_map(|field| match &field.value {
                FieldValue::Text(words) => Some(words.as_str()),
                FieldValue::Date(_) | FieldValue::Period(..) | FieldValue::Count(_) => None,
            });
        let values = self
            .values
            .iter()
            .flat_map(|value| [value.name.as_str(), value.value.as_str()]);
        let own = [
            Some(self.title.as_str()),
            self.subtitle.as_deref(),
            self.organisation.as_deref(),
            self.author.as_deref(),
        ];
        let mut parts: Vec<&str> = Vec::new();
        let comments = self.comments.iter().map(String::as_str);
        let doses = self
            .doses
            .iter()
            .flat_map(|dose| dose.text.iter().chain(&dose.as_needed_for))
            .map(String::as_str);
        for part in own
            .into_iter()
            .flatten()
            .chain(comments)
            .chain(doses)
            .chain(values)
            .chain(fields)
        {
            if !part.is_empty() && !parts.contains(&part) {
                parts.push(part);
            }
        }
        parts.join("\n")
    }
}

fn push(fields: &mut Vec<FieldView>, label: FieldLabel, value: Option<FieldValue>) {
    if let Some(value) = value {
        let field = FieldView { label, value };
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
}

fn read_period(period: &Value) -> Option<FieldValue> {
    let end = |field: &str| text(&period[field]).as_deref().map(london::partial_date);
    match (end("start"), end("end")) {
        (None, None) => None,
        (start, end) => Some(FieldValue::Period(start, end)),
    }
}

/// A value of any simple type in words.
pub(super) fn in_words(value: &Value) -> Option<String> {
    text(value)
        .or_else(|| quantity::quantity(value).map(|quantity| quantity.in_words()))
        .or_else(|| quantity::range(value, None))
        .or_else(|| quantity::ratio(value))
        .or_else(|| concept::words(value))
}

/// Whether the source marks a resource as restricted or very restricted (HL7 v3 Confidentiality).
pub(super) fn is_sensitive(json: &Value) -> bool {
    list(&json["meta"]["security"]).any(|label| {
        concept::codings(label).any(|coding| matches!(coding["code"].as_str(), Some("R" | "V")))
    })
}

fn system_name(system: &str) -> String {
    let known = [
        ("snomed.info/sct", "SNOMED CT"),
        ("dmd.nhs.uk", "dm+d"),
        ("loinc.org", "LOINC"),
        ("read.info/readv2", "Read v2"),
        ("read.info/ctv3", "Read CTV3"),
        ("hl7.org/fhir/sid/icd-10", "ICD-10"),
    ];
    known
        .into_iter()
        .find(|(part, _)| system.contains(part))
        .map_or_else(|| system.to_owned(), |(_, name)| name.to_owned())
}

fn narrative(json: &Value) -> Option<String> {
    let words = plain::from_html(json["text"]["div"].as_str()?)?;
    if words.chars().count() <= LONGEST_TITLE {
        return Some(words);
    }
    let cut: String = words.chars().take(LONGEST_TITLE).collect();
    Some(format!("{cut}…"))
}

/// A type's name as people read it: `CarePlan` becomes `Care plan`.
fn spaced(resource_type: &str) -> String {
    let mut words = String::with_capacity(resource_type.len() + 4);
    for letter in resource_type.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
            words.extend(letter.to_lowercase());
        } else {
            words.push(letter);
        }
    }
    words
}
