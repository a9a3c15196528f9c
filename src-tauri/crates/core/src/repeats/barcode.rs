//! The number of an electronic prescription as the bars that a pharmacy's scanner reads.

use barcoders::sym::code128::Code128;
use hale_contracts::repeats::{PharmacyStatus, RepeatStepKind, RepeatStepView};

/// The library's sign for set B of Code 128: letters, digits and the dash.
const SET_B: char = '\u{0181}';

/// The bars of a prescription's number, while a pharmacy may still need them. None of what is no such
/// number: a scanner must not be given anything else.
pub(super) fn of(number: Option<&str>, steps: &[RepeatStepView]) -> Option<String> {
    let number = number.filter(|number| is_number(number))?;
    let is_over = steps.last().is_some_and(|step| {
        matches!(
            step.kind,
            RepeatStepKind::Pharmacy {
                status: PharmacyStatus::Collected
                    | PharmacyStatus::Dispatched
                    | PharmacyStatus::NotDispensed
                    | PharmacyStatus::PrescriberCancelled,
                ..
            }
        )
    });
    if is_over {
        return None;
    }
    let modules = Code128::new(format!("{SET_B}{number}")).ok()?.encode();
    let black = |module: u8| if module == 1 { '1' } else { '0' };
    Some(modules.into_iter().map(black).collect())
}

/// Whether this is a prescription's short id: three groups of six signs, of which published ones have
/// seven too; the last one is a check digit, which may be a plus sign (NHS Electronic Prescription
/// Service).
fn is_number(number: &str) -> bool {
    let groups: Vec<&str> = number.split('-').collect();
    let is_sign = |one: char| one.is_ascii_digit() || one.is_ascii_uppercase() || one == '+';
    groups.len() == 3
        && groups
            .iter()
            .all(|group| (6..=7).contains(&group.len()) && group.chars().all(is_sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads Code 128, set B, as a scanner does (ISO/IEC 15417): each sign has three bars and three
    /// spaces in eleven modules; the last sign but the stop is the sum modulo 103.
    fn scanned(bars: &str) -> String {
        let widths = |part: &str| {
            let mut widths = String::new();
            let mut rest = part;
            while let Some(first) = rest.chars().next() {
                let run = rest.chars().take_while(|one| *one == first).count();
                widths.push_str(&run.to_string());
                rest = &rest[run..];
            }
            widths
        };
        let signs: Vec<String> = bars.as_bytes()[..bars.len() - 13]
            .chunks(11)
            .map(|chunk| widths(std::str::from_utf8(chunk).unwrap()))
            .collect();
        assert_eq!(widths(&bars[bars.len() - 13..]), "2331112", "it stops");
        assert_eq!(signs[0], "211214", "it starts with set B");
        let value = |widths: &String| SIGNS.iter().position(|one| one == widths).unwrap();
        let values: Vec<usize> = signs[1..].iter().map(value).collect();
        let (check, text) = values.split_last().unwrap();
        let sum = text.iter().enumerate().map(|(at, value)| (at + 1) * value);
        assert_eq!((104 + sum.sum::<usize>()) % 103, *check, "its check");
        let sign = |value: &usize| char::from(u8::try_from(value + 32).unwrap());
        text.iter().map(sign).collect()
    }

    /// The widths of the first signs, by their value (ISO/IEC 15417, table 1).
    const SIGNS: [&str; 103] = [
        "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212",
        "221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221",
        "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221",
        "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
        "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
        "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131",
        "311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111",
        "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
        "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242",
        "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
        "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
        "113141", "114131", "311141", "411131",
    ];

    #[test]
    fn a_scanner_reads_the_number() {
        for number in [
            "83C40E-A23856-00123C",
            "000000-ZZZZZZ-99999+",
            "CDT38E-Y765968-4FG3BQ",
        ] {
            let bars = of(Some(number), &[]).expect("it has bars");
            assert_eq!(scanned(&bars), number);
        }
    }

    #[test]
    fn only_a_prescriptions_number_has_bars_and_only_while_it_is_of_use() {
        for odd in [
            "",
            "83C40E-A23856",
            "83c40e-a23856-00123c",
            "83C40E-A23856-0012é",
        ] {
            assert_eq!(of(Some(odd), &[]), None, "{odd}");
        }
        assert_eq!(of(None, &[]), None);
        for status in PharmacyStatus::ALL {
            let kind = RepeatStepKind::Pharmacy { status, said: None };
            let step = RepeatStepView { kind, at: None };
            let is_over = matches!(
                status,
                PharmacyStatus::Collected
                    | PharmacyStatus::Dispatched
                    | PharmacyStatus::NotDispensed
                    | PharmacyStatus::PrescriberCancelled
            );
            let bars = of(Some("83C40E-A23856-00123C"), &[step]);
            assert_eq!(bars.is_none(), is_over, "{status:?}");
        }
    }
}
