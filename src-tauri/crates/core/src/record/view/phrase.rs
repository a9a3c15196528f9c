//! What an element says, as a phrase: the source's words and digits as they are, everything that
//! stands around them as data, so that it can be said in any language.

use hale_contracts::phrase::{Phrase, RangeView};
use hale_fhir::lenient::{list, text};
use hale_fhir::{concept, quantity};
use serde_json::Value;

use crate::london;

/// Words of the source.
pub(super) fn words(words: Option<String>) -> Option<Phrase> {
    words.map(Phrase::Text)
}

/// A code of the standard.
pub(super) fn code(element: &Value) -> Option<Phrase> {
    text(element).map(Phrase::Code)
}

/// A concept: its words, else its code, which the window may have words for.
pub(super) fn coded(concept: &Value) -> Option<Phrase> {
    list(concept).find_map(|one| {
        if one.is_object() {
            words(concept::display(one)).or_else(|| concept::code(one).map(Phrase::Code))
        } else {
            code(one)
        }
    })
}

/// A date.
pub(super) fn date(written: &Value) -> Option<Phrase> {
    text(written).map(|written| Phrase::Date(london::partial_date(&written)))
}

/// A span of time, if it has at least one end.
pub(super) fn period(period: &Value) -> Option<Phrase> {
    let end = |field: &str| text(&period[field]).as_deref().map(london::partial_date);
    match (end("start"), end("end")) {
        (None, None) => None,
        (start, end) => Some(Phrase::Period(start, end)),
    }
}

/// An amount with its unit.
pub(super) fn amount(measured: &Value) -> Option<Phrase> {
    quantity::quantity(measured).map(|quantity| Phrase::Text(quantity.in_words()))
}

/// Between two amounts. The unit is left out where it is `known_unit`, which stands beside it.
pub(super) fn range(range: &Value, known_unit: Option<&str>) -> Option<RangeView> {
    let range = quantity::range(range)?;
    let end = |end: &Option<quantity::Quantity>| {
        let end = end.as_ref()?;
        Some(if range.is_mixed() {
            end.in_words()
        } else {
            end.value.clone()
        })
    };
    Some(RangeView {
        low: end(&range.low),
        high: end(&range.high),
        unit: range
            .unit()
            .filter(|unit| known_unit != Some(unit))
            .map(str::to_owned),
    })
}

/// A value of any simple type.
pub(super) fn any(value: &Value) -> Option<Phrase> {
    if let Value::Bool(is_true) = value {
        return Some(Phrase::YesNo(*is_true));
    }
    words(text(value))
        .or_else(|| amount(value))
        .or_else(|| range(value, None).map(Phrase::Range))
        .or_else(|| words(quantity::ratio(value)))
        .or_else(|| coded(value))
}

/// Several phrases as one; none if there are none.
pub(super) fn all(mut phrases: Vec<Phrase>) -> Option<Phrase> {
    match phrases.len() {
        0 => None,
        1 => phrases.pop(),
        _ => Some(Phrase::All(phrases)),
    }
}

/// Something, and what more is said of it.
pub(super) fn with(main: Phrase, more: impl IntoIterator<Item = Phrase>) -> Phrase {
    let more: Vec<Phrase> = more.into_iter().collect();
    if more.is_empty() {
        main
    } else {
        Phrase::With(Box::new(main), more)
    }
}
