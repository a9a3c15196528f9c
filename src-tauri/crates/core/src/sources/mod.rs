//! The services that the record is read from: the one that the patient signs in to Hale with, and
//! those linked beside it, each with its own sign-in, its own cursor and its own health.
//!
//! Owns which services there are and who the patient is at each. Invariants: data of two people
//! never stands in one record; a service that is down or unlinked changes nothing of the others.

pub(crate) mod kept;
pub(crate) mod link;
mod manage;
pub(crate) mod standing;
