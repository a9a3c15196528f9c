//! How a medicine is to be taken (FHIR R4 §2.25 `Dosage`), in parts that the window puts into words.
//!
//! A part that is left out makes another instruction: whoever reads one says in `is_partial` that
//! something is missing, and every screen says it beside the words.

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

use crate::time::PartialDate;

/// One instruction.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoseView {
    /// The instruction in the source's own words: shown first, unchanged.
    pub text: Option<String>,
    /// Its place, where several instructions follow each other.
    pub step: Option<u32>,
    /// How much.
    pub amounts: Vec<DoseAmountView>,
    /// When.
    pub timing: DoseTimingView,
    /// Whether it is taken only when needed.
    pub is_as_needed: bool,
    /// What for, when needed, in the source's words.
    pub as_needed_for: Vec<String>,
    /// The most that may be taken.
    pub at_most: Vec<AtMostView>,
    /// The method, the route and the place on the body, in the source's words.
    pub means: Vec<String>,
    /// Further instructions, in the source's words.
    pub instructions: Vec<String>,
    /// Whether the source says something of it that is not among these parts.
    pub is_partial: bool,
}

/// How much of a medicine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoseAmountView {
    /// What kind of dose, where the source says: ordered, calculated.
    pub kind: Option<String>,
    /// The dose.
    pub dose: Option<AmountView>,
    /// How fast it is given.
    pub rate: Option<AmountView>,
}

/// An amount, or a span of amounts, with its unit as the source wrote it. At least one end is there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmountView {
    /// The amount; the least of a span.
    pub low: Option<String>,
    /// The most of a span.
    pub high: Option<String>,
    /// Per what, for example `1 hour`.
    pub per: Option<String>,
}

/// The most that may be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtMostView {
    /// How much.
    pub amount: AmountView,
    /// In what.
    pub within: Within,
}

/// What a limit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Within {
    /// The period that the amount itself names.
    Period,
    /// One time of taking it.
    Once,
    /// A life.
    Lifetime,
}

/// When a medicine is to be taken (FHIR R4 §2.24.0.13 `Timing`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoseTimingView {
    /// In the source's words or code, for example `BD`. Never expanded.
    pub words: Option<String>,
    /// On exactly these dates.
    pub on: Vec<PartialDate>,
    /// How many times.
    pub times: Option<CountView>,
    /// In how long.
    pub every: Option<LengthView>,
    /// On these days of the week, Monday is 1.
    pub days: Vec<u8>,
    /// At these clock times.
    pub at: Vec<NaiveTime>,
    /// At these times of the day.
    pub when: Vec<DayPart>,
    /// How many minutes before or after that time of the day.
    pub offset: Option<u32>,
    /// How long one dose goes on.
    pub lasting: Option<LengthView>,
    /// How many times in all.
    pub in_all: Option<CountView>,
    /// For how long.
    pub length: Option<AmountView>,
    /// From when.
    pub from: Option<PartialDate>,
    /// Until when.
    pub to: Option<PartialDate>,
}

/// A number, or from one to another, as the source wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountView {
    /// The number; the least of several.
    pub least: String,
    /// The most.
    pub most: Option<String>,
}

/// A length of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LengthView {
    /// How many.
    pub count: CountView,
    /// Of what.
    pub unit: LengthUnit,
}

/// A unit of time (FHIR R4 `UnitsOfTime`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LengthUnit {
    /// Seconds.
    Second,
    /// Minutes.
    Minute,
    /// Hours.
    Hour,
    /// Days.
    Day,
    /// Weeks.
    Week,
    /// Months.
    Month,
    /// Years.
    Year,
}

/// A time of the day (FHIR R4 `EventTiming`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayPart {
    /// `MORN`.
    Morning,
    /// `MORN.early`.
    EarlyMorning,
    /// `MORN.late`.
    LateMorning,
    /// `NOON`.
    Noon,
    /// `AFT`.
    Afternoon,
    /// `AFT.early`.
    EarlyAfternoon,
    /// `AFT.late`.
    LateAfternoon,
    /// `EVE`.
    Evening,
    /// `EVE.early`.
    EarlyEvening,
    /// `EVE.late`.
    LateEvening,
    /// `NIGHT`.
    Night,
    /// `PHS`.
    AfterFallingAsleep,
    /// `HS`.
    BeforeSleep,
    /// `WAKE`.
    AfterWaking,
    /// `C`.
    WithMeals,
    /// `CM`.
    WithBreakfast,
    /// `CD`.
    WithLunch,
    /// `CV`.
    WithDinner,
    /// `AC`.
    BeforeMeals,
    /// `ACM`.
    BeforeBreakfast,
    /// `ACD`.
    BeforeLunch,
    /// `ACV`.
    BeforeDinner,
    /// `PC`.
    AfterMeals,
    /// `PCM`.
    AfterBreakfast,
    /// `PCD`.
    AfterLunch,
    /// `PCV`.
    AfterDinner,
}
