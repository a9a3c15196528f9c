//! Bringing the mirror up to date: what to read, a pure plan of what that changes, and its
//! application.
//!
//! One failing unit never stops the others, and what a unit held stays when it fails. The server
//! always wins over the mirror; nothing here touches what the patient made.

pub(crate) mod access;
mod belongs;
pub mod content;
pub(crate) mod counted;
mod depth;
mod guess_reason;
#[cfg(test)]
mod laws;
pub mod news;
pub mod plan;
mod practice;
mod reading;
mod removals;
pub(crate) mod run;
pub(crate) mod status;
pub mod units;

pub(crate) use guess_reason::says_for_good;
pub(crate) use practice::organisation_of;
pub(crate) use reading::PARTIAL;
