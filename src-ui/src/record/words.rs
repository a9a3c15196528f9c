//! The record's own codes in plain words: what each section holds, why one is empty, and the names
//! of facts. What all slices share stands in [`crate::wording`].

use hale_contracts::record::{AbsenceView, FieldLabel, FieldValue, RecordItemView, SectionKind};

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
pub(crate) fn field_label(lang: Lang, label: FieldLabel) -> &'static str {
    match label {
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
        FieldLabel::Other => td_string!(lang, record.field.another),
    }
}

/// A fact's value; words of the source come through unchanged.
pub(crate) fn field_value(lang: Lang, value: &FieldValue) -> String {
    match value {
        FieldValue::Text(text) => text.clone(),
        FieldValue::Date(date) => wording::partial_date(lang, date),
        FieldValue::Count(count) => count.to_string(),
        FieldValue::Period(from, to) => {
            let from = from.as_ref().map(|from| wording::partial_date(lang, from));
            let to = to.as_ref().map(|to| wording::partial_date(lang, to));
            match (from, to) {
                (Some(from), Some(to)) => td_string!(lang, record.period.both, from, to),
                (Some(from), None) => td_string!(lang, record.period.from, from),
                (None, Some(to)) => td_string!(lang, record.period.to, to),
                (None, None) => td_string!(lang, record.period.neither).to_owned(),
            }
        }
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
    fn an_open_period_says_which_end_is_known() {
        use hale_contracts::time::PartialDate::Year;
        let value = |from, to| field_value(Lang::en, &FieldValue::Period(from, to));
        assert_eq!(value(Some(Year(2019)), Some(Year(2020))), "2019 to 2020");
        assert_eq!(value(Some(Year(2019)), None), "From 2019");
        assert_eq!(value(None, Some(Year(2020))), "Until 2020");
        assert_eq!(value(None, None), "No dates given");
    }
}
