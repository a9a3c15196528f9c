//! FHIR R4 as it comes over the wire, read leniently. No I/O, and nothing of ours beneath.
//!
//! A page is read so that one bad entry never drops a good one, and so that each resource stays as
//! the server wrote it. Nothing here decides what a patient sees.

mod bundle;
mod outcome;
pub mod value;

pub use bundle::{Entry, EntryMode, Page, ReadError, Skipped, WhySkipped, read_page};
pub use outcome::{Issue, Outcome, read_outcome};
