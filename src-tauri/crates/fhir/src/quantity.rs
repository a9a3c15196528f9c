//! Measured values (FHIR R4 §2.24.0.2 to §2.24.0.4 `Quantity`, `Range`, `Ratio`), as written.
//!
//! A decimal's precision is part of what it says (FHIR R4 §2.24.0.1 `decimal`): 5.40 was measured
//! more exactly than 5.4. So a number is text from the source to the screen, to the last digit, and
//! becomes a number only where two are compared.

use serde_json::Value;

use crate::lenient::text;

/// A quantity as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    /// The comparator and the number, for example `<5`.
    pub value: String,
    /// The unit: as people write it, else its code.
    pub unit: Option<String>,
}

impl Quantity {
    /// Value and unit in one line.
    #[must_use]
    pub fn in_words(&self) -> String {
        match &self.unit {
            // A percent sign stands close to its number.
            Some(unit) if unit == "%" => format!("{}%", self.value),
            Some(unit) => format!("{} {unit}", self.value),
            None => self.value.clone(),
        }
    }
}

/// Reads a Quantity; none if it has no value.
#[must_use]
pub fn quantity(value: &Value) -> Option<Quantity> {
    let number = text(&value["value"])?;
    let comparator = text(&value["comparator"]).unwrap_or_default();
    Some(Quantity {
        value: format!("{comparator}{number}"),
        unit: unit(value),
    })
}

/// The unit of a Quantity: as people write it, else its code. The unit "1" of plain numbers is none.
#[must_use]
pub fn unit(value: &Value) -> Option<String> {
    text(&value["unit"])
        .or_else(|| text(&value["code"]))
        .filter(|unit| unit != "1" && unit != "{score}")
}

/// The number of a Quantity that is plain: without a comparator, finite.
#[must_use]
pub fn plain_number(value: &Value) -> Option<f64> {
    if !value["comparator"].is_null() {
        return None;
    }
    match &value["value"] {
        Value::Number(number) => number.as_f64(),
        Value::String(written) => written.trim().parse().ok(),
        _ => None,
    }
    .filter(|number| number.is_finite())
}

/// Whether two Quantities are in the same unit: the same code where both have one, else the same
/// words. A quantity without any unit is only like another without any.
#[must_use]
pub fn same_unit(one: &Value, other: &Value) -> bool {
    match (text(&one["code"]), text(&other["code"])) {
        (Some(one), Some(other)) => one == other,
        (None, None) => text(&one["unit"]) == text(&other["unit"]),
        // A code on one side only says nothing about the other; equal words do.
        _ => text(&one["unit"]).is_some_and(|unit| text(&other["unit"]) == Some(unit)),
    }
}

/// A Range as people read it: at least one end is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// The least.
    pub low: Option<Quantity>,
    /// The most.
    pub high: Option<Quantity>,
}

impl Range {
    /// The unit of the whole: the one that both ends have, or the only one that is written. None
    /// where the ends differ: then each must be read with its own.
    #[must_use]
    pub fn unit(&self) -> Option<&str> {
        let unit = |end: &Option<Quantity>| -> Option<String> { end.as_ref()?.unit.clone() };
        match (unit(&self.low), unit(&self.high)) {
            (Some(low), Some(high)) if low != high => None,
            _ => [&self.high, &self.low]
                .into_iter()
                .flatten()
                .find_map(|end| end.unit.as_deref()),
        }
    }

    /// Whether both ends have a unit, and not the same.
    #[must_use]
    pub fn is_mixed(&self) -> bool {
        self.unit().is_none()
            && [&self.low, &self.high]
                .into_iter()
                .flatten()
                .any(|end| end.unit.is_some())
    }
}

/// Reads a Range; none if it has no end.
#[must_use]
pub fn range(value: &Value) -> Option<Range> {
    let (low, high) = (quantity(&value["low"]), quantity(&value["high"]));
    (low.is_some() || high.is_some()).then_some(Range { low, high })
}

