//! Appointments on screen: the lists, one appointment, and the pages of a booking.
//!
//! Says "booked" only of what the server acknowledged, and of a booking without an answer that
//! nobody knows.

mod booking;
mod calendar;
mod cancel;
mod card;
mod detail;
mod facts;
mod list;
#[cfg(test)]
pub(crate) mod samples;
mod unconfirmed;
mod words;

pub(crate) use booking::{BookingFlow, CheckPage, DonePage, GuidancePage, ReasonPage, TimesPage};
pub(crate) use cancel::PendingTag;
pub(crate) use card::{StatusTag, is_plainly_booked};
pub(crate) use detail::AppointmentPage;
pub(crate) use list::AppointmentsPage;
