//! The record's own codes in plain words: what each section holds, why one is empty, and the names
//! of facts. What all slices share stands in [`crate::wording`].

use hale_contracts::record::{
    AbsenceView, FieldLabel, ItemStatus, ItemTitle, NoValueView, RecordItemView, SectionKind,
};

use super::names;
use crate::wording::{self, AbsenceWords, Lang, td_string};

/// What a section holds, in one line.
pub(crate) fn about(lang: Lang, kind: SectionKind) -> &'static str {
    match kind {
        SectionKind::Allergies => td_string!(lang, record.about.allergies),
        SectionKind::Medicines => td_string!(lang, record.about.medicines),
        SectionKind::Conditions => td_string!(lang, record.about.conditions),
        SectionKind::Results => td_string!(lang, record.about.results),
        SectionKind::Immunisations => td_string!(lang, record.about.immunisations),
        SectionKind::Consultations => td_string!(lang, record.about.consultations),
        SectionKind::Observations => td_string!(lang, record.about.observations),
        SectionKind::Procedures => td_string!(lang, record.about.procedures),
        SectionKind::Documents => td_string!(lang, record.about.documents),
        SectionKind::Referrals => td_string!(lang, record.about.referrals),
        SectionKind::CarePlans => td_string!(lang, record.about.care_plans),
    }
}

/// Why a section shows nothing.
///
/// Allergies have words of their own, because "none shown" that is read as "none known" does harm.
/// A section without items and without a reason is never called empty.
pub(crate) fn absence(
    lang: Lang,
    kind: SectionKind,
    absence: Option<&AbsenceView>,
) -> AbsenceWords {
    let own = |heading: &'static str, body: &'static str| AbsenceWords {
        heading: heading.to_owned(),
        body: body.to_owned(),
        next: None,
    };
    match (kind, absence) {
        (SectionKind::Allergies, Some(AbsenceView::NoneRecorded)) => own(
            td_string!(lang, record.allergies_none.heading),
            td_string!(lang, record.allergies_none.body),
        ),
        (SectionKind::Allergies, Some(AbsenceView::NothingSent) | None) => own(
            td_string!(lang, record.allergies_not_sent.heading),
            td_string!(lang, record.allergies_not_sent.body),
        ),
        (_, Some(absence)) => wording::absence(lang, absence, None),
        (_, None) => own(
            td_string!(lang, record.absence_unexplained.heading),
            td_string!(lang, record.absence_unexplained.body),
        ),
    }
}

