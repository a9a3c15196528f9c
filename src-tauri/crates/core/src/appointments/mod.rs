//! Appointments: seeing, finding and booking them.
//!
//! A booking is kept on the device before it is sent, is sent once, and is only read back after.

mod book;
mod calendar;
mod draft;
mod find_slots;
mod guidance;
mod list;
mod read_back;
mod replace;
pub mod rules;
pub mod view;

pub(crate) use list::is_to_go_to;
pub(crate) use read_back::ID_SYSTEM;