/// A Ratio in words, for example `1:8` or `5 mg / 1 ml`.
#[must_use]
pub fn ratio(value: &Value) -> Option<String> {
    let above = quantity(&value["numerator"])?;
    let Some(below) = quantity(&value["denominator"]) else {
        return Some(above.in_words());
    };
    if above.unit.is_none() && below.unit.is_none() {
        Some(format!("{}:{}", above.value, below.value))
    } else {
        Some(format!("{} / {}", above.in_words(), below.in_words()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_quantity_keeps_its_comparator_and_unit() {
        let cases = [
            (
                json!({"value": 5, "comparator": "<", "unit": "mg/L"}),
                Some("<5 mg/L"),
            ),
            (json!({"value": 5.4, "code": "mmol/L"}), Some("5.4 mmol/L")),
            (json!({"value": "7", "unit": "%"}), Some("7%")),
            (json!({"value": 3, "unit": "{score}"}), Some("3")),
            (json!({"unit": "mg"}), None),
            (json!("5 mg"), None),
        ];
        for (value, expected) in cases {
            assert_eq!(
                quantity(&value).map(|q| q.in_words()).as_deref(),
                expected,
                "{value}"
            );
        }
    }

    #[test]
    fn a_number_keeps_every_digit_that_the_source_wrote() {
        // The exponent's letter and plus sign are the parser's; the digits are the source's.
        let cases = [
            ("5.40", "5.40"),
            ("0.10", "0.10"),
            ("1e-3", "1e-3"),
            ("100", "100"),
            ("1.0E2", "1.0e+2"),
            ("1.00e+02", "1.00e+02"),
            ("0.000001", "0.000001"),
            ("-0.50", "-0.50"),
            ("0.0", "0.0"),
            ("99999999999999999999", "99999999999999999999"),
            ("0.12345678901234567890", "0.12345678901234567890"),
            ("1e999", "1e+999"),
        ];
        for (written, shown) in cases {
            let json = format!(r#"{{"value":{written},"unit":"mmol/L"}}"#);
            let value: Value = serde_json::from_str(&json).unwrap();
            let read = quantity(&value).unwrap();
            assert_eq!(read.value, shown, "a digit more or less is another result");
            let parts: Value = serde_json::from_str(&format!(
                r#"{{"numerator":{json},"denominator":{{"value":1.0,"unit":"d"}}}}"#
            ))
            .unwrap();
            assert_eq!(ratio(&parts), Some(format!("{shown} mmol/L / 1.0 d")));
        }
    }

    #[test]
    fn numbers_compare_by_their_size_not_by_their_digits() {
        let number = |written: &str| {
            plain_number(&serde_json::from_str(&format!(r#"{{"value":{written}}}"#)).unwrap())
        };
        assert_eq!(number("5.40"), number("5.4"));
        assert_eq!(number("1.0E2"), number("100"));
        assert_eq!(number("1e999"), None, "beyond what can be compared");
    }

    #[test]
    fn a_range_has_one_unit_only_where_its_ends_agree() {
        let end = |unit: &str| json!({"value": 4, "unit": unit});
        let cases = [
            (
                json!({"low": end("kg"), "high": end("kg")}),
                Some("kg"),
                false,
            ),
            (json!({"low": end("g"), "high": end("kg")}), None, true),
            (
                json!({"low": end("g"), "high": {"value": 6}}),
                Some("g"),
                false,
            ),
            (json!({"high": end("g")}), Some("g"), false),
            (json!({"low": {"value": 6}}), None, false),
        ];
        for (value, unit, is_mixed) in cases {
            let range = range(&value).unwrap();
            assert_eq!(
                (range.unit(), range.is_mixed()),
                (unit, is_mixed),
                "{value}"
            );
        }
        assert_eq!(range(&json!({})), None);
        assert_eq!(range(&json!({"low": {"unit": "g"}})), None);
    }

    #[test]
    fn ratios_in_words() {
        let titre = json!({"numerator": {"value": 1}, "denominator": {"value": 8}});
        assert_eq!(ratio(&titre).as_deref(), Some("1:8"));
        let strength = json!({"numerator": {"value": 5, "unit": "mg"}, "denominator": {"value": 1, "unit": "ml"}});
        assert_eq!(ratio(&strength).as_deref(), Some("5 mg / 1 ml"));
    }

    #[test]
    fn only_plain_numbers_in_the_same_unit_compare() {
        assert_eq!(plain_number(&json!({"value": 5, "comparator": "<"})), None);
        assert_eq!(plain_number(&json!({"value": "5"})), Some(5.0));
        assert!(same_unit(
            &json!({"unit": "mg", "code": "mg"}),
            &json!({"unit": "milligram", "code": "mg"})
        ));
        assert!(!same_unit(&json!({"unit": "mg"}), &json!({"unit": "g"})));
        assert!(!same_unit(&json!({}), &json!({"unit": "g"})));
        assert!(!same_unit(&json!({"code": "g"}), &json!({})));
        assert!(same_unit(
            &json!({"code": "g", "unit": "g"}),
            &json!({"unit": "g"})
        ));
    }
}
