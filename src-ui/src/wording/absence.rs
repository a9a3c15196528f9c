//! Why a section shows nothing. Only a source that states "none" is repeated as "none"; every
//! other kind says that this is not a statement that there is nothing.

use hale_contracts::record::AbsenceView;

use super::{Lang, error, td_string, why_not};

/// The words for an absence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AbsenceWords {
    /// As a heading.
    pub(crate) heading: String,
    /// What it means.
    pub(crate) body: String,
    /// What the patient can do, where there is something.
    pub(crate) next: Option<String>,
}

macro_rules! plain {
    ($lang:ident, $key:ident) => {
        AbsenceWords {
            heading: td_string!($lang, wording.absence.$key.heading).to_owned(),
            body: td_string!($lang, wording.absence.$key.body).to_owned(),
            next: None,
        }
    };
}

/// Puts an absence into words. `source` is the name of the source, where it is known.
pub(crate) fn absence(lang: Lang, absence: &AbsenceView, source: Option<&str>) -> AbsenceWords {
    match absence {
        AbsenceView::NoneRecorded => match source {
            Some(name) => AbsenceWords {
                heading: td_string!(lang, wording.absence.none_recorded.heading).to_owned(),
                body: td_string!(lang, wording.absence.none_recorded.body, source_name = name),
                next: None,
            },
            None => plain!(lang, none_recorded_plain),
        },
        AbsenceView::NotAsked => plain!(lang, not_asked),
        AbsenceView::Withheld => plain!(lang, withheld),
        AbsenceView::NotYetFiled => plain!(lang, not_yet_filed),
        AbsenceView::Unavailable => plain!(lang, unavailable),
        AbsenceView::NothingSent => plain!(lang, nothing_sent),
        AbsenceView::NotLoaded => plain!(lang, not_loaded),
        AbsenceView::Failed { error: cause } => {
            let words = error(lang, cause);
            AbsenceWords {
                next: Some(format!("{} {}", words.why, words.next)),
                ..plain!(lang, failed)
            }
        }
        AbsenceView::NotAllowed { why } => {
            let words = why_not(lang, why);
            AbsenceWords {
                heading: words.heading,
                body: words.why,
                next: Some(words.next),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hale_contracts::error::{ErrorCode, ErrorView};
    use hale_contracts::reasons::WhyNot;

    #[test]
    fn only_a_source_that_says_none_is_repeated_as_none() {
        let others = [
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
                why: WhyNot::PracticeSwitchedOff,
            },
        ];
        let none = absence(Lang::en, &AbsenceView::NoneRecorded, None);
        assert!(none.heading.contains("None"));
        for kind in others {
            let words = absence(Lang::en, &kind, None);
            let heading = words.heading.to_lowercase();
            assert!(
                !heading.contains("none") && !heading.starts_with("no "),
                "{kind:?} must not read as a statement that there is none: {heading}"
            );
            assert!(!words.body.contains("none recorded"), "{kind:?}");
        }
    }
}
