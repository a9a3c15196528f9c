//! Acceptance tests of Hale: what a patient sees, over real HTTP against the mock backend, in real
//! encrypted files, and in the real window.
//!
//! They speak to the app's operations and to the window, never to insides.

#![cfg(test)]

mod access;
mod account;
mod appointments;
mod architecture;
mod changes;
mod elsewhere;
mod faults;
mod keychain;
mod meanwhile;
mod news;
mod offline;
mod order;
mod outbox;
mod published;
mod published_repeats;
mod record;
mod recovery;
mod repeats;
mod replacing;
mod sign_in_elsewhere;
mod sources;
mod window;
