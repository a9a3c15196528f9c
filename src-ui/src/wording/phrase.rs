//! What a source says, in the patient's language: its own words and digits unchanged, Hale's words
//! around them.

use hale_contracts::phrase::{Phrase, RangeView};

use super::{Lang, codes, partial_date, td_string};

/// A phrase in one line.
pub(crate) fn phrase(lang: Lang, said: &Phrase) -> String {
    match said {
        Phrase::Text(words) => words.clone(),
        Phrase::Code(code) => codes::code(lang, code),
        Phrase::YesNo(true) => td_string!(lang, wording.phrase.yes).to_owned(),
        Phrase::YesNo(false) => td_string!(lang, wording.phrase.no).to_owned(),
        Phrase::Date(date) => partial_date(lang, date),
        Phrase::Period(from, to) => {
            let from = from.as_ref().map(|from| partial_date(lang, from));
            let to = to.as_ref().map(|to| partial_date(lang, to));
            match (from, to) {
                (Some(from), Some(to)) => td_string!(lang, wording.phrase.period, from, to),
                (Some(from), None) => td_string!(lang, wording.phrase.since, from),
                (None, Some(to)) => td_string!(lang, wording.phrase.until, to),
                (None, None) => td_string!(lang, wording.phrase.no_dates).to_owned(),
            }
        }
        Phrase::Count(count) => count.to_string(),
        Phrase::Bytes(bytes) => size(lang, *bytes),
        Phrase::Range(between) => range(lang, between),
        Phrase::Age(between) => {
            td_string!(lang, wording.phrase.age, range = range(lang, between))
        }
        Phrase::OutOf { number, all } => td_string!(
            lang,
            wording.phrase.out_of,
            number = number.as_str(),
            all = all.as_str()
        ),
        Phrase::Issued(count) => td_string!(lang, wording.phrase.issued, count = *count),
        Phrase::With(main, more) => td_string!(
            lang,
            wording.phrase.with_more,
            main = phrase(lang, main),
            more = list(lang, more)
        ),
        Phrase::All(phrases) => list(lang, phrases),
        Phrase::Unnamed => td_string!(lang, wording.phrase.unnamed).to_owned(),
    }
}

/// Several phrases beside each other.
fn list(lang: Lang, phrases: &[Phrase]) -> String {
    let phrases: Vec<String> = phrases.iter().map(|part| phrase(lang, part)).collect();
    phrases.join(", ")
}

/// A value with its unit; a percent sign stands close to its number.
pub(crate) fn with_unit(value: &str, unit: Option<&str>) -> String {
    match unit {
        Some("%") => format!("{value}%"),
        Some(unit) => format!("{value} {unit}"),
        None => value.to_owned(),
    }
}

/// `4.0 to 6.0 mmol/L`, `65 years or more`, `up to 6`.
fn range(lang: Lang, between: &RangeView) -> String {
    let unit = between.unit.as_deref();
    match (&between.low, &between.high) {
        (Some(low), Some(high)) => td_string!(
            lang,
            wording.phrase.range,
            low = low.as_str(),
            high = with_unit(high, unit)
        ),
        (Some(low), None) => {
            td_string!(lang, wording.phrase.at_least, low = with_unit(low, unit))
        }
        (None, Some(high)) => {
            td_string!(lang, wording.phrase.at_most, high = with_unit(high, unit))
        }
        (None, None) => String::new(),
    }
}

/// The size of a file, in powers of 1,000, never shown as smaller than it is.
fn size(lang: Lang, bytes: u32) -> String {
    match bytes {
        0..1_000 => td_string!(lang, wording.phrase.bytes, count = bytes),
        1_000..1_000_000 => {
            let size = bytes.div_ceil(1_000);
            td_string!(lang, wording.phrase.kilobytes, size)
        }
        _ => {
            let tenths = bytes.div_ceil(100_000);
            let size = format!("{}.{}", tenths / 10, tenths % 10);
            td_string!(lang, wording.phrase.megabytes, size)
        }
    }
}

#[cfg(test)]
mod tests {
    use hale_contracts::time::PartialDate::Year;

    use super::*;

    fn text(words: &str) -> Phrase {
        Phrase::Text(words.to_owned())
    }

    fn between(low: Option<&str>, high: Option<&str>, unit: Option<&str>) -> RangeView {
        let own = |words: Option<&str>| words.map(str::to_owned);
        RangeView {
            low: own(low),
            high: own(high),
            unit: own(unit),
        }
    }

    #[test]
    fn each_phrase_is_said_and_the_sources_part_of_it_stays() {
        let table = [
            (text("5.40 mmol/L"), "5.40 mmol/L"),
            (Phrase::Code("in-progress".to_owned()), "in progress"),
            (Phrase::YesNo(true), "Yes"),
            (Phrase::YesNo(false), "No"),
            (Phrase::Date(Year(2019)), "2019"),
            (
                Phrase::Period(Some(Year(2019)), Some(Year(2020))),
                "2019 to 2020",
            ),
            (Phrase::Period(Some(Year(2019)), None), "From 2019"),
            (Phrase::Period(None, Some(Year(2020))), "Until 2020"),
            (Phrase::Period(None, None), "No dates given"),
            (Phrase::Count(6), "6"),
            (
                Phrase::Range(between(Some("4.0"), Some("6.00"), Some("kg"))),
                "4.0 to 6.00 kg",
            ),
            (
                Phrase::Range(between(Some("4 g"), Some("6 kg"), None)),
                "4 g to 6 kg",
            ),
            (
                Phrase::Range(between(None, Some("6"), Some("%"))),
                "up to 6%",
            ),
            (
                Phrase::Age(between(Some("65"), None, Some("years"))),
                "age 65 years or more",
            ),
            (
                Phrase::OutOf {
                    number: "2".to_owned(),
                    all: "3".to_owned(),
                },
                "2 of 3",
            ),
            (Phrase::Issued(1), "issued 1 time"),
            (Phrase::Issued(2), "issued 2 times"),
            (
                Phrase::With(
                    Box::new(text("Rash")),
                    vec![Phrase::Code("mild".to_owned())],
                ),
                "Rash (mild)",
            ),
            (Phrase::All(vec![text("a"), text("b")]), "a, b"),
            (Phrase::Unnamed, "a result without a name"),
        ];
        for (said, words) in table {
            assert_eq!(phrase(Lang::en, &said), words);
        }
    }

    #[test]
    fn a_file_is_never_said_to_be_smaller_than_it_is() {
        let table = [
            (1, "1 byte"),
            (999, "999 bytes"),
            (1_000, "1 KB"),
            (123_456, "124 KB"),
            (1_000_000, "1.0 MB"),
            (1_000_001, "1.1 MB"),
            (u32::MAX, "4295.0 MB"),
        ];
        for (bytes, words) in table {
            assert_eq!(phrase(Lang::en, &Phrase::Bytes(bytes)), words);
        }
    }
}
