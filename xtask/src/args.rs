//! Owns the command line: its grammar and its help. Does nothing of what it reads.

use std::ffi::OsString;

use lexopt::prelude::*;

use crate::error::{Outcome, Stop};
use crate::fuzz;
use crate::ui;

/// What `cargo xtask help` prints. Lists what exists, and nothing else.
pub(crate) const HELP: &str = "\
Set-up, run, test and measurement of Hale

Usage: cargo xtask TASK [OPTIONS]

Tasks:
  run       Install what is missing, build all, start the mock and open the window
              --backend URL   use this FHIR server; no mock is started
              --release       as patients get it: slower to build, smaller and faster
  mock      The mock backend alone, for testers
              --bind ADDRESS, --port PORT, --tls, --ca-file FILE, --seed N, --patients N and
              --help go to it as they are
              --release       built with optimisation
  test      Everything that CI checks: format, lints, licences, tests, the window
              --quick         leave out licences, Android and the tests of the window
  ui        The window's files alone, into src-ui/dist
              --release       as patients get it: smallest
  sizes     How large the built window and the program are, and what the goals are
  bench     How fast and how large everything is as patients get it, beside bare programs
              --runs N        how often each is measured (7)
              --json FILE     also write each figure as a line of JSON
              --only WORD     only a part: sync, core or mock
  soak      Kill the app while it reads and sends, and look at what is left
              --kills N       how often (1000)
              --seed S        other faults, at other moments
  fuzz      Give the app inputs that nobody thought of, guided by what code they reach
              TARGET          one alone: reading, addresses or requests
              --runs N        how many inputs for each (1000000, or ten minutes)
              --seconds N     how long for each
              --keep          add to the corpus short inputs that reach code which it does not reach
  conformance  What of the journey works against a FHIR server, step by step
              --server URL    its FHIR base address; the sign-in page opens in the browser
              --help          its other options, which go to it as they are
  doctor    What is there and what is missing on this machine, and how to get it
  help      This text";

/// One task with its options.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Print [`HELP`].
    Help,
    /// Tell what is there and what is missing.
    Doctor,
    /// Build the window.
    Ui(ui::Kind),
    /// Open the window.
    Run {
        /// A FHIR server instead of the mock.
        backend: Option<String>,
        /// As patients get it.
        kind: ui::Kind,
    },
    /// Start the mock alone, with its own options.
    Mock {
        /// Built with optimisation.
        kind: ui::Kind,
        /// What the mock is told.
        options: Vec<OsString>,
    },
    /// Check everything.
    Test {
        /// Without the parts that take long.
        quick: bool,
    },
    /// Measure, with the options of the program that does.
    Bench(Vec<OsString>),
    /// Kill the app again and again, with the options of the program that does.
    Soak(Vec<OsString>),
    /// Look for inputs that break a law.
    Fuzz(fuzz::Asked),
    /// Walk the journey against a server, with the options of the program that does.
    Conformance(Vec<OsString>),
    /// Tell how large things are.
    Sizes,
    /// Run a program where a keychain is. Not in the help: the tests use it on themselves.
    InSession(Vec<OsString>),
}

/// Reads a command line, without the program's name.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Outcome<Task> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let (name, rest) = match arguments.split_first() {
        Some((name, rest)) => (name.to_string_lossy().into_owned(), rest),
        None => return Ok(Task::Help),
    };
    let asks_for_help = |word: &OsString| word == "--help" || word == "-h";
    let has_own_help =
        ["mock", "bench", "soak", "conformance", "in-session"].contains(&name.as_str());
    if !has_own_help && rest.iter().any(asks_for_help) {
        return Ok(Task::Help);
    }
    let task = match name.as_str() {
        // Its options are its own; the lexer would read `--port` as ours.
        "mock" => mock(rest),
        "bench" => Ok(Task::Bench(rest.to_vec())),
        "soak" => Ok(Task::Soak(rest.to_vec())),
        "fuzz" => fuzz(rest).map(Task::Fuzz),
        "conformance" => Ok(Task::Conformance(rest.to_vec())),
        "in-session" => in_session(rest),
        "help" | "--help" | "-h" => none(rest).map(|()| Task::Help),
        "run" => run(rest),
        "test" => flag(rest, "quick").map(|quick| Task::Test { quick }),
        "ui" => flag(rest, "release").map(|release| Task::Ui(kind(release))),
        "sizes" => none(rest).map(|()| Task::Sizes),
        "doctor" => none(rest).map(|()| Task::Doctor),
        _ => Err(lexopt::Error::from(format!("there is no task '{name}'"))),
    };
    task.map_err(|error| Stop::because(format!("{error}; see cargo xtask help")))
}

