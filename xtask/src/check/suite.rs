//! Owns the test programs: builds them all with one call of cargo, so that each dependency is
//! compiled once with one set of features, then runs each by itself within a time limit.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use crate::error::{Outcome, Stop, While};
use crate::native;
use crate::places::{self, Places};
use crate::process::{self, Running};
use crate::say;
use crate::session::Folders;

/// No unit test program comes near this; one that does hangs.
const UNIT_LIMIT: Duration = Duration::from_secs(10 * 60);

/// The journeys through the window, all together.
const ACCEPTANCE_LIMIT: Duration = Duration::from_secs(30 * 60);

/// The package whose tests speak to the mock and the window.
const ACCEPTANCE: &str = "acceptance";

/// The modules of tests that open the window.
const WINDOW_MODULES: [&str; 2] = ["window", "gallery"];

/// The modules of tests that need a keychain which is nobody's own: only a session has one.
const KEYCHAIN_MODULES: [&str; 1] = ["keychain"];

/// Which of the acceptance tests can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of them, in a session of their own.
    All,
    /// All but those that open the window, in a session of their own.
    WithoutWindow,
    /// What needs no session.
    WithoutSession,
}

impl Extent {
    /// The modules that are left out.
    fn left_out(self) -> Vec<&'static str> {
        match self {
            Self::All => Vec::new(),
            Self::WithoutWindow => WINDOW_MODULES.to_vec(),
            Self::WithoutSession => [&WINDOW_MODULES[..], &KEYCHAIN_MODULES[..]].concat(),
        }
    }

    /// Why they are left out.
    fn reason(self) -> &'static str {
        match self {
            Self::All => "",
            Self::WithoutWindow => "a quick check does not open the window",
            Self::WithoutSession => {
                "they need Linux's Xvfb, WebKitWebDriver and a keychain that is nobody's own"
            }
        }
    }
}

/// One program that cargo built.
#[derive(Debug, PartialEq, Eq)]
struct Program {
    /// The target's name.
    name: String,
    /// Its package's folder: tests expect to be run there.
    folder: PathBuf,
    /// The file to run.
    file: PathBuf,
    /// A test program, not one of ours.
    is_test: bool,
}

/// All programs that the tests need.
pub(super) struct Suite {
    programs: Vec<Program>,
}

impl Suite {
    /// Builds the shell, the mock and every test program.
    pub(super) fn build(places: &Places) -> Outcome<Self> {
        let mut cargo = process::cargo(places);
        cargo.args(["build", "--tests"]);
        native::choose_features(&mut cargo);
        cargo
            .args(["--bin", native::SHELL, "--bin", native::MOCK])
            .args(["--message-format", "json-render-diagnostics"])
            .stdout(Stdio::piped());
        let mut programs = Vec::new();
        let status = read_lines(&mut cargo, "the build", None, |line| {
            programs.extend(parse_artifact(line));
        })?;
        if !status.success() {
            return Err(Stop::because("the build failed"));
        }
        programs.sort_by(|a, b| a.file.cmp(&b.file));
        Ok(Self { programs })
    }

    /// Runs every test program but the acceptance tests.
    pub(super) fn run_unit_tests(&self, places: &Places, tally: &mut Tally) -> Outcome {
        for program in self
            .programs
            .iter()
            .filter(|it| it.is_test && it.name != ACCEPTANCE)
        {
            say::line(format_args!("    {}", program.name));
            let mut command = process::command(&program.file.to_string_lossy());
            run_tests(&mut command, places, program, UNIT_LIMIT, tally)?;
        }
        Ok(())
    }

    /// Runs the acceptance tests, and says which of them it leaves out.
    pub(super) fn run_acceptance(
        &self,
        places: &Places,
        extent: Extent,
        tally: &mut Tally,
    ) -> Outcome {
        let program = self
            .programs
            .iter()
            .find(|it| it.is_test && it.name == ACCEPTANCE)
            .ok_or_else(|| Stop::because("cargo built no acceptance tests"))?;
        let before = tally.passed;
        let left_out = extent.left_out();
        say_left_out(program, &left_out, extent.reason());
        let folders = match extent {
            Extent::WithoutSession => None,
            Extent::All | Extent::WithoutWindow => Some(Folders::make()?),
        };
        let mut command = match &folders {
            Some(folders) => folders.command(&program.file)?,
            None => process::command(&program.file.to_string_lossy()),
        };
        self.give_environment(places, &mut command)?;
        for module in left_out {
            command.args(["--skip", &format!("{module}::")]);
        }
        run_tests(&mut command, places, program, ACCEPTANCE_LIMIT, tally)?;
        if tally.passed == before {
            return Err(Stop::because("no acceptance test ran"));
        }
        Ok(())
    }

