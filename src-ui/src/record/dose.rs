//! How a medicine is to be taken, in words: the source's own first and unchanged; else every part of
//! it; and, where a part is missing, that one is.

use hale_contracts::dose::{
    AmountView, AtMostView, CountView, DayPart, DoseAmountView, DoseTimingView, DoseView,
    LengthUnit, LengthView, Within,
};
use leptos::prelude::*;

use crate::wording::{self, Lang, lang, td_string};

/// The instructions of a medicine, one line each, and whether something of them is missing.
#[component]
pub(crate) fn Doses(
    /// The instructions.
    doses: Vec<DoseView>,
) -> impl IntoView {
    let lang = lang();
    let is_partial = doses.iter().any(|dose| dose.is_partial);
    view! {
        {doses
            .iter()
            .map(|dose| dose_line(lang, dose))
            .filter(|line| !line.is_empty())
            .map(|line| view! { <p class="hale-item__line hale-as-written">{line}</p> })
            .collect_view()}
        {is_partial
            .then(|| {
                view! {
                    <p class="hale-item__line">
                        <strong>{td_string!(lang, record.dose.partial)}</strong>
                    </p>
                }
            })}
    }
}

/// One instruction: the source's words, or all its parts.
pub(crate) fn dose_line(lang: Lang, dose: &DoseView) -> String {
    let words = match &dose.text {
        Some(text) => text.clone(),
        None => coded_line(lang, dose),
    };
    match dose.step {
        Some(step) if !words.is_empty() => td_string!(lang, record.dose.step, step, words),
        _ => words,
    }
}

/// The parts of an instruction, whatever the source's words say.
pub(crate) fn coded_line(lang: Lang, dose: &DoseView) -> String {
    let mut parts: Vec<String> = dose
        .amounts
        .iter()
        .map(|amount| dose_amount(lang, amount))
        .collect();
    parts.extend(timing(lang, &dose.timing));
    if !dose.as_needed_for.is_empty() {
        let reason = dose.as_needed_for.join(", ");
        parts.push(td_string!(lang, record.dose.as_needed_for, reason));
    } else if dose.is_as_needed {
        parts.push(td_string!(lang, record.dose.as_needed).to_owned());
    }
    parts.extend(dose.at_most.iter().map(|most| at_most(lang, most)));
    // Beside words they stand under labels of their own.
    if dose.text.is_none() {
        parts.extend(dose.means.iter().cloned());
        parts.extend(dose.instructions.iter().cloned());
    }
    parts.join(", ")
}

fn dose_amount(lang: Lang, amount: &DoseAmountView) -> String {
    let dose = amount.dose.as_ref().map(|dose| span(lang, dose));
    let rate = amount.rate.as_ref().map(|rate| span(lang, rate));
    let words = match (dose, rate) {
        (Some(dose), Some(rate)) => td_string!(lang, record.dose.at_rate, dose, rate),
        (dose, rate) => dose.or(rate).unwrap_or_default(),
    };
    match &amount.kind {
        Some(kind) => format!("{words} ({kind})"),
        None => words,
    }
}

fn span(lang: Lang, amount: &AmountView) -> String {
    let words = match (amount.low.clone(), amount.high.clone()) {
        (Some(low), Some(high)) => td_string!(lang, record.dose.to, low, high),
        (None, Some(high)) => td_string!(lang, record.dose.up_to, high),
        (low, None) => low.unwrap_or_default(),
    };
    match amount.per.clone() {
        Some(per) => td_string!(lang, record.dose.per, amount = words, per),
        None => words,
    }
}

fn at_most(lang: Lang, most: &AtMostView) -> String {
    let amount = span(lang, &most.amount);
    match most.within {
        Within::Period => td_string!(lang, record.dose.at_most, amount),
        Within::Once => td_string!(lang, record.dose.at_most_once, amount),
        Within::Lifetime => td_string!(lang, record.dose.at_most_ever, amount),
    }
}

