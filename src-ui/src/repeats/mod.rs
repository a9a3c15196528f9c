//! Repeat prescriptions on screen: what can be ordered, the order, what became of it, and where each
//! request is.
//!
//! Says that a practice has an order only of what its server acknowledged. A reason that Hale reads
//! from dates and numbers is said, and stands in nobody's way.

mod check;
mod done;
mod flow;
mod list;
mod medicines;
mod pending;
mod pharmacy;
mod request;
#[cfg(test)]
mod samples;
mod urgent;
mod words;

pub(crate) use check::CheckPage;
pub(crate) use done::DonePage;
pub(crate) use flow::RepeatFlow;
pub(crate) use list::{RepeatsPage, Requests};
pub(crate) use pharmacy::PharmacyPage;
pub(crate) use request::RequestPage;
pub(crate) use urgent::UrgentPage;

/// The page with everything.
pub(crate) const LIST: &str = "/repeats";
/// The page on which an order is checked before it is sent.
pub(crate) const CHECK: &str = "/repeats/check";
/// The page on which another pharmacy is chosen for one order.
pub(crate) const PHARMACY: &str = "/repeats/pharmacy";
/// The page that says what became of it.
pub(crate) const DONE: &str = "/repeats/done";
/// What to do when a medicine runs out.
pub(crate) const URGENT: &str = "/repeats/urgent";
