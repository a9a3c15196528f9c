//! FHIR R4 wire types and lenient reading, without I/O.
//!
//! Owns how answers of servers are taken apart: pages, entries, outcomes, and the data types inside
//! resources. Much that servers send breaks the standard, so nothing here insists on more than it
//! needs: one bad entry is named and skipped, a field of the wrong type reads as absent. Refuses to
//! decide what anything means to a patient, and depends on nothing else of ours.

pub mod concept;
pub mod date;
pub mod extension;
pub mod lenient;
mod outcome;
mod page;
pub mod people;
pub mod plain;
pub mod quantity;
pub mod reference;
mod sound;

pub use outcome::{Issue, Outcome, read_outcome};
pub use page::{Entry, Page, ReadError, SearchMode, SkipReason, Skipped, read_page};
pub use reference::Resolver;
