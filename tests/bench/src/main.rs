//! Measures Hale: real encrypted files, real HTTP, processes of their own, beside the least that
//! any program would have to do for the same (the floor). Owns no limit: a figure depends on the
//! machine, so it is read by people and never fails a test.
//!
//! Each measurement is a process of its own, so that memory and a cold start are what they say.
//! Ours and the floor take turns, so that a busy machine slows both.

mod inside;
mod outside;
mod peers;
mod table;
mod window;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use lexopt::prelude::*;

/// Whatever ends a measurement; the text is for whoever runs it.
type Failure = Box<dyn std::error::Error + Send + Sync>;

const HELP: &str = "\
hale-bench: how fast and how large Hale is here

  --runs N      how often each is measured (7)
  --large N     how often the largest record, of 100,000, is measured (3; 0 leaves it out)
  --json FILE   also write each figure as a line of JSON
  --only WORD   only measurements with this word in their name
  --help        this text

HALE_MOCK names the mock backend, built as testers get it; without it the mock is not measured.
HALE_BIN and HALE_WEBDRIVER name the app's program and the driver of its window; without them the
window is not measured.
HALE_PEERS names a folder with the peers; without it ours is beside no peer.
HALE_BENCH_KEYCHAIN, set to anything, says that the keychain here is for tests.
";

/// What is measured and how often.
struct Asked {
    runs: usize,
    large: usize,
    json: Option<PathBuf>,
    only: Option<String>,
}

fn main() -> ExitCode {
    let mut arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let done = if arguments.first().is_some_and(|first| first == "inside") {
        inside::perform(&arguments.split_off(1))
    } else {
        match read(arguments) {
            Ok(Some(asked)) => outside::measure(&asked),
            Ok(None) => {
                table::say(HELP);
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hale-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn read(arguments: Vec<OsString>) -> Result<Option<Asked>, lexopt::Error> {
    let mut parser = lexopt::Parser::from_args(arguments);
    let mut asked = Asked {
        runs: 7,
        large: 3,
        json: None,
        only: None,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Long("runs") => asked.runs = parser.value()?.parse()?,
            Long("large") => asked.large = parser.value()?.parse()?,
            Long("json") => asked.json = Some(parser.value()?.into()),
            Long("only") => asked.only = Some(parser.value()?.string()?),
            Long("help") => return Ok(None),
            _ => return Err(argument.unexpected()),
        }
    }
    if asked.runs == 0 {
        return Err("--runs takes at least 1".into());
    }
    Ok(Some(asked))
}
