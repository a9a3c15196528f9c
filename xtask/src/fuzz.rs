//! Owns `cargo xtask fuzz`: gets cargo-fuzz, builds the targets with libFuzzer and runs them one
//! after the other. What they check is their own (`tests/fuzz`).
//!
//! The compiler that builds the rest builds them: nothing of it is nightly's, because no sanitizer
//! is asked for (docs/adr/0008).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Outcome, Stop, While};
use crate::places::{self, Places};
use crate::process;
use crate::say;
use crate::setup::{self, Purpose};

/// Every target.
const TARGETS: [&str; 3] = ["reading", "addresses", "requests"];

/// How many inputs each target gets if nothing is said, and for how many seconds at most.
const RUNS: u64 = 1_000_000;
const SECONDS: u64 = 600;

/// One input that takes longer hangs.
const SECONDS_FOR_ONE: u64 = 20;

/// The longest input, in bytes: more would test the patience of the machine.
const LONGEST: usize = 16 * 1024;

/// The longest input that is added to the corpus, in bytes: it lies in the repository.
const LONGEST_KEPT: u64 = 512;

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// One target alone.
    pub(crate) target: Option<&'static str>,
    /// How many inputs.
    pub(crate) runs: Option<u64>,
    /// How long.
    pub(crate) seconds: Option<u64>,
    /// Whether to add to the corpus what was found.
    pub(crate) keep: bool,
}

/// The target of a name.
pub(crate) fn target(name: &str) -> Result<&'static str, String> {
    TARGETS
        .into_iter()
        .find(|target| *target == name)
        .ok_or_else(|| {
            let all = TARGETS.join(", ");
            format!("there is no target '{name}', only {all}")
        })
}

/// Runs the targets until their end, or until a law is broken.
pub(crate) fn fuzz(places: &Places, asked: &Asked) -> Outcome {
    if cfg!(windows) {
        return Err(Stop::because(
            "libFuzzer is not used on Windows: run this on Linux, macOS or WSL",
        ));
    }
    setup::prepare(places, Purpose::Run)?;
    if ["c++", "g++", "clang++"]
        .into_iter()
        .all(|name| places::on_path(name).is_none())
    {
        return Err(Stop::because(
            "libFuzzer is built with a C++ compiler, and there is none (Debian: g++, Fedora: gcc-c++)",
        ));
    }
    let program = setup::FUZZ.prepare(places)?;
    let fuzzer = Fuzzer { places, program };
    for target in TARGETS {
        if asked.target.is_none_or(|wanted| wanted == target) {
            fuzzer.run(target, asked)?;
        }
    }
    Ok(())
}

struct Fuzzer<'a> {
    places: &'a Places,
    program: PathBuf,
}