/// The name of a fact.
pub(crate) fn field_label(lang: Lang, label: &FieldLabel) -> String {
    let words = match label {
        FieldLabel::Status => td_string!(lang, record.field.status),
        FieldLabel::Category => td_string!(lang, record.field.category),
        FieldLabel::Severity => td_string!(lang, record.field.severity),
        FieldLabel::Criticality => td_string!(lang, record.field.criticality),
        FieldLabel::Certainty => td_string!(lang, record.field.certainty),
        FieldLabel::Reaction => td_string!(lang, record.field.reaction),
        FieldLabel::Started => td_string!(lang, record.field.started),
        FieldLabel::Ended => td_string!(lang, record.field.ended),
        FieldLabel::Happened => td_string!(lang, record.field.happened),
        FieldLabel::Recorded => td_string!(lang, record.field.recorded),
        FieldLabel::Dose => td_string!(lang, record.field.dose),
        FieldLabel::PatientInstruction => td_string!(lang, record.field.patient_instruction),
        FieldLabel::Quantity => td_string!(lang, record.field.quantity),
        FieldLabel::Repeats => td_string!(lang, record.field.repeats),
        FieldLabel::ReviewBy => td_string!(lang, record.field.review_by),
        FieldLabel::LastIssued => td_string!(lang, record.field.last_issued),
        FieldLabel::Reason => td_string!(lang, record.field.reason),
        FieldLabel::BodySite => td_string!(lang, record.field.body_site),
        FieldLabel::Route => td_string!(lang, record.field.route),
        FieldLabel::Manufacturer => td_string!(lang, record.field.manufacturer),
        FieldLabel::BatchNumber => td_string!(lang, record.field.batch_number),
        FieldLabel::DoseNumber => td_string!(lang, record.field.dose_number),
        FieldLabel::ProtectsAgainst => td_string!(lang, record.field.protects_against),
        FieldLabel::Place => td_string!(lang, record.field.place),
        FieldLabel::Performer => td_string!(lang, record.field.performer),
        FieldLabel::SampleTaken => td_string!(lang, record.field.sample_taken),
        FieldLabel::Method => td_string!(lang, record.field.method),
        FieldLabel::Outcome => td_string!(lang, record.field.outcome),
        FieldLabel::FileType => td_string!(lang, record.field.file_type),
        FieldLabel::FileSize => td_string!(lang, record.field.file_size),
        FieldLabel::Code => td_string!(lang, record.field.code),
        FieldLabel::Withdrawn => td_string!(lang, record.field.withdrawn),
        FieldLabel::ReactionDescription => td_string!(lang, record.field.reaction_description),
        FieldLabel::Substance => td_string!(lang, record.field.substance),
        FieldLabel::ReactionOn => td_string!(lang, record.field.reaction_on),
        FieldLabel::ToldBy => td_string!(lang, record.field.told_by),
        FieldLabel::CommentBy => td_string!(lang, record.field.comment_by),
        FieldLabel::Stage => td_string!(lang, record.field.stage),
        FieldLabel::Evidence => td_string!(lang, record.field.evidence),
        FieldLabel::StatusReason => td_string!(lang, record.field.status_reason),
        FieldLabel::SupplyLasts => td_string!(lang, record.field.supply_lasts),
        FieldLabel::Pharmacy => td_string!(lang, record.field.pharmacy),
        FieldLabel::Valid => td_string!(lang, record.field.valid),
        FieldLabel::Form => td_string!(lang, record.field.form),
        FieldLabel::Intent => td_string!(lang, record.field.intent),
        FieldLabel::Priority => td_string!(lang, record.field.priority),
        FieldLabel::Taken => td_string!(lang, record.field.taken),
        FieldLabel::Description => td_string!(lang, record.field.description),
        FieldLabel::Language => td_string!(lang, record.field.language),
        FieldLabel::About => td_string!(lang, record.field.about),
        FieldLabel::Setting => td_string!(lang, record.field.setting),
        FieldLabel::SignedBy => td_string!(lang, record.field.signed_by),
        FieldLabel::DocumentStatus => td_string!(lang, record.field.document_status),
        FieldLabel::DischargedTo => td_string!(lang, record.field.discharged_to),
        FieldLabel::AdmittedFrom => td_string!(lang, record.field.admitted_from),
        FieldLabel::Series => td_string!(lang, record.field.series),
        FieldLabel::Expires => td_string!(lang, record.field.expires),
        FieldLabel::ReportedBy => td_string!(lang, record.field.reported_by),
        FieldLabel::Device => td_string!(lang, record.field.device),
        FieldLabel::RequestedBy => td_string!(lang, record.field.requested_by),
        FieldLabel::Planned => td_string!(lang, record.field.planned),
        FieldLabel::CareTeam => td_string!(lang, record.field.care_team),
        FieldLabel::Contact => td_string!(lang, record.field.contact),
        FieldLabel::Interpretation => td_string!(lang, record.field.interpretation),
        FieldLabel::NotLoaded => td_string!(lang, record.field.not_loaded),
        FieldLabel::Sample => td_string!(lang, record.field.sample),
        FieldLabel::InterpretedBy => td_string!(lang, record.field.interpreted_by),
        FieldLabel::Attached => td_string!(lang, record.field.attached),
        FieldLabel::Picture => td_string!(lang, record.field.picture),
        FieldLabel::Complication => td_string!(lang, record.field.complication),
        FieldLabel::FollowUp => td_string!(lang, record.field.follow_up),
        FieldLabel::Used => td_string!(lang, record.field.used),
        FieldLabel::Identifier => td_string!(lang, record.field.identifier),
        FieldLabel::Named(name) => return name.clone(),
        FieldLabel::Element(name) => return names::element_name(lang, name),
    };
    words.to_owned()
}

/// What an item is called. One that its source removed or withdrew says so where it has no title,
/// and no item is ever without words.
pub(crate) fn title(lang: Lang, item: &RecordItemView) -> String {
    let kind = match &item.title {
        ItemTitle::Type(name) => names::type_name(lang, name),
        ItemTitle::Words(_) => return short_title(lang, &item.title),
    };
    match item.status {
        Some(ItemStatus::RemovedBySource) => td_string!(lang, record.untitled.removed, kind),
        Some(ItemStatus::EnteredInError) => {
            td_string!(lang, record.untitled.entered_in_error, kind)
        }
        _ => short_title(lang, &item.title),
    }
}

