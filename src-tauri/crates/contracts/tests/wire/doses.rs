use chrono::NaiveTime;
use hale_contracts::dose::{
    AmountView, AtMostView, CountView, DayPart, DoseAmountView, DoseTimingView, DoseView,
    LengthUnit, LengthView, Within,
};
use hale_contracts::time::PartialDate;

use crate::{every, is_kept};

fn count(least: &str, most: Option<&str>) -> CountView {
    CountView {
        least: least.to_owned(),
        most: most.map(str::to_owned),
    }
}

fn amount() -> AmountView {
    AmountView {
        low: Some("5.0 ml".to_owned()),
        high: Some("10 ml".to_owned()),
        per: Some("1 hour".to_owned()),
    }
}

#[test]
fn how_a_medicine_is_taken() {
    let whole = DoseView {
        text: Some("2 caps QDS".to_owned()),
        step: Some(1),
        amounts: vec![DoseAmountView {
            kind: Some("ordered".to_owned()),
            dose: Some(amount()),
            rate: Some(amount()),
        }],
        timing: DoseTimingView {
            words: Some("QDS".to_owned()),
            on: vec![PartialDate::Year(2026)],
            times: Some(count("1", Some("2"))),
            every: Some(LengthView {
                count: count("6", None),
                unit: LengthUnit::Hour,
            }),
            days: vec![1, 7],
            at: vec![NaiveTime::from_hms_opt(8, 30, 0).unwrap()],
            when: vec![DayPart::BeforeMeals],
            offset: Some(30),
            lasting: None,
            in_all: Some(count("10", None)),
            length: Some(amount()),
            from: Some(PartialDate::Month(2026, 1)),
            to: None,
        },
        is_as_needed: true,
        as_needed_for: vec!["Pain".to_owned()],
        at_most: vec![AtMostView {
            amount: amount(),
            within: Within::Period,
        }],
        means: vec!["Oral".to_owned()],
        instructions: vec!["With food".to_owned()],
        is_partial: true,
    };
    is_kept("dose", &[whole, DoseView::default()]);
}

#[test]
fn the_words_of_a_dose() {
    is_kept("within", &every!(Within: Period, Once, Lifetime));
    is_kept(
        "length_unit",
        &every!(LengthUnit: Second, Minute, Hour, Day, Week, Month, Year),
    );
    is_kept(
        "day_part",
        &every!(DayPart: Morning, EarlyMorning, LateMorning, Noon, Afternoon, EarlyAfternoon, LateAfternoon, Evening, EarlyEvening, LateEvening, Night, AfterFallingAsleep, BeforeSleep, AfterWaking, WithMeals, WithBreakfast, WithLunch, WithDinner, BeforeMeals, BeforeBreakfast, BeforeLunch, BeforeDinner, AfterMeals, AfterBreakfast, AfterLunch, AfterDinner),
    );
}
