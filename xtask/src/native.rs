//! Owns the programs that cargo builds for this machine: the shell, the mock, and the one
//! that measures.

use std::path::PathBuf;

use crate::error::Outcome;
use crate::places::{self, Places};
use crate::process;
use crate::say;
use crate::ui::Kind;

/// The package and binary of the shell.
pub(crate) const SHELL: &str = "hale";

/// The package and binary of the mock.
pub(crate) const MOCK: &str = "hale-mock-backend";

/// The package and binary of the program that measures.
pub(crate) const BENCH: &str = "hale-bench";

/// Makes the shell embed the built window instead of asking a development server for it.
pub(crate) const SHELL_FEATURE: &str = "hale/custom-protocol";

/// Builds programs, all in one go so that they share their dependencies.
pub(crate) fn build(places: &Places, programs: &[&str], kind: Kind) -> Outcome {
    let clock = say::Clock::start();
    say::step(format_args!("building {}", programs.join(" and ")));
    let mut cargo = process::cargo(places);
    cargo.arg("build");
    for program in programs {
        cargo.args(["--package", program, "--bin", program]);
    }
    if programs.contains(&SHELL) {
        cargo.args(["--features", SHELL_FEATURE]);
    }
    if kind == Kind::Release {
        cargo.arg("--release");
    }
    process::run(
        &mut cargo,
        &format!("the build of {}", programs.join(" and ")),
    )?;
    say::line(format_args!("    built ({})", clock.passed()));
    Ok(())
}

/// Where cargo puts a program.
pub(crate) fn program(places: &Places, name: &str, kind: Kind) -> PathBuf {
    let profile = match kind {
        Kind::Dev => "debug",
        Kind::Release => "release",
    };
    places.target.join(profile).join(places::program(name))
}
