//! Letters and other documents: what they are, not what they say. Their content is opened elsewhere.

use hale_contracts::phrase::Phrase;
use hale_contracts::record::FieldLabel;
use hale_fhir::lenient::{count, list, text};
use hale_fhir::{Resolver, concept};
use serde_json::Value;

use super::draft::{Draft, is_text};
use super::phrase;

pub(super) fn read(draft: &mut Draft, json: &Value, find: &dyn Fn(&str) -> Option<Value>) {
    let resolver = Resolver::new(json, find);
    let attachments: Vec<&Value> = list(&json["content"])
        .map(|content| &content["attachment"])
        .collect();
    let kind = phrase::coded(&json["type"]);
    let titles = attachments
        .iter()
        .find_map(|attachment| text(&attachment["title"]));
    draft.title(
        titles
            .or_else(|| concept::words(&json["type"]))
            .or_else(|| text(&json["description"])),
    );
    let title = draft.title.clone();
    draft.subtitle = kind.clone().filter(|kind| !is_text(kind, title.as_deref()));
    let description = text(&json["description"]).filter(|words| Some(words) != title.as_ref());
    draft.text(FieldLabel::Description, description);
    draft.fact(FieldLabel::Category, kind);
    draft.concepts(FieldLabel::Category, &json["category"]);
    for attachment in attachments {
        draft.text(FieldLabel::FileType, text(&attachment["contentType"]));
        draft.fact(
            FieldLabel::FileSize,
            count(&attachment["size"]).map(Phrase::Bytes),
        );
        draft.date(FieldLabel::Recorded, &attachment["creation"]);
        draft.more(FieldLabel::Language, phrase::code(&attachment["language"]));
    }
    let context = &json["context"];
    draft.period(FieldLabel::Happened, &context["period"]);
    draft.concepts(FieldLabel::About, &context["event"]);
    draft.fact(
        FieldLabel::Setting,
        phrase::coded(&context["practiceSetting"]),
    );
    draft.fact(FieldLabel::Place, phrase::coded(&context["facilityType"]));
    let authors = resolver.names(&json["author"]);
    draft.author(authors.first().cloned());
    draft.texts(FieldLabel::Performer, authors);
    draft.text(FieldLabel::SignedBy, resolver.name(&json["authenticator"]));
    draft.organisation(resolver.name(&json["custodian"]));
    draft.more(FieldLabel::DocumentStatus, phrase::code(&json["docStatus"]));
    draft.codes(&json["type"]);
}