fn timing(lang: Lang, timing: &DoseTimingView) -> Vec<String> {
    let mut parts: Vec<String> = timing.words.iter().cloned().collect();
    let often = [
        timing.times.as_ref().map(|times| how_often(lang, times)),
        timing.every.as_ref().map(|every| {
            let length = length(lang, every);
            td_string!(lang, record.dose.every, length)
        }),
    ];
    let often: Vec<String> = often.into_iter().flatten().collect();
    if !often.is_empty() {
        parts.push(often.join(" "));
    }
    if !timing.when.is_empty() {
        let when: Vec<&str> = timing
            .when
            .iter()
            .map(|part| day_part(lang, *part))
            .collect();
        let when = when.join(", ");
        parts.push(match timing.offset {
            Some(minutes) => {
                let minutes = wording::minutes(lang, minutes);
                td_string!(lang, record.dose.offset, minutes, when)
            }
            None => when,
        });
    }
    if !timing.at.is_empty() {
        let times: Vec<String> = timing
            .at
            .iter()
            .map(|at| wording::clock(lang, *at))
            .collect();
        parts.push(td_string!(lang, record.dose.at, times = times.join(", ")));
    }
    if !timing.days.is_empty() {
        let days: Vec<&str> = timing
            .days
            .iter()
            .map(|day| wording::weekday(lang, *day))
            .collect();
        parts.push(td_string!(lang, record.dose.on, days = days.join(", ")));
    }
    if !timing.on.is_empty() {
        let days: Vec<String> = timing
            .on
            .iter()
            .map(|date| wording::partial_date(lang, date))
            .collect();
        parts.push(td_string!(lang, record.dose.on, days = days.join(", ")));
    }
    if let Some(lasting) = &timing.lasting {
        let length = length(lang, lasting);
        parts.push(td_string!(lang, record.dose.lasting, length));
    }
    if let Some(count) = &timing.in_all {
        let times = how_often(lang, count);
        parts.push(td_string!(lang, record.dose.in_all, times));
    }
    if let Some(length) = &timing.length {
        let length = span(lang, length);
        parts.push(td_string!(lang, record.dose.for_length, length));
    }
    let date = |date: &Option<_>| date.as_ref().map(|date| wording::partial_date(lang, date));
    if let Some(from) = date(&timing.from) {
        parts.push(td_string!(lang, record.dose.from, date = from));
    }
    if let Some(to) = date(&timing.to) {
        parts.push(td_string!(lang, record.dose.until, date = to));
    }
    parts
}

fn how_often(lang: Lang, times: &CountView) -> String {
    match &times.most {
        None if times.least == "1" => td_string!(lang, record.dose.once).to_owned(),
        None => td_string!(lang, record.dose.times, number = times.least.as_str()),
        Some(most) => td_string!(
            lang,
            record.dose.times_to,
            least = times.least.as_str(),
            most = most.as_str()
        ),
    }
}

/// `day`, `12 hours`, `4 to 6 hours`.
fn length(lang: Lang, length: &LengthView) -> String {
    let is_single = length.count.least == "1" && length.count.most.is_none();
    if is_single {
        return unit(lang, length.unit, true).to_owned();
    }
    let number = match &length.count.most {
        Some(most) => td_string!(
            lang,
            record.dose.to,
            low = length.count.least.as_str(),
            high = most.as_str()
        ),
        None => length.count.least.clone(),
    };
    format!("{number} {}", unit(lang, length.unit, false))
}

fn unit(lang: Lang, unit: LengthUnit, is_single: bool) -> &'static str {
    match (unit, is_single) {
        (LengthUnit::Second, true) => td_string!(lang, record.dose.unit.second),
        (LengthUnit::Second, false) => td_string!(lang, record.dose.unit.seconds),
        (LengthUnit::Minute, true) => td_string!(lang, record.dose.unit.minute),
        (LengthUnit::Minute, false) => td_string!(lang, record.dose.unit.minutes),
        (LengthUnit::Hour, true) => td_string!(lang, record.dose.unit.hour),
        (LengthUnit::Hour, false) => td_string!(lang, record.dose.unit.hours),
        (LengthUnit::Day, true) => td_string!(lang, record.dose.unit.day),
        (LengthUnit::Day, false) => td_string!(lang, record.dose.unit.days),
        (LengthUnit::Week, true) => td_string!(lang, record.dose.unit.week),
        (LengthUnit::Week, false) => td_string!(lang, record.dose.unit.weeks),
        (LengthUnit::Month, true) => td_string!(lang, record.dose.unit.month),
        (LengthUnit::Month, false) => td_string!(lang, record.dose.unit.months),
        (LengthUnit::Year, true) => td_string!(lang, record.dose.unit.year),
        (LengthUnit::Year, false) => td_string!(lang, record.dose.unit.years),
    }
}

