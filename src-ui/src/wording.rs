//! Codes into plain words: the only place where a code of the contracts meets a patient's language.
//! Every function takes the language and gives text; nothing here knows about the page.
//!
//! Words stand in `locales/<language>/<namespace>.json`. A screen gets its language once with
//! [`lang`] and then uses `td_string!(lang, namespace.key, argument = value)`.

mod absence;
mod changes;
mod codes;
mod error;
mod freshness;
mod names;
mod numbers;
mod phrase;
mod reasons;
mod time;

pub(crate) use absence::{AbsenceWords, absence};
pub(crate) use changes::{change, news};
pub(crate) use error::error;
pub(crate) use freshness::freshness;
pub(crate) use names::{
    appointment_status, channel, gender, item_status, result_flag, section, section_in_sentence,
    sync_unit,
};
pub(crate) use numbers::{nhs_number, phone_link};
pub(crate) use phrase::{phrase, with_unit};
pub(crate) use reasons::why_not;
pub(crate) use time::{
    clock, clock_time, date, london_today, minutes, moment_near, partial_date, weekday,
    weekday_date,
};

pub(crate) use crate::i18n::Locale as Lang;
pub(crate) use crate::i18n::td_string;

/// The language of the window. Ask once while a component is set up, and keep it: when the language
/// changes, the whole window is drawn anew.
pub(crate) fn lang() -> Lang {
    leptos::prelude::use_context().unwrap_or_default()
}
