//! Kills the app again and again, at random moments of reading and sending, while the server fails
//! at random too; then lets both recover and looks at what is left.
//!
//! It holds that the mirror is what a device reads that was never killed, that a confirmed booking
//! is one appointment or none and was sent once, and that what the app says of it is what the
//! server holds.

#![expect(clippy::print_stdout, reason = "telling how it went is what it is for")]

mod app;
mod child;
mod faults;
mod keys;
mod parent;
mod verify;

use std::process::ExitCode;

use lexopt::prelude::*;

/// What to do.
enum Task {
    /// Be the app until killed.
    Work {
        folder: std::path::PathBuf,
        backend: String,
        seed: u64,
    },
    /// Kill it this often.
    Run { kills: u32, seed: u64 },
}

const HELP: &str = "\
Usage: hale-soak [--kills N] [--seed S]

Kills the app N times (50 if none is given) while it reads and sends against a server with faults,
then compares what is left with what the server holds. The same seed strikes the same faults.";

fn parse() -> Result<Option<Task>, lexopt::Error> {
    let mut parser = lexopt::Parser::from_env();
    let (mut kills, mut seed) = (50, 1);
    let (mut folder, mut backend) = (None, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("kills") => kills = parser.value()?.parse()?,
            Long("seed") => seed = parser.value()?.parse()?,
            Long("work-in") => folder = Some(parser.value()?.into()),
            Long("backend") => backend = Some(parser.value()?.string()?),
            Long("help") | Short('h') => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(match (folder, backend) {
        (Some(folder), Some(backend)) => Task::Work {
            folder,
            backend,
            seed,
        },
        _ => Task::Run { kills, seed },
    }))
}

#[tokio::main]
async fn main() -> ExitCode {
    hale_remote::install_crypto();
    let result = match parse() {
        Ok(None) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Ok(Some(Task::Work {
            folder,
            backend,
            seed,
        })) => return child::work(&folder, backend, seed).await,
        Ok(Some(Task::Run { kills, seed })) => parent::run(kills, seed).await,
        Err(error) => Err(error.to_string()),
    };
    match result {
        Ok(summary) => {
            println!("{summary}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}
