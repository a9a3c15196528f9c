//! One instruction on how to take a medicine (FHIR R4 §2.25 `Dosage`, §2.24.0.13 `Timing`).
//!
//! Owns that no part is lost in silence: what cannot be read, and what the standard did not have
//! when this was written, makes the instruction a partial one.

use chrono::NaiveTime;
use hale_contracts::dose::{
    AmountView, AtMostView, CountView, DayPart, DoseAmountView, DoseTimingView, DoseView,
    LengthUnit, LengthView, Within,
};
use hale_fhir::lenient::{boolean, count, list, text};
use hale_fhir::{concept, quantity};
use serde_json::Value;

use crate::london;

/// Parts that are read here, or shown beside the instruction under labels of their own.
const KNOWN: [&str; 17] = [
    "text",
    "sequence",
    "additionalInstruction",
    "patientInstruction",
    "timing",
    "asNeededBoolean",
    "asNeededCodeableConcept",
    "site",
    "route",
    "method",
    "doseAndRate",
    "maxDosePerPeriod",
    "maxDosePerAdministration",
    "maxDosePerLifetime",
    // Of a MedicationAdministration.
    "dose",
    "rateRatio",
    "rateQuantity",
];
const KNOWN_OF_TIMING: [&str; 3] = ["event", "repeat", "code"];
const KNOWN_OF_AMOUNT: [&str; 6] = [
    "type",
    "doseQuantity",
    "doseRange",
    "rateQuantity",
    "rateRange",
    "rateRatio",
];
const KNOWN_OF_REPEAT: [&str; 17] = [
    "boundsDuration",
    "boundsRange",
    "boundsPeriod",
    "count",
    "countMax",
    "duration",
    "durationMax",
    "durationUnit",
    "frequency",
    "frequencyMax",
    "period",
    "periodMax",
    "periodUnit",
    "dayOfWeek",
    "timeOfDay",
    "when",
    "offset",
];

/// The instructions of a medicine, in the order in which they are followed.
pub(super) fn read_all<'a>(dosages: impl Iterator<Item = &'a Value>) -> Vec<DoseView> {
    let mut doses: Vec<DoseView> = dosages
        .map(read)
        .filter(|dose| *dose != DoseView::default())
        .collect();
    doses.sort_by_key(|dose| dose.step);
    let first = doses.first().and_then(|dose| dose.step);
    // Those of one and the same step are followed side by side.
    if doses.iter().all(|dose| dose.step == first) {
        for dose in &mut doses {
            dose.step = None;
        }
    }
    doses
}

fn read(dosage: &Value) -> DoseView {
    if let Some(words) = text(dosage) {
        // Some services write the words alone.
        return DoseView {
            text: Some(words),
            ..DoseView::default()
        };
    }
    let mut reader = Reader {
        is_partial: !dosage.is_object(),
    };
    let own = text(&dosage["text"]);
    reader.only(dosage, &KNOWN);
    let amounts = reader.amounts(dosage);
    let at_most = reader.limits(dosage);
    let timing = reader.timing(&dosage["timing"]);
    let as_needed_for = reader.concepts(&dosage["asNeededCodeableConcept"]);
    let is_as_needed = match boolean(&dosage["asNeededBoolean"]) {
        Some(is) => is || !as_needed_for.is_empty(),
        None => {
            reader.must(dosage["asNeededBoolean"].is_null());
            !dosage["asNeededCodeableConcept"].is_null()
        }
    };
    let mut instructions = reader.concepts(&dosage["additionalInstruction"]);
    let patient = text(&dosage["patientInstruction"]);
    reader.must(patient.is_some() || dosage["patientInstruction"].is_null());
    instructions.extend(patient.filter(|words| !instructions.contains(words)));
    let means = ["method", "route", "site"]
        .into_iter()
        .flat_map(|field| reader.concepts(&dosage[field]))
        .collect();
    DoseView {
        step: count(&dosage["sequence"]),
        amounts,
        timing,
        is_as_needed,
        as_needed_for,
        at_most,
        means,
        instructions,
        // The source's words are the whole instruction, unless something changes their meaning.
        is_partial: if own.is_some() {
            !is_plain(dosage)
        } else {
            reader.is_partial
        },
        text: own,
    }
}

/// Whether an element has no extension that may change its meaning (FHIR R4 §2.4.0.1).
fn is_plain(element: &Value) -> bool {
    list(&element["modifierExtension"]).next().is_none()
}

/// Reads parts, and remembers whether one was lost.
struct Reader {
    is_partial: bool,
}

impl Reader {
    fn must(&mut self, is_read: bool) {
        self.is_partial |= !is_read;
    }

