//! The names that the standard gives to types and elements, in plain words. What a source sends is
//! an open set: a name that Hale has no words for is shown as the standard writes it.

use crate::wording::{Lang, td_string};

/// What kind of thing an item is, for one that has no title (FHIR R4 `ResourceType`).
pub(super) fn type_name(lang: Lang, name: &str) -> String {
    let words = match name {
        "AllergyIntolerance" => td_string!(lang, record.kind_of.allergy),
        "MedicationStatement"
        | "MedicationRequest"
        | "MedicationDispense"
        | "MedicationAdministration" => td_string!(lang, record.kind_of.medicine),
        "Condition" => td_string!(lang, record.kind_of.condition),
        "DiagnosticReport" => td_string!(lang, record.kind_of.report),
        "Observation" => td_string!(lang, record.kind_of.observation),
        "Immunization" => td_string!(lang, record.kind_of.immunisation),
        "ImmunizationRecommendation" => {
            td_string!(lang, record.kind_of.immunisation_recommendation)
        }
        "Encounter" => td_string!(lang, record.kind_of.consultation),
        "Procedure" => td_string!(lang, record.kind_of.procedure),
        "DocumentReference" => td_string!(lang, record.kind_of.document),
        "Composition" => td_string!(lang, record.kind_of.composition),
        "CarePlan" => td_string!(lang, record.kind_of.care_plan),
        "Goal" => td_string!(lang, record.kind_of.goal),
        "FamilyMemberHistory" => td_string!(lang, record.kind_of.family_history),
        "Flag" => td_string!(lang, record.kind_of.flag),
        "Communication" | "CommunicationRequest" => td_string!(lang, record.kind_of.message),
        "QuestionnaireResponse" => td_string!(lang, record.kind_of.answers),
        "ImagingStudy" | "Media" => td_string!(lang, record.kind_of.picture),
        "NutritionOrder" => td_string!(lang, record.kind_of.diet),
        "DeviceRequest" | "DeviceUseStatement" => td_string!(lang, record.kind_of.device),
        "AdverseEvent" => td_string!(lang, record.kind_of.adverse_event),
        "RiskAssessment" => td_string!(lang, record.kind_of.risk),
        "ClinicalImpression" => td_string!(lang, record.kind_of.impression),
        "DetectedIssue" => td_string!(lang, record.kind_of.issue),
        "VisionPrescription" => td_string!(lang, record.kind_of.glasses),
        _ => return spaced(name),
    };
    words.to_owned()
}

