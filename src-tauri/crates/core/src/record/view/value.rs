//! Measured values: words, unit, range and where the value stands (FHIR R4 §10.1 `Observation`).

use hale_contracts::record::{ResultFlag, ResultValueView};
use hale_fhir::lenient::{boolean, list, text};
use hale_fhir::{concept, extension, quantity};
use serde_json::Value;

/// Codes of systolic and diastolic pressure (LOINC, SNOMED CT), which are read as one: `120/80`.
const SYSTOLIC: [&str; 3] = ["8480-6", "271649006", "72313002"];
const DIASTOLIC: [&str; 3] = ["8462-4", "271650006", "1091811000000102"];

/// Every value of an observation: its own, then its components'. Both pressures become one where
/// nothing is said of either alone.
pub(super) fn values(observation: &Value, name: &str) -> Vec<ResultValueView> {
    let mut values: Vec<ResultValueView> = value(observation, name).into_iter().collect();
    let components: Vec<&Value> = list(&observation["component"]).collect();
    let pressure = blood_pressure(&components, name);
    for component in &components {
        if pressure.is_some()
            && (is_one_of(component, &SYSTOLIC) || is_one_of(component, &DIASTOLIC))
        {
            continue;
        }
        let own = concept::words(&component["code"]).unwrap_or_else(|| name.to_owned());
        values.extend(value(component, &own));
    }
    values.splice(0..0, pressure);
    values
}

/// One value, of an observation or a component; none where there is neither a value nor a word on
/// why there is none.
pub(super) fn value(element: &Value, name: &str) -> Option<ResultValueView> {
    let (shown, unit) = match extension::choice(element, "value") {
        Some(("Quantity", measured)) => match quantity::quantity(measured) {
            Some(quantity) => (quantity.value, quantity.unit),
            None => (text(measured).unwrap_or_default(), None),
        },
        Some(("Boolean", fact)) => match boolean(fact) {
            Some(true) => ("Yes".to_owned(), None),
            Some(false) => ("No".to_owned(), None),
            None => (String::new(), None),
        },
        Some(("Range", range)) => (quantity::range(range, None).unwrap_or_default(), None),
        Some(("Ratio", ratio)) => (quantity::ratio(ratio).unwrap_or_default(), None),
        Some(("Period", period)) => (
            ["start", "end"]
                .into_iter()
                .filter_map(|end| text(&period[end]))
                .collect::<Vec<_>>()
                .join(" to "),
            None,
        ),
        // A curve has no words; its unit and limits alone would be read as a value.
        Some(("SampledData" | "Attachment", _)) => (String::new(), None),
        Some((_, other)) => (super::draft::in_words(other).unwrap_or_default(), None),
        None => (String::new(), None),
    };
    let absent = concept::words(&element["dataAbsentReason"]).or_else(|| {
        let kind = extension::choice(element, "value").map(|(kind, _)| kind);
        match kind {
            Some("SampledData") if shown.is_empty() => Some("recording".to_owned()),
            Some("Attachment") if shown.is_empty() => Some("attachment".to_owned()),
            _ => None,
        }
    });
    let flag = flag(element);
    if shown.is_empty() && absent.is_none() && flag.is_none() {
        return None;
    }
    Some(ResultValueView {
        name: name.to_owned(),
        range: ranges(element, unit.as_deref()),
        absent: absent.filter(|_| shown.is_empty()),
        value: shown,
        unit,
        flag,
    })
}

/// The interpretations that the flag does not say, in the source's words: what is no flag, what a
/// graver one stands before, and what says more than its code.
pub(super) fn other_interpretations(element: &Value) -> impl Iterator<Item = String> {
    let shown = said(element);
    list(&element["interpretation"]).filter_map(move |interpretation| {
        let own = one_interpretation(interpretation);
        let words = concept::words(interpretation)?;
        let is_said = own.is_some() && own == shown;
        // "Significantly high" says more than the flag does.
        let is_one_word = one_code(&words).is_some() && !words.contains(' ');
        (!(is_said && is_one_word)).then_some(words)
    })
}

/// Where a value stands. The source's own word wins; without one only plain numbers in the same
/// unit are compared with the one range that holds for everybody.
fn flag(element: &Value) -> Option<ResultFlag> {
    if list(&element["interpretation"]).next().is_some() {
        return said(element);
    }
    compared(element)
}