    /// Notes members that are not known.
    fn only(&mut self, element: &Value, known: &[&str]) {
        self.must(is_plain(element));
        for (name, value) in element.as_object().into_iter().flatten() {
            let is_bookkeeping = matches!(name.as_str(), "id" | "extension" | "modifierExtension")
                || name.starts_with('_');
            self.must(is_bookkeeping || value.is_null() || known.contains(&name.as_str()));
        }
    }

    fn concepts(&mut self, concepts: &Value) -> Vec<String> {
        let mut words = Vec::new();
        for one in list(concepts) {
            match concept::words(one) {
                Some(one) => words.push(one),
                None => self.must(false),
            }
        }
        words
    }

    fn amounts(&mut self, dosage: &Value) -> Vec<DoseAmountView> {
        let mut amounts = Vec::new();
        for element in list(&dosage["doseAndRate"]) {
            self.only(element, &KNOWN_OF_AMOUNT);
            let kind = concept::words(&element["type"]);
            self.must(kind.is_some() || element["type"].is_null());
            let dose = self.one_of(element, ["doseQuantity", "doseRange"]);
            let rate = self.one_of(element, ["rateQuantity", "rateRange", "rateRatio"]);
            self.must(dose.is_some() || rate.is_some());
            amounts.push(DoseAmountView { kind, dose, rate });
        }
        let given = DoseAmountView {
            kind: None,
            dose: self.one_of(dosage, ["dose"]),
            rate: self.one_of(dosage, ["rateRatio", "rateQuantity"]),
        };
        amounts.push(given);
        amounts.retain(|amount| amount.dose.is_some() || amount.rate.is_some());
        amounts
    }

    /// The first of several elements that stand for one; a second one that is there is lost.
    fn one_of<const N: usize>(&mut self, element: &Value, fields: [&str; N]) -> Option<AmountView> {
        let mut found = None;
        for field in fields {
            let written = &element[field];
            if written.is_null() {
                continue;
            }
            let read = amount(written);
            self.must(read.is_some() && found.is_none());
            found = found.or(read);
        }
        found
    }

    fn limits(&mut self, dosage: &Value) -> Vec<AtMostView> {
        let mut limits = Vec::new();
        for (field, within) in [
            ("maxDosePerPeriod", Within::Period),
            ("maxDosePerAdministration", Within::Once),
            ("maxDosePerLifetime", Within::Lifetime),
        ] {
            for written in list(&dosage[field]) {
                match amount(written) {
                    Some(amount) => limits.push(AtMostView { amount, within }),
                    None => self.must(false),
                }
            }
        }
        limits
    }

    fn timing(&mut self, timing: &Value) -> DoseTimingView {
        if let Some(words) = text(timing) {
            return DoseTimingView {
                words: Some(words),
                ..DoseTimingView::default()
            };
        }
        self.only(timing, &KNOWN_OF_TIMING);
        let repeat = &timing["repeat"];
        self.only(repeat, &KNOWN_OF_REPEAT);
        self.must(repeat.is_null() || repeat.is_object());
        let words = concept::words(&timing["code"]);
        self.must(words.is_some() || timing["code"].is_null());
        let bounds = &repeat["boundsPeriod"];
        let date = |written: &Value| text(written).map(|date| london::partial_date(&date));
        let (from, to) = (date(&bounds["start"]), date(&bounds["end"]));
        self.must(bounds.is_null() || from.is_some() || to.is_some());
        let mut on = Vec::new();
        for event in list(&timing["event"]) {
            match date(event) {
                Some(date) => on.push(date),
                None => self.must(false),
            }
        }
        let times = self.count(repeat, "frequency", "frequencyMax");
        let every = self.length(repeat, ["period", "periodMax", "periodUnit"]);
        // So many times says nothing without how long that is.
        self.must(times.is_none() || every.is_some());
        let lasting = self.length(repeat, ["duration", "durationMax", "durationUnit"]);
        let in_all = self.count(repeat, "count", "countMax");
        let length = self.one_of(repeat, ["boundsDuration", "boundsRange"]);
        let days = self.each(&repeat["dayOfWeek"], day);
        let at = self.each(&repeat["timeOfDay"], |time| {
            NaiveTime::parse_from_str(time, "%H:%M:%S%.f")
                .or_else(|_| NaiveTime::parse_from_str(time, "%H:%M"))
                .ok()
        });
        let when = self.each(&repeat["when"], day_part);
        let offset = count(&repeat["offset"]);
        self.must(offset.is_some() || repeat["offset"].is_null());
        // Minutes before or after only say something beside a time of the day that says which.
        self.must(offset.is_none_or(|minutes| {
            minutes == 0 || (!when.is_empty() && when.iter().all(|part| has_direction(*part)))
        }));
        DoseTimingView {
            words,
            on,
            times,
            every,
            days,
            at,
            when,
            offset: offset.filter(|minutes| *minutes > 0),
            lasting,
            in_all,
            length,
            from,
            to,
        }
    }

