use hale_contracts::phrase::{Phrase, RangeView};
use hale_contracts::time::{LondonOffset, PartialDate};

use crate::samples::{day, moment};
use crate::{every, is_kept};

#[test]
fn every_phrase() {
    let text = |words: &str| Phrase::Text(words.to_owned());
    let range = RangeView {
        low: Some("4.0".to_owned()),
        high: Some("6.00".to_owned()),
        unit: Some("mmol/L".to_owned()),
    };
    let phrases = [
        text("2 caps QDS"),
        Phrase::Code("in-progress".to_owned()),
        Phrase::YesNo(true),
        Phrase::Date(PartialDate::Year(2019)),
        Phrase::Period(Some(PartialDate::Year(2019)), None),
        Phrase::Count(6),
        Phrase::Bytes(123_456),
        Phrase::Range(range.clone()),
        Phrase::Age(range),
        Phrase::OutOf {
            number: "1".to_owned(),
            all: "2".to_owned(),
        },
        Phrase::Issued(2),
        Phrase::With(
            Box::new(text("Rash")),
            vec![Phrase::Code("mild".to_owned())],
        ),
        Phrase::All(vec![text("Rash"), text("Itch")]),
        Phrase::Unnamed,
    ];
    let _ = |value: &Phrase| match value {
        Phrase::Text(_)
        | Phrase::Code(_)
        | Phrase::YesNo(_)
        | Phrase::Date(_)
        | Phrase::Period(..)
        | Phrase::Count(_)
        | Phrase::Bytes(_)
        | Phrase::Range(_)
        | Phrase::Age(_)
        | Phrase::OutOf { .. }
        | Phrase::Issued(_)
        | Phrase::With(..)
        | Phrase::All(_)
        | Phrase::Unnamed => (),
    };
    is_kept("phrase", &phrases);
}

#[test]
fn dates() {
    is_kept(
        "partial_date",
        &[
            PartialDate::Year(2019),
            PartialDate::Month(2019, 12),
            PartialDate::Day(day()),
            PartialDate::Moment(moment()),
            PartialDate::AsWritten("spring 1981".to_owned()),
        ],
    );
    is_kept("london_offset", &every!(LondonOffset: Gmt, Bst));
}