/// The gravest of the source's interpretations.
fn said(element: &Value) -> Option<ResultFlag> {
    // Of equals the first counts.
    let mut gravest = None;
    for flag in list(&element["interpretation"]).filter_map(one_interpretation) {
        if gravest.is_none_or(|so_far| weight(flag) > weight(so_far)) {
            gravest = Some(flag);
        }
    }
    gravest
}

/// How much a flag must not be missed beside another.
fn weight(flag: ResultFlag) -> u8 {
    match flag {
        ResultFlag::CriticalHigh | ResultFlag::CriticalLow => 7,
        ResultFlag::Critical => 6,
        ResultFlag::High | ResultFlag::Low => 5,
        ResultFlag::Positive
        | ResultFlag::Reactive
        | ResultFlag::WeaklyReactive
        | ResultFlag::Carrier
        | ResultFlag::Resistant
        | ResultFlag::NotSusceptible => 4,
        ResultFlag::Abnormal
        | ResultFlag::Unexpected
        | ResultFlag::OutsideRange
        | ResultFlag::QualityFailed => 3,
        ResultFlag::Worse
        | ResultFlag::ChangedUp
        | ResultFlag::ChangedDown
        | ResultFlag::OffScaleHigh
        | ResultFlag::OffScaleLow
        | ResultFlag::Unclear
        | ResultFlag::InsufficientEvidence
        | ResultFlag::Intermediate
        | ResultFlag::SusceptibleDoseDependent => 2,
        ResultFlag::Negative
        | ResultFlag::NotReactive
        | ResultFlag::Susceptible
        | ResultFlag::Better
        | ResultFlag::Expected => 1,
        ResultFlag::Normal | ResultFlag::WithinRange => 0,
    }
}

fn one_interpretation(interpretation: &Value) -> Option<ResultFlag> {
    let codes = concept::codings(interpretation).filter_map(|coding| text(&coding["code"]));
    codes
        .chain(text(interpretation))
        .chain(concept::words(interpretation))
        .find_map(|code| one_code(&code))
}

/// A code of HL7 v3 `ObservationInterpretation`, or a plain word for one. A change since before, and
/// what is beyond what a test can measure, are neither high nor low: a troponin below what can be
/// measured is good news. Codes that say only that a study's threshold was passed (`EX`, `HX`, `LX`),
/// and all unknown ones, are left to the source's words.
fn one_code(code: &str) -> Option<ResultFlag> {
    match code.trim().to_uppercase().as_str() {
        "N" | "NORMAL" => Some(ResultFlag::Normal),
        "H" | "HU" | "H>" | "HIGH" | "SIGNIFICANTLY HIGH" => Some(ResultFlag::High),
        "L" | "LU" | "L<" | "LOW" | "SIGNIFICANTLY LOW" => Some(ResultFlag::Low),
        "HH" | "CRITICAL HIGH" => Some(ResultFlag::CriticalHigh),
        "LL" | "CRITICAL LOW" => Some(ResultFlag::CriticalLow),
        "AA" | "CRITICAL" | "CRITICAL ABNORMAL" => Some(ResultFlag::Critical),
        "A" | "ABNORMAL" => Some(ResultFlag::Abnormal),
        "POS" | "DET" | "POSITIVE" | "DETECTED" => Some(ResultFlag::Positive),
        "NEG" | "ND" | "NEGATIVE" | "NOT DETECTED" => Some(ResultFlag::Negative),
        "U" => Some(ResultFlag::ChangedUp),
        "D" => Some(ResultFlag::ChangedDown),
        "B" => Some(ResultFlag::Better),
        "W" => Some(ResultFlag::Worse),
        ">" => Some(ResultFlag::OffScaleHigh),
        "<" => Some(ResultFlag::OffScaleLow),
        "IND" | "E" | "INDETERMINATE" | "EQUIVOCAL" => Some(ResultFlag::Unclear),
        "IE" => Some(ResultFlag::InsufficientEvidence),
        "QCF" => Some(ResultFlag::QualityFailed),
        "EXP" | "EXPECTED" => Some(ResultFlag::Expected),
        "UNE" | "UNEXPECTED" => Some(ResultFlag::Unexpected),
        "RR" | "REACTIVE" => Some(ResultFlag::Reactive),
        "WR" | "WEAKLY REACTIVE" => Some(ResultFlag::WeaklyReactive),
        "NR" | "NON-REACTIVE" => Some(ResultFlag::NotReactive),
        "CAR" | "CARRIER" => Some(ResultFlag::Carrier),
        "S" | "VS" | "SYN-S" | "SUSCEPTIBLE" => Some(ResultFlag::Susceptible),
        "SDD" => Some(ResultFlag::SusceptibleDoseDependent),
        "I" | "MS" | "INTERMEDIATE" => Some(ResultFlag::Intermediate),
        "NS" | "NON-SUSCEPTIBLE" => Some(ResultFlag::NotSusceptible),
        "R" | "SYN-R" | "RESISTANT" => Some(ResultFlag::Resistant),
        _ => None,
    }
}

