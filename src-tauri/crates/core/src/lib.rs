//! The rules of Hale, without I/O.
//!
//! Everything that decides something lives here: how FHIR becomes a view, what a synchronisation
//! changes, when a booking may be sent. Files, sockets, the keychain and the clock are reached only
//! through the traits in [`ports`], so every rule can be tested as a table. This crate opens no
//! file, no connection and reads no clock.

pub mod account;
pub mod app;
pub mod appointments;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
pub mod error;
pub mod home;
pub mod london;
pub mod memory;
pub mod outbox;
pub mod ports;
pub mod record;
pub mod repeats;
pub mod sources;
pub mod sync;
