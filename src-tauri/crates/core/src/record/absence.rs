//! Why a section is empty, in the source's own statement. Owns the difference between "there is
//! none" and every other kind of nothing; never guesses.

use hale_contracts::record::{AbsenceView, SectionKind};
use hale_fhir::concept;
use hale_fhir::lenient::list;
use serde_json::Value;

/// What the Lists of a source (FHIR R4 §2.28.16, `emptyReason`) say about a section without items.
/// None where no List speaks of it: the caller then says that nothing was sent, never "none".
///
/// Where several Lists differ, "none recorded" is only said if all of them say so.
#[must_use]
pub fn of_section(section: SectionKind, lists: &[Value]) -> Option<AbsenceView> {
    let stated = lists
        .iter()
        .filter(|list| is_about(section, list) && is_in_force(list))
        .filter_map(|list| reason(&list["emptyReason"]));
    let mut answer = None;
    for reason in stated {
        answer = Some(match (answer, reason) {
            (None, reason) | (Some(AbsenceView::NoneRecorded), reason) => reason,
            (Some(so_far), _) => so_far,
        });
    }
    answer
}

/// Why a section is empty at every source, from why it is at each: the answer that claims least.
/// "None recorded" only where each source says so. None without a source.
pub(super) fn joined(absences: Vec<AbsenceView>) -> Option<AbsenceView> {
    let rank = |absence: &AbsenceView| match absence {
        AbsenceView::Failed { .. } => 0,
        AbsenceView::NotLoaded => 1,
        AbsenceView::Unavailable => 2,
        AbsenceView::NotAllowed { .. } => 3,
        AbsenceView::Withheld => 4,
        AbsenceView::NotYetFiled => 5,
        AbsenceView::NothingSent => 6,
        AbsenceView::NotAsked => 7,
        AbsenceView::NoneRecorded => 8,
    };
    absences.into_iter().min_by_key(rank)
}

fn is_in_force(resource: &Value) -> bool {
    let is_withdrawn = matches!(
        resource["status"].as_str(),
        Some("entered-in-error" | "retired")
    );
    // A List with entries is not empty, whatever reason it gives.
    !is_withdrawn && list(&resource["entry"]).next().is_none()
}

fn reason(empty_reason: &Value) -> Option<AbsenceView> {
    let codes = [
        ("nilknown", AbsenceView::NoneRecorded),
        ("notasked", AbsenceView::NotAsked),
        ("withheld", AbsenceView::Withheld),
        ("notstarted", AbsenceView::NotYetFiled),
        ("unavailable", AbsenceView::Unavailable),
    ];
    codes
        .into_iter()
        .find(|(code, _)| concept::has_code(empty_reason, code))
        .map(|(_, reason)| reason)
}

fn is_about(section: SectionKind, list: &Value) -> bool {
    concept::codings(&list["code"]).any(|coding| {
        coding["code"]
            .as_str()
            .is_some_and(|code| codes(section).contains(&code))
    })
}

/// The codes by which Lists name a section: Hale's own, the resource type, HL7's example list
/// codes, LOINC's document sections and the SNOMED CT headings of GP Connect.
const fn codes(section: SectionKind) -> &'static [&'static str] {
    match section {
        SectionKind::Allergies => &[
            "allergies",
            "AllergyIntolerance",
            "48765-2",
            "886921000000105",
        ],
        SectionKind::Medicines => &[
            "medicines",
            "medications",
            "MedicationStatement",
            "MedicationRequest",
            "10160-0",
            "933361000000108",
        ],
        SectionKind::Conditions => &[
            "conditions",
            "problems",
            "Condition",
            "11450-4",
            "717711000000103",
        ],
        SectionKind::Results => &["results", "DiagnosticReport", "30954-2", "887191000000108"],
        SectionKind::Immunisations => &[
            "immunisations",
            "immunizations",
            "Immunization",
            "11369-6",
            "1102181000000102",
        ],
        SectionKind::Consultations => &[
            "consultations",
            "encounters",
            "Encounter",
            "46240-8",
            "1149501000000101",
        ],
        SectionKind::Observations => &["observations", "vital-signs", "Observation", "8716-3"],
        SectionKind::Procedures => &["procedures", "Procedure", "47519-4"],
        SectionKind::Documents => &["documents", "DocumentReference", "11488-4"],
        SectionKind::Referrals => &["referrals", "ServiceRequest", "57133-1"],
        SectionKind::CarePlans => &["care_plans", "CarePlan", "18776-5"],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn list_of(code: &str, reason: &str) -> Value {
        json!({"resourceType": "List", "status": "current",
            "code": {"coding": [{"code": code}]},
            "emptyReason": {"coding": [{"code": reason}]}})
    }

    #[test]
    fn only_nilknown_says_none() {
        let cases = [
            ("nilknown", Some(AbsenceView::NoneRecorded)),
            ("notasked", Some(AbsenceView::NotAsked)),
            ("withheld", Some(AbsenceView::Withheld)),
            ("notstarted", Some(AbsenceView::NotYetFiled)),
            ("unavailable", Some(AbsenceView::Unavailable)),
            ("closed", None),
            ("no-content-recorded", None),
        ];
        for (code, expected) in cases {
            let got = of_section(SectionKind::Allergies, &[list_of("allergies", code)]);
            assert_eq!(got, expected, "{code}");
        }
    }

    #[test]
    fn without_a_word_about_the_section_nothing_is_claimed() {
        let kind = SectionKind::Allergies;
        assert_eq!(of_section(kind, &[]), None);
        assert_eq!(of_section(kind, &[list_of("medicines", "nilknown")]), None);
        let text_only = json!({"code": {"text": "allergies"}, "emptyReason": {"text": "nilknown"}});
        assert_eq!(of_section(kind, &[text_only]), None);
        let mut full = list_of("allergies", "nilknown");
        full["entry"] = json!([{"item": {"reference": "AllergyIntolerance/1"}}]);
        assert_eq!(of_section(kind, &[full]), None);
        let mut withdrawn = list_of("allergies", "nilknown");
        withdrawn["status"] = json!("entered-in-error");
        assert_eq!(of_section(kind, &[withdrawn, json!("nonsense")]), None);
    }

    #[test]
    fn lists_that_differ_never_say_none() {
        let lists = [
            list_of("48765-2", "nilknown"),
            list_of("886921000000105", "withheld"),
            list_of("allergies", "nilknown"),
        ];
        assert_eq!(
            of_section(SectionKind::Allergies, &lists),
            Some(AbsenceView::Withheld)
        );
    }

    #[test]
    fn none_is_only_said_where_every_source_says_so() {
        use AbsenceView::{NoneRecorded, NotLoaded, NothingSent, Withheld};
        let cases = [
            (vec![NoneRecorded], NoneRecorded),
            (vec![NoneRecorded, NoneRecorded], NoneRecorded),
            (vec![NoneRecorded, NothingSent], NothingSent),
            (vec![NothingSent, Withheld, NoneRecorded], Withheld),
            (vec![NoneRecorded, NotLoaded], NotLoaded),
        ];
        for (parts, expected) in cases {
            assert_eq!(joined(parts.clone()), Some(expected), "{parts:?}");
        }
        assert_eq!(joined(Vec::new()), None);
    }

    #[test]
    fn every_section_can_be_spoken_of_by_its_own_name() {
        for section in SectionKind::ALL {
            let got = of_section(section, &[list_of(section.slug(), "nilknown")]);
            assert_eq!(got, Some(AbsenceView::NoneRecorded), "{section:?}");
        }
    }
}
