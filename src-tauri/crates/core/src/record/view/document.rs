//! Letters and other documents: what they are, not what they say. Their content is opened elsewhere.

use hale_contracts::record::FieldLabel;
use hale_fhir::lenient::{count, list, text};
use hale_fhir::{Resolver, concept};
use serde_json::Value;

use super::draft::Draft;
use super::source_status::readable;

pub(super) fn read(draft: &mut Draft, json: &Value, find: &dyn Fn(&str) -> Option<Value>) {
    let resolver = Resolver::new(json, find);
    let attachments: Vec<&Value> = list(&json["content"])
        .map(|content| &content["attachment"])
        .collect();
    let kind = concept::words(&json["type"]);
    let titles = attachments
        .iter()
        .find_map(|attachment| text(&attachment["title"]));
    draft.title(
        titles
            .or_else(|| kind.clone())
            .or_else(|| text(&json["description"])),
    );
    draft.subtitle = kind.clone().filter(|kind| *kind != draft.title);
    let description = text(&json["description"]).filter(|words| *words != draft.title);
    draft.other("Description", description);
    draft.text(FieldLabel::Category, kind);
    draft.concepts(FieldLabel::Category, &json["category"]);
    for attachment in attachments {
        draft.text(FieldLabel::FileType, text(&attachment["contentType"]));
        draft.text(FieldLabel::FileSize, count(&attachment["size"]).map(size));
        draft.date(FieldLabel::Recorded, &attachment["creation"]);
        draft.more("Language", text(&attachment["language"]));
    }
    let context = &json["context"];
    draft.period(FieldLabel::Happened, &context["period"]);
    for event in list(&context["event"]) {
        draft.other("About", concept::words(event));
    }
    draft.other("Setting", concept::words(&context["practiceSetting"]));
    draft.text(FieldLabel::Place, concept::words(&context["facilityType"]));
    let authors = resolver.names(&json["author"]);
    draft.author(authors.first().cloned());
    draft.texts(FieldLabel::Performer, authors);
    draft.other("Signed by", resolver.name(&json["authenticator"]));
    draft.organisation(resolver.name(&json["custodian"]));
    draft.more(
        "Stage",
        text(&json["docStatus"]).map(|code| readable(&code)),
    );
    draft.codes(&json["type"]);
}

/// A size as people read it, in powers of 1,000.
fn size(bytes: u32) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} KB", bytes.div_ceil(1_000)),
        _ => format!("{:.1} MB", f64::from(bytes) / 1_000_000.0),
    }
}
