//! Owns the programs that cargo builds for this machine: the shell, the mock, and those that
//! measure, kill the app or walk the journey.

use std::path::PathBuf;
use std::process::Command;

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

/// The package and binary of the program that kills the app.
pub(crate) const SOAK: &str = "hale-soak";

/// The package and binary of the program that walks the journey against any server.
pub(crate) const CONFORMANCE: &str = "hale-conformance";

/// Makes the shell embed the built window instead of asking a development server for it.
pub(crate) const SHELL_FEATURE: &str = "hale/custom-protocol";

/// An example that is quick to build. With one among what is built, cargo chooses features as it
/// does for tests, so that no task throws away what another one has built.
const FEATURE_KEEPER: &str = "wire";

/// Chooses everything with one set of features, whatever is built of it.
pub(crate) fn choose_features(cargo: &mut Command) {
    cargo.args(["--workspace", "--features", SHELL_FEATURE]);
}

/// Builds programs, so that they share their dependencies as far as they can.
pub(crate) fn build(places: &Places, programs: &[&str], kind: Kind) -> Outcome {
    let clock = say::Clock::start();
    let names = programs.join(" and ");
    say::step(format_args!("building {names}"));
    for mut cargo in commands(places, programs, kind) {
        process::run(&mut cargo, &format!("the build of {names}"))?;
    }
    say::line(format_args!("    built ({})", clock.passed()));
    Ok(())
}

fn commands(places: &Places, programs: &[&str], kind: Kind) -> Vec<Command> {
    match kind {
        Kind::Dev => vec![dev(places, programs)],
        Kind::Release => programs
            .iter()
            .map(|program| release(places, program))
            .collect(),
    }
}

fn dev(places: &Places, programs: &[&str]) -> Command {
    let mut cargo = process::cargo(places);
    cargo.arg("build");
    choose_features(&mut cargo);
    cargo.args(["--example", FEATURE_KEEPER]);
    for program in programs {
        cargo.args(["--bin", program]);
    }
    cargo
}

/// By itself: what patients get has the features that its own manifest asks for, and no others.
fn release(places: &Places, program: &str) -> Command {
    let mut cargo = process::cargo(places);
    cargo.args(["build", "--package", program, "--bin", program]);
    cargo.args(["--profile", release_profile(program)]);
    if program == SHELL {
        cargo.args(["--features", SHELL_FEATURE]);
    }
    cargo
}

/// The mock has one of its own, in which a panic ends a request and not the program.
fn release_profile(program: &str) -> &'static str {
    match program {
        MOCK => "tester",
        _ => "release",
    }
}

/// Where cargo puts a program.
pub(crate) fn program(places: &Places, name: &str, kind: Kind) -> PathBuf {
    let profile = match kind {
        Kind::Dev => "debug",
        Kind::Release => release_profile(name),
    };
    places.target.join(profile).join(places::program(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mock_with_optimisation_outlives_a_panic() {
        let manifest = include_str!("../../Cargo.toml");
        let heading = format!("[profile.{}]\n", release_profile(MOCK));
        let profile = manifest.split_once(&heading).unwrap().1;
        let profile = profile.split_once("\n[").unwrap().0;
        assert!(profile.contains("panic = \"unwind\""), "{profile}");
    }

    #[test]
    fn what_patients_get_is_built_by_itself() {
        let places = Places::find();
        let cargo = &commands(&places, &[SHELL, MOCK], Kind::Release)[0];
        let words: Vec<_> = cargo
            .get_args()
            .map(|word| word.to_string_lossy())
            .collect();
        assert!(words.contains(&"--package".into()), "{words:?}");
        assert!(!words.contains(&"--workspace".into()), "{words:?}");
    }
}
