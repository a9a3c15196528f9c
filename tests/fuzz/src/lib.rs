//! What must hold of any input at all, whoever wrote it: a server, a browser, the window.
//!
//! Owns the bodies of the fuzz targets. Each takes bytes, hands them to the product's own code, and
//! panics where a law is broken. `tests/corpus.rs` runs them over the corpus as plain tests;
//! `guided` runs the same bodies under libFuzzer (`cargo xtask fuzz`). Reads no clock and no chance,
//! so that an input always does the same.

pub mod addresses;
pub mod reading;
pub mod requests;
mod service;
mod store;

/// A target: its name, which is its corpus's folder too, and its body.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: [Target; 3] = [
    ("reading", reading::check),
    ("addresses", addresses::check),
    ("requests", requests::check),
];
