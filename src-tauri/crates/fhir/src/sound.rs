//! Whether a slice of JSON can be read whole. A raw slice is only skipped over when it is cut out of
//! its page; what would fail later (nesting, half a surrogate pair, a member with the parser's own
//! secret name) is found here, so that a kept entry never fails to be read.

use std::fmt;

use serde::de::{
    Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde_json::Number;

/// Reads every value of a document and keeps none. The depth is bounded by the parser (128).
struct Sound;

impl<'de> Deserialize<'de> for Sound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Looker)
    }
}

struct Looker;

impl<'de> Visitor<'de> for Looker {
    type Value = Sound;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Sound, E> {
        Ok(Sound)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Sound, E> {
        Ok(Sound)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Sound, E> {
        Ok(Sound)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Sound, E> {
        Ok(Sound)
    }

    fn visit_str<E>(self, _: &str) -> Result<Sound, E> {
        Ok(Sound)
    }

    fn visit_unit<E>(self) -> Result<Sound, E> {
        Ok(Sound)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Sound, A::Error> {
        while list.next_element::<Sound>()?.is_some() {}
        Ok(Sound)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Sound, A::Error> {
        match object.next_key::<FirstKey>()? {
            None => return Ok(Sound),
            Some(FirstKey::Number) => {
                let written: String = object.next_value()?;
                return written
                    .parse::<Number>()
                    .map(|_| Sound)
                    .map_err(|_| A::Error::invalid_value(Unexpected::Str(&written), &"a number"));
            }
            Some(FirstKey::Raw) => return Err(A::Error::custom("a name of the parser's own")),
            Some(FirstKey::Own) => object.next_value::<Sound>()?,
        };
        while object.next_key::<Sound>()?.is_some() {
            object.next_value::<Sound>()?;
        }
        Ok(Sound)
    }
}

/// The first name in an object. The parser hands on decimals as an object with one secret name, so
/// that their digits stay; an object of a source that uses such a name would be read as what it is
/// not.
enum FirstKey {
    Own,
    Number,
    Raw,
}

impl<'de> Deserialize<'de> for FirstKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;

        impl Visitor<'_> for Name {
            type Value = FirstKey;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a name")
            }

            fn visit_str<E>(self, name: &str) -> Result<FirstKey, E> {
                Ok(match name {
                    "$serde_json::private::Number" => FirstKey::Number,
                    "$serde_json::private::RawValue" => FirstKey::Raw,
                    _ => FirstKey::Own,
                })
            }
        }

        deserializer.deserialize_str(Name)
    }
}

/// What stands in the way of reading a document.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unsound {
    /// It is nested more deeply than the parser goes.
    TooDeep,
    /// Something in it cannot be read.
    Broken,
}

/// Whether a document can be read whole.
pub(crate) fn check(json: &str) -> Result<(), Unsound> {
    match serde_json::from_str::<Sound>(json) {
        Ok(Sound) => Ok(()),
        // Skipping over it does not go into its depth: if that works, depth was the trouble.
        Err(_) if is_deep(json) && serde_json::from_str::<IgnoredAny>(json).is_ok() => {
            Err(Unsound::TooDeep)
        }
        Err(_) => Err(Unsound::Broken),
    }
}

/// Whether brackets outside of strings nest beyond the parser's limit.
fn is_deep(json: &str) -> bool {
    let mut depth = 0_u32;
    let mut is_string = false;
    let mut is_escaped = false;
    for byte in json.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_string => is_escaped = true,
            b'"' => is_string = !is_string,
            b'[' | b'{' if !is_string => {
                depth += 1;
                if depth >= 128 {
                    return true;
                }
            }
            b']' | b'}' if !is_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_fail_later_is_found_now() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(check(&deep), Err(Unsound::TooDeep));
        assert_eq!(check(r#"{"a":"\ud800"}"#), Err(Unsound::Broken));
        for number in ["1e", "1.", "01", ".5", "+1", "NaN", "0x10"] {
            assert_eq!(
                check(&format!(r#"{{"a":{number}}}"#)),
                Err(Unsound::Broken),
                "{number}"
            );
        }
        assert_eq!(check(r#"{"a":[1,-2,3.5,true,null,"\u00e9"]}"#), Ok(()));
    }

    #[test]
    fn a_name_that_the_parser_keeps_for_itself_is_nothing_that_a_source_may_use() {
        for json in [
            r#"{"$serde_json::private::Number":"x"}"#,
            r#"{"\u0024serde_json::private::Number":{}}"#,
            r#"{"$serde_json::private::Number":"1","a":2}"#,
            r#"{"a":[{"$serde_json::private::RawValue":"["}]}"#,
        ] {
            assert_eq!(check(json), Err(Unsound::Broken), "{json}");
            assert!(serde_json::from_str::<serde_json::Value>(json).is_err());
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_sound_can_be_read(json in r#"[\[\]{}",:0-9eE.\\ud8a-f+-]{0,40}"#) {
            proptest::prop_assert_eq!(
                check(&json).is_ok(),
                serde_json::from_str::<serde_json::Value>(&json).is_ok()
            );
        }
    }
}
