//! What the parts of care ask of each other and plan together: referrals (`ServiceRequest`), care
//! plans and care teams.

use hale_contracts::phrase::Phrase;
use hale_contracts::record::FieldLabel;
use hale_fhir::lenient::{list, text};
use hale_fhir::{Resolver, concept};
use serde_json::Value;

use super::draft::Draft;
use super::phrase;

pub(super) fn referral(draft: &mut Draft, json: &Value, find: &dyn Fn(&str) -> Option<Value>) {
    let resolver = Resolver::new(json, find);
    draft.title(concept::words(&json["code"]));
    draft.title(list(&json["category"]).find_map(concept::words));
    draft.fact(FieldLabel::Status, draft.status_text.clone());
    draft.date(FieldLabel::Recorded, &json["authoredOn"]);
    draft.when(FieldLabel::Happened, json, "occurrence");
    draft.text(FieldLabel::RequestedBy, resolver.name(&json["requester"]));
    draft.author(resolver.name(&json["requester"]));
    for performer in list(&json["performer"]) {
        draft.text(FieldLabel::Performer, resolver.name(performer));
    }
    draft.concepts(FieldLabel::Reason, &json["reasonCode"]);
    draft.texts(FieldLabel::Reason, resolver.names(&json["reasonReference"]));
    draft.fact(
        FieldLabel::Priority,
        text(&json["priority"]).map(Phrase::Code),
    );
    draft.text(
        FieldLabel::PatientInstruction,
        text(&json["patientInstruction"]),
    );
    draft.concepts(FieldLabel::Category, &json["category"]);
    draft.codes(&json["code"]);
}

pub(super) fn plan(draft: &mut Draft, json: &Value, find: &dyn Fn(&str) -> Option<Value>) {
    let resolver = Resolver::new(json, find);
    draft.title(text(&json["title"]));
    draft.title(list(&json["category"]).find_map(concept::words));
    draft.fact(FieldLabel::Status, draft.status_text.clone());
    draft.text(FieldLabel::Description, text(&json["description"]));
    draft.period(FieldLabel::Happened, &json["period"]);
    for activity in list(&json["activity"]) {
        let detail = &activity["detail"];
        let what = text(&detail["description"])
            .or_else(|| concept::words(&detail["code"]))
            .or_else(|| resolver.name(&activity["reference"]));
        draft.text(FieldLabel::Planned, what);
    }
    for team in list(&json["careTeam"]) {
        draft.text(FieldLabel::CareTeam, resolver.name(team));
    }
    draft.texts(FieldLabel::About, resolver.names(&json["addresses"]));
    draft.author(resolver.name(&json["author"]));
    draft.texts(FieldLabel::Performer, resolver.names(&json["contributor"]));
    draft.concepts(FieldLabel::Category, &json["category"]);
}

pub(super) fn team(draft: &mut Draft, json: &Value, find: &dyn Fn(&str) -> Option<Value>) {
    let resolver = Resolver::new(json, find);
    draft.title(text(&json["name"]));
    draft.title(list(&json["category"]).find_map(concept::words));
    draft.fact(FieldLabel::Status, draft.status_text.clone());
    draft.period(FieldLabel::Happened, &json["period"]);
    for participant in list(&json["participant"]) {
        let name = resolver.name(&participant["member"]);
        let role = list(&participant["role"]).find_map(concept::words);
        let who = match (name, role) {
            (Some(name), Some(role)) => Some(format!("{name}, {role}")),
            (name, role) => name.or(role),
        };
        draft.text(FieldLabel::Performer, who);
    }
    for organisation in list(&json["managingOrganization"]) {
        draft.organisation(resolver.name(organisation));
    }
    draft.concepts(FieldLabel::Reason, &json["reasonCode"]);
    for telecom in list(&json["telecom"]) {
        draft.fact(FieldLabel::Contact, phrase::words(text(&telecom["value"])));
    }
}