fn day_part(lang: Lang, part: DayPart) -> &'static str {
    match part {
        DayPart::Morning => td_string!(lang, record.dose.when.morning),
        DayPart::EarlyMorning => td_string!(lang, record.dose.when.early_morning),
        DayPart::LateMorning => td_string!(lang, record.dose.when.late_morning),
        DayPart::Noon => td_string!(lang, record.dose.when.noon),
        DayPart::Afternoon => td_string!(lang, record.dose.when.afternoon),
        DayPart::EarlyAfternoon => td_string!(lang, record.dose.when.early_afternoon),
        DayPart::LateAfternoon => td_string!(lang, record.dose.when.late_afternoon),
        DayPart::Evening => td_string!(lang, record.dose.when.evening),
        DayPart::EarlyEvening => td_string!(lang, record.dose.when.early_evening),
        DayPart::LateEvening => td_string!(lang, record.dose.when.late_evening),
        DayPart::Night => td_string!(lang, record.dose.when.night),
        DayPart::AfterFallingAsleep => td_string!(lang, record.dose.when.after_falling_asleep),
        DayPart::BeforeSleep => td_string!(lang, record.dose.when.before_sleep),
        DayPart::AfterWaking => td_string!(lang, record.dose.when.after_waking),
        DayPart::WithMeals => td_string!(lang, record.dose.when.with_meals),
        DayPart::WithBreakfast => td_string!(lang, record.dose.when.with_breakfast),
        DayPart::WithLunch => td_string!(lang, record.dose.when.with_lunch),
        DayPart::WithDinner => td_string!(lang, record.dose.when.with_dinner),
        DayPart::BeforeMeals => td_string!(lang, record.dose.when.before_meals),
        DayPart::BeforeBreakfast => td_string!(lang, record.dose.when.before_breakfast),
        DayPart::BeforeLunch => td_string!(lang, record.dose.when.before_lunch),
        DayPart::BeforeDinner => td_string!(lang, record.dose.when.before_dinner),
        DayPart::AfterMeals => td_string!(lang, record.dose.when.after_meals),
        DayPart::AfterBreakfast => td_string!(lang, record.dose.when.after_breakfast),
        DayPart::AfterLunch => td_string!(lang, record.dose.when.after_lunch),
        DayPart::AfterDinner => td_string!(lang, record.dose.when.after_dinner),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hale_contracts::time::PartialDate;

    fn timing() -> DoseTimingView {
        DoseTimingView::default()
    }

    fn once(number: &str) -> CountView {
        CountView {
            least: number.to_owned(),
            most: None,
        }
    }

    #[test]
    fn every_part_of_an_instruction_is_said() {
        let milligrams = DoseAmountView {
            kind: None,
            dose: Some(AmountView {
                low: Some("2.5 mg".to_owned()),
                ..AmountView::default()
            }),
            rate: None,
        };
        let of = |timing| DoseView {
            amounts: vec![milligrams.clone()],
            timing,
            ..DoseView::default()
        };
        let cases = [
            (of(timing()), "2.5 mg"),
            (
                DoseView {
                    is_as_needed: true,
                    ..of(timing())
                },
                "2.5 mg, only when you need it",
            ),
            (
                DoseView {
                    is_as_needed: true,
                    as_needed_for: vec!["pain".to_owned()],
                    at_most: vec![AtMostView {
                        amount: AmountView {
                            low: Some("10 mg".to_owned()),
                            high: None,
                            per: Some("24 hours".to_owned()),
                        },
                        within: Within::Period,
                    }],
                    ..of(timing())
                },
                "2.5 mg, only when you need it for: pain, no more than 10 mg in 24 hours",
            ),
            (
                of(DoseTimingView {
                    times: Some(once("1")),
                    every: Some(LengthView {
                        count: once("1"),
                        unit: LengthUnit::Week,
                    }),
                    days: vec![1],
                    ..timing()
                }),
                "2.5 mg, once every week, on Monday",
            ),
            (
                of(DoseTimingView {
                    when: vec![DayPart::BeforeBreakfast],
                    offset: Some(30),
                    length: Some(AmountView {
                        low: Some("7 days".to_owned()),
                        ..AmountView::default()
                    }),
                    ..timing()
                }),
                "2.5 mg, 30 minutes before breakfast, for 7 days",
            ),
            (
                of(DoseTimingView {
                    times: Some(CountView {
                        least: "1".to_owned(),
                        most: Some("2".to_owned()),
                    }),
                    every: Some(LengthView {
                        count: CountView {
                            least: "4".to_owned(),
                            most: Some("6".to_owned()),
                        },
                        unit: LengthUnit::Hour,
                    }),
                    at: vec![chrono::NaiveTime::from_hms_opt(8, 0, 0).unwrap()],
                    to: Some(PartialDate::Month(2026, 3)),
                    ..timing()
                }),
                "2.5 mg, 1 to 2 times every 4 to 6 hours, at 8am, until March 2026",
            ),
            (
                DoseView {
                    text: Some("2 caps QDS".to_owned()),
                    step: Some(2),
                    ..of(timing())
                },
                "2. 2 caps QDS",
            ),
        ];
        for (dose, expected) in cases {
            assert_eq!(dose_line(Lang::en, &dose), expected);
        }
    }

    #[test]
    fn a_missing_part_is_said_and_a_whole_instruction_has_no_warning() {
        for is_partial in [true, false] {
            let dose = DoseView {
                text: Some("Take one".to_owned()),
                is_partial,
                ..DoseView::default()
            };
            let html = Owner::new().with(|| view! { <Doses doses=vec![dose] /> }.to_html());
            assert_eq!(
                html.contains("Not every part of this instruction could be shown."),
                is_partial
            );
        }
    }
}
