//! Repeat prescriptions: what can be ordered, ordering, taking an order back, and following it from
//! the practice to the pharmacy's counter.
//!
//! An order is a FHIR Task, one a medicine (backend contract, §4). It goes through the outbox, and
//! counts as asked for only once its server holds it.

mod barcode;
pub mod eligibility;
pub mod late;
mod list;
mod order;
mod pharmacies;
pub mod view;
