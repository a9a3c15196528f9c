//! Numbers that people read out.

/// An NHS number in groups of 3, 3 and 4 with spaces between. Anything that is not ten digits is
/// shown as it came.
pub(crate) fn nhs_number(number: &str) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    match (
        digits.get(..3),
        digits.get(3..6),
        digits.get(6..10),
        digits.len(),
    ) {
        (Some(first), Some(second), Some(third), 10) => format!("{first} {second} {third}"),
        _ => number.to_owned(),
    }
}

/// The address behind a telephone number, for a link that dials it: digits and a leading plus only.
/// `None` where there is nothing to dial.
pub(crate) fn phone_link(number: &str) -> Option<String> {
    let mut dialled = String::from("tel:");
    for (place, sign) in number.trim().chars().enumerate() {
        if sign.is_ascii_digit() || (place == 0 && sign == '+') {
            dialled.push(sign);
        }
    }
    dialled
        .ends_with(|sign: char| sign.is_ascii_digit())
        .then_some(dialled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nhs_numbers_are_grouped_three_three_four() {
        assert_eq!(nhs_number("9991234567"), "999 123 4567");
        assert_eq!(nhs_number("999 123 4567"), "999 123 4567");
        assert_eq!(nhs_number("12345"), "12345", "never invent a grouping");
    }

    #[test]
    fn a_phone_number_becomes_something_that_dials() {
        assert_eq!(
            phone_link("0151 496 0123").as_deref(),
            Some("tel:01514960123")
        );
        assert_eq!(
            phone_link("+44 151 496 0123").as_deref(),
            Some("tel:+441514960123")
        );
        assert_eq!(phone_link("ask at reception"), None);
    }
}