    fn give_environment(&self, places: &Places, command: &mut Command) -> Outcome {
        let shell = self
            .programs
            .iter()
            .find(|it| !it.is_test && it.name == native::SHELL)
            .ok_or_else(|| Stop::because("cargo built no shell"))?;
        // A picture of an earlier run would show what is no more.
        if places.gallery().exists() {
            std::fs::remove_dir_all(places.gallery()).while_doing("empty the gallery")?;
        }
        std::fs::create_dir_all(places.gallery()).while_doing("make the gallery's folder")?;
        let axe = places
            .tests()
            .join("node_modules")
            .join("axe-core")
            .join("axe.min.js");
        command
            .env("HALE_BIN", &shell.file)
            .env("HALE_AXE", axe)
            .env("HALE_GALLERY_DIR", places.gallery());
        let chromium = ["chromium", "chromium-browser", "google-chrome"];
        if let Some(found) = chromium.into_iter().find_map(places::on_path) {
            command.env("HALE_CHROMIUM", found);
        }
        let drivers = [
            ("HALE_WEBDRIVER", "WebKitWebDriver"),
            ("HALE_CHROMEDRIVER", "chromedriver"),
        ];
        for (variable, name) in drivers {
            if let Some(found) = places::on_path(name) {
                command.env(variable, found);
            }
        }
        Ok(())
    }
}

/// Says how many tests of these modules do not run, and why.
fn say_left_out(program: &Program, modules: &[&str], reason: &str) {
    if modules.is_empty() {
        return;
    }
    let mut list = process::command(&program.file.to_string_lossy());
    list.args(["--list", "--format", "terse"]);
    let names = process::answer(&mut list).unwrap_or_default();
    for module in modules {
        let tests = count_of_module(&names, module);
        if tests > 0 {
            say::line(format_args!(
                "    left out: {tests} tests of {module}; {reason}"
            ));
        }
    }
}

/// How many tests of a module a test program lists.
fn count_of_module(names: &str, module: &str) -> usize {
    names
        .lines()
        .filter_map(|line| line.strip_suffix(": test"))
        .filter(|name| {
            name.strip_prefix(module)
                .is_some_and(|rest| rest.starts_with("::"))
        })
        .count()
}

/// Runs the examples in the documentation of the libraries.
pub(super) fn documentation(places: &Places, tally: &mut Tally) -> Outcome {
    let mut cargo = process::cargo(places);
    cargo.args(["test", "--doc", "--quiet"]);
    native::choose_features(&mut cargo);
    cargo.stdout(Stdio::piped());
    let status = read_lines(&mut cargo, "the examples", Some(UNIT_LIMIT), |line| {
        tally.read(line);
        if !line.trim().is_empty() {
            say::line(line);
        }
    })?;
    if status.success() {
        Ok(())
    } else {
        Err(Stop::because("an example failed"))
    }
}

/// What cargo sets for a test, beside the folder: some libraries look for their files by it.
fn run_tests(
    command: &mut Command,
    places: &Places,
    program: &Program,
    limit: Duration,
    tally: &mut Tally,
) -> Outcome {
    command
        .current_dir(&program.folder)
        .env("CARGO_MANIFEST_DIR", &program.folder)
        .env("CARGO_TARGET_DIR", &places.target)
        .env("RUST_BACKTRACE", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let what = format!("the tests of {}", program.name);
    let failed_before = tally.failed;
    let status = read_lines(command, &what, Some(limit), |line| {
        tally.read(line);
        say::line(line);
    })?;
    if status.success() {
        return Ok(());
    }
    let failed = tally.failed - failed_before;
    Err(Stop::because(format!(
        "{what} failed ({failed} of them; {status})\n{tally}"
    )))
}

/// Runs a program and hands on its lines as they come. Does not wait for those who merely
/// inherited its output and outlive it.
fn read_lines(
    command: &mut Command,
    what: &str,
    limit: Option<Duration>,
    mut read: impl FnMut(&str),
) -> Outcome<ExitStatus> {
    let mut running = Running::start(command, what)?;
    let lines = running.lines()?;
    let start = Instant::now();
    loop {
        let patience = limit.map(|limit| limit.saturating_sub(start.elapsed()));
        match lines.recv_timeout(Duration::from_millis(100)) {
            Ok(line) => read(&line),
            Err(RecvTimeoutError::Disconnected) => return running.wait_for(patience),
            Err(RecvTimeoutError::Timeout) => {
                if let Some(status) = running.ended()? {
                    lines.try_iter().for_each(|line| read(&line));
                    return Ok(status);
                }
                if process::was_stopped() || patience.is_some_and(|left| left.is_zero()) {
                    return running.wait_for(Some(Duration::ZERO));
                }
            }
        }
    }
}

/// Reads one line of cargo's JSON: a program, if it tells of one.
fn parse_artifact(line: &str) -> Option<Program> {
    let message: serde_json::Value = serde_json::from_str(line).ok()?;
    if message["reason"] != "compiler-artifact" {
        return None;
    }
    Some(Program {
        name: message["target"]["name"].as_str()?.to_owned(),
        folder: Path::new(message["manifest_path"].as_str()?)
            .parent()?
            .to_path_buf(),
        file: PathBuf::from(message["executable"].as_str()?),
        is_test: message["profile"]["test"].as_bool()?,
    })
}

/// How many tests ran, summed from the closing lines of the test programs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    passed: u64,
    failed: u64,
}