    fn each<T>(&mut self, written: &Value, read: impl Fn(&str) -> Option<T>) -> Vec<T> {
        let mut found = Vec::new();
        for one in list(written) {
            match text(one).and_then(|code| read(&code)) {
                Some(one) => found.push(one),
                None => self.must(false),
            }
        }
        found
    }

    fn count(&mut self, element: &Value, least: &str, most: &str) -> Option<CountView> {
        let (low, high) = (text(&element[least]), text(&element[most]));
        self.must(low.is_some() || (element[least].is_null() && high.is_none()));
        self.must(high.is_some() || element[most].is_null());
        Some(CountView {
            least: low?,
            most: high,
        })
    }

    fn length(&mut self, element: &Value, names: [&str; 3]) -> Option<LengthView> {
        let count = self.count(element, names[0], names[1]);
        let unit = text(&element[names[2]]).and_then(|unit| length_unit(&unit));
        self.must(unit.is_some() == count.is_some());
        self.must(unit.is_some() || element[names[2]].is_null());
        Some(LengthView {
            count: count?,
            unit: unit?,
        })
    }
}

/// A Quantity, Range or Ratio, each number with its unit.
fn amount(written: &Value) -> Option<AmountView> {
    let one = |value: &Value| quantity::quantity(value).map(|quantity| quantity.in_words());
    if !written["numerator"].is_null() || !written["denominator"].is_null() {
        return Some(AmountView {
            low: Some(one(&written["numerator"])?),
            high: None,
            per: Some(one(&written["denominator"])?),
        });
    }
    // An amount without an upper end must not read like an exact one.
    let is_open = !written["low"].is_null() && one(&written["high"]).is_none();
    if is_open {
        return None;
    }
    let amount = AmountView {
        low: one(written).or_else(|| one(&written["low"])),
        high: one(&written["high"]),
        per: None,
    };
    (amount.low.is_some() || amount.high.is_some()).then_some(amount)
}

fn length_unit(code: &str) -> Option<LengthUnit> {
    match code {
        "s" => Some(LengthUnit::Second),
        "min" => Some(LengthUnit::Minute),
        "h" => Some(LengthUnit::Hour),
        "d" => Some(LengthUnit::Day),
        "wk" => Some(LengthUnit::Week),
        "mo" => Some(LengthUnit::Month),
        "a" => Some(LengthUnit::Year),
        _ => None,
    }
}

fn day(code: &str) -> Option<u8> {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let at = days.iter().position(|day| *day == code)?;
    u8::try_from(at + 1).ok()
}

fn day_part(code: &str) -> Option<DayPart> {
    match code {
        "MORN" => Some(DayPart::Morning),
        "MORN.early" => Some(DayPart::EarlyMorning),
        "MORN.late" => Some(DayPart::LateMorning),
        "NOON" => Some(DayPart::Noon),
        "AFT" => Some(DayPart::Afternoon),
        "AFT.early" => Some(DayPart::EarlyAfternoon),
        "AFT.late" => Some(DayPart::LateAfternoon),
        "EVE" => Some(DayPart::Evening),
        "EVE.early" => Some(DayPart::EarlyEvening),
        "EVE.late" => Some(DayPart::LateEvening),
        "NIGHT" => Some(DayPart::Night),
        "PHS" => Some(DayPart::AfterFallingAsleep),
        "HS" => Some(DayPart::BeforeSleep),
        "WAKE" => Some(DayPart::AfterWaking),
        "C" => Some(DayPart::WithMeals),
        "CM" => Some(DayPart::WithBreakfast),
        "CD" => Some(DayPart::WithLunch),
        "CV" => Some(DayPart::WithDinner),
        "AC" => Some(DayPart::BeforeMeals),
        "ACM" => Some(DayPart::BeforeBreakfast),
        "ACD" => Some(DayPart::BeforeLunch),
        "ACV" => Some(DayPart::BeforeDinner),
        "PC" => Some(DayPart::AfterMeals),
        "PCM" => Some(DayPart::AfterBreakfast),
        "PCD" => Some(DayPart::AfterLunch),
        "PCV" => Some(DayPart::AfterDinner),
        _ => None,
    }
}

/// Whether minutes beside this time of the day can only mean one thing.
const fn has_direction(part: DayPart) -> bool {
    matches!(
        part,
        DayPart::AfterFallingAsleep
            | DayPart::BeforeSleep
            | DayPart::AfterWaking
            | DayPart::BeforeMeals
            | DayPart::BeforeBreakfast
            | DayPart::BeforeLunch
            | DayPart::BeforeDinner
            | DayPart::AfterMeals
            | DayPart::AfterBreakfast
            | DayPart::AfterLunch
            | DayPart::AfterDinner
    )
}