impl Fuzzer<'_> {
    fn run(&self, target: &str, asked: &Asked) -> Outcome {
        let found = self.found(target);
        fs::create_dir_all(&found).while_doing("make a folder for inputs")?;
        self.same_versions()?;
        say::step(format_args!("building {target} with libFuzzer"));
        process::run(&mut self.cargo("build", target), "the build of the target")?;
        let ends: Vec<String> = ends(asked)
            .into_iter()
            .map(|(name, value)| format!("-{name}={value}"))
            .collect();
        say::step(format_args!("running {target}: {}", ends.join(" ")));
        let mut cargo = self.cargo("run", target);
        cargo.args([&found, &self.corpus(target)]).arg("--");
        self.limits(&mut cargo, target);
        cargo.args(ends).arg("-print_final_stats=1");
        let broken = process::run(&mut cargo, target);
        if broken.is_err() && !process::was_stopped() {
            say::line(format_args!(
                "    the input is in the file named above; mend the code and put the input into {}",
                self.corpus(target).display()
            ));
        }
        broken?;
        if asked.keep {
            self.keep(target)?;
        }
        Ok(())
    }

    /// Adds to the corpus what reaches code that it does not reach, as far as it is short.
    fn keep(&self, target: &str) -> Outcome {
        say::step(format_args!("adding to the corpus of {target}"));
        let short = self.kept().join(format!("{target}-short"));
        if short.exists() {
            fs::remove_dir_all(&short).while_doing("empty a folder for inputs")?;
        }
        fs::create_dir_all(&short).while_doing("make a folder for inputs")?;
        for entry in fs::read_dir(self.found(target)).while_doing("list the inputs")? {
            let entry = entry.while_doing("list the inputs")?;
            let size = entry.metadata().while_doing("look at an input")?.len();
            if size <= LONGEST_KEPT {
                fs::copy(entry.path(), short.join(entry.file_name()))
                    .while_doing("copy an input")?;
            }
        }
        let mut cargo = self.cargo("run", target);
        cargo
            .args([&self.corpus(target), &short])
            // The fewest that reach the most code, however often they reach it.
            .args(["--", "-set_cover_merge=1", "-use_counters=0", "-use_cmp=0"]);
        self.limits(&mut cargo, target);
        process::run(&mut cargo, "the merge")
    }

    fn cargo(&self, task: &str, target: &str) -> Command {
        let mut cargo = process::command(&self.program.to_string_lossy());
        cargo.current_dir(&self.places.root);
        // Called by its own name, the program wants to be told that cargo called it.
        cargo.args(["fuzz", task, "--sanitizer", "none"]);
        // What is tested is what patients get, without what some crates change for fuzzing.
        cargo.arg("--no-cfg-fuzzing");
        cargo.arg("--fuzz-dir").arg(self.guided());
        cargo
            .arg("--target-dir")
            .arg(self.places.target.join("fuzz"));
        cargo.arg(target);
        cargo
    }

    fn limits(&self, cargo: &mut Command, target: &str) {
        let words = self.home().join("words").join(target);
        cargo.args([
            format!("-timeout={SECONDS_FOR_ONE}"),
            format!("-max_len={LONGEST}"),
            format!("-dict={}", words.display()),
            format!("-artifact_prefix={}", self.broken(target).display()),
        ]);
    }

    /// The targets are built of the same versions as the product.
    fn same_versions(&self) -> Outcome {
        let from = self.places.root.join("Cargo.lock");
        fs::copy(from, self.guided().join("Cargo.lock"))
            .map(drop)
            .while_doing("copy Cargo.lock")
    }

    fn home(&self) -> PathBuf {
        self.places.tests().join("fuzz")
    }

    fn guided(&self) -> PathBuf {
        self.home().join("guided")
    }

    fn corpus(&self, target: &str) -> PathBuf {
        self.home().join("corpus").join(target)
    }

    /// Inputs that reached something new, of all runs on this machine.
    fn found(&self, target: &str) -> PathBuf {
        self.kept().join(target)
    }

    /// How the names of inputs that broke a law begin.
    fn broken(&self, target: &str) -> PathBuf {
        self.kept().join(format!("{target}-"))
    }

    fn kept(&self) -> PathBuf {
        Path::new(&self.places.target).join("fuzz-inputs")
    }
}

/// When libFuzzer ends: at the first of these.
fn ends(asked: &Asked) -> Vec<(&'static str, u64)> {
    let is_open = asked.runs.is_none() && asked.seconds.is_none();
    let runs = asked.runs.or(is_open.then_some(RUNS));
    let seconds = asked.seconds.or(is_open.then_some(SECONDS));
    runs.map(|runs| ("runs", runs))
        .into_iter()
        .chain(seconds.map(|seconds| ("max_total_time", seconds)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_ends_after_a_million_inputs_or_ten_minutes_if_nothing_is_said() {
        let asked = |runs, seconds| Asked {
            runs,
            seconds,
            ..Asked::default()
        };
        for (asked, expected) in [
            (
                asked(None, None),
                vec![("runs", 1_000_000), ("max_total_time", 600)],
            ),
            (asked(Some(7), None), vec![("runs", 7)]),
            (asked(None, Some(8)), vec![("max_total_time", 8)]),
            (
                asked(Some(7), Some(8)),
                vec![("runs", 7), ("max_total_time", 8)],
            ),
        ] {
            assert_eq!(ends(&asked), expected);
        }
    }

    #[test]
    fn every_target_has_a_program_a_corpus_and_words() {
        let places = Places::find();
        let manifest = include_str!("../../tests/fuzz/guided/Cargo.toml");
        for target in TARGETS {
            assert!(
                manifest.contains(&format!("name = \"{target}\"")),
                "{target}"
            );
            let home = places.tests().join("fuzz");
            assert!(home.join("corpus").join(target).is_dir(), "{target}");
            assert!(home.join("words").join(target).is_file(), "{target}");
        }
        assert_eq!(manifest.matches("[[bin]]").count(), TARGETS.len());
    }
}
