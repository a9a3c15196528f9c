//! Owns `cargo xtask test`: all that CI checks, in an order in which one step's work serves
//! the next, with a heading and a time each. The first failure ends it, by name.

mod android;
mod suite;

use crate::error::{Outcome, Stop};
use crate::native;
use crate::places::Places;
use crate::process;
use crate::say;
use crate::setup::{self, Purpose, WASM};
use crate::ui::{self, Kind};
use suite::{Extent, Suite, Tally};

/// Runs everything; `quick` leaves out licences, Android and the tests of the window.
pub(crate) fn test(places: &Places, quick: bool) -> Outcome {
    let clock = say::Clock::start();
    let mut tally = Tally::default();
    let mut step = |name: &str, work: &mut dyn FnMut(&mut Tally) -> Outcome| -> Outcome {
        let clock = say::Clock::start();
        say::line("");
        say::step(format_args!("{name}"));
        work(&mut tally).map_err(|stop| {
            Stop::because(format!("\nFAILED after {}: {name}\n{stop}", clock.passed()))
        })?;
        say::line(format_args!("    {name}: good ({})", clock.passed()));
        Ok(())
    };

    let purpose = if quick { Purpose::Test } else { Purpose::Check };
    step("set-up", &mut |_| setup::prepare(places, purpose))?;
    step("format", &mut |_| {
        process::run(
            process::cargo(places).args(["fmt", "--all", "--check"]),
            "cargo fmt",
        )
    })?;
    if !quick {
        step("licences, sources and banned crates", &mut |_| deny(places))?;
        step("lints of the window", &mut |_| lint_window(places))?;
    }
    // The shell does not compile without the files that it embeds.
    step("build of the window", &mut |_| ui::build(places, Kind::Dev))?;
    step("lints", &mut |_| lint_native(places))?;
    let mut built = None;
    step("build of the programs and tests", &mut |_| {
        built = Some(Suite::build(places)?);
        Ok(())
    })?;
    let Some(suite) = built else {
        return Err(Stop::because("nothing was built"));
    };
    step("unit tests", &mut |tally| {
        suite.run_unit_tests(places, tally)
    })?;
    if !quick {
        step("examples in the documentation", &mut |tally| {
            suite::documentation(places, tally)
        })?;
        step("type check for Android", &mut |_| android::check(places))?;
    }
    let extent = match (cfg!(target_os = "linux"), quick) {
        (true, false) => Extent::All,
        (true, true) => Extent::WithoutWindow,
        (false, _) => Extent::WithoutSession,
    };
    let name = match extent {
        Extent::All => "acceptance, with the window",
        Extent::WithoutWindow | Extent::WithoutSession => "acceptance, without the window",
    };
    step(name, &mut |tally| {
        suite.run_acceptance(places, extent, tally)
    })?;

    say::line("");
    say::line(format_args!("All checks are good ({}).", clock.passed()));
    say::line(tally);
    Ok(())
}

fn deny(places: &Places) -> Outcome {
    let program = setup::DENY.prepare(places)?;
    let mut deny = process::command(&program.to_string_lossy());
    deny.current_dir(&places.root)
        .args(["--log-level", "error", "--config", ".deny.toml"]);
    if std::env::var_os("CI").is_some() {
        // A change of dependencies comes with its lock file.
        deny.arg("--locked");
    }
    // Advisories would need the network, and would turn a green build red overnight.
    deny.args([
        "check",
        "--hide-inclusion-graph",
        "bans",
        "licenses",
        "sources",
    ]);
    process::run(&mut deny, "cargo deny")
}

/// With the profile and folder of the window's build: macros and build scripts are shared.
fn lint_window(places: &Places) -> Outcome {
    let mut cargo = process::cargo(places);
    cargo
        .args(["clippy", "--package", "hale-ui", "--target", WASM])
        .args(["--profile", Kind::Dev.profile(), "--target-dir"])
        .arg(places.ui_target())
        .args(["--", "-D", "warnings"]);
    process::run(&mut cargo, "clippy of the window")
}

/// With the features of the build: macros and build scripts are shared.
fn lint_native(places: &Places) -> Outcome {
    let mut cargo = process::cargo(places);
    cargo.args(["clippy", "--all-targets"]);
    native::choose_features(&mut cargo);
    cargo.args(["--", "-D", "warnings"]);
    process::run(&mut cargo, "clippy")
}