/// The name of an element of a type that has no page of its own.
pub(super) fn element_name(lang: Lang, name: &str) -> String {
    let words = match name {
        "about" => td_string!(lang, record.element.about),
        "achievementStatus" => td_string!(lang, record.element.achievement_status),
        "action" => td_string!(lang, record.element.action),
        "activity" => td_string!(lang, record.element.activity),
        "addresses" => td_string!(lang, record.element.addresses),
        "ageAge" => td_string!(lang, record.element.age_age),
        "answer" => td_string!(lang, record.element.answer),
        "assessor" => td_string!(lang, record.element.assessor),
        "author" => td_string!(lang, record.element.author),
        "authored" => td_string!(lang, record.element.authored),
        "authoredOn" => td_string!(lang, record.element.authored_on),
        "bodySite" => td_string!(lang, record.element.body_site),
        "bornDate" => td_string!(lang, record.element.born_date),
        "bornPeriod" => td_string!(lang, record.element.born_period),
        "bornString" => td_string!(lang, record.element.born_string),
        "careTeam" => td_string!(lang, record.element.care_team),
        "category" => td_string!(lang, record.element.category),
        "code" => td_string!(lang, record.element.code),
        "condition" => td_string!(lang, record.element.condition),
        "contributor" => td_string!(lang, record.element.contributor),
        "created" => td_string!(lang, record.element.created),
        "date" => td_string!(lang, record.element.date),
        "deceasedAge" => td_string!(lang, record.element.deceased_age),
        "deceasedBoolean" => td_string!(lang, record.element.deceased_boolean),
        "deceasedDate" => td_string!(lang, record.element.deceased_date),
        "deceasedString" => td_string!(lang, record.element.deceased_string),
        "definition" => td_string!(lang, record.element.definition),
        "description" => td_string!(lang, record.element.description),
        "detail" => td_string!(lang, record.element.detail),
        "device" => td_string!(lang, record.element.device),
        "dispenser" => td_string!(lang, record.element.dispenser),
        "doNotPerform" => td_string!(lang, record.element.do_not_perform),
        "effectiveDateTime" => td_string!(lang, record.element.effective_date_time),
        "effectivePeriod" => td_string!(lang, record.element.effective_period),
        "encounter" => td_string!(lang, record.element.encounter),
        "estimatedAge" => td_string!(lang, record.element.estimated_age),
        "event" => td_string!(lang, record.element.event),
        "evidence" => td_string!(lang, record.element.evidence),
        "expressedBy" => td_string!(lang, record.element.expressed_by),
        "finding" => td_string!(lang, record.element.finding),
        "forecastStatus" => td_string!(lang, record.element.forecast_status),
        "goal" => td_string!(lang, record.element.goal),
        "indication" => td_string!(lang, record.element.indication),
        "intent" => td_string!(lang, record.element.intent),
        "investigation" => td_string!(lang, record.element.investigation),
        "issued" => td_string!(lang, record.element.issued),
        "item" => td_string!(lang, record.element.item),
        "lifecycleStatus" => td_string!(lang, record.element.lifecycle_status),
        "mitigation" => td_string!(lang, record.element.mitigation),
        "name" => td_string!(lang, record.element.name),
        "occurrenceDateTime" => td_string!(lang, record.element.occurrence_date_time),
        "occurrencePeriod" => td_string!(lang, record.element.occurrence_period),
        "outcome" => td_string!(lang, record.element.outcome),
        "outcomeCode" => td_string!(lang, record.element.outcome_code),
        "payload" => td_string!(lang, record.element.payload),
        "performer" => td_string!(lang, record.element.performer),
        "period" => td_string!(lang, record.element.period),
        "prediction" => td_string!(lang, record.element.prediction),
        "priority" => td_string!(lang, record.element.priority),
        "problem" => td_string!(lang, record.element.problem),
        "prognosisCodeableConcept" => td_string!(lang, record.element.prognosis_codeable_concept),
        "protocol" => td_string!(lang, record.element.protocol),
        "questionnaire" => td_string!(lang, record.element.questionnaire),
        "reason" => td_string!(lang, record.element.reason),
        "reasonCode" => td_string!(lang, record.element.reason_code),
        "reasonReference" => td_string!(lang, record.element.reason_reference),
        "received" => td_string!(lang, record.element.received),
        "recipient" => td_string!(lang, record.element.recipient),
        "recommendation" => td_string!(lang, record.element.recommendation),
        "recorded" => td_string!(lang, record.element.recorded),
        "recordedDate" => td_string!(lang, record.element.recorded_date),
        "recorder" => td_string!(lang, record.element.recorder),
        "relationship" => td_string!(lang, record.element.relationship),
        "requester" => td_string!(lang, record.element.requester),
        "section" => td_string!(lang, record.element.section),
        "sender" => td_string!(lang, record.element.sender),
        "sent" => td_string!(lang, record.element.sent),
        "severity" => td_string!(lang, record.element.severity),
        "sex" => td_string!(lang, record.element.sex),
        "source" => td_string!(lang, record.element.source),
        "startDate" => td_string!(lang, record.element.start_date),
        "statusDate" => td_string!(lang, record.element.status_date),
        "statusReason" => td_string!(lang, record.element.status_reason),
        "summary" => td_string!(lang, record.element.summary),
        "supportingInfo" => td_string!(lang, record.element.supporting_info),
        "target" => td_string!(lang, record.element.target),
        "title" => td_string!(lang, record.element.title),
        "topic" => td_string!(lang, record.element.topic),
        "type" => td_string!(lang, record.element.type_of),
        "value" => td_string!(lang, record.element.value),
        _ => return spaced(name),
    };
    words.to_owned()
}

/// `CarePlan` becomes `Care plan`, `authoredOn` becomes `Authored on`.
fn spaced(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if words.is_empty() {
            words.extend(letter.to_uppercase());
        } else if letter.is_uppercase() {
            words.push(' ');
            words.extend(letter.to_lowercase());
        } else {
            words.push(letter);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_not_known_are_still_readable() {
        assert_eq!(type_name(Lang::en, "Immunization"), "Vaccination");
        assert_eq!(
            type_name(Lang::en, "MolecularSequence"),
            "Molecular sequence"
        );
        assert_eq!(element_name(Lang::en, "relationship"), "Relationship");
        assert_eq!(
            element_name(Lang::en, "softwareVersion"),
            "Software version"
        );
    }
}
