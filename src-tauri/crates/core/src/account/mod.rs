//! Signing in and out, whose record is shown, and which server it comes from.
//!
//! Nothing of a person is on the device before that person has said "yes, this is me".

pub(crate) mod backend;
mod recover;
pub(crate) mod sign_in;
mod sign_out;
pub(crate) mod start;
#[cfg(test)]
mod tests;
pub(crate) mod tokens;
pub mod view;
