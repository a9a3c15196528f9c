//! Measured values: value, unit, ranges and where the value stands (FHIR R4 §10.1 `Observation`).

use hale_contracts::phrase::Phrase;
use hale_contracts::record::{NoValueView, ResultFlag, ResultValueView};
use hale_fhir::lenient::{boolean, list, text};
use hale_fhir::{concept, extension, quantity};
use serde_json::Value;

use super::phrase;

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
    let choice = extension::choice(element, "value");
    let (shown, unit) = match choice {
        Some(("Quantity", measured)) => match quantity::quantity(measured) {
            Some(quantity) => (Some(Phrase::Text(quantity.value)), quantity.unit),
            None => (phrase::words(text(measured)), None),
        },
        Some(("Boolean", fact)) => (boolean(fact).map(Phrase::YesNo), None),
        Some(("Range", range)) => (phrase::range(range, None).map(Phrase::Range), None),
        Some(("Period", period)) => (phrase::period(period), None),
        Some(("DateTime", date)) => (phrase::date(date), None),
        // A curve has no words; its unit and limits alone would be read as a value.
        Some(("SampledData" | "Attachment", _)) | None => (None, None),
        Some((_, other)) => (phrase::any(other), None),
    };
    let absent = match (&shown, choice) {
        (Some(_), _) => None,
        (None, choice) => phrase::coded(&element["dataAbsentReason"])
            .map(NoValueView::Said)
            .or(match choice {
                Some(("SampledData", _)) => Some(NoValueView::Recording),
                Some(("Attachment", _)) => Some(NoValueView::Attachment),
                _ => None,
            }),
    };
    let flag = flag(element);
    if shown.is_none() && absent.is_none() && flag.is_none() {
        return None;
    }
    Some(ResultValueView {
        name: name.to_owned(),
        ranges: ranges(element, unit.as_deref()),
        absent,
        value: shown,
        unit,
        flag,
    })
}

/// The interpretations that the flag does not say, in the source's words: what is no flag, what a
/// graver one stands before, and what says more than its code.
pub(super) fn other_interpretations(element: &Value) -> impl Iterator<Item = Phrase> {
    let shown = said(element);
    list(&element["interpretation"]).filter_map(move |interpretation| {
        let own = one_interpretation(interpretation);
        let words = concept::words(interpretation)?;
        let is_said = own.is_some() && own == shown;
        // "Significantly high" says more than the flag does.
        let is_one_word = one_code(&words).is_some() && !words.contains(' ');
        if is_said && is_one_word {
            None
        } else {
            phrase::coded(interpretation)
        }
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

/// The ranges, each with whom it is for.
fn ranges(element: &Value, unit: Option<&str>) -> Vec<Phrase> {
    list(&element["referenceRange"])
        .filter_map(|range| {
            let words = phrase::words(text(&range["text"]))
                .or_else(|| phrase::range(range, unit).map(Phrase::Range))?;
            let kind = phrase::coded(&range["type"])
                .filter(|_| !concept::has_code(&range["type"], "normal"));
            let age = phrase::range(&range["age"], None).map(Phrase::Age);
            let whom = kind
                .into_iter()
                .chain(list(&range["appliesTo"]).filter_map(phrase::coded))
                .chain(age);
            Some(phrase::with(words, whom))
        })
        .collect()
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
        value: Some(Phrase::Text(format!("{}/{}", above.value, below.value))),
        unit: above.unit,
        ranges: Vec::new(),
        flag: None,
        absent: None,
    })
}

fn is_one_of(component: &Value, codes: &[&str]) -> bool {
    codes
        .iter()
        .any(|code| concept::has_code(&component["code"], code))
}