fn compared(element: &Value) -> Option<ResultFlag> {
    let measured = &element["valueQuantity"];
    let number = quantity::plain_number(measured)?;
    let mut ranges = list(&element["referenceRange"]);
    let range = ranges.next()?;
    // Several ranges, or one that holds for some people only, need knowledge that is not here.
    let is_for_everybody = ranges.next().is_none()
        && range["age"].is_null()
        && list(&range["appliesTo"]).next().is_none()
        && (range["type"].is_null() || concept::has_code(&range["type"], "normal"));
    if !is_for_everybody {
        return None;
    }
    let bound = |field: &str| -> Result<Option<f64>, ()> {
        let bound = &range[field];
        if bound.is_null() {
            return Ok(None);
        }
        let number = quantity::plain_number(bound).filter(|_| quantity::same_unit(measured, bound));
        number.map(Some).ok_or(())
    };
    let (low, high) = (bound("low").ok()?, bound("high").ok()?);
    if low.is_none() && high.is_none() {
        return None;
    }
    let is_outside = low.is_some_and(|low| number < low) || high.is_some_and(|high| number > high);
    Some(if is_outside {
        ResultFlag::OutsideRange
    } else {
        ResultFlag::WithinRange
    })
}

/// The ranges in words, each with whom it is for.
fn ranges(element: &Value, unit: Option<&str>) -> Option<String> {
    let ranges: Vec<String> = list(&element["referenceRange"])
        .filter_map(|range| {
            let words = text(&range["text"]).or_else(|| quantity::range(range, unit))?;
            let kind = concept::words(&range["type"])
                .filter(|_| !concept::has_code(&range["type"], "normal"));
            let age = quantity::range(&range["age"], None).map(|age| format!("age {age}"));
            let whom: Vec<String> = kind
                .into_iter()
                .chain(list(&range["appliesTo"]).filter_map(concept::words))
                .chain(age)
                .collect();
            Some(if whom.is_empty() {
                words
            } else {
                format!("{words} ({})", whom.join(", "))
            })
        })
        .collect();
    (!ranges.is_empty()).then(|| ranges.join("; "))
}

fn blood_pressure(components: &[&Value], name: &str) -> Option<ResultValueView> {
    let only = |codes: &[&str]| {
        let mut fitting = components
            .iter()
            .filter(|component| is_one_of(component, codes));
        let first = fitting.next()?;
        fitting.next().is_none().then_some(*first)
    };
    let (systolic, diastolic) = (only(&SYSTOLIC)?, only(&DIASTOLIC)?);
    let is_bare = |component: &Value| {
        ["interpretation", "referenceRange", "dataAbsentReason"]
            .into_iter()
            .all(|field| component[field].is_null())
    };
    let (above, below) = (&systolic["valueQuantity"], &diastolic["valueQuantity"]);
    quantity::plain_number(above)?;
    quantity::plain_number(below)?;
    if !is_bare(systolic) || !is_bare(diastolic) || !quantity::same_unit(above, below) {
        return None;
    }
    let (above, below) = (quantity::quantity(above)?, quantity::quantity(below)?);
    Some(ResultValueView {
        name: name.to_owned(),
        value: format!("{}/{}", above.value, below.value),
        unit: above.unit,
        range: None,
        flag: None,
        absent: None,
    })
}

fn is_one_of(component: &Value, codes: &[&str]) -> bool {
    codes
        .iter()
        .any(|code| concept::has_code(&component["code"], code))
}
