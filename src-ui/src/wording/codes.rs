//! Codes of the standard (FHIR R4 §4) that sources give without words. Terms of medicine are not
//! among them: those come with the source's own words, and are never put into others.

use super::{Lang, td_string};

/// A code in words; one that is not known, as it is written. Hyphens become spaces only between
/// plain words, never within a number or an abbreviation.
pub(super) fn code(lang: Lang, code: &str) -> String {
    let words = match code {
        "active" => td_string!(lang, wording.code.active),
        "inactive" => td_string!(lang, wording.code.inactive),
        "recurrence" => td_string!(lang, wording.code.recurrence),
        "relapse" => td_string!(lang, wording.code.relapse),
        "remission" => td_string!(lang, wording.code.remission),
        "resolved" => td_string!(lang, wording.code.resolved),
        "unconfirmed" => td_string!(lang, wording.code.unconfirmed),
        "provisional" => td_string!(lang, wording.code.provisional),
        "differential" => td_string!(lang, wording.code.differential),
        "confirmed" => td_string!(lang, wording.code.confirmed),
        "refuted" => td_string!(lang, wording.code.refuted),
        "entered-in-error" => td_string!(lang, wording.code.entered_in_error),
        "mild" => td_string!(lang, wording.code.mild),
        "moderate" => td_string!(lang, wording.code.moderate),
        "severe" => td_string!(lang, wording.code.severe),
        "low" => td_string!(lang, wording.code.low),
        "high" => td_string!(lang, wording.code.high),
        "unable-to-assess" => td_string!(lang, wording.code.unable_to_assess),
        "allergy" => td_string!(lang, wording.code.allergy),
        "intolerance" => td_string!(lang, wording.code.intolerance),
        "food" => td_string!(lang, wording.code.food),
        "medication" => td_string!(lang, wording.code.medication),
        "environment" => td_string!(lang, wording.code.environment),
        "biologic" => td_string!(lang, wording.code.biologic),
        "registered" => td_string!(lang, wording.code.registered),
        "partial" => td_string!(lang, wording.code.partial),
        "preliminary" => td_string!(lang, wording.code.preliminary),
        "final" => td_string!(lang, wording.code.is_final),
        "amended" => td_string!(lang, wording.code.amended),
        "corrected" => td_string!(lang, wording.code.corrected),
        "appended" => td_string!(lang, wording.code.appended),
        "cancelled" => td_string!(lang, wording.code.cancelled),
        "planned" => td_string!(lang, wording.code.planned),
        "arrived" => td_string!(lang, wording.code.arrived),
        "triaged" => td_string!(lang, wording.code.triaged),
        "in-progress" => td_string!(lang, wording.code.in_progress),
        "onleave" => td_string!(lang, wording.code.onleave),
        "finished" => td_string!(lang, wording.code.finished),
        "completed" => td_string!(lang, wording.code.completed),
        "not-done" => td_string!(lang, wording.code.not_done),
        "on-hold" => td_string!(lang, wording.code.on_hold),
        "stopped" => td_string!(lang, wording.code.stopped),
        "abandoned" => td_string!(lang, wording.code.abandoned),
        "preparation" => td_string!(lang, wording.code.preparation),
        "intended" => td_string!(lang, wording.code.intended),
        "not-taken" => td_string!(lang, wording.code.not_taken),
        "draft" => td_string!(lang, wording.code.draft),
        "current" => td_string!(lang, wording.code.current),
        "superseded" => td_string!(lang, wording.code.superseded),
        "suspended" => td_string!(lang, wording.code.suspended),
        "revoked" => td_string!(lang, wording.code.revoked),
        "retired" => td_string!(lang, wording.code.retired),
        "declined" => td_string!(lang, wording.code.declined),
        "unknown" => td_string!(lang, wording.code.unknown),
        "proposal" => td_string!(lang, wording.code.proposal),
        "plan" => td_string!(lang, wording.code.plan),
        "order" => td_string!(lang, wording.code.order),
        "original-order" => td_string!(lang, wording.code.original_order),
        "reflex-order" => td_string!(lang, wording.code.reflex_order),
        "filler-order" => td_string!(lang, wording.code.filler_order),
        "instance-order" => td_string!(lang, wording.code.instance_order),
        "option" => td_string!(lang, wording.code.option),
        "directive" => td_string!(lang, wording.code.directive),
        "routine" => td_string!(lang, wording.code.routine),
        "urgent" => td_string!(lang, wording.code.urgent),
        "asap" => td_string!(lang, wording.code.asap),
        "stat" => td_string!(lang, wording.code.stat),
        "asked-unknown" => td_string!(lang, wording.code.asked_unknown),
        "temp-unknown" => td_string!(lang, wording.code.temp_unknown),
        "not-asked" => td_string!(lang, wording.code.not_asked),
        "asked-declined" => td_string!(lang, wording.code.asked_declined),
        "masked" => td_string!(lang, wording.code.masked),
        "not-applicable" => td_string!(lang, wording.code.not_applicable),
        "unsupported" => td_string!(lang, wording.code.unsupported),
        "as-text" => td_string!(lang, wording.code.as_text),
        "error" => td_string!(lang, wording.code.error),
        "not-a-number" => td_string!(lang, wording.code.not_a_number),
        "not-performed" => td_string!(lang, wording.code.not_performed),
        "not-permitted" => td_string!(lang, wording.code.not_permitted),
        "vital-signs" => td_string!(lang, wording.code.vital_signs),
        "laboratory" => td_string!(lang, wording.code.laboratory),
        "social-history" => td_string!(lang, wording.code.social_history),
        "imaging" => td_string!(lang, wording.code.imaging),
        "procedure" => td_string!(lang, wording.code.procedure),
        "survey" => td_string!(lang, wording.code.survey),
        "exam" => td_string!(lang, wording.code.exam),
        "therapy" => td_string!(lang, wording.code.therapy),
        "activity" => td_string!(lang, wording.code.activity),
        "problem-list-item" => td_string!(lang, wording.code.problem_list_item),
        "encounter-diagnosis" => td_string!(lang, wording.code.encounter_diagnosis),
        _ => return as_written(code),
    };
    words.to_owned()
}

fn as_written(code: &str) -> String {
    let is_words = code
        .chars()
        .all(|letter| letter.is_ascii_lowercase() || letter == '-');
    if is_words {
        code.replace('-', " ")
    } else {
        code.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_without_words_is_shown_as_it_is() {
        let table = [
            ("on-hold", "on hold"),
            ("brand-new", "brand new"),
            ("8480-6", "8480-6"),
            ("QDS", "QDS"),
            (
                "With Pharmacy - Preparing Remainder",
                "With Pharmacy - Preparing Remainder",
            ),
            ("en-GB", "en-GB"),
        ];
        for (given, words) in table {
            assert_eq!(code(Lang::en, given), words);
        }
    }
}
