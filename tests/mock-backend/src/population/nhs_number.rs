//! NHS numbers of made-up people: 999 000 0000 to 999 999 9999 that pass modulus 11 (backend
//! contract, §8), as a bijection with the patients' indexes, so that neither way needs a table.

/// How many patients there can be: nine numbers under each of the 100,000 beginnings.
pub(crate) const MOST: u32 = 900_000;

/// Coprime with [`MOST`], so that neighbours get numbers far apart and none is given twice.
const STEP: u64 = 524_287;

/// The check digit of nine digits (weights 10 to 2), or `None` where there is no valid one.
fn check_digit(nine: u32) -> Option<u32> {
    let mut sum = 0;
    let mut rest = nine;
    for weight in 2..=10 {
        sum += weight * (rest % 10);
        rest /= 10;
    }
    match 11 - sum % 11 {
        11 => Some(0),
        10 => None,
        digit => Some(digit),
    }
}

/// Whether `text` is ten digits whose last is the right check digit.
#[must_use]
pub fn is_valid(text: &str) -> bool {
    if text.len() != 10 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    match (text[..9].parse(), text[9..].parse()) {
        (Ok(nine), Ok(last)) => check_digit(nine) == Some(last),
        _ => false,
    }
}

/// The first nine digits of the numbers under a five-digit beginning, at most nine of them.
fn under(beginning: u32) -> impl Iterator<Item = u32> {
    let from = 999_000_000 + beginning * 10;
    (from..from + 10)
        .filter(|nine| check_digit(*nine).is_some())
        .take(9)
}

/// The NHS number of a patient. Every index below [`MOST`] has another one.
pub(crate) fn of_index(seed: u64, index: u32) -> String {
    let most = u64::from(MOST);
    let place = (u64::from(index) * STEP + seed % most) % most;
    let place = u32::try_from(place).unwrap_or(0);
    let nine = under(place / 9)
        .nth((place % 9) as usize)
        .unwrap_or(999_000_000);
    format!("{nine}{}", check_digit(nine).unwrap_or(0))
}

/// The index whose number this is (spaces allowed), without regard to how many patients there are.
pub(crate) fn to_index(seed: u64, number: &str) -> Option<u32> {
    let digits: String = number.chars().filter(|c| !c.is_whitespace()).collect();
    if !is_valid(&digits) || !digits.starts_with("999") {
        return None;
    }
    let nine: u32 = digits[..9].parse().ok()?;
    let beginning = (nine - 999_000_000) / 10;
    let rank = under(beginning).position(|other| other == nine)?;
    let place = u64::from(beginning) * 9 + rank as u64;
    let most = u64::from(MOST);
    let moved = (place + most - seed % most) % most;
    u32::try_from(moved * inverse(STEP, most) % most).ok()
}

/// The number that undoes a multiplication by `value` modulo `modulus` (extended Euclid).
fn inverse(value: u64, modulus: u64) -> u64 {
    let (mut r0, mut r1) = (i128::from(modulus), i128::from(value % modulus));
    let (mut t0, mut t1) = (0_i128, 1_i128);
    while r1 != 0 {
        let quotient = r0 / r1;
        (r0, r1) = (r1, r0 - quotient * r1);
        (t0, t1) = (t1, t0 - quotient * t1);
    }
    u64::try_from(t0.rem_euclid(i128::from(modulus))).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_number_is_valid_and_leads_back_to_its_index() {
        for seed in [0, 1, 42, u64::MAX] {
            for index in (0..MOST).step_by(499) {
                let number = of_index(seed, index);
                assert!(is_valid(&number), "{number}");
                assert!(number.starts_with("999"));
                assert_eq!(to_index(seed, &number), Some(index));
            }
        }
    }

    #[test]
    fn no_two_patients_share_a_number() {
        let all: HashSet<String> = (0..60_000).map(|index| of_index(7, index)).collect();
        assert_eq!(all.len(), 60_000);
    }

    #[test]
    fn a_wrong_check_digit_is_refused() {
        assert!(is_valid("9000000009"), "the published sandbox number");
        assert!(!is_valid("9000000008"));
        assert!(!is_valid("900000000"));
        assert!(!is_valid("90000000O9"));
        assert_eq!(to_index(1, "9000000009"), None, "not one of ours");
    }
}
