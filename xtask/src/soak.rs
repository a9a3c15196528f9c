//! Owns `cargo xtask soak`: builds the program that kills the app, and starts it. What it kills and
//! what it looks at is that program's own (`tests/soak`).

use std::ffi::OsString;

use crate::error::Outcome;
use crate::native;
use crate::places::Places;
use crate::process;
use crate::setup::{self, Purpose};
use crate::ui::Kind;

/// How often the app is killed if nothing is said.
const LONG: &str = "1000";

/// Kills the app again and again, with the options of the program that does.
pub(crate) fn soak(places: &Places, options: &[OsString]) -> Outcome {
    setup::prepare(places, Purpose::Run)?;
    native::build(places, &[native::SOAK], Kind::Dev)?;
    let program = native::program(places, native::SOAK, Kind::Dev);
    let mut command = process::command(&program.to_string_lossy());
    if !options.iter().any(|option| option == "--kills") {
        command.args(["--kills", LONG]);
    }
    process::run(command.args(options), "the kill test")
}