/// A title alone, where only items that stand are named.
pub(crate) fn short_title(lang: Lang, title: &ItemTitle) -> String {
    let words = match title {
        ItemTitle::Words(words) => words.clone(),
        ItemTitle::Type(name) => names::type_name(lang, name),
    };
    if words.trim().is_empty() {
        td_string!(lang, record.untitled.plain).to_owned()
    } else {
        words
    }
}

/// Why a result has no value.
pub(crate) fn no_value(lang: Lang, why: &NoValueView) -> String {
    match why {
        NoValueView::Said(words) => wording::phrase(lang, words),
        NoValueView::Recording => td_string!(lang, record.item.recording).to_owned(),
        NoValueView::Attachment => td_string!(lang, record.item.attachment).to_owned(),
    }
}

/// The item's own date, or that there is none.
pub(crate) fn item_date(lang: Lang, item: &RecordItemView) -> String {
    match &item.provenance.recorded {
        Some(date) => wording::partial_date(lang, date),
        None => td_string!(lang, record.no_date).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hale_contracts::error::{ErrorCode, ErrorView};
    use hale_contracts::reasons::WhyNot;

    fn kinds_of_absence() -> Vec<AbsenceView> {
        vec![
            AbsenceView::NoneRecorded,
            AbsenceView::NotAsked,
            AbsenceView::Withheld,
            AbsenceView::NotYetFiled,
            AbsenceView::Unavailable,
            AbsenceView::NothingSent,
            AbsenceView::NotLoaded,
            AbsenceView::Failed {
                error: ErrorView::new(ErrorCode::TimedOut),
            },
            AbsenceView::NotAllowed {
                why: WhyNot::Under16,
            },
        ]
    }

    #[test]
    fn each_kind_of_absence_has_words_of_its_own_in_every_section() {
        for kind in SectionKind::ALL {
            let mut seen = Vec::new();
            for view in kinds_of_absence() {
                let words = absence(Lang::en, kind, Some(&view));
                assert!(
                    !seen.contains(&words.heading),
                    "{view:?} reads like another in {kind:?}"
                );
                seen.push(words.heading);
            }
        }
    }

    #[test]
    fn only_a_source_that_says_so_gives_no_known_allergies() {
        for view in kinds_of_absence() {
            let words = absence(Lang::en, SectionKind::Allergies, Some(&view));
            let said = format!("{} {}", words.heading, words.body).to_lowercase();
            assert_eq!(
                said.contains("no known allergies"),
                view == AbsenceView::NoneRecorded,
                "{view:?} must not be read as no known allergies"
            );
        }
        let unexplained = absence(Lang::en, SectionKind::Allergies, None);
        assert!(!unexplained.heading.to_lowercase().contains("no known"));
    }

    #[test]
    fn an_item_that_is_gone_is_never_a_blank_line_and_never_reads_as_a_fact() {
        let untitled = |name: &str, status| RecordItemView {
            title: ItemTitle::Type(name.to_owned()),
            status,
            ..crate::record::row::tests::item("")
        };
        let table = [
            (
                untitled("Condition", Some(ItemStatus::RemovedBySource)),
                "Removed by its source: Health condition",
            ),
            (
                untitled("AllergyIntolerance", Some(ItemStatus::EnteredInError)),
                "Entered by mistake: Allergy or reaction",
            ),
            (untitled("CarePlan", None), "Care plan"),
            (untitled("", None), "Entry without a title"),
            (
                crate::record::row::tests::item(" "),
                "Entry without a title",
            ),
            (crate::record::row::tests::item("Asthma"), "Asthma"),
        ];
        for (item, words) in table {
            assert_eq!(title(Lang::en, &item), words);
        }
    }

    #[test]
    fn a_fact_that_the_source_named_keeps_that_name() {
        let named = |name: &str| FieldLabel::Named(name.to_owned());
        assert_eq!(field_label(Lang::en, &named("Platelets")), "Platelets");
        let element = FieldLabel::Element("authoredOn".to_owned());
        assert_eq!(field_label(Lang::en, &element), "Written on");
    }
}
