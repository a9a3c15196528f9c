//! Free times as a list of choices, by day.

use chrono::NaiveDate;
use hale_contracts::appointments::SlotView;
use leptos::prelude::*;

use crate::appointments::words;
use crate::wording::{self, lang};

/// Free times, soonest first, each a choice.
#[component]
pub(crate) fn SlotList(
    /// The times, soonest first.
    slots: Vec<SlotView>,
    /// Takes the one that is chosen.
    #[prop(into)]
    choose: Callback<SlotView>,
) -> impl IntoView {
    let lang = lang();
    let mut at = 0_usize;
    by_day(slots)
        .into_iter()
        .map(|(day, slots)| {
            let slots = slots
                .into_iter()
                .map(|slot| {
                    let id = format!("slot-{at}");
                    at += 1;
                    let time = wording::clock_time(lang, &slot.start);
                    let facts = words::slot_facts(lang, &slot);
                    view! {
                        <li>
                            <button
                                type="button"
                                class="hale-slot"
                                id=id
                                on:click=move |_| choose.run(slot.clone())
                            >
                                <strong class="hale-slot__time">{time}</strong>
                                " "
                                <span class="hale-slot__facts">{facts}</span>
                            </button>
                        </li>
                    }
                })
                .collect_view();
            view! {
                <h3 class="nhsuk-heading-s">{wording::weekday_date(lang, day)}</h3>
                <ul class="hale-slots">{slots}</ul>
            }
        })
        .collect_view()
}

/// The times of each day, days and times in their order.
fn by_day(slots: Vec<SlotView>) -> Vec<(NaiveDate, Vec<SlotView>)> {
    let mut days: Vec<(NaiveDate, Vec<SlotView>)> = Vec::new();
    for slot in slots {
        let day = slot.start.local.date();
        match days.last_mut() {
            Some((last, of_day)) if *last == day => of_day.push(slot),
            _ => days.push((day, vec![slot])),
        }
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::appointments::samples;

    #[test]
    fn times_stand_under_the_day_on_a_wall_calendar_in_london() {
        let at = |id: &str, day, hour| SlotView {
            start: samples::moment(day, hour, 0),
            ..samples::slot(id)
        };
        let days = by_day(vec![at("a", 5, 9), at("b", 5, 10), at("c", 6, 9)]);
        let ids: Vec<Vec<&str>> = days
            .iter()
            .map(|(_, slots)| slots.iter().map(|slot| slot.id.as_str()).collect())
            .collect();
        assert_eq!(ids, [vec!["a", "b"], vec!["c"]]);
    }
}
