//! Walks Hale's journey against a FHIR server that may be anybody's and says, step by step, what
//! works. The app itself walks; what it would not show is asked beside it with its own sign-in.
//!
//! Everything is read, and nothing is written unless that is asked for. What is printed holds
//! counts and words of this program alone: no name, number or text of a record.

mod asks;
mod booking;
mod journey;
mod options;
mod table;
mod visitor;
mod watched;

use std::process::ExitCode;

use options::Asked;
use table::Table;

/// How the program ends after it said which option it does not take.
const NOT_UNDERSTOOD: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let options = match options::read(std::env::args_os().skip(1)) {
        Ok(Asked::Walk(options)) => options,
        Ok(Asked::Help) => {
            table::say(options::HELP);
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("{error}\n\n{}", options::HELP);
            return ExitCode::from(NOT_UNDERSTOOD);
        }
    };
    let mut table = Table::default();
    if let Err(error) = journey::walk(&options, &mut table).await {
        eprintln!("hale-conformance: {error}");
        return ExitCode::FAILURE;
    }
    if table.close() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
