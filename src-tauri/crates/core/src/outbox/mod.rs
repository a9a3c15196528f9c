//! What the patient confirmed, until the server has acknowledged it.
//!
//! A request is on disk before the network is tried. It carries an id made once, so that a server
//! with conditional create keeps one; and where an attempt may have arrived, what the server holds
//! is read before anything is sent again, so that one without keeps one too. Requests about the
//! same thing are sent in the order in which they were confirmed. What the server refuses waits
//! for the patient, with the reason.

mod confirm;
mod rules;
mod send;
mod view;

pub(crate) use confirm::{Asked, parse};
pub(crate) use rules::is_retry_due;
pub(crate) use view::{is_done, open_cancellation, outcome, pending};
