//! Values with their unit, range and flag: as a table on an item's page, as short lines in a list.
//! A flag is always said in words, and the value stands as its source wrote it.

use hale_contracts::record::{ResultFlag, ResultValueView};
use leptos::prelude::*;

use super::words;
use crate::wording::{self, Lang, lang, td_string};

/// How many values a list shows of one item before it says how many more there are.
const SHOWN_IN_A_LIST: usize = 4;

/// The table of an item's values.
#[component]
pub(crate) fn ValuesTable(
    /// The item's title, for the caption.
    title: String,
    /// At least one.
    values: Vec<ResultValueView>,
) -> impl IntoView {
    let lang = lang();
    let is_compared_by_hale = values.iter().any(|value| value.flag.is_some_and(is_own));
    let column = |words: &'static str| view! { <th role="columnheader" scope="col">{words}</th> };
    // On a narrow screen each cell stands on its own line, with its column's name before it.
    let cell = |name: &'static str, words: String| {
        view! {
            <td role="cell" class="nhsuk-table__cell">
                <span class="nhsuk-table-responsive__heading" aria-hidden="true">{name} " "</span>
                {words}
            </td>
        }
    };
    let value_name = td_string!(lang, record.item.value_name);
    let rows = values
        .into_iter()
        .map(|value| {
            view! {
                <tr role="row" class="nhsuk-table__row">
                    <th role="rowheader" scope="row" class="nhsuk-table__header">
                        <span class="nhsuk-table-responsive__heading" aria-hidden="true">
                            {value_name}
                            " "
                        </span>
                        {if value.name.is_empty() { title.clone() } else { value.name.clone() }}
                    </th>
                    {cell(td_string!(lang, record.item.value), amount(lang, &value))}
                    {cell(
                        td_string!(lang, record.item.range),
                        ranges(lang, &value)
                            .unwrap_or_else(|| td_string!(lang, record.item.no_range).to_owned()),
                    )}
                    {cell(td_string!(lang, record.item.flag), flag(lang, value.flag).to_owned())}
                </tr>
            }
        })
        .collect_view();
    view! {
        <table role="table" class="nhsuk-table-responsive hale-values" id="values">
            <caption class="nhsuk-table__caption">
                {td_string!(lang, record.item.values_caption, title)}
            </caption>
            <thead role="rowgroup" class="nhsuk-table__head">
                <tr role="row">
                    {column(value_name)} {column(td_string!(lang, record.item.value))}
                    {column(td_string!(lang, record.item.range))}
                    {column(td_string!(lang, record.item.flag))}
                </tr>
            </thead>
            <tbody class="nhsuk-table__body">{rows}</tbody>
        </table>
        {is_compared_by_hale
            .then(|| {
                view! {
                    <p class="nhsuk-body-s">{td_string!(lang, record.item.flag_note_hale)}</p>
                }
            })}
    }
}

/// An item's values for its line in a list: at most a few, and how many more there are.
pub(crate) fn short_lines(lang: Lang, title: &str, values: &[ResultValueView]) -> Vec<String> {
    let mut lines: Vec<String> = values
        .iter()
        .take(SHOWN_IN_A_LIST)
        .map(|value| short_line(lang, title, value))
        .collect();
    let more = values.len().saturating_sub(SHOWN_IN_A_LIST);
    if more > 0 {
        let more = u32::try_from(more).unwrap_or(u32::MAX);
        lines.push(td_string!(lang, record.item.more_values, count = more));
    }
    lines
}

/// `HbA1c: 48 mmol/mol, High, range given: 20 to 41`. The name is left out where it is the title.
fn short_line(lang: Lang, title: &str, value: &ResultValueView) -> String {
    let amount = amount(lang, value);
    let mut line = if value.name.is_empty() || value.name == title {
        amount
    } else {
        format!("{}: {amount}", value.name)
    };
    if let Some(flag) = value.flag {
        line.push_str(", ");
        line.push_str(wording::result_flag(lang, flag));
    }
    if let Some(range) = ranges(lang, value) {
        line.push_str(", ");
        line.push_str(&td_string!(lang, record.item.range_of, range));
    }
    line
}

/// The value with its unit, or why there is none.
fn amount(lang: Lang, value: &ResultValueView) -> String {
    match (&value.value, &value.absent) {
        (Some(written), _) => {
            wording::with_unit(&wording::phrase(lang, written), value.unit.as_deref())
        }
        (None, Some(why)) => {
            td_string!(lang, record.item.no_value, why = words::no_value(lang, why))
        }
        (None, None) => td_string!(lang, record.item.no_value_unexplained).to_owned(),
    }
}

/// The ranges given, each with whom it is for.
fn ranges(lang: Lang, value: &ResultValueView) -> Option<String> {
    let ranges: Vec<String> = value
        .ranges
        .iter()
        .map(|range| wording::phrase(lang, range))
        .collect();
    (!ranges.is_empty()).then(|| ranges.join("; "))
}

fn flag(lang: Lang, flag: Option<ResultFlag>) -> &'static str {
    match flag {
        Some(flag) => wording::result_flag(lang, flag),
        None => td_string!(lang, record.item.no_flag),
    }
}

/// Whether the comparison is Hale's own and not the source's.
fn is_own(flag: ResultFlag) -> bool {
    matches!(flag, ResultFlag::OutsideRange | ResultFlag::WithinRange)
}

#[cfg(test)]
mod tests {
    use hale_contracts::phrase::{Phrase, RangeView};
    use hale_contracts::record::NoValueView;

    use super::*;

    fn value(name: &str, written: &str) -> ResultValueView {
        ResultValueView {
            name: name.to_owned(),
            value: Some(Phrase::Text(written.to_owned())),
            unit: Some("mmol/mol".to_owned()),
            ranges: vec![Phrase::Range(RangeView {
                low: Some("20".to_owned()),
                high: Some("41".to_owned()),
                unit: None,
            })],
            flag: Some(ResultFlag::High),
            absent: None,
        }
    }

    #[test]
    fn a_line_says_value_unit_flag_and_range_in_words() {
        assert_eq!(
            short_lines(Lang::en, "HbA1c", &[value("HbA1c", "48")]),
            ["48 mmol/mol, High, range given: 20 to 41"]
        );
        assert_eq!(
            short_lines(Lang::en, "Panel", &[value("HbA1c", "<5")]),
            ["HbA1c: <5 mmol/mol, High, range given: 20 to 41"]
        );
    }

    #[test]
    fn values_that_are_left_out_of_a_list_are_counted() {
        let values = vec![value("a", "1"); 7];
        let lines = short_lines(Lang::en, "Panel", &values);
        assert_eq!(lines.len(), SHOWN_IN_A_LIST + 1);
        assert_eq!(lines.last().map(String::as_str), Some("and 3 more values"));
    }

    #[test]
    fn a_missing_value_is_never_an_empty_cell() {
        let mut missing = value("HbA1c", "");
        (missing.value, missing.flag) = (None, None);
        missing.ranges.clear();
        assert_eq!(
            short_lines(Lang::en, "HbA1c", &[missing.clone()]),
            ["No value given"]
        );
        missing.absent = Some(NoValueView::Said(Phrase::Text(
            "Sample was too old".to_owned(),
        )));
        assert_eq!(
            short_lines(Lang::en, "HbA1c", &[missing]),
            ["No value: Sample was too old"]
        );
    }
}
