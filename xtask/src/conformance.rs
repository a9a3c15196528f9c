//! Owns `cargo xtask conformance`: builds the program that walks the journey against a server and
//! starts it. What it asks and prints is its own (`tests/conformance`).

use std::ffi::OsString;

use crate::error::Outcome;
use crate::native;
use crate::places::Places;
use crate::process;
use crate::setup::{self, Purpose};
use crate::ui::Kind;

/// Walks, with the options of the program that does.
pub(crate) fn walk(places: &Places, options: &[OsString]) -> Outcome {
    setup::prepare(places, Purpose::Mock)?;
    native::build(places, &[native::CONFORMANCE], Kind::Dev)?;
    let program = native::program(places, native::CONFORMANCE, Kind::Dev);
    let mut command = process::command(&program.to_string_lossy());
    command.args(options);
    process::run(&mut command, "the journey")
}
