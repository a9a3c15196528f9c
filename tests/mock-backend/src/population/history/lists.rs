//! Why a section is empty: a List with `emptyReason` for each section in which there is nothing
//! (backend contract, §8a). Sections that hold something have no List.

use serde_json::{Value, json};

use super::Record;
use crate::population::codes::{EMPTY_REASON, LOINC, RECORD_SECTION, SNOMED};
use crate::population::directory;
use crate::population::json::{coding, date_time, meta};
use crate::population::person::epoch;
use crate::population::personas::Story;

struct Section {
    name: &'static str,
    title: &'static str,
    snomed: &'static str,
    loinc: &'static str,
    /// What the section is made of: type and, for Observation, category.
    of: &'static [(&'static str, &'static str)],
    /// Why it is empty, as a rule.
    usual: &'static str,
    /// Why it is empty in the empty record.
    empty: &'static str,
}

static SECTIONS: [Section; 11] = [
    Section {
        name: "allergies",
        title: "Allergies and adverse reactions",
        snomed: "886921000000105",
        loinc: "48765-2",
        of: &[("AllergyIntolerance", "")],
        usual: "notasked",
        empty: "notasked",
    },
    Section {
        name: "medicines",
        title: "Medicines",
        snomed: "933361000000108",
        loinc: "10160-0",
        of: &[("MedicationStatement", ""), ("MedicationRequest", "")],
        usual: "nilknown",
        empty: "nilknown",
    },
    Section {
        name: "conditions",
        title: "Conditions",
        snomed: "717711000000103",
        loinc: "11450-4",
        of: &[("Condition", "")],
        usual: "nilknown",
        empty: "nilknown",
    },
    Section {
        name: "results",
        title: "Test results",
        snomed: "887191000000108",
        loinc: "30954-2",
        of: &[("DiagnosticReport", ""), ("Observation", "laboratory")],
        usual: "nilknown",
        empty: "notstarted",
    },
    Section {
        name: "immunisations",
        title: "Vaccinations",
        snomed: "1102181000000102",
        loinc: "11369-6",
        of: &[("Immunization", "")],
        usual: "notasked",
        empty: "notasked",
    },
    Section {
        name: "consultations",
        title: "Consultations",
        snomed: "1149501000000101",
        loinc: "46240-8",
        of: &[("Encounter", "")],
        usual: "nilknown",
        empty: "unavailable",
    },
    Section {
        name: "observations",
        title: "Measurements",
        snomed: "",
        loinc: "8716-3",
        of: &[
            ("Observation", "vital-signs"),
            ("Observation", "social-history"),
        ],
        usual: "notasked",
        empty: "notasked",
    },
    Section {
        name: "procedures",
        title: "Procedures",
        snomed: "",
        loinc: "47519-4",
        of: &[("Procedure", "")],
        usual: "nilknown",
        empty: "nilknown",
    },
    Section {
        name: "documents",
        title: "Documents",
        snomed: "",
        loinc: "",
        of: &[("DocumentReference", "")],
        usual: "unavailable",
        empty: "nilknown",
    },
    Section {
        name: "referrals",
        title: "Referrals",
        snomed: "",
        loinc: "57133-1",
        of: &[("ServiceRequest", "")],
        usual: "nilknown",
        empty: "nilknown",
    },
    Section {
        name: "care_plans",
        title: "Care plans",
        snomed: "",
        loinc: "18776-5",
        of: &[("CarePlan", ""), ("CareTeam", "")],
        usual: "notasked",
        empty: "notasked",
    },
];

fn belongs(resource: &Value, section: &Section) -> bool {
    section.of.iter().any(|(kind, category)| {
        resource["resourceType"] == *kind
            && (category.is_empty() || resource["category"][0]["coding"][0]["code"] == *category)
    })
}

fn words(reason: &str) -> &'static str {
    match reason {
        "nilknown" => "Nil Known",
        "notasked" => "Not Asked",
        "withheld" => "Information Withheld",
        "notstarted" => "Not Started",
        _ => "Unavailable",
    }
}

pub(super) fn add(record: &mut Record<'_>) {
    let day = epoch().pred_opt().unwrap_or_default();
    for section in &SECTIONS {
        if record.out.iter().any(|resource| belongs(resource, section)) {
            continue;
        }
        let kept_back = matches!(section.name, "results" | "consultations" | "documents");
        let reason = match record.person.story {
            Story::Empty => section.empty,
            Story::Withheld if kept_back => "withheld",
            _ => section.usual,
        };
        let mut codes = vec![coding(RECORD_SECTION, section.name, section.title)];
        if !section.snomed.is_empty() {
            codes.push(coding(SNOMED, section.snomed, section.title));
        }
        if !section.loinc.is_empty() {
            codes.push(coding(LOINC, section.loinc, section.title));
        }
        let list = json!({
            "resourceType": "List",
            "id": format!("{}-list-{}", record.person.id, section.name.replace('_', "-")),
            "meta": meta("List", day),
            "status": "current",
            "mode": "working",
            "title": section.title,
            "code": { "coding": codes, "text": section.title },
            "subject": record.subject(),
            "date": date_time(day, 20 * 60),
            "source": directory::practitioner(record.person.practice, 0),
            "emptyReason": {
                "coding": [coding(EMPTY_REASON, reason, words(reason))],
            },
        });
        record.add(day, || list);
    }
}
