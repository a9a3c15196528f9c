//! The JSON between the window and the shell: one value of each type that a command asks with or
//! answers with, and each variant of each enum. A change here is a change of the wire.

#![cfg(test)]

mod account;
mod appointments;
mod doses;
mod home;
mod phrases;
mod reasons;
mod record;
mod repeats;
mod samples;
mod sources;
mod sync;

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Compares the JSON of these values with what is kept, and reads it back.
fn is_kept<T>(name: &str, values: &[T])
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    for value in values {
        let json = serde_json::to_string(value).unwrap();
        let read: T = serde_json::from_str(&json).unwrap();
        assert_eq!(&read, value, "what one side writes, the other must read");
    }
    insta::assert_json_snapshot!(name, values);
}

/// Every variant of an enum without fields. Leaving one out does not compile.
macro_rules! every {
    ($kind:ident: $($variant:ident),+ $(,)?) => {{
        let _ = |value: &$kind| match value { $($kind::$variant => ()),+ };
        [$($kind::$variant),+]
    }};
}
use every;
