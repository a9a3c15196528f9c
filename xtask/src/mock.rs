//! Owns the start of the mock backend. What it serves and prints is its own.

use std::ffi::OsString;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::error::{Outcome, Stop};
use crate::native;
use crate::places::Places;
use crate::process::{self, Running};
use crate::setup::{self, Purpose};
use crate::ui::Kind;

/// The mock promises to be up in less than a second; a laden machine gets more.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the first line of the mock starts with, before the address of its FHIR routes.
const ANNOUNCEMENT: &str = "HALE_MOCK_URL=";

/// How the mock ends after it said which option it does not take.
const NOT_UNDERSTOOD: i32 = 2;

/// Builds the mock and runs it until Ctrl-C, with the options that it was given.
pub(crate) fn alone(places: &Places, kind: Kind, options: &[OsString]) -> Outcome {
    setup::prepare(places, Purpose::Mock)?;
    native::build(places, &[native::MOCK], kind)?;
    let mut running = Running::start(command(places, kind).args(options), "the mock")?;
    let status = match running.wait_for(None) {
        // Ctrl-C is how a tester ends it; that is no failure.
        Err(_) if process::was_stopped() => return Ok(()),
        ended => ended?,
    };
    match status.code() {
        Some(0) => Ok(()),
        Some(NOT_UNDERSTOOD) => Err(Stop::because("the mock was not started")),
        _ => Err(Stop::because(format!(
            "the mock ended by itself ({status})"
        ))),
    }
}

/// A mock that runs beside the window, and what it prints.
pub(crate) struct Mock {
    /// The program; it ends with this value.
    pub(crate) running: Running,
    /// The address of its FHIR routes.
    pub(crate) url: String,
    /// Its lines from the second on.
    pub(crate) lines: Receiver<String>,
}

/// Starts a mock that was built before, on a free port of this machine alone, and waits until
/// it says where it is.
pub(crate) fn start(places: &Places, kind: Kind) -> Outcome<Mock> {
    let mut command = command(places, kind);
    command.args(["--bind", "127.0.0.1", "--port", "0"]);
    command.stdout(Stdio::piped());
    let mut running = Running::start(&mut command, "the mock")?;
    let lines = running.lines()?;
    let url = await_address(&lines)?;
    Ok(Mock {
        running,
        url,
        lines,
    })
}

fn command(places: &Places, kind: Kind) -> Command {
    let program = native::program(places, native::MOCK, kind);
    let mut command = process::command(&program.to_string_lossy());
    command.current_dir(&places.root).stdin(Stdio::null());
    command
}

fn await_address(lines: &Receiver<String>) -> Outcome<String> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if process::was_stopped() {
            return Err(Stop::because("stopped while the mock was starting"));
        }
        match lines.recv_timeout(Duration::from_millis(100)) {
            Ok(line) => {
                if let Some(url) = line.strip_prefix(ANNOUNCEMENT) {
                    return Ok(url.trim().to_owned());
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Stop::because("the mock ended before it said where it is"));
            }
        }
    }
    Err(Stop::because(format!(
        "the mock did not say where it is within {}",
        crate::say::duration(PATIENCE)
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_from_the_announcement() {
        let (send, lines) = std::sync::mpsc::channel();
        send.send("HALE_MOCK_URL=http://127.0.0.1:4000/fhir".to_owned())
            .unwrap();
        assert_eq!(await_address(&lines).unwrap(), "http://127.0.0.1:4000/fhir");
    }

    #[test]
    fn a_mock_that_ends_at_once_is_not_waited_for() {
        let (send, lines) = std::sync::mpsc::channel();
        drop(send);
        let stop = await_address(&lines).unwrap_err();
        assert_eq!(
            stop.to_string(),
            "the mock ended before it said where it is"
        );
    }
}