fn kind(release: bool) -> ui::Kind {
    if release {
        ui::Kind::Release
    } else {
        ui::Kind::Dev
    }
}

fn none(rest: &[OsString]) -> Result<(), lexopt::Error> {
    match lexopt::Parser::from_args(rest).next()? {
        Some(argument) => Err(argument.unexpected()),
        None => Ok(()),
    }
}

fn flag(rest: &[OsString], name: &str) -> Result<bool, lexopt::Error> {
    let mut parser = lexopt::Parser::from_args(rest);
    let mut is_set = false;
    while let Some(argument) = parser.next()? {
        match argument {
            Long(found) if found == name => is_set = true,
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(is_set)
}

fn run(rest: &[OsString]) -> Result<Task, lexopt::Error> {
    let mut parser = lexopt::Parser::from_args(rest);
    let (mut backend, mut release) = (None, false);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("backend") if backend.is_some() => return Err("--backend is given twice".into()),
            Long("backend") => backend = Some(address(&parser.value()?.string()?)?),
            Long("release") => release = true,
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Task::Run {
        backend,
        kind: kind(release),
    })
}

/// An address that the window could be opened against. Whether a FHIR server is there is the
/// app's to say, as is whether plain HTTP may be used.
fn address(text: &str) -> Result<String, lexopt::Error> {
    let host = ["https://", "http://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme));
    let is_address = host.is_some_and(|host| {
        !host.is_empty() && !host.starts_with('/') && !host.contains(char::is_whitespace)
    });
    if is_address {
        Ok(text.to_owned())
    } else {
        Err(format!("--backend takes an address that begins with https://, not '{text}'").into())
    }
}

fn mock(rest: &[OsString]) -> Result<Task, lexopt::Error> {
    let (ours, options): (Vec<OsString>, Vec<OsString>) = rest
        .iter()
        .cloned()
        .partition(|word| word.to_string_lossy().split('=').next() == Some("--release"));
    Ok(Task::Mock {
        kind: kind(flag(&ours, "release")?),
        options,
    })
}

fn fuzz(rest: &[OsString]) -> Result<fuzz::Asked, lexopt::Error> {
    let mut parser = lexopt::Parser::from_args(rest);
    let mut asked = fuzz::Asked::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("runs") => asked.runs = Some(parser.value()?.parse()?),
            Long("seconds") => asked.seconds = Some(parser.value()?.parse()?),
            Long("keep") => asked.keep = true,
            Value(name) if asked.target.is_none() => {
                asked.target = Some(fuzz::target(&name.string()?)?);
            }
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(asked)
}

fn in_session(rest: &[OsString]) -> Result<Task, lexopt::Error> {
    match rest.split_first() {
        Some((separator, program)) if separator == "--" && !program.is_empty() => {
            Ok(Task::InSession(program.to_vec()))
        }
        _ => Err("in-session needs -- and a program".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_words(line: &str) -> Outcome<Task> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn nothing_and_help_print_the_help() {
        for line in ["", "help", "--help", "-h"] {
            assert_eq!(parse_words(line).unwrap(), Task::Help);
        }
    }

    #[test]
    fn run_takes_a_backend_and_a_release() {
        let backend = Some("https://fhir.example/R4".to_owned());
        let expected = Task::Run {
            backend,
            kind: ui::Kind::Release,
        };
        assert_eq!(
            parse_words("run --backend https://fhir.example/R4 --release").unwrap(),
            expected
        );
        assert_eq!(
            parse_words("run --release --backend=https://fhir.example/R4").unwrap(),
            expected
        );
        let expected = Task::Run {
            backend: None,
            kind: ui::Kind::Dev,
        };
        assert_eq!(parse_words("run").unwrap(), expected);
    }

    #[test]
    fn the_mock_gets_its_own_options_as_they_are() {
        let Task::Mock { kind, options } = parse_words("mock --port 0 --release --tls").unwrap()
        else {
            panic!("not the mock");
        };
        assert_eq!(kind, ui::Kind::Release);
        assert_eq!(options, ["--port", "0", "--tls"]);
    }

    #[test]
    fn what_walks_the_journey_gets_its_own_options_as_they_are() {
        let Task::Conformance(options) = parse_words("conformance --server x --help").unwrap()
        else {
            panic!("not the journey");
        };
        assert_eq!(options, ["--server", "x", "--help"]);
    }

    #[test]
    fn one_target_may_be_asked_for_with_an_end() {
        let Task::Fuzz(asked) = parse_words("fuzz requests --seconds 5 --keep").unwrap() else {
            panic!("not the fuzz targets");
        };
        assert_eq!(asked.target, Some("requests"));
        assert_eq!((asked.runs, asked.seconds), (None, Some(5)));
        assert!(asked.keep);
        assert_eq!(
            parse_words("fuzz").unwrap(),
            Task::Fuzz(fuzz::Asked::default())
        );
    }

    #[test]
    fn help_is_given_beside_a_task_too() {
        for line in [
            "run --help",
            "test -h",
            "run --bakend x --help",
            "doctor --help",
        ] {
            assert_eq!(parse_words(line).unwrap(), Task::Help, "{line}");
        }
    }

    #[test]
    fn a_wrong_value_is_said_in_words() {
        for (line, words) in [
            ("run --backend localhost:8780", "--backend takes an address"),
            ("run --backend=", "--backend takes an address"),
            ("run --backend https://", "--backend takes an address"),
            ("run --backend --release", "--backend takes an address"),
            (
                "run --backend http://a --backend http://b",
                "--backend is given twice",
            ),
            ("run --release=false", "unexpected argument"),
            ("test --quick=no", "unexpected argument"),
            ("mock --port 0 --release=1", "unexpected argument"),
            ("ui --release=1", "unexpected argument"),
            ("fuzz everything", "there is no target 'everything'"),
            ("fuzz reading requests", "unexpected argument"),
            ("fuzz --runs many", "cannot parse argument"),
            ("help me", "unexpected argument"),
            ("sizes all", "unexpected argument"),
        ] {
            let stop = parse_words(line).unwrap_err().to_string();
            assert!(stop.starts_with(words), "{line}: {stop}");
        }
    }

    #[test]
    fn a_misspelt_word_is_named_and_never_let_go() {
        for line in [
            "rnu",
            "run --bakend x",
            "test --fast",
            "ui extra",
            "doctor --all",
            "run --backend",
        ] {
            let stop = parse_words(line).unwrap_err().to_string();
            assert!(stop.contains("cargo xtask help"), "{line}: {stop}");
        }
    }

    #[test]
    fn a_session_needs_a_program() {
        assert!(parse_words("in-session --").is_err());
        assert_eq!(
            parse_words("in-session -- true --now").unwrap(),
            Task::InSession(vec!["true".into(), "--now".into()])
        );
    }

    #[test]
    fn the_help_names_each_task() {
        for task in [
            "run",
            "mock",
            "test",
            "ui",
            "sizes",
            "bench",
            "soak",
            "fuzz",
            "conformance",
            "doctor",
            "help",
        ] {
            assert!(
                HELP.contains(&format!("\n  {task} ")),
                "{task} is not in the help"
            );
        }
    }
}
