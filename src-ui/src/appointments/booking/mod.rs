//! The pages of a booking, in their order: the practice's guidance, free times, reason, check, and
//! what became of it. What was chosen on the way is in [`flow`], what is sent in [`send`].

mod check;
mod done;
mod elsewhere;
mod filters;
pub(crate) mod flow;
mod guidance;
mod reason;
mod replacing;
mod rules;
pub(crate) mod send;
mod slots;
mod times;

pub(crate) use check::CheckPage;
pub(crate) use done::DonePage;
pub(crate) use flow::BookingFlow;
pub(crate) use guidance::GuidancePage;
pub(crate) use reason::ReasonPage;
pub(crate) use replacing::ChangeTime;
pub(crate) use times::TimesPage;

/// The first page.
pub(crate) const START: &str = "/appointments/book";
/// The page with free times.
pub(crate) const TIMES: &str = "/appointments/book/times";
/// The page for the reason and the telephone number.
pub(crate) const REASON: &str = "/appointments/book/reason";
/// The page on which everything is checked before it is sent.
pub(crate) const CHECK: &str = "/appointments/book/check";
/// The page that says what became of it.
pub(crate) const DONE: &str = "/appointments/book/done";
