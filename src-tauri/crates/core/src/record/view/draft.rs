//! An item while it is being read: facts are added in the order in which they are shown.

use hale_contracts::dose::DoseView;
use hale_contracts::phrase::Phrase;
use hale_contracts::record::{FieldLabel, FieldView, ItemStatus, ItemTitle, ResultValueView};
use hale_contracts::time::PartialDate;
use hale_fhir::lenient::{list, text};
use hale_fhir::{Resolver, concept, extension, plain, reference};
use serde_json::Value;

use super::{classify, is_entered_in_error, phrase, source_status};
use crate::london;
use crate::sync::news;

/// How long a narrative may be to stand in for a missing title.
const LONGEST_TITLE: usize = 160;

/// An item while it is being read.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// In the source's words; none where it has none.
    pub(super) title: Option<String>,
    pub(super) subtitle: Option<Phrase>,
    pub(super) doses: Vec<DoseView>,
    pub(super) status: Option<ItemStatus>,
    pub(super) status_text: Option<Phrase>,
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
        self.title = self.title.take().or(title);
    }

    /// A fact.
    pub(super) fn fact(&mut self, label: FieldLabel, value: Option<Phrase>) {
        push(&mut self.fields, label, value);
    }

    /// A fact in the source's words.
    pub(super) fn text(&mut self, label: FieldLabel, words: Option<String>) {
        self.fact(label, words.map(Phrase::Text));
    }

    /// Several facts of the same kind, one line each.
    pub(super) fn texts(&mut self, label: FieldLabel, words: impl IntoIterator<Item = String>) {
        for words in words {
            self.text(label.clone(), Some(words));
        }
    }

    /// Each concept of a list.
    pub(super) fn concepts(&mut self, label: FieldLabel, concepts: &Value) {
        for concept in list(concepts) {
            self.fact(label.clone(), phrase::coded(concept));
        }
    }

    /// A date.
    pub(super) fn date(&mut self, label: FieldLabel, written: &Value) {
        self.fact(label, phrase::date(written));
    }

    /// A span of time, if it has at least one end.
    pub(super) fn period(&mut self, label: FieldLabel, period: &Value) {
        self.fact(label, phrase::period(period));
    }

    /// A choice of types that says when: `onset[x]`, `performed[x]`, `effective[x]`.
    pub(super) fn when(&mut self, label: FieldLabel, element: &Value, prefix: &str) {
        let value = extension::choice(element, prefix).and_then(|(kind, value)| match kind {
            "DateTime" | "Date" | "Instant" => phrase::date(value),
            "Period" => phrase::period(value),
            "Timing" => list(&value["event"])
                .find_map(phrase::date)
                .or_else(|| phrase::coded(&value["code"])),
            _ => phrase::any(value),
        });
        self.fact(label, value);
    }

    /// A fact for "more detail".
    pub(super) fn more(&mut self, label: FieldLabel, value: Option<Phrase>) {
        push(&mut self.more, label, value);
    }

    /// A fact for "more detail" in the source's words.
    pub(super) fn more_text(&mut self, label: FieldLabel, words: Option<String>) {
        self.more(label, words.map(Phrase::Text));
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
            self.more_text(FieldLabel::CommentBy, author);
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
                self.more_text(FieldLabel::Identifier, text(&identifier["value"]));
            }
        }
    }

    /// The last touch: the narrative where there is no title, and nothing of a withdrawn entry but
    /// its name.
    pub(super) fn finish(mut self, json: &Value) -> Self {
        self.title = self.title.or_else(|| narrative(json));
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
        self.more(FieldLabel::Status, self.status_text.clone());
        self.subtitle = self
            .subtitle
            .filter(|subtitle| !is_text(subtitle, self.title.as_deref()));
        self
    }

    /// The title as shown: the source's, else the item's type, which the window has words for.
    pub(super) fn item_title(&self, resource_type: &str) -> ItemTitle {
        match &self.title {
            Some(title) => ItemTitle::Words(title.clone()),
            None => ItemTitle::Type(resource_type.to_owned()),
        }
    }

    /// What is shown of it, as a number.
    pub(super) fn shown(&self) -> i64 {
        let heading = (&self.title, &self.subtitle, self.status, &self.status_text);
        let said = (&self.doses, &self.comments, &self.values);
        let facts = (&self.fields, &self.more);
        let origin = (&self.organisation, &self.author, &self.recorded);
        news::of_view(&(heading, said, facts, origin, self.is_sensitive))
    }

    /// All words of the source in it, for the search.
    pub(super) fn search_text(&self) -> String {
        let mut parts: Vec<&str> = Vec::new();
        let mut add = |part| {
            if !part_is_known(&parts, part) {
                parts.push(part);
            }
        };
        [&self.title, &self.organisation, &self.author]
            .into_iter()
            .flatten()
            .chain(&self.comments)
            .chain(
                self.doses
                    .iter()
                    .flat_map(|dose| dose.text.iter().chain(&dose.as_needed_for)),
            )
            .for_each(|part| add(part));
        for value in &self.values {
            add(&value.name);
        }
        let values = self.values.iter().filter_map(|value| value.value.as_ref());
        let fields = self.fields.iter().chain(&self.more);
        for phrase in self
            .subtitle
            .iter()
            .chain(values)
            .chain(fields.map(|field| &field.value))
        {
            phrase.for_each_text(&mut add);
        }
        parts.join("\n")
    }
}

fn part_is_known(parts: &[&str], part: &str) -> bool {
    part.is_empty() || parts.contains(&part)
}

/// Whether a phrase says just these words.
pub(super) fn is_text(phrase: &Phrase, words: Option<&str>) -> bool {
    matches!(phrase, Phrase::Text(text) if Some(text.as_str()) == words)
}

fn push(fields: &mut Vec<FieldView>, label: FieldLabel, value: Option<Phrase>) {
    if let Some(value) = value {
        let field = FieldView { label, value };
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
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