impl Tally {
    fn read(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else {
            return;
        };
        for part in result.split([';', '.']) {
            let mut words = part.split_whitespace();
            let number = words.next().and_then(|word| word.parse::<u64>().ok());
            match (number, words.next()) {
                (Some(number), Some("passed")) => self.passed += number,
                (Some(number), Some("failed")) => self.failed += number,
                _ => {}
            }
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_summed() {
        let mut tally = Tally::default();
        tally.read("test a_test ... ok");
        tally.read("test result: ok. 26 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.16s");
        tally.read("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 9 filtered out; finished in 1s");
        assert_eq!(tally.to_string(), "29 passed, 2 failed");
    }

    #[test]
    fn a_test_program_is_read_from_what_cargo_says() {
        let line = r#"{"reason":"compiler-artifact","package_id":"x","manifest_path":"/a/tests/acceptance/Cargo.toml",
            "target":{"kind":["test"],"name":"acceptance"},"profile":{"test":true},
            "filenames":[],"executable":"/t/acceptance-1","fresh":true}"#;
        let expected = Program {
            name: "acceptance".to_owned(),
            folder: PathBuf::from("/a/tests/acceptance"),
            file: PathBuf::from("/t/acceptance-1"),
            is_test: true,
        };
        assert_eq!(parse_artifact(line), Some(expected));
    }

    #[test]
    fn the_tests_of_a_module_are_counted_by_its_whole_name() {
        let names = "keychain::a: test\nkeychain::b: test\nkeychains::c: test\nwindow::d: test\n";
        assert_eq!(count_of_module(names, "keychain"), 2);
        assert_eq!(count_of_module(names, "gallery"), 0);
    }

    #[test]
    fn a_keychain_that_is_somebodys_own_is_never_touched() {
        assert!(Extent::WithoutSession.left_out().contains(&"keychain"));
        assert!(!Extent::WithoutWindow.left_out().contains(&"keychain"));
        assert!(Extent::All.left_out().is_empty());
    }

    #[test]
    fn libraries_and_other_messages_are_no_programs() {
        let library = r#"{"reason":"compiler-artifact","manifest_path":"/a/Cargo.toml",
            "target":{"name":"a"},"profile":{"test":false},"executable":null}"#;
        for line in [
            library,
            r#"{"reason":"build-finished","success":true}"#,
            "not json",
        ] {
            assert_eq!(parse_artifact(line), None);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_test_program_that_hangs_is_ended_with_words() {
        let mut hangs = process::command("sh");
        hangs
            .args(["-c", "echo one; sleep 60"])
            .stdout(Stdio::piped());
        let mut seen = Vec::new();
        let limit = Some(Duration::from_millis(300));
        let stop = read_lines(&mut hangs, "the tests of x", limit, |line| {
            seen.push(line.to_owned())
        })
        .unwrap_err();
        assert_eq!(seen, ["one"]);
        assert!(
            stop.to_string()
                .starts_with("the tests of x took longer than"),
            "{stop}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn somebody_who_keeps_the_output_open_is_not_waited_for() {
        let mut leaves = process::command("sh");
        leaves
            .args(["-c", "sleep 60 & echo one"])
            .stdout(Stdio::piped());
        let mut seen = 0;
        let status = read_lines(&mut leaves, "x", None, |_| seen += 1).unwrap();
        assert!(status.success());
        assert_eq!(seen, 1);
    }
}
